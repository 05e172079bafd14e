"""From a search to documents: asks the services, reads their answers, and says what was asked and did not come.

The pieces below are :mod:`extractor.fetch` (network) and :mod:`extractor.sources` (parsing); this module joins them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from extractor.declared import registers
from extractor.engine import Run
from extractor.errors import ParseError, SettingsError
from extractor.fetch import Found, Hosts, Page, clinicaltrials, europepmc, pubmed
from extractor.http import Client, RawStore
from extractor.model import Document
from extractor.settings import Settings
from extractor.sources import READERS

SOURCES = ("pubmed", "europepmc", "clinicaltrials")
# "30602021", "NCT02881476", "PMC6301165", "10.1177/0963689719..."
ID_FORMS: dict[str, re.Pattern[str]] = {
    "pmid": re.compile(r"(?:pmid:?\s*)?(\d{1,8})", re.I),
    "nct": re.compile(r"(NCT\d{8})", re.I),
    "pmcid": re.compile(r"(PMC\d{1,9})", re.I),
    "doi": re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.I),
}
NCBI_RATE, NCBI_RATE_WITH_KEY, EUROPEPMC_RATE, REGISTRY_RATE = 3.0, 10.0, 5.0, 1.0  # requests a second


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked: a query at one source, or ids of any kind (then ``source`` is ``ids``)."""

    source: str
    query: str
    full_text: bool = False

    @property
    def name(self) -> str:
        """By this name its raw answers are kept."""
        return f"{self.source}{' full text' if self.full_text else ''}: {self.query}"


@dataclass(slots=True)
class Harvest:
    """A search under way: reported hits, what arrived, what did not, what the service warned of."""

    search: Search
    hits: int = 0
    asked: list[str] = field(default_factory=list)
    arrived: set[str] = field(default_factory=set)  # every identifier of every document that came
    records: int = 0
    warnings: list[str] = field(default_factory=list)
    short: int = 0

    @property
    def missing(self) -> list[str]:
        """Ids that were asked for and did not come back."""
        arrived = {a.lower() for a in self.arrived}
        return [i for i in self.asked if i.lower() not in arrived]

    def counts(self) -> dict[str, object]:
        return {
            "hits": self.hits,
            "arrived": self.records,
            "missing": self.missing,
            "short": self.short,
            "warnings": self.warnings,
        }


def client_for(settings: Settings, raw: RawStore, hosts: Hosts, *, offline: bool) -> Client:
    """A client with each service's own limit, or the lower one that the settings name."""
    ncbi = NCBI_RATE_WITH_KEY if settings.ncbi_api_key else NCBI_RATE
    own = {hosts.eutils: ncbi, hosts.europepmc: EUROPEPMC_RATE, hosts.clinicaltrials: REGISTRY_RATE}
    rates = {urlsplit(url).netloc: float(settings.requests_per_second) or rate for url, rate in own.items()}
    identity = {"tool": "trialspan", "email": settings.email, "api_key": settings.ncbi_api_key}
    return Client(raw, rates=rates, identity=identity, offline=offline)


def hosts_of(settings: Settings) -> Hosts:
    """The services' addresses, or those that the settings name in their place."""
    default = Hosts()
    return Hosts(
        settings.eutils or default.eutils,
        settings.europepmc or default.europepmc,
        settings.clinicaltrials or default.clinicaltrials,
    )


def kind_of(text: str) -> tuple[str, str] | None:
    """(kind, id) where `text` is an identifier: pmid, nct, pmcid, doi; None where it is none."""
    for kind, form in ID_FORMS.items():
        if match := form.fullmatch(text.strip()):
            return kind, match[1] if kind == "doi" else match[1].upper()
    return None


def search_for(asked: list[str], source: str | None, *, full_text: bool) -> Search:
    """The search that a user's words mean.

    Raises
    ------
    SettingsError
        If they are neither ids nor a query with a source.
    """
    kinds = [kind_of(text) for text in asked]
    if source is None and all(kinds):
        return Search("ids", " ".join(dict.fromkeys(k[1] for k in kinds if k)), full_text)
    if source is None:
        wrong = [text for text, kind in zip(asked, kinds, strict=True) if kind is None]
        raise SettingsError(
            f"{wrong[0]!r} is no id (PMID of up to 8 digits, NCT and 8 digits, PMC and digits, DOI); "
            f"for a query name its source: --from {' | '.join(SOURCES)}"
        )
    if source not in SOURCES:
        raise SettingsError(f"--from {source}: no such source; there are: {', '.join(SOURCES)}")
    return Search(source, " ".join(asked), full_text)


