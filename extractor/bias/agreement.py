"""What people agree on: a consensus, else the one word that all who judged have; else nothing, and who said what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from extractor.bias.tools import HIGH, OVERALL
from extractor.store import Store
from extractor.store.judgements import Judgement, JudgementStore, standing
from extractor.store.links import LinkStore


@dataclass(frozen=True, slots=True)
class Agreed:
    """One domain of one trial, judged with one tool.

    Attributes
    ----------
    study : str
        The trial's name.
    judgement : str or None
        None where people disagree and there is no consensus.
    consensus : bool
        Whether it is a consensus that was brought in.
    said : mapping of str to str
        What each person says, by name.
    """

    tool: str
    study: str
    domain: str
    judgement: str | None
    consensus: bool
    said: Mapping[str, str]

    def shown(self) -> str:
        """``oh2018 D2 (ann: Low, ben: High)``."""
        return f"{self.study} {self.domain} ({', '.join(f'{who}: {word}' for who, word in self.said.items())})"

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, ready for JSON."""
        return {
            "study": self.study, "tool": self.tool, "domain": self.domain, "judgement": self.judgement,
            "consensus": self.consensus, "said": dict(self.said),
        }  # fmt: skip


def agreed(judgements: Iterable[Judgement], trial_of: Mapping[str, str]) -> list[Agreed]:
    """What stands for each tool, trial and domain, sorted by tool and trial; domains as they were first judged.

    Parameters
    ----------
    judgements : iterable of Judgement
        In the order in which they were made.
    trial_of : mapping of str to str
        The trial of each report, so that judgements of two reports of one trial meet.
    """
    at_trials = [_of_trial(one, trial_of) for one in judgements]
    places: dict[tuple[str, str, str], list[Judgement]] = {}
    for one in standing(at_trials):
        places.setdefault((one.tool, one.study, one.domain), []).append(one)
    order = {domain: i for i, domain in enumerate(dict.fromkeys(one.domain for one in at_trials))}
    found = [_agreed(place, said) for place, said in places.items()]
    return sorted(found, key=lambda a: (a.tool, a.study, a.domain == OVERALL, order[a.domain]))


def _of_trial(one: Judgement, trial_of: Mapping[str, str]) -> Judgement:
    study = trial_of.get(one.study, one.study)
    return Judgement(one.tool, study, one.domain, one.judgement, one.why, one.curator, one.is_consensus, one.decided_at)


def _agreed(place: tuple[str, str, str], said: list[Judgement]) -> Agreed:
    people = {one.curator: one.judgement for one in said if not one.is_consensus}
    consensus = next((one for one in said if one.is_consensus), None)
    if consensus is not None:
        return Agreed(*place, consensus.judgement, True, people)
    words = set(people.values())
    return Agreed(*place, words.pop() if len(words) == 1 else None, False, people)


def of_store(store: Store) -> list[Agreed]:
    """What stands in a store."""
    judgements = JudgementStore(store).judgements()
    return agreed(judgements, LinkStore(store).trials_of({one.study for one in judgements}))


def high_risk(found: Iterable[Agreed]) -> tuple[set[str], list[Agreed], set[str]]:
    """Trials of high overall risk, overall judgements that are not agreed on, and all trials with an overall judgement.

    High, serious and critical are high; one tool suffices.
    """
    overall = [a for a in found if a.domain == OVERALL]
    high = {a.study for a in overall if a.judgement in HIGH}
    return high, [a for a in overall if a.judgement is None], {a.study for a in overall}
