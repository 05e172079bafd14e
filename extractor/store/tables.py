"""The tables as SQLAlchemy Core sees them; :mod:`extractor.store.migrations` makes them.

One *document* row is one copy of a report; ``current`` is the one whose text is in force, and bears what is in force of the
whole report, while ``own`` holds each copy's own values. One *extraction* is what one version of
the extractor found in it. Facts are long, one row each, so that a new field never changes the schema. ``decisions`` are
a curator's words, appended and never edited; they are applied to the facts of the current extraction (``state``,
``decision``) again after each extraction.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Integer, MetaData, Table, Text

from extractor.store.exact import Exact, Json

METADATA = MetaData()


def _key(name: str = "key") -> Column[int]:
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _to(target: str, name: str, *, primary_key: bool = False, nullable: bool = True) -> Column[int]:
    return Column(name, BigInteger, ForeignKey(target), primary_key=primary_key, nullable=nullable and not primary_key)


SCHEMA_VERSION = Table(
    "schema_version",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("applied_at", Text, nullable=False),
)
RUNS = Table(
    "runs",
    METADATA,
    _key(),
    Column("command", Exact, nullable=False),
    Column("extractor", Exact, nullable=False),
    Column("settings", Json, nullable=False),
    Column("counts", Json),
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
)
ISSUES = Table(
    "issues",
    METADATA,
    _key(),
    _to("runs.key", "run", nullable=False),
    Column("input", Exact, nullable=False),
    Column("stage", Exact, nullable=False),
    Column("error", Exact, nullable=False),
)
DOCUMENTS = Table(
    "documents",
    METADATA,
    _key(),
    Column("id", Exact, nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("title", Exact),
    Column("year", Integer),
    Column("journal", Exact),
    Column("language", Exact),
    Column("pmid", Exact),
    Column("doi", Exact),
    Column("pmcid", Exact),
    Column("retracted", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("details", Json, nullable=False),
    Column("given", Json, nullable=False),
    Column("data", Json),
    _to("runs.key", "run"),
    Column("added_at", Text, nullable=False),
    Column("own", Json),
    Column("compared", Json),
)
COPY_NAMES = Table(
    "copy_names",
    METADATA,
    _to("documents.key", "document", primary_key=True),
    Column("name", Exact, primary_key=True),
    Column("given", Boolean, nullable=False),
)
COPY_KEYS = Table(
    "copy_keys",
    METADATA,
    _to("documents.key", "document", primary_key=True),
    Column("key", Exact, primary_key=True),
)
IN_FORCE = Table(
    "in_force",
    METADATA,
    _key(),
    _to("documents.key", "document", nullable=False),
    Column("curator", Exact, nullable=False),
    Column("note", Exact),
    Column("decided_at", Text, nullable=False),
)
SCREENINGS = Table(
    "screenings",
    METADATA,
    _key(),
    Column("document", Exact, nullable=False),
    _to("documents.key", "copy"),
    Column("stage", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Exact),
    Column("curator", Exact, nullable=False),
    Column("decided_at", Text, nullable=False),
)
IDENTIFIERS = Table(
    "identifiers",
    METADATA,
    _to("documents.key", "document", primary_key=True),
    Column("scheme", Exact, primary_key=True),
    Column("value", Exact, primary_key=True),
)
PARTS = Table(
    "parts",
    METADATA,
    _to("documents.key", "document", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Exact, nullable=False),
    Column("text", Exact, nullable=False),
)
EXTRACTIONS = Table(
    "extractions",
    METADATA,
    _key(),
    _to("documents.key", "document", nullable=False),
    Column("extractor", Exact, nullable=False),
    Column("digest", Text, nullable=False),
    Column("is_current", Boolean, nullable=False),
    _to("runs.key", "run"),
    Column("added_at", Text, nullable=False),
)
DECISIONS = Table(
    "decisions",
    METADATA,
    _key(),
    Column("document", Exact, nullable=False),
    Column("action", Text, nullable=False),
    Column("curator", Exact, nullable=False),
    Column("target", Json),
    Column("fact", Json),
    _to("decisions.key", "undoes"),
    Column("note", Exact),
    Column("decided_at", Text, nullable=False),
    _to("documents.key", "copy"),
    Column("uid", Exact),
    Column("verdict", Text),
    Column("stage", Text, nullable=False, default="first"),
    Column("mode", Text, nullable=False, default="verify"),
    Column("field", Exact),
    Column("others", Json),
    Column("reason", Exact),
    Column("about", Json),
    Column("seen_text", Text),
    Column("seen_decision", BigInteger),
    Column("chain", Text),
)
FACTS = Table(
    "facts",
    METADATA,
    _to("extractions.key", "extraction", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("field", Exact, nullable=False),
    Column("value", Json, nullable=False),
    Column("method", Exact, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("is_primary", Boolean, nullable=False),
    Column("arm", Exact),
    Column("flags", Json, nullable=False),
    Column("state", Text),
    _to("decisions.key", "decision"),
)
EVIDENCE = Table(
    "evidence",
    METADATA,
    _to("extractions.key", "extraction", primary_key=True),
    Column("fact", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("part", Exact, nullable=False),
    Column("start_offset", Integer),
    Column("end_offset", Integer),
    Column("path", Exact),
    Column("quote", Exact, nullable=False),
    Column("row_label", Exact),
    Column("column_label", Exact),
    Column("page", Integer),
    Column("box", Json),
)
CONFLICTS = Table(
    "conflicts",
    METADATA,
    _to("extractions.key", "extraction", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Exact, nullable=False),
    Column("message", Exact, nullable=False),
    Column("facts", Json, nullable=False),
    Column("other", Json, nullable=False),
)
NOT_FOUND = Table(
    "not_found",
    METADATA,
    _to("extractions.key", "extraction", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("field", Exact, nullable=False),
)
LINK_PROFILES = Table(
    "link_profiles",
    METADATA,
    Column("document", Exact, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("extraction", BigInteger),
    Column("profile", Json, nullable=False),
)
LINK_KEYS = Table(
    "link_keys",
    METADATA,
    Column("document", Exact, primary_key=True),
    Column("key", Exact, primary_key=True),
)
LINKS = Table(
    "links",
    METADATA,
    Column("a", Exact, primary_key=True),
    Column("b", Exact, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("relation", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("preferred", Exact),
    Column("why", Exact, nullable=False),
    Column("reasons", Json, nullable=False),
)
LINK_DECISIONS = Table(
    "link_decisions",
    METADATA,
    _key(),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("a", Exact, nullable=False),
    Column("b", Exact, nullable=False),
    Column("curator", Exact, nullable=False),
    _to("link_decisions.key", "undoes"),
    Column("note", Exact),
    Column("decided_at", Text, nullable=False),
)
TRIAL_REPORTS = Table(
    "trial_reports",
    METADATA,
    Column("document", Exact, primary_key=True),
    Column("trial", Exact, nullable=False),
)
JUDGEMENTS = Table(
    "judgements",
    METADATA,
    _key(),
    Column("tool", Text, nullable=False),
    Column("study", Exact, nullable=False),
    Column("domain", Exact, nullable=False),
    Column("judgement", Text, nullable=False),
    Column("why", Exact),
    Column("curator", Exact, nullable=False),
    Column("is_consensus", Boolean, nullable=False),
    Column("decided_at", Text, nullable=False),
)
REVIEW_EVENTS = Table(
    "review_events",
    METADATA,
    _key(),
    Column("event", Text, nullable=False),
    Column("document", Exact),
    Column("curator", Exact, nullable=False),
    Column("detail", Json, nullable=False),
    Column("at", Text, nullable=False),
    Column("chain", Text),
)
ACCOUNTS = Table(
    "accounts",
    METADATA,
    _key(),
    Column("name", Exact, nullable=False),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("made_by", Exact, nullable=False),
    Column("at", Text, nullable=False),
)
FINALS = Table(
    "finals",
    METADATA,
    _key(),
    Column("version", Integer, nullable=False),
    Column("curator", Exact, nullable=False),
    Column("decision", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("counts", Json, nullable=False),
    Column("note", Exact),
    Column("at", Text, nullable=False),
)
FINAL_RECORDS = Table(
    "final_records",
    METADATA,
    _to("finals.key", "final", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("document", Exact, nullable=False),
    Column("record", Json, nullable=False),
)
