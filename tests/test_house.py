"""What no module decides by itself: what a source is, what a home may use, who knows whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from warehouse.catalog.reader import load_catalog
from warehouse.version import PROJECT

PACKAGES = ("ingest", "quality", "warehouse", "orchestration")
MAY_KNOW = {
    "warehouse": {"warehouse"},
    "ingest": {"warehouse", "ingest"},
    "quality": {"warehouse", "ingest", "quality"},
    "demo": {"warehouse", "ingest", "quality", "demo"},
    "orchestration": {"warehouse", "ingest", "quality", "demo", "orchestration"},
}
"""Whom each package may import: only what lies below it."""
NO_ARROW = (
    ("ingest.reading", "ingest.values"),  # a file's bytes know nothing of what a cell means
    ("ingest.senders.mended", "ingest.senders.templates"),
    ("ingest.senders.mended", "ingest.rules.templates"),
    ("ingest.senders.returns", "ingest.senders.templates"),
    ("ingest.senders.returns", "ingest.rules.templates"),
)
INTERFACE = "orchestration.say"
"""The one package that is imported as a whole: what the terminal says."""
MAX_LINES = 400


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
            yield path.relative_to(PROJECT), _parsed(path)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


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


def test_a_source_that_sql_names_is_one_that_lands() -> None:
    """One that nobody knows would be empty evidence, and no error."""
    texts = {
        f"{path}:{node.lineno}": node.value
        for path, module in modules(*PACKAGES)
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    texts |= {str(path): path.read_text() for path in (PROJECT / "dbt_project").rglob("*/*.sql")}
    named = {
        (place, name)
        for place, text in texts.items()
        for names in re.findall(r"\bsource (?:=|<>|(?:not )?in) \(?('\w+'(?:, '\w+')*)", text, re.I)
        for name in re.findall(r"\w+", names)
    }
    named |= {
        (place, name)
        for place, text in texts.items()
        for name in re.findall(r"'(\w+)' as source\b", text, re.I)
    }
    assert len(named) > 10
    assert [one for one in named if one[1] not in load_catalog().landing_sources] == []


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


# --- who knows whom -------------------------------------------------------------------------


@cache
def house() -> Mapping[str, ast.Module]:
    """Every module of the product by its dotted name."""
    named = {}
    for path, module in modules(*MAY_KNOW):
        parts = path.with_suffix("").parts
        named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = module
    return named


def held(module: ast.Module) -> set[str]:
    """The names that a module itself defines."""
    found = set()
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return found


def imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The modules of the house that a statement imports, with the name that it takes of each."""
    if isinstance(node, ast.Import):
        for one in node.names:
            if one.name in house():
                yield one.name, ""
    elif isinstance(node, ast.ImportFrom) and node.module:
        for one in node.names:
            whole = f"{node.module}.{one.name}"
            if whole in house():
                yield whole, ""
            elif node.module in house():
                yield node.module, one.name


def arrows() -> Iterator[tuple[str, str]]:
    """Who imports whom, at whatever moment."""
    for name, module in house().items():
        for node in ast.walk(module):
            for other, _ in imported(node):
                yield name, other


def taken() -> Iterator[tuple[str, str, str]]:
    """Every name that a module takes of another one, imported by itself or through the module."""
    for name, module in house().items():
        for node in ast.walk(module):
            yield from ((name, other, taking) for other, taking in imported(node) if taking)
        known = dict(modules_known_as(module))
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                other = known.get(node.value.id, "")
                if other and f"{other}.{node.attr}" not in house():
                    yield name, other, node.attr


def modules_known_as(module: ast.Module) -> Iterator[tuple[str, str]]:
    """The names by which a module knows others as a whole."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                if f"{node.module}.{one.name}" in house():
                    yield one.asname or one.name, f"{node.module}.{one.name}"


def is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def test_each_package_knows_only_what_lies_below_it() -> None:
    found = [
        f"{name} -> {other}"
        for name, other in arrows()
        if other.split(".")[0] not in MAY_KNOW[name.split(".")[0]]
    ]
    assert found == []


def test_some_rooms_do_not_know_each_other() -> None:
    found = [
        f"{name} -> {other}"
        for name, other in arrows()
        if any(is_in(name, start) and is_in(other, end) for start, end in NO_ARROW)
    ]
    assert found == []


def in_circles(arrows: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arrows that are left when whoever knows nobody, or is known by nobody, is taken away."""
    left = {(name, other) for name, other in arrows if name != other}
    while True:
        between = {name for name, _ in left} & {other for _, other in left}
        kept = {(name, other) for name, other in left if {name, other} <= between}
        if kept == left:
            return left
        left = kept


def room_of(name: str) -> str:
    """The folder of a package in which a module lies, or the module itself where it lies free."""
    package, _, rest = name.partition(".")
    folder = rest.partition(".")[0]
    return f"{package}.{folder}" if (PROJECT / package / folder).is_dir() else name


def test_no_modules_import_each_other_in_a_circle() -> None:
    at_once = (
        (name, other)
        for name, module in house().items()
        for node in module.body
        for other, _ in imported(node)
    )
    assert in_circles(at_once) == set()


def test_no_rooms_import_each_other_in_a_circle() -> None:
    between = ((room_of(name), room_of(other)) for name, other in arrows())
    assert in_circles(between) == set()


def test_a_name_is_taken_from_the_module_that_holds_it() -> None:
    found = [
        f"{name}: {other}.{taking}"
        for name, other, taking in taken()
        if other != INTERFACE and taking not in held(house()[other])
    ]
    assert found == []


def test_nobody_takes_what_is_private_to_another_module() -> None:
    found = [f"{name}: {other}.{taking}" for name, other, taking in taken() if taking[0] == "_"]
    assert found == []


def test_no_literal_is_unpacked_where_it_stands() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, module in modules(*MAY_KNOW)
        for node in ast.walk(module)
        if isinstance(node, ast.Starred) and isinstance(node.value, ast.Tuple | ast.List)
    ]
    assert found == []


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    found = {
        str(path): lines
        for path, _ in modules(*MAY_KNOW)
        if (lines := len((PROJECT / path).read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert found == {}
