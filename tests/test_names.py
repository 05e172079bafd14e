"""Names: none is dead, and twins that a reader would confuse have two names."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from tests.conftest import ROOT

CODE = [p for folder in ("extractor", "tests", "training", "bench") for p in sorted((ROOT / folder).rglob("*.py"))]
# written into another module's table of names by a pattern: extractor/export/__init__.py calls write_<format>
CALLED_BY_NAME = re.compile(r"write_\w+")


def named(tree: ast.Module) -> Iterator[str]:
    """Names that a module gives at its top, those of decorated things left out: a decorator keeps them."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def used(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 300:
            yield from re.findall(r"\w+", node.value)  # an entry point, a table of commands, a type in quotes


def test_no_name_is_dead() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in CODE}
    uses = Counter(name for tree in trees.values() for name in used(tree))
    uses.update(re.findall(r"\w+", (ROOT / "setup.py").read_text(encoding="utf-8")))
    dead = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, tree in trees.items()
        if path.is_relative_to(ROOT / "extractor")
        for name in named(tree)
        if not uses[name] and not name.startswith("__") and not CALLED_BY_NAME.fullmatch(name)
    ]
    assert not dead
