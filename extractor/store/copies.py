"""Copies of reports: which belong to one report, what it is called, and what is in force of it.

Every row of ``documents`` is one copy. Its own values stay in ``own``; the row that is current also bears, in the other
columns, what is in force of the whole report (:mod:`extractor.identity`). After a copy is put in, the copies that share
something with it are settled anew, so that the same copies give the same reports in whatever order they came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from extractor import identity
from extractor.identity import Copy
from extractor.model import Document
from extractor.store import reading, rows
from extractor.store.database import batches
from extractor.store.tables import (
    COPY_KEYS,
    COPY_NAMES,
    DECISIONS,
    DOCUMENTS,
    IDENTIFIERS,
    IN_FORCE,
    JUDGEMENTS,
    LINK_DECISIONS,
    LINK_KEYS,
    LINK_PROFILES,
    LINKS,
    PARTS,
    REVIEW_EVENTS,
    SCREENINGS,
    TRIAL_REPORTS,
)

LONGEST_KEY = 200  # characters of a key that is kept as it is; a longer one as its digest
FOLLOW = (DECISIONS, SCREENINGS)  # what people said of a copy, and follows it
Rows = dict[int, tuple[Copy, str]]  # key of a copy's row: what is compared of it, and the report that it is of


@dataclass(slots=True)
class Settled:
    """What settling changed: ids of reports that are new or other than before, and what a report was called before."""

    changed: set[str] = field(default_factory=set)
    alone: bool = False  # the copy shares nothing with any other
    renamed: dict[str, str] = field(default_factory=dict)


def copy_row(document: Document) -> rows.Row:
    """The row of a new copy, which is not settled yet."""
    row = rows.document_row(document)
    strong = identity.copy_of(document, "").strong
    digest = _digest(row, document, [] if strong or not document.named else [document.id])
    return row | {"digest": digest, "own": row["details"]}


def _digest(row: Mapping[str, Any], document: Document, name: list[str]) -> str:
    """A digest of all that a copy says, and of its name where nothing else tells it from others."""
    own = {k: v for k, v in row["details"].items() if k != "id"}
    return rows.digest([own, list(map(list, document.parts.items())), row["given"], row["data"], *name])


def is_sound(conn: Connection, row: Mapping[str, Any], document: Document) -> bool:
    """Whether a row's own values are those that were put in, and the others what is in force of its report."""
    given = [[n] for n in conn.execute(select(COPY_NAMES.c.name).where(COPY_NAMES.c.document == row["key"])).scalars()]
    own = dict(row) | {"details": row["own"]}
    if row["digest"].partition(":")[0] not in {_digest(own, document, name) for name in ([], *given)}:
        return False
    if not row["is_current"]:
        return bool(row["details"] == row["own"] | {"id": row["id"]})
    copies = select(DOCUMENTS.c.key, DOCUMENTS.c.compared).where(DOCUMENTS.c.id == row["id"])
    place = {one.key: key for key, data in conn.execute(copies) for one in [copy_from(data)]}
    group = sorted((copy_from(data) for _, data in conn.execute(copies)), key=identity.best_first)
    order = [place[c.key] for c in group]
    every = own_documents(conn, order)
    whole = identity.assembled([every[k] for k in order], order.index(row["key"]), row["id"])
    return bool(row["details"] == rows.document_row(whole)["details"])


def put_alone(conn: Connection, document: Document, row: Mapping[str, Any]) -> int | None:
    """Put in a copy that shares nothing with any other; None, and nothing done, where one is near."""
    copy = identity.copy_of(document, row["digest"], [document.id] if document.named else [])
    ids = identity.candidates([copy])
    keys = {_short(k) for k in [*copy.keys, *(f"id:{i}" for i in ids)]}
    near = select(COPY_KEYS.c.document).where(COPY_KEYS.c.key.in_(keys | {_short(k) for k in copy.sought})).limit(1)
    if conn.execute(near).first():
        return None
    details = row["details"] | {"id": ids[0]}
    values = {"id": ids[0], "version": 1, "is_current": True, "details": details, "compared": _plain(copy)}
    key = _inserted(conn, document, dict(row) | values)
    conn.execute(insert(COPY_NAMES).values(document=key, name=document.id, given=document.named))
    conn.execute(insert(COPY_KEYS), [{"document": key, "key": k} for k in sorted(keys)])
    if found := rows.identifier_rows(document):
        conn.execute(insert(IDENTIFIERS), [r | {"document": key} for r in found])
    return key


def put_beside(conn: Connection, document: Document, row: Mapping[str, Any]) -> int:
    """Put in a copy that may be of a report that is known; it must be settled then."""
    key = _inserted(conn, document, dict(row) | {"id": f"?{row['digest']}", "version": 1, "is_current": False})
    put_name(conn, key, document)
    compare(conn, key, document, row["digest"])
    return key


def _inserted(conn: Connection, document: Document, row: rows.Row) -> int:
    key = rows.key_of(conn.execute(insert(DOCUMENTS).values(row)))
    if found := rows.part_rows(document):
        conn.execute(insert(PARTS), [r | {"document": key} for r in found])
    return key


