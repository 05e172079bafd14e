"""Primary and secondary outcomes as the text names them, with their time point and scale; no results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.outcomes import scale_in, time_in
from extractor.study.plan import named_up_to, telling

_WORD = r"(?:end ?-?points?|outcomes?|outcome measures?|outcome variables?|objectives?|measures?)"
SAID = re.compile(
    rf"\b(?P<kind>primary|main|principal|co-primary|secondary)(?: (?:and \w+ )?(?:efficacy|safety|clinical|study|global|metabolic|functional|composite|trial|feasibility))*(?: {_WORD})+(?: (?:of|in|for) (?:this|the|our) (?:present |current )?(?:study|trial))?"
    r"(?:,? ?(?:was|were|is|are|will be|included?|includes|comprised|consisted of)(?: defined as| to (?:assess|determine|evaluate|investigate|examine|measure))?|:)\s(?:the |an? )?"
)
_ENDS = re.compile(r"[;]|\.(?=\s|$)|\b(?:and (?:the )?secondary|secondary (?:end ?-?points?|outcomes?)|which|whereas|while|using|assessed (?:by|with|using|through)|measured (?:by|with|using|through)|and (?:was|were) )\b")  # fmt: skip
# what is said of a result, no name of an outcome
_RESULT = re.compile(
    r"(?:not |also |all |both |similarly |statistically |significantly |successfully )*(?:met|reached|achieved|similar|significant\w*|higher|lower|better|worse|improved|observed|evaluated|assessed|analy[sz]ed|"
    r"compared|measured|reported|calculated|no\b|different|comparable|available|summari[sz]ed|presented|obtained|recorded|performed|demonstrated|determined|missed|consistent|as follows|listed|shown|described|based|attained|seen|collected|positive|negative|unchanged|in favou?r|superior|inferior|noted|\d+(?:\.\d+)?\s?%)"
)


@field(
    "outcome",
    value="{kind, name, time, scale}",
    order=172,
    page=(),
    figure=True,
    several=True,
    own=True,
    view={},
    scored=(),
    shown="{kind}: {name}[, {time}]",
)
class Outcome(Field):
    """Primary and secondary outcomes, with time point and scale; no effect sizes."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        done: set[tuple[str, str]] = set()
        for kind, place in _named(seen):
            name = seen.text[slice(*place)]
            if (kind, name.lower()) in done:
                continue
            done.add((kind, name.lower()))
            folded = seen.folded[slice(*place)]
            value = {"kind": kind, "name": name, "time": time_in(name, folded), "scale": scale_in(folded)}
            yield self.fact(doc, value, [place], rule=kind, confidence=0.85)


def _named(seen: View) -> Iterator[tuple[str, tuple[int, int]]]:
    for sentence in telling(seen, ("primary", "main ", "principal", "secondary")):
        for match in SAID.finditer(seen.folded, sentence.start, sentence.end):
            place = named_up_to(seen, match.end(), sentence.end, _ENDS)
            if place and not _RESULT.match(seen.folded, place[0]):
                yield "secondary" if match["kind"] == "secondary" else "primary", place
