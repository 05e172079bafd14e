"""The command line as a program ends it, run in this process: starting one takes longer than most commands do."""

from __future__ import annotations

import io
import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from extractor import commands


def trialspan(
    *arguments: str | Path, cwd: Path, stdin: bytes = b"", columns: str = "100", **environment: str
) -> CompletedProcess[str]:
    """Run ``trialspan`` in the folder `cwd`; what would leave the program as a traceback is said as it would be."""
    given = list(map(str, arguments))
    out, err, read = (
        io.TextIOWrapper(io.BytesIO(start), encoding="utf-8", newline="\n") for start in (b"", b"", stdin)
    )
    hook = sys.excepthook
    code: int | str | None = 0
    with (
        chdir(cwd),
        patch.dict(os.environ, COLUMNS=columns, **environment),
        patch.object(sys, "argv", ["trialspan", *given]),
        patch.object(sys, "stdin", read),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            commands.app()
        except SystemExit as ended:
            code = ended.code
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            code = commands.WRONG_USAGE if isinstance(error, commands.SettingsError) else 1
        finally:
            sys.excepthook = hook
        out.flush()
        err.flush()
    assert code is None or isinstance(code, int)
    said = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return CompletedProcess(given, code or 0, *said)