def put_name(conn: Connection, key: int, document: Document) -> bool:
    """Note under which name a copy came; whether that was new and may change whose copy it is."""
    at = (COPY_NAMES.c.document == key, COPY_NAMES.c.name == document.id)
    known = conn.execute(select(COPY_NAMES.c.given).where(*at)).scalar()
    if known is None:
        conn.execute(insert(COPY_NAMES).values(document=key, name=document.id, given=document.named))
        return document.named
    if document.named and not known:
        conn.execute(update(COPY_NAMES).where(*at).values(given=True))
        return True
    return False


def compare(conn: Connection, key: int, document: Document, digest: str) -> Copy:
    """Write down what is compared of a copy, and by what others find it."""
    given = conn.execute(select(COPY_NAMES.c.name).where(COPY_NAMES.c.document == key, COPY_NAMES.c.given)).scalars()
    copy = identity.copy_of(document, digest, given)
    conn.execute(update(DOCUMENTS).where(DOCUMENTS.c.key == key).values(compared=_plain(copy)))
    conn.execute(delete(COPY_KEYS).where(COPY_KEYS.c.document == key))
    keys = {_short(k) for k in [*copy.keys, *(f"id:{i}" for i in identity.candidates([copy]))]}
    conn.execute(insert(COPY_KEYS), [{"document": key, "key": k} for k in sorted(keys)])
    return copy


def _plain(copy: Copy) -> dict[str, Any]:
    return asdict(copy) | {"names": sorted(copy.names), "words": sorted(copy.words)}


def _short(key: str) -> str:
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key.partition(':')[0]}#{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def settle(conn: Connection, key: int) -> Settled:
    """Settle whose copy the row `key` is, and what that changes for others."""
    near = _neighbours(conn, key)
    settled = Settled()
    before = _in_force(conn, {report for _, report in near.values()})
    place = {copy.key: row for row, (copy, _) in near.items()}
    groups = {f"?{min(place[c.key] for c in g)}": g for g in identity.grouped(c for c, _ in near.values())}
    for name, group in groups.items():
        _move(conn, [place[c.key] for c in group], name)
    final: dict[str, list[Copy]] = {}
    others: set[str] = set()
    for name, group in groups.items():
        chosen, claiming = _choose(conn, group, name)
        final[chosen] = group
        others |= claiming
    for report in sorted(others):
        rename(conn, report, settled)
    for report, group in final.items():
        _write(conn, report, sorted(place[c.key] for c in group), group, place)
    _follow(conn, before, settled)
    settled.changed |= final.keys()
    return settled


def _neighbours(conn: Connection, key: int) -> Rows:
    """The copies that are joined to this one by what they share, or by others in between."""
    found = _load(conn, [key])
    todo = [key]
    while todo:
        copy = found[todo.pop()][0]
        keys = [_short(k) for k in copy.sought]
        near = set(conn.execute(select(COPY_KEYS.c.document).where(COPY_KEYS.c.key.in_(keys))).scalars()) - found.keys()
        new = {row: one for row, one in _load(conn, sorted(near)).items() if identity.same(copy, one[0])}
        found |= new
        todo += sorted(new)
    return found


def _load(conn: Connection, keys: Sequence[int]) -> Rows:
    found: Rows = {}
    for batch in batches(keys):
        query = select(DOCUMENTS.c.key, DOCUMENTS.c.compared, DOCUMENTS.c.id).where(DOCUMENTS.c.key.in_(batch))
        found |= {key: (copy_from(data), report) for key, data, report in conn.execute(query)}
    return found


def copy_from(data: Mapping[str, Any]) -> Copy:
    """What is compared of a copy, from its row."""
    lists = {"names": frozenset(data["names"]), "words": frozenset(data["words"]), "size": tuple(data["size"])}
    return Copy(**dict(data) | lists)


def _in_force(conn: Connection, reports: Iterable[str]) -> dict[str, int]:
    """The row in force of each report."""
    query = select(DOCUMENTS.c.id, DOCUMENTS.c.key).where(DOCUMENTS.c.is_current)
    return {i: k for batch in batches(sorted(reports)) for i, k in conn.execute(query.where(DOCUMENTS.c.id.in_(batch)))}


def _move(conn: Connection, keys: Sequence[int], report: str) -> None:
    """Put copies under a name that no other report bears, so that nothing is in their way."""
    for batch in batches(keys):
        values = {"id": report, "is_current": False, "version": -DOCUMENTS.c.key}
        conn.execute(update(DOCUMENTS).where(DOCUMENTS.c.key.in_(batch)).values(values))


def _choose(conn: Connection, group: Sequence[Copy], report: str) -> tuple[str, set[str]]:
    """The first id that no other report claims; and the reports that bear one which is claimed now."""
    claiming: set[str] = set()
    chosen = ""
    for wanted in identity.candidates(group):
        joined = COPY_KEYS.join(DOCUMENTS, DOCUMENTS.c.key == COPY_KEYS.c.document)
        query = select(DOCUMENTS.c.id).select_from(joined).where(COPY_KEYS.c.key == _short(f"id:{wanted}")).distinct()
        claimed = set(conn.execute(query).scalars()) - {report}
        claiming |= claimed & {wanted}
        if not claimed:
            chosen = chosen or wanted
    return chosen or identity.last_resort(group), claiming


