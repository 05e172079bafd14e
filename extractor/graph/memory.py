"""The garbage collector rests while much is made that stays: it would look through all of it again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def growing() -> Iterator[None]:
    """No collection inside; what was made inside is afterwards among what is seldom looked through."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # nobody else's objects are thawed by this
            gc.freeze()
            gc.unfreeze()  # into the oldest generation, which no collection had to walk through for that
        gc.enable()