def documents(harvest: Harvest, client: Client, hosts: Hosts, report: Run) -> Iterator[Document]:
    """Documents of a search as they come; fills `harvest` and, for what cannot be read, `report`."""
    client.begin(harvest.search.name)
    for page in _pages(harvest, client, hosts):
        yield from _read(page, harvest, report)
    client.finish()


def _pages(harvest: Harvest, client: Client, hosts: Hosts) -> Iterator[Page]:
    search = harvest.search
    if search.source == "pubmed":
        found = pubmed.search(client, hosts, search.query, today=client.begun)
        _note(harvest, found)
        yield from pubmed.fetch(client, hosts, found.ids)
    elif search.source == "europepmc":
        found, pages = europepmc.search(client, hosts, search.query)
        _note(harvest, found, asked=False)
        yield from pages
        if search.full_text:
            yield from europepmc.full_texts(client, hosts, europepmc.open_pmcids(pages))
    elif search.source == "clinicaltrials":
        found, pages = clinicaltrials.search(client, hosts, search.query)
        _note(harvest, found)
        yield from pages
    else:
        yield from _by_ids(harvest, client, hosts)


def _note(harvest: Harvest, found: Found, *, asked: bool = True) -> None:
    harvest.hits += found.count
    harvest.short += found.short
    harvest.warnings += found.warnings
    if asked:
        harvest.asked += found.ids


def _by_ids(harvest: Harvest, client: Client, hosts: Hosts) -> Iterator[Page]:
    ids: dict[str, list[str]] = {kind: [] for kind in ID_FORMS}
    for text in harvest.search.query.split(" "):
        kind = kind_of(text)
        if kind is None:
            raise SettingsError(f"{text!r} is no id")
        ids[kind[0]].append(kind[1])
    harvest.asked = [i for found in ids.values() for i in found]
    harvest.hits = len(harvest.asked)
    for doi in ids["doi"]:
        ids["pmid"] += _pmids_of(doi, harvest, client, hosts)
    if ids["pmid"]:
        yield from pubmed.fetch(client, hosts, list(dict.fromkeys(ids["pmid"])))
    if ids["nct"]:
        yield from clinicaltrials.fetch(client, hosts, ids["nct"])
    if ids["pmcid"]:
        yield from pubmed.fetch_pmc(client, hosts, ids["pmcid"])
    for doi in ids["doi"]:
        if doi in harvest.missing:
            yield from europepmc.search(client, hosts, f'DOI:"{doi}"')[1]


def _pmids_of(doi: str, harvest: Harvest, client: Client, hosts: Hosts) -> list[str]:
    """The PMID with this DOI; PubMed may answer an unknown one with something else, so more than one is none."""
    found = pubmed.search(client, hosts, f'"{doi}"[doi]', today=client.begun)
    return found.ids if len(found.ids) == 1 else []


def _read(page: Page, harvest: Harvest, report: Run) -> Iterator[Document]:
    try:
        for item in READERS[page.reader].read(io.BytesIO(page.body), page.sha256[:12]):
            if isinstance(item, ParseError):
                report.fail(f"answer {page.sha256[:12]}", "read", str(item))
                continue
            harvest.arrived |= set(names(item))
            harvest.records += 1
            yield item
    except ParseError as error:
        report.fail(f"answer {page.sha256[:12]}", "read", str(error))


def names(document: Document) -> Iterable[str]:
    """All identifiers by which a document may have been asked for."""
    own = document.ids
    yield from (i for i in (own.pmid, own.doi, own.pmcid) if i)
    if document.source in registers():
        yield from own.nct
    if own.doi:
        yield own.doi.lower()


def checked(harvest: Harvest, report: Run) -> None:
    """Write down as failures what the search owes: hits that did not arrive, ids that did not come back."""
    if harvest.short:
        report.fail(harvest.search.name, "search", f"{harvest.short} of {harvest.hits} reported hits did not arrive")
    for i in harvest.missing:
        report.fail(i, "fetch", "asked for and not returned: deleted, merged, or no such id")


def raw_store(settings: Settings, store: str) -> RawStore:
    """Where raw answers are kept: the settings' cache, else a folder beside the store."""
    if settings.cache:
        return RawStore(Path(settings.cache))
    if "://" in store:
        return RawStore(Path("trialspan.raw"))
    return RawStore(Path(store).with_suffix(".raw"))
