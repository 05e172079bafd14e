"""A limit of processor time for each of many things, so that one strange input never stops a run.

Processor time, not the clock: a slow or busy machine gives the same outcome as a fast one as far as may be. Where there is
no such timer (Windows), or outside the main thread, there is no limit.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from extractor.errors import TimeLimitError

T = TypeVar("T")
AGAIN_S = 1.0  # the timer rings again, should some library have swallowed it


class _ExpiredError(BaseException):
    """Raised by the timer wherever the program is; no ``except Exception`` keeps it."""


def limited(items: Iterable[T], seconds: float) -> Iterator[T]:
    """`items`, each of which may take `seconds` of processor time to come; 0: no limit.

    Raises
    ------
    TimeLimitError
        When the next one takes longer; nothing more comes then.
    """
    stream = iter(items)
    if seconds <= 0 or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield from stream
        return
    while True:
        before = signal.signal(signal.SIGVTALRM, _ring)
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN_S)
        try:
            item = next(stream)
        except StopIteration:
            return
        except _ExpiredError:
            raise TimeLimitError(
                f"took more than {seconds:g} s of processor time and was given up; max_seconds in trialspan.toml allows more"
            ) from None
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
        yield item


def _ring(*_: Any) -> None:
    raise _ExpiredError
