"""Tools for judging risk of bias: their domains, the words that are legal, and how robvis names them.

Nothing here judges: people do, and the program carries their words. For checklists of uncontrolled studies the answers to
items are carried as answers, and turned into robvis's words only in its file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extractor.errors import BiasError

OVERALL = "Overall"
# Words of robvis's own template for any tool (get_judgements in its helpers.R).
GENERIC = (
    "Low",
    "Some concerns",
    "Moderate",
    "Unclear",
    "Serious",
    "High",
    "Critical",
    "No information",
    "Not applicable",
)
ANSWERS = {
    "Yes": "Low",
    "Partial": "Some concerns",
    "No": "High",
    "Unclear": "Unclear",
    "Not applicable": "Not applicable",
}
HIGH = frozenset({"High", "Serious", "Critical"})


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool.

    Attributes
    ----------
    name, title : str
    robvis : str
        The template that robvis draws it with.
    domains : tuple of str
        Codes of the domains in their order, without the overall judgement; empty where any name is legal.
    words : tuple of str
        Legal judgements of a domain.
    overall : tuple of str
        Legal overall judgements.
    meaning : mapping of str to str
        What each code stands for.
    shown : mapping of str to str
        robvis's word for a judgement, where it is another one.
    """

    name: str
    title: str
    robvis: str
    domains: tuple[str, ...]
    words: tuple[str, ...]
    overall: tuple[str, ...]
    meaning: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)

    def domain(self, text: str) -> str:
        """The domain that is meant.

        Raises
        ------
        BiasError
            If there is none of that name; lists the legal ones.
        """
        wanted = " ".join(text.split())
        for name in (*self.domains, OVERALL):
            if wanted.casefold() == name.casefold():
                return name
        if self.domains or not wanted:
            legal = [*self.domains, OVERALL] if self.domains else ["any name", OVERALL]
            raise BiasError(f"{self.name} has no domain {text!r}; legal: {', '.join(legal)}")
        return wanted

    def judgement(self, domain: str, text: str) -> str:
        """The judgement that is meant, in its own spelling.

        Raises
        ------
        BiasError
            If the tool has no such word there; lists the legal ones.
        """
        legal = self.overall if domain == OVERALL else self.words
        for word in legal:
            if " ".join(text.split()).casefold() == word.casefold():
                return word
        raise BiasError(f"{self.name}, {domain}: {text!r} is no judgement; legal: {', '.join(legal)}")


def _numbered(titles: Sequence[str]) -> dict[str, str]:
    return {f"D{i}": title for i, title in enumerate(titles, 1)}


_ROB2 = _numbered((
    "randomization process", "deviations from the intended interventions", "missing outcome data", "measurement of the outcome",
    "selection of the reported result",
))  # fmt: skip
_ROBINS = _numbered((
    "confounding", "selection of participants", "classification of interventions", "deviations from intended interventions",
    "missing data", "measurement of outcomes", "selection of the reported result",
))  # fmt: skip
_CONCERNS = ("Low", "Some concerns", "High")
_CONCERNS_OR_NONE = (*_CONCERNS, "No information")  # no judgement of RoB 2 itself, but a word of robvis's files
_SERIOUS = ("Low", "Moderate", "Serious", "Critical", "No information")
_RISKS = ("Low", "Moderate", "High", "Unclear")


def _checklist(name: str, title: str, items: int, answers: tuple[str, ...]) -> Tool:
    """A list of questions, each answered; its overall judgement is the reviewers' own."""
    domains = tuple(f"Q{i}" for i in range(1, items + 1))
    return Tool(name, title, "Generic", domains, answers, _RISKS, shown={a: ANSWERS[a] for a in answers})


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("rob2", "RoB 2, randomized trials (Sterne 2019, doi:10.1136/bmj.l4898)", "ROB2", tuple(_ROB2), _CONCERNS_OR_NONE, _CONCERNS_OR_NONE, _ROB2),
        Tool(
            "robins-i", "ROBINS-I, first version, non-randomized comparisons (Sterne 2016, doi:10.1136/bmj.i4919)", "ROBINS-I",
            tuple(_ROBINS), _SERIOUS, _SERIOUS, _ROBINS,
        ),
        _checklist("jbi-case-series", "JBI checklist for case series, 10 items (Munn 2020)", 10, ("Yes", "No", "Unclear", "Not applicable")),
        _checklist("ihe-case-series", "IHE checklist for case series, 20 items", 20, ("Yes", "Partial", "No", "Unclear")),
        Tool("generic", "any other tool, with domains of your own naming", "Generic", (), GENERIC, GENERIC),
    )
}  # fmt: skip


def named(name: str) -> Tool:
    """The tool of that name.

    Raises
    ------
    BiasError
        If there is none; lists all.
    """
    wanted = name.strip().lower().replace(" ", "-").replace("rob-2", "rob2")
    if wanted not in TOOLS:
        raise BiasError(f"there is no tool {name!r}; legal: {', '.join(TOOLS)}")
    return TOOLS[wanted]
