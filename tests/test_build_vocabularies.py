"""The conditions table: what the build keeps, how it turns headings, and what the shipped table holds."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from extractor.terms import rows, table
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_vocabularies", ROOT / "training" / "build_vocabularies.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("heading", "spoken"),
    [
        ("Osteoarthritis, Knee", "Knee Osteoarthritis"),
        ("Diabetes Mellitus, Type 2", "Type 2 Diabetes Mellitus"),
        ("Fever", "Fever"),
    ],
)
def test_headings_are_turned(build: ModuleType, heading: str, spoken: str) -> None:
    assert build.turned(heading) == spoken


def test_small_tables_become_rows(build: ModuleType, tmp_path: Path) -> None:
    mesh = "id\tlabel\tbranches\tterm\nD1\tNeoplasms, Toe\tC04.1\tNeoplasms, Toe\nD1\tNeoplasms, Toe\tC04.1\tToe Cancer\nD2\tToe\tA01\tToe\n"
    mondo = "id\tlabel\tkind\tterm\nMONDO:1\ttoe ache\tLABEL\ttoe ache\nMONDO:2\ttoe ache, dog\tLABEL\ttoe ache, dog\n"
    (tmp_path / "mesh_A_C_F_subset.tsv").write_text(mesh, encoding="utf-8")
    (tmp_path / "mondo_labels.tsv").write_text(mondo, encoding="utf-8")
    assert [(i, name, kind) for i, name, kind, _ in build.mesh(tmp_path / "mesh_A_C_F_subset.tsv", frozenset())] == [
        ("mesh:D1", "toe cancer", "disease")
    ]
    assert [i for i, *_ in build.mondo(tmp_path / "mondo_labels.tsv", set())] == ["mondo:1"]
    assert list(build.mondo(tmp_path / "mondo_labels.tsv", {build.key("toe ache")})) == []


@pytest.mark.parametrize(
    ("name", "curie"), [("conditions", r"mesh:D\d+|mondo:\d+|"), ("cells", r"cl:\d{7}|"), ("sources", r"uberon:\d{7}|")]
)
def test_shipped_rows_carry_curies_of_open_vocabularies(name: str, curie: str) -> None:
    assert [t for t in rows(name) if not re.fullmatch(curie, t.id)] == []
    assert len({t.name for t in rows(name)}) == len(rows(name)) or name == "conditions"


def test_common_diseases_are_found() -> None:
    known = table("conditions")
    wanted = [
        "breast cancer",
        "stroke",
        "asthma",
        "type 1 diabetes",
        "knee osteoarthritis",
        "COPD",
        "sepsis",
        "depression",
    ]
    assert [w for w in wanted if known.get(w) is None] == []
