"""What no module decides by itself: what a source is (the catalog), and what a home may use."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

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


def modules(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of some packages, by its path in the project."""
    for package in packages:
        for path in sorted((PROJECT / package).rglob("*.py")):
            yield path.relative_to(PROJECT), ast.parse(path.read_text(encoding="utf-8"))


def test_nothing_is_compared_with_the_name_of_a_source() -> None:
    names = set(load_catalog().sources)
    found = [
        f"{path}:{node.lineno}"
        for path, module in modules(*PACKAGES)
        for node in ast.walk(module)
        if isinstance(node, ast.Compare)
        for operand in (node.left, *node.comparators)
        if any(value in names for value in constants(operand))
    ]
    assert found == []


def test_only_a_home_opens_a_database() -> None:
    """It knows the limits; a connection that is opened elsewhere takes what the machine has."""
    found = {
        str(path)
        for path, module in modules(*PACKAGES, "demo")
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "duckdb.connect"
    }
    assert found == {"warehouse/store/home.py"}


def test_no_module_writes_into_the_environment_of_its_process() -> None:
    """What one home put there, another one in the same process would find."""
    found = [
        f"{path}:{node.lineno} {text}"
        for path, module in modules(*PACKAGES, "demo")
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute | ast.Name)
        and (text := ast.unparse(node)) in {"os.environ", "environ", "os.putenv", "os.getenv"}
    ]
    assert {one.split(":")[0] for one in found} == {
        "orchestration/definitions.py",  # reads which home Dagster's own commands mean
        "orchestration/launch.py",  # copies it for the child of `budaya dev`
    }
    assert len(found) == 2, found
