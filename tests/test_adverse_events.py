"""The adverse-event lexicon and the grammar under the fields: where its terms come from, what denies, what counts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from extractor.events.denials import denials
from extractor.events.mentions import CLASS, NAMED, mentions
from extractor.quantities.counts import counts
from extractor.terms import rows
from tests.conftest import ROOT, SHARED

OPEN_VOCABULARIES = ("CTCAE5:", "mesh:", "SYMP:")
VOCABULARIES = (SHARED or ROOT) / "vocabularies"


def test_lexicon_names_open_vocabularies_only() -> None:
    every = rows("adverse_events")
    assert len(every) > 5000
    assert not [t.id for t in every if t.id and not t.id.startswith(OPEN_VOCABULARIES)]
    assert sum(not t.id for t in every) < 125  # terms that no open vocabulary has


@pytest.mark.skipif(not VOCABULARIES.exists(), reason="the vocabularies are not here")
def test_lexicon_is_what_its_script_builds() -> None:
    script = ROOT / "training" / "build_adverse_events.py"
    done = subprocess.run([sys.executable, str(script), str(VOCABULARIES), "--check"], check=False)
    assert done.returncode == 0, f"run {script.name} again and commit the table"


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("no fever was seen", "no"),
        ("the drug did not cause nausea", "did not cause"),
        ("neither group had bleeding", "neither group"),
        ("there was no difference in nausea", None),
        ("women with no history of stroke", None),
        ("no significant increase in complications", None),
        ("on a scale of 0 (no pain) to 10", None),
    ],
)
def test_denial(text: str, cue: str | None) -> None:
    found = denials(text, 0, len(text))
    assert [d.cue for d in found] == ([cue] if cue else [])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12 [43%] patients and three [11%] patients", [(12, None, 43.0), (3, None, 11.0)]),
        ("4 out of 11 and 0 out of 6", [(4, 11, None), (0, 6, None)]),
        ("42/107 (39%)", [(42, 107, 39.0)]),
        ("12 of 111 (11%) injections", [(12, 111, 11.0)]),
        ("12% (n = 5)", [(5, None, 12.0)]),
        ("(relative risk 2.5; 95% CI: 2.1-2.9; p = 0.04)", []),
        ("0.5% cream for 12 weeks at 40 mg/day", []),
        ("a 30% reduction on day 28", []),
    ],
)
def test_counts(text: str, wanted: list[tuple[int | None, int | None, float | None]]) -> None:
    assert [(c.n, c.denominator, c.percent) for c in counts(text)] == wanted


@pytest.mark.parametrize(
    ("text", "kind", "term"),
    [
        ("no treatment-related serious adverse events", CLASS, "treatment-related serious adverse events"),
        ("severe left leg pain", NAMED, "left leg pain"),
        ("infection at the catheter site", NAMED, "infection at the catheter site"),
    ],
)
def test_mention_as_written(text: str, kind: str, term: str) -> None:
    found = mentions(text, 0, len(text))
    assert [(m.kind, text[m.start : m.end]) for m in found] == [(kind, term)]
