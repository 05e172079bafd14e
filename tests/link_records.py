"""Labelled reports as records: their facts with the values as evidence, for tests of linking and checking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extractor.model import ABSTRACT, JSON_PART, TITLE, Document, Evidence, Fact, Ids, Record

PAIRS = Path(__file__).with_name("link_pairs.jsonl")
PLAIN = ("condition", "cell_type", "cell_source", "donor", "route", "route_site", "phase")


def pairs(half: str) -> list[dict[str, Any]]:
    lines = PAIRS.read_text(encoding="utf-8").splitlines()
    return [pair for pair in map(json.loads, lines) if pair["half"] == half]


def fact(field: str, value: dict[str, Any], **more: Any) -> Fact:
    quote = json.dumps(value, ensure_ascii=False)
    return Fact(field, value, (Evidence(JSON_PART, quote, path=f"$.{field}"),), f"rule:{field}/test", 0.9, **more)


def facts(report: dict[str, Any]) -> list[Fact]:
    """The facts of a labelled report."""
    found = [fact("report_kind", {"name": "protocol" if report.get("source") == "clinicaltrials" else "single-trial"})]
    found += [fact(name, {"name": report[name], "id": None}) for name in PLAIN if report.get(name)]
    found += [
        fact("registry_id", {"registry": "ClinicalTrials.gov", "id": i, "registered_on": None}) for i in report["ids"]
    ]
    if report.get("n"):
        kind = "planned" if report.get("source") == "clinicaltrials" else "treated"
        found.append(fact("participants", {"n": report["n"], "kind": kind}))
    if report.get("dose"):
        dose = {"low": report["dose"], "high": report["dose"], "unit": "cells", "basis": None, "sd": None}
        found.append(fact("dose", dose))
    if report.get("female") is not None:
        found.append(fact("sex", {"female": report["female"], "male": report["male"]}))
    if report.get("age"):
        age = dict.fromkeys(("sd", "median", "low", "high")) | {"mean": report["age"], "unit": "years"}
        found.append(fact("age", age))
    return found


def record(report: dict[str, Any]) -> Record:
    """A labelled report as a record."""
    registry = report.get("source") == "clinicaltrials"
    officials = [
        {"name": f"{name}, MD", "affiliation": report.get("affiliation", "")} for name in report.get("officials", ())
    ]
    data = {"protocolSection": {"contactsLocationsModule": {"overallOfficials": officials}}} if registry else None
    document = Document(
        report["id"],
        report.get("source", "pubmed"),
        {TITLE: report["title"], ABSTRACT: report.get("said", "")},
        ids=Ids(nct=tuple(report["ids"])),
        year=report["year"],
        journal=report.get("journal"),
        authors=tuple([report["affiliation"]] if registry else report["authors"]),
        affiliations=() if registry else (report["affiliation"],) if report.get("affiliation") else (),
        data=data,
        metadata={"start_date": str(report["start"])} if report.get("start") else {},
    )
    return Record(document, tuple(facts(report)))
