"""The documented views: what a user asks with SQL, the same on SQLite and PostgreSQL.

Views show the current extraction of the current version of each report that is not deleted, with curators' decisions
applied. In the texts below ``{text:f.value:name}``, ``{number:...}`` and ``{truth:...}`` read a key of a JSON column,
``{fields}`` is the columns that the fields declare, and ``{joined:field:name}`` all such values of one field of the report, in the record's order, separated by ``; ``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractor.declared import declared_fields


@dataclass(frozen=True, slots=True)
class View:
    """One view: what a row is, and the select that makes it."""

    summary: str
    select: str


QUOTED = """
FROM current_facts f
WHERE f.is_primary AND f.field = '{field}'
"""

VIEWS: dict[str, View] = {
    "current_documents": View(
        "one row a report: its newest version, and the extraction that counts",
        """
SELECT d.id AS document, d.version, d.source, d.title, d.year, d.journal, d.language, d.pmid, d.doi, d.pmcid,
  d.retracted, d.sha256, e.extractor, d.key AS document_key, e.key AS extraction_key
FROM documents d LEFT JOIN extractions e ON e.document = d.key AND e.is_current
WHERE d.is_current AND NOT d.deleted
""",
    ),
    "current_facts": View(
        "one row a fact, with its first evidence; ``is_primary`` is false where a curator rejected or replaced it",
        """
SELECT d.document, f.position, f.field, f.value, f.arm, f.is_primary AND f.state IS NULL AS is_primary, f.state,
  f.method, f.confidence, f.flags, v.part, v.start_offset, v.end_offset, v.path, v.quote, d.extraction_key
FROM current_documents d JOIN facts f ON f.extraction = d.extraction_key
  LEFT JOIN evidence v ON v.extraction = f.extraction AND v.fact = f.position AND v.position = 0
""",
    ),
    "current_conflicts": View(
        "one row a conflict",
        """
SELECT d.document, c.position, c.kind, c.message
FROM current_documents d JOIN conflicts c ON c.extraction = d.extraction_key
""",
    ),
    "not_reported": View(
        "one row a field that was looked for in a report and not found; silence is never a zero",
        """
SELECT d.document, n.field FROM current_documents d JOIN not_found n ON n.extraction = d.extraction_key
WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE f.extraction = n.extraction AND f.field = n.field)
""",
    ),
    "characteristics": View(
        "one row a report, wide: the trial's own values as text",
        """
SELECT d.document, d.title, d.year, d.journal, d.retracted,
  {fields},
  (SELECT count(*) FROM current_conflicts c WHERE c.document = d.document) AS conflicts
FROM current_documents d WHERE d.extraction_key IS NOT NULL
""",
    ),
    "adverse_events": View(
        "one row an adverse event; ``assertion`` tells present, absent and none_reported apart",
        """
SELECT f.document, f.arm, {text:f.value:term} AS term, {text:f.value:term_id} AS term_id, {number:f.value:n} AS n,
  {number:f.value:denominator} AS denominator, {text:f.value:denominator_unit} AS denominator_unit,
  {number:f.value:percent} AS percent, {text:f.value:grade} AS grade, {text:f.value:severity} AS severity,
  {truth:f.value:serious} AS serious, {truth:f.value:related} AS related, {text:f.value:assertion} AS assertion,
  {text:f.value:scope} AS scope, f.quote, f.method, f.confidence, f.position"""
        + QUOTED.format(field="adverse_event"),
    ),
    "doses": View(
        "one row a dose, in cells",
        """
SELECT f.document, f.arm, {number:f.value:low} AS low, {number:f.value:high} AS high, {text:f.value:unit} AS unit,
  {text:f.value:basis} AS basis, {number:f.value:sd} AS sd, f.flags, f.quote, f.method, f.confidence, f.position"""
        + QUOTED.format(field="dose"),
    ),
    "administrations": View(
        "one row a schedule: how often one participant was given the product",
        """
SELECT f.document, f.arm, {number:f.value:low} AS low, {number:f.value:high} AS high, {text:f.value:interval} AS interval,
  f.quote, f.method, f.confidence, f.position"""
        + QUOTED.format(field="administrations"),
    ),
    "participants": View(
        "one row a count of the trial's people",
        """
SELECT f.document, f.arm, {number:f.value:n} AS n, {text:f.value:kind} AS kind, f.quote, f.method, f.confidence, f.position"""
        + QUOTED.format(field="participants"),
    ),
    "arms": View(
        "one row an arm or dose group",
        """
SELECT f.document, {text:f.value:name} AS arm, {number:f.value:n} AS n, f.quote, f.method, f.confidence, f.position"""
        + QUOTED.format(field="arm"),
    ),
    "registry_ids": View(
        "one row a registry number",
        """
SELECT f.document, {text:f.value:registry} AS registry, {text:f.value:id} AS id,
  {text:f.value:registered_on} AS registered_on, f.quote, f.method, f.confidence, f.position"""
        + QUOTED.format(field="registry_id"),
    ),
}

VIEWS["trial_members"] = View(
    "one row a report of a trial, as they were linked; a report that no link reaches is its own trial",
    """
SELECT d.document, coalesce(t.trial, d.document) AS trial, d.source, d.title, d.year
FROM current_documents d LEFT JOIN trial_reports t ON t.document = d.document
""",
)
VIEWS["overlapping_reports"] = View(
    "one row a pair of reports of the same people, with the report that is preferred for pooling",
    """
SELECT l.a AS document, l.b AS other, l.relation, l.method, l.score, l.state, l.preferred, l.why
FROM links l WHERE l.kind = 'overlap'
""",
)

VIEWS["risk_of_bias"] = View(
    "one row a person's judgement of risk of bias that stands: the latest of each person, and of the consensus",
    """
SELECT j.study, j.tool, j.domain, j.judgement, j.curator, j.is_consensus, j.why, j.decided_at FROM judgements j
WHERE NOT EXISTS (SELECT 1 FROM judgements n WHERE n.key > j.key AND n.study = j.study AND n.tool = j.tool
  AND n.domain = j.domain AND n.is_consensus = j.is_consensus AND (j.is_consensus OR n.curator = j.curator))
""",
)

_HOLE = re.compile(r"\{(text|number|truth|joined):([\w.]+):(\w+)\}")


def statements(dialect: str) -> dict[str, str]:
    """``CREATE VIEW`` statements by name, in the order in which they can be made."""
    fields = [(name, one.columns) for name, one in declared_fields().items()]
    joined = ",\n  ".join(
        f"{{joined:{name}:{key}}} AS {column}" for name, keys in fields for column, key in keys.items()
    )
    selects = {name: view.select.replace("{fields}", joined) for name, view in VIEWS.items()}
    return {
        name: f"CREATE VIEW {name} AS {_HOLE.sub(lambda m: _filled(dialect, *m.groups()), select).strip()}"
        for name, select in selects.items()
    }


def _filled(dialect: str, kind: str, source: str, key: str) -> str:
    if kind == "joined":
        join = "string_agg" if dialect == "postgresql" else "group_concat"
        value = _filled(dialect, "text", "f.value", key)
        return (
            f"(SELECT {join}(x, '; ') FROM (SELECT {value} AS x FROM facts f WHERE f.extraction = d.extraction_key"
            f" AND f.field = '{source}' AND f.is_primary AND f.state IS NULL ORDER BY f.position) AS ordered)"
        )
    if dialect == "sqlite":
        return f"json_extract({source}, '$.{key}')"
    cast = {"text": "", "number": "::double precision", "truth": "::boolean"}[kind]
    return f"({source}::json ->> '{key}'){cast}"
