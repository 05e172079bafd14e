"""Whether the words of a correction say its value, by the verifier; the language pipeline is loaded while people read."""

from __future__ import annotations

import threading
from typing import Any

from extractor.model import JSON_PART, Document, Fact
from extractor.review.claim import sentence


class Checker:
    """The verifier over the sentences of a fact's quotes; one at a time, since the pipeline is not to be shared."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings
        self._nlp: Any = None
        self._lock = threading.Lock()
        threading.Thread(target=self._load, daemon=True).start()

    def _load(self) -> Any:
        with self._lock:
            if self._nlp is None:
                from extractor.pipeline import build

                self._nlp = build(self._settings)
            return self._nlp

    def reasons(self, document: Document, fact: Fact) -> tuple[str, ...]:
        """Why the quotes do not say the value; none where one does, or where the words do not decide."""
        from extractor.verify.check import reasons_against

        nlp = self._load()
        with self._lock:
            return reasons_against(nlp, near(document, fact), fact)


def near(document: Document, fact: Fact) -> Document:
    """The sentences that hold a fact's quotes, as a document of their own: a long report is not read again for one claim."""
    places = [e for e in fact.evidence if e.part != JSON_PART and e.part in document.parts]
    spans = dict.fromkeys((e.part, *sentence(document, e)) for e in places)
    text = "\n".join(document.parts[part][start:end] for part, start, end in spans)
    return Document(document.id, document.source, {"abstract": text or document.text[:1000]})
