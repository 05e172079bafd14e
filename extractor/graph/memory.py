"""The garbage collector rests while much is made that stays: it would look through all of it again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection inside."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def growing() -> Iterator[None]:
    """No collection inside; what was made inside is afterwards among what is seldom looked through."""
    with uncollected():
        yield
        if not gc.get_freeze_count():  # nobody else's objects are thawed by this
            gc.freeze()
            gc.unfreeze()  # into the oldest generation, without a collection that walks through everything
