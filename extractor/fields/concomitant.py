"""What was given beside the studied treatment: premedication, conditioning, mobilisation, medicines that went on."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.study.plan import named_up_to, telling

_CUES = (
    ("premedication", re.compile(r"\b(?:pre-?medicat(?:ed|ion) with|pre-?medication (?:consisted of|included|comprised)) (?:an? |the )?")),
    ("conditioning", re.compile(r"(?<!fear )\b(?:conditioning|preconditioning|lymphodepletion|lymphodepleting chemotherapy|immunosuppress(?:ion|ed|ive therapy|ive treatment|ive regimen))(?: regimen)?(?: chemotherapy)? (?:with|consist(?:ed|ing) of|comprised|included) (?:an? |the )?")),
    ("mobilisation", re.compile(r"\b(?:mobili[sz](?:ed|ation)|stimulated|primed) (?:\w+ ){0,5}?(?:with|by|using) (?:subcutaneous |daily )*(?=g-?csf|granulocyte|filgrastim|lenograstim|plerixafor|gm-?csf)")),
    ("background", re.compile(r"\b(?:on|receiving|taking|continued|maintained on|with|receive|received) (?:a )?(?:stable|constant|unchanged|fixed) (?:(?:daily )?(?:doses?|regimens?) of|treatment with|therapy with|background) ")),
    ("background", re.compile(r"\bcontinued (?:their|his|her) (?:(?:stable|usual|regular|existing|prescribed) )*(?:doses? of|treatment with|therapy with) ")),
    ("prophylaxis", re.compile(r"\b(?:antibiotic|antimicrobial|antiviral|antifungal|thrombo\w*) prophylaxis (?:with|consisted of|included|comprised) ")),
    ("rescue", re.compile(r"\brescue (?:analgesi[ac]s?|medications?|therapy|treatment) (?:with|consisted of|included|comprised) ")),
    ("both groups", re.compile(r"\b(?:both (?:the )?(?:groups|arms)|patients (?:in|of) both (?:groups|arms)|all (?:the )?(?:patients|participants|subjects) (?:in both groups )?also|all groups) (?:also )?(?:received|were given|were treated with|underwent|continued) (?:an? |the )?")),
)  # fmt: skip
_WORDS = ("medicat", "condition", "immunosuppress", "lymphodeplet", "mobili", "stimulated", "primed", "stable", "constant", "unchanged", "fixed", "both ", " also ", "all groups", "continued ", "prophylaxis", "rescue ")  # fmt: skip
_ENDS = re.compile(
    r"[.;,(\[]|\b(?:before|after|prior|during|for|at|until|throughout|followed|to|in|on|from|while|whereas|were|was|which|who|that|then|with|within|over|as|if|or placebo|one|two|three|four|five|six|has|have|had|is|are|may|\d+ (?:h|hours?|days?|min|minutes|weeks?|months?))\b"
)
_NO_NAME = re.compile(
    r"(?:the |an? |two |three |one |\d|same|placebo|either|or\b|cells?|both|similar|identical|at least|treatment\b|doses?\b|reduced|toxicit|regimen|medications?\b|therapy\b|injections?|infusions?|questionnaire|assess|follow)"
)
_NO_DRUG = re.compile(
    r"\b(?:\w*transplant\w*|hs?ct|sct|marrow|groups?|versus|patients?|required|random\w*|toxicity|recovery)\b"
)


@field(
    "concomitant",
    value="{name, kind}",
    order=92,
    column="given beside",
    page=("Dose", "beside"),
    figure=True,
    several=True,
    view={},
    scored=(),
    shown="{name}[ ({kind})]",
)
class Concomitant(Field):
    """Treatments given beside the studied one, with what for."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        done: set[str] = set()
        for sentence in telling(seen, _WORDS):
            for kind, cue in _CUES:
                for match in cue.finditer(seen.folded, sentence.start, sentence.end):
                    place = named_up_to(seen, match.end(), sentence.end, _ENDS, 80)
                    if place is None or _NO_NAME.match(seen.folded, place[0]) or _NO_DRUG.search(seen.folded, *place):
                        continue
                    name = seen.text[slice(*place)]
                    if name.lower() not in done:
                        done.add(name.lower())
                        value = {"name": name, "kind": kind}
                        yield self.fact(doc, value, [place], rule=kind.replace(" ", "_"), confidence=0.8)
