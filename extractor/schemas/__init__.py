"""JSON Schemas that ship with the package: the shape of every record that is written."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from extractor.declared import declared_fields


def record_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of ``trialspan.record/1``.

    Fields of other packages that are installed here are in it: of their values, the keys that they declare.
    """
    schema: dict[str, Any] = json.loads(files(__name__).joinpath("record-1.json").read_text(encoding="utf-8"))
    values, conditions = schema["$defs"]["values"], schema["$defs"]["fact"]["allOf"]
    for name, one in declared_fields().items():
        if name not in values:
            keys = one.legal or {key: {} for key in one.keys}
            values[name] = {"type": "object", "properties": dict(keys), "required": list(one.keys)}
            of = {"properties": {"field": {"const": name}}}
            conditions.append({"if": of, "then": {"properties": {"value": {"$ref": f"#/$defs/values/{name}"}}}})
    return schema
