"""Grounding: exact first, likeness last and only where it is close; the same on every run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from extractor.disease.grounded import LIKE, generator_of, ground
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("mention", "name", "reason"),
    [
        ("amyotrophic lateral sclerosis", "amyotrophic lateral sclerosis", "name"),
        ("Type 2 diabetes", "type 2 diabetes mellitus", "synonym"),
        ("intracranial  aneurysms", "intracranial aneurysm", "lemma"),
        ("amyotrophic lateral sclerosi", "amyotrophic lateral sclerosis", 'like "amyotrophic lateral sclerosis"'),
    ],
)
def test_reason_is_kept(mention: str, name: str, reason: str) -> None:
    found = ground(mention, "conditions")
    assert found is not None
    assert (found[0].name, found[2]) == (name, reason) or (
        found[0].name == name and reason == "lemma" and found[1] > LIKE
    )


@pytest.mark.parametrize("mention", ["walking to school", "xyz", "quality of life at two weeks"])
def test_no_likeness_no_term(mention: str) -> None:
    assert ground(mention, "conditions") is None


def test_figures_are_not_alike() -> None:
    found = ground("osteogenesis imperfecta type 17", "conditions")
    assert found is None or "17" in found[0].name


def test_generator_is_scispacys_own_and_stable() -> None:
    generator, _ = generator_of("cells")
    first = generator(["mesenchymal stem celll"], 5)
    assert type(generator).__module__ == "scispacy.candidate_generation"
    assert [c.concept_id for c in first[0]] == [c.concept_id for c in generator(["mesenchymal stem celll"], 5)[0]]


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, extractor.disease.grounded; sys.exit('nmslib' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
