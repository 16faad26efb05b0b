"""What a source or mart is stands in the catalog: no module decides by a source's name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from warehouse.catalog.reader import load_catalog
from warehouse.version import PROJECT

PACKAGES = ("ingest", "quality", "warehouse", "orchestration")


def constants(node: ast.expr) -> Iterator[object]:
    """The constants that an operand is, or that the list of it holds."""
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Tuple | ast.Set | ast.List):
        for one in node.elts:
            yield from constants(one)
    elif isinstance(node, ast.Call):
        for one in node.args:
            yield from constants(one)


def test_nothing_is_compared_with_the_name_of_a_source() -> None:
    names = set(load_catalog().sources)
    found = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for package in PACKAGES
        for path in sorted((PROJECT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        for operand in (node.left, *node.comparators)
        if any(value in names for value in constants(operand))
    ]
    assert found == []
