"""What a scan holds, on one page: reports a year, conditions, registry ids seen, papers of trials without one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from extractor.model import Record
from extractor.scan.load import Loaded, entries, merged

MOST = 40  # rows of a table on the page
TRIAL_KINDS = ("single-trial", "protocol", "case-report")


@dataclass(slots=True)
class Atlas:
    """Counts over the citations that stand at the end."""

    records: int = 0
    deleted: int = 0
    trials: int = 0
    without_id: int = 0
    facts: int = 0
    citations: int = 0
    loaded: Loaded = field(default_factory=Loaded)
    years: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    conditions: Counter[str] = field(default_factory=Counter)
    registries: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)

    def take(self, record: Record) -> None:
        """One record into the counts."""
        if record.document.deleted:
            self.deleted += 1
            return
        self.records += 1
        self.facts += len(record.facts)
        kind = next((f.value["name"] for f in record.of("report_kind")), "not said")
        self.kinds[kind] += 1
        self.fields.update({f.field for f in record.facts})
        if record.document.year:
            self.years[record.document.year] += 1
        if kind not in TRIAL_KINDS:
            return
        self.trials += 1
        self.conditions.update({f.value["name"] for f in record.of("condition")})
        registered = {(f.value["registry"], f.value["id"]) for f in record.of("registry_id")}
        registered |= {("ClinicalTrials.gov", nct) for nct in record.document.ids.nct}
        self.ids |= {id for _, id in registered}
        self.registries.update({registry for registry, _ in registered})
        self.without_id += not registered


def atlas(run: Path) -> Atlas:
    """The counts of a run, in one pass and bounded memory but for the registry ids."""
    found = Atlas(citations=sum(entry["counts"]["citations"] for entry in entries(run)))
    for record in merged(run, found.loaded):
        found.take(record)
    return found


def page(found: Atlas, run: Path) -> str:
    """The page: no script, nothing fetched."""
    source = files("extractor.scan").joinpath("atlas.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    first, last = (min(found.years), max(found.years)) if found.years else (0, -1)
    return environment.from_string(source).render(
        found=found,
        run=run.name,
        files=len(entries(run)),
        years=[(year, found.years[year]) for year in range(first, last + 1)],
        most_a_year=max(found.years.values(), default=1),
        most=MOST,
    )


def as_json(found: Atlas) -> str:
    """The counts as JSON."""
    tables = ("kinds", "conditions", "registries", "fields")
    data = {name: dict(getattr(found, name).most_common()) for name in tables}
    numbers = ("citations", "records", "deleted", "trials", "without_id", "facts")
    data |= {name: getattr(found, name) for name in numbers} | {"registry_ids": len(found.ids)}
    return json.dumps(data | {"years": dict(sorted(found.years.items()))}, ensure_ascii=False, indent=1)
