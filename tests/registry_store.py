"""Small registry records with results and papers of the same trials, in our own words, for questions about both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractor.assemble import assemble
from extractor.model import ABSTRACT, Document, Evidence, Fact, Ids, Record
from extractor.sources.clinicaltrials import study_document
from tests.check_cases import dose, event
from tests.link_records import fact

Measurement = tuple[str, str | None]  # group, value; None where the registry states none


def study(
    number: int, *, people: int = 40, serious: tuple[int, int] = (3, 1), dead: tuple[int, int] = (1, 0), outcomes: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:  # fmt: skip
    """A ClinicalTrials.gov study with results: two groups, serious events and deaths in each, outcomes as given."""
    half = people // 2
    groups = [
        {
            "id": f"EG00{i}", "title": title, "seriousNumAffected": s, "seriousNumAtRisk": half,
            "deathsNumAffected": d, "deathsNumAtRisk": half,
        }
        for i, (title, s, d) in enumerate(zip(("Cells", "Placebo"), serious, dead, strict=True))
    ]  # fmt: skip
    results: dict[str, Any] = {"adverseEventsModule": {"frequencyThreshold": "5", "eventGroups": groups}}
    if outcomes:
        results["outcomeMeasuresModule"] = {"outcomeMeasures": list(outcomes)}
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT0{7000000 + number}", "briefTitle": f"Cells in a disease, trial {number}"},
            "statusModule": {"overallStatus": "COMPLETED", "completionDateStruct": {"date": "2020-05"}},
            "designModule": {"enrollmentInfo": {"count": people, "type": "ACTUAL"}},
            "armsInterventionsModule": {"armGroups": [{"label": "Cells"}, {"label": "Placebo"}]},
            "conditionsModule": {"conditions": ["Amyotrophic Lateral Sclerosis"]},
        },
        "resultsSection": results,
        "hasResults": True,
    }  # fmt: skip


def outcome(title: str, *rows: Sequence[Measurement], window: str = "6 months", **more: Any) -> dict[str, Any]:
    """An outcome with one class for each of `rows`."""
    groups = {group: f"OG{i:03}" for i, group in enumerate(dict.fromkeys(g for row in rows for g, _ in row))}
    classes = [
        {"title": f"period {i}", "categories": [{"measurements": [_measured(groups[g], v) for g, v in row]}]}
        for i, row in enumerate(rows, 1)
    ]
    named = [{"id": id, "title": group} for group, id in groups.items()]
    return {"title": title, "timeFrame": window, "paramType": "MEAN", "groups": named, "classes": classes} | more


def _measured(group: str, value: str | None) -> dict[str, Any]:
    return {"groupId": group} | (
        {"value": value, "spread": "0.2"} if value is not None else {"comment": "not assessed"}
    )


def registry_record(number: int, **said: Any) -> Record:
    text = [fact("route", {"name": "intrathecal"}), dose(1e6, 1e6)]
    return assemble(study_document(study(number, **said), "x"), text, ())


def paper(
    number: int, *, people: int | None = 40, arms: tuple[int, ...] = (20, 20), serious: int | None = 4, dead: int | None = 1,
    denies: str = "", id: str = "",
) -> Record:  # fmt: skip
    """The paper of the trial with this number; what is None is not said."""
    nct = f"NCT0{7000000 + number}"
    claims = [fact("report_kind", {"name": "single-trial"}), fact("route", {"name": "intrathecal"})]
    claims.append(fact("registry_id", {"registry": "ClinicalTrials.gov", "id": nct, "registered_on": None}))
    if people is not None:
        claims.append(fact("participants", {"n": people, "kind": "randomized"}))
    claims += [fact("arm", {"name": f"group {i}", "n": n}) for i, n in enumerate(arms, 1)]
    if serious is not None:
        claims.append(event("serious adverse events", serious, people, serious=True))
    if dead is not None:
        claims.append(fact("deaths", {"n": dead}))
    if denies:
        claims.append(event(denies, None, None, assertion="none_reported", serious="serious" in denies))
    return quoted(id or f"paper{number}", nct, claims)


def quoted(id: str, nct: str, claims: Sequence[Fact]) -> Record:
    """A paper whose text is the values that its facts cite."""
    text, placed = "", []
    for one in claims:
        quote = one.evidence[0].quote
        start = len(text)
        text += f"{quote}. "
        placed.append(one.change(evidence=(Evidence(ABSTRACT, quote, start, start + len(quote)),)))
    document = Document(id, "pubmed", {ABSTRACT: text}, ids=Ids(nct=(nct,)), year=2021, journal="A Journal")
    return Record(document, tuple(placed))