def rename(conn: Connection, report: str, settled: Settled) -> None:
    """Give a report the first id that it alone has a claim to, where it bears another."""
    keys = list(
        conn.execute(select(DOCUMENTS.c.key).where(DOCUMENTS.c.id == report).order_by(DOCUMENTS.c.key)).scalars()
    )
    if not keys:
        return
    before = _in_force(conn, [report])
    loaded = _load(conn, keys)
    group = sorted((copy for copy, _ in loaded.values()), key=identity.best_first)
    chosen, _ = _choose(conn, group, report)
    if chosen == report:
        return
    place = {copy.key: row for row, (copy, _) in loaded.items()}
    _move(conn, keys, f"?{keys[0]}")
    _write(conn, chosen, keys, group, place)
    _follow(conn, before, settled)
    settled.changed.add(chosen)


def _write(conn: Connection, report: str, keys: Sequence[int], group: Sequence[Copy], place: Mapping[str, int]) -> None:
    """Write a report's copies down: their versions in the order in which they came, and the record in force."""
    order = [place[c.key] for c in group]
    chosen = _by_hand(conn, keys) or place[identity.text_in_force(group).key]
    own = own_documents(conn, order)
    whole = identity.assembled([own[k] for k in order], order.index(chosen), report)
    for version, key in enumerate(keys, 1):
        row = rows.document_row(whole if key == chosen else own[key])
        values = {n: v for n, v in row.items() if n not in ("digest", "given", "data", "sha256")}
        values |= {"id": report, "version": version, "is_current": key == chosen}
        values["details"] = row["details"] | {"id": report}
        conn.execute(update(DOCUMENTS).where(DOCUMENTS.c.key == key).values(values))
        conn.execute(delete(IDENTIFIERS).where(IDENTIFIERS.c.document == key))
        if found := rows.identifier_rows(whole if key == chosen else own[key]):
            conn.execute(insert(IDENTIFIERS), [r | {"document": key} for r in found])
    for table in FOLLOW:
        for batch in batches(keys):
            conn.execute(update(table).where(table.c.copy.in_(batch)).values(document=report))


def _by_hand(conn: Connection, keys: Sequence[int]) -> int | None:
    """The copy that a person put in force last."""
    query = select(IN_FORCE.c.document).where(IN_FORCE.c.document.in_(keys)).order_by(IN_FORCE.c.key.desc()).limit(1)
    return conn.execute(query).scalar()


def own_documents(conn: Connection, keys: Sequence[int]) -> dict[int, Document]:
    """Documents as they came, by the keys of their rows."""
    parts: dict[int, list[rows.Row]] = {}
    found: dict[int, Document] = {}
    for batch in batches(keys):
        query = select(PARTS).where(PARTS.c.document.in_(batch)).order_by(PARTS.c.document, PARTS.c.position)
        for part in conn.execute(query).mappings():
            parts.setdefault(part["document"], []).append(dict(part))
        for row in conn.execute(select(DOCUMENTS).where(DOCUMENTS.c.key.in_(batch))).mappings():
            found[row["key"]] = reading.document_of(dict(row) | {"details": row["own"]}, parts.get(row["key"], ()))
    return found


def _follow(conn: Connection, before: Mapping[str, int], settled: Settled) -> None:
    """Let what was said of reports follow the copies that were in force; links between them are found anew."""
    for old, key in before.items():
        new = conn.execute(select(DOCUMENTS.c.id).where(DOCUMENTS.c.key == key)).scalar_one()
        forget_links(conn, [old, new])
        if new != old and not old.startswith("?"):
            settled.renamed[old] = new
            rename_links(conn, old, new)
            conn.execute(update(JUDGEMENTS).where(JUDGEMENTS.c.study == old).values(study=new))
            conn.execute(update(REVIEW_EVENTS).where(REVIEW_EVENTS.c.document == old).values(document=new))


def rename_links(conn: Connection, old: str, new: str) -> None:
    """A decision on a pair keeps its pair, the smaller id first."""
    query = select(LINK_DECISIONS).where(or_(LINK_DECISIONS.c.a == old, LINK_DECISIONS.c.b == old))
    for row in conn.execute(query).mappings().all():
        a, b = sorted(new if i == old else i for i in (row["a"], row["b"]))
        at = LINK_DECISIONS.c.key == bindparam("_key")
        conn.execute(update(LINK_DECISIONS).where(at), {"_key": row["key"], "a": a, "b": b})


def forget_links(conn: Connection, ids: Sequence[str]) -> None:
    """Forget what the machine made of these reports, so that they are linked anew."""
    for batch in batches(ids):
        for table in (LINK_PROFILES, LINK_KEYS, TRIAL_REPORTS):
            conn.execute(delete(table).where(table.c.document.in_(batch)))
        conn.execute(delete(LINKS).where(or_(LINKS.c.a.in_(batch), LINKS.c.b.in_(batch))))
