"""Small text files that a person names: a table, a prompt, decisions. One way to read them, and one way to say why not."""

from __future__ import annotations

from pathlib import Path

from extractor.errors import ExtractorError


def read_text(path: Path, wrong: type[ExtractorError], *, errors: str = "strict") -> str:
    """The text of a UTF-8 file as it stands, line ends too; without a byte order mark.

    Parameters
    ----------
    path : Path
    wrong : type
        The error to raise.
    errors : str
        What to do with bytes that are no UTF-8, as for ``bytes.decode``.

    Raises
    ------
    wrong
        If the file cannot be read, or is not UTF-8; says why, and where.
    """
    try:
        return path.read_bytes().decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        raise wrong(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except OSError as error:
        raise wrong(f"{path}: cannot be read: {error.strerror}") from error
