"""One frozen Settings, read once by the command line and passed down. Nothing else reads the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from extractor.errors import SettingsError
from extractor.files import read_text

FILE_NAME = "trialspan.toml"
PREFIX = "TRIALSPAN_"
OWN = ("fields", "vocabularies")  # tables of the file that are no settings


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set in ``trialspan.toml`` or as ``TRIALSPAN_<NAME>``.

    ``model`` names an installed spaCy package (such as ``en_core_sci_sm``) or a folder, used in place of the shipped
    model; ``trial_sm`` is the shipped one with its recogniser and parser, empty without them, ``blank`` none at all. ``max_bytes`` is the largest input file that is read,
    ``max_seconds`` the processor time that one document may take (0: no limit). ``eutils``,
    ``europepmc`` and ``clinicaltrials`` name other addresses for the services, ``requests_per_second`` another rate than theirs. ``second_hosts`` names the machines (separated by
    commas) that a second reader may send texts to; without it they stay here. ``second_key`` is its key. ``fields`` names a file with
    fields and vocabularies of one's own; they may also stand in ``trialspan.toml`` itself, as ``[fields.NAME]``.
    """

    store: str = "trialspan.db"
    model: str = ""
    processes: int = 1
    max_bytes: int = 2_000_000_000
    max_characters: int = 5_000_000
    max_seconds: int = 30
    email: str = ""
    ncbi_api_key: str = ""
    cache: str = ""
    curator: str = ""
    eutils: str = ""
    europepmc: str = ""
    clinicaltrials: str = ""
    requests_per_second: int = 0
    second_hosts: str = ""
    second_key: str = ""
    fields: str = ""

    def __post_init__(self) -> None:
        if self.processes < 1:
            raise SettingsError(f"processes is {self.processes}; legal are whole numbers from 1")
        if self.max_bytes < 1 or self.max_characters < 1:
            raise SettingsError("max_bytes and max_characters must be at least 1")
        if self.max_seconds < 0 or self.requests_per_second < 0:
            raise SettingsError("max_seconds and requests_per_second must be at least 0, which is no limit of ours")


OF_THE_CALL: dict[str, Any] = {}  # what the command line itself says, before the file and the environment


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``trialspan.toml`` in `folder`, then from the environment, which wins.

    Raises
    ------
    SettingsError
        For an unknown name or a value of the wrong type; lists the legal names.
    """
    values: dict[str, Any] = {}
    path = folder / FILE_NAME
    if path.is_file():
        try:
            values |= tomllib.loads(read_text(path, SettingsError))
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{path}: not readable as TOML: {error}") from error
    if any(isinstance(values.get(name), dict) for name in OWN):
        values = {k: v for k, v in values.items() if k not in OWN} | {"fields": str(path)}
    elif values.get("fields"):
        values["fields"] = str(folder / values["fields"])
    env = os.environ if environment is None else environment
    values |= {k.removeprefix(PREFIX).lower(): v for k, v in env.items() if k.startswith(PREFIX)}
    return checked(values | OF_THE_CALL, str(path))


def checked(values: Mapping[str, Any], where: str) -> Settings:
    legal: dict[str, type] = {f.name: int if f.type == "int" else str for f in fields(Settings)}
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in legal:
            raise SettingsError(f"{where}: no setting is called {name!r}; there are: {', '.join(legal)}")
        try:
            found[name] = legal[name](value)
        except (TypeError, ValueError) as error:
            raise SettingsError(f"{where}: {name} must be {legal[name].__name__}, not {value!r}") from error
    return replace(Settings(), **found)
