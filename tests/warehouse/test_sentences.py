"""Sentences: both languages, the same names in each, and nothing that nobody knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from ingest import notes, reasons
from tests.test_house import PACKAGES, modules
from warehouse.documents import DocumentError, read_yaml
from warehouse.errors import UserError
from warehouse.sentences import Sentence, Sentences, Words, read_sentences
from warehouse.version import PROJECT
from warehouse.vocabulary import Text


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{id: Halo}", r"words\.yml: page\.title\.en: .*is missing"),
        ("{id: Halo, en: ''}", r"words\.yml: page\.title: .*both languages"),
        ("{id: Halo, en: Hello, ne: x}", r"words\.yml: page\.title\.ne: .*unknown key"),
        ("{id: 'Halo {name}', en: Hello}", r"words\.yml: page\.title: .*only one language.*name"),
        ("Halo", r"words\.yml: page\.title"),
    ],
)
def test_a_sentence_that_is_not_whole_is_named_by_file_and_key(
    tmp_path: Path, entry: str, said: str
) -> None:
    path = tmp_path / "words.yml"
    path.write_text(f"page:\n  title: {entry}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=said):
        read_sentences(path)


def test_a_text_that_is_given_is_said_in_each_language() -> None:
    both = Sentence("{what} ada", "{what} is there")
    assert both.filled(what=Text("Kode", "A code")) == Text("Kode ada", "A code is there")
    with pytest.raises(ValueError, match="what: not given"):
        both.filled(who="Kode")


def test_a_file_of_sentences_is_read_when_the_first_is_said(tmp_path: Path) -> None:
    path = tmp_path / "words.yml"
    say = Words(path)
    path.write_text("home: {empty: {id: '{key} kosong', en: '{key} is empty'}}", encoding="utf-8")
    assert say("home", "empty", key="kunci").id == "kunci kosong"
    path.unlink()
    assert say("home", "empty", key="a key").en == "a key is empty"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{id: a, en: b, next_id: c}", r"reasons\.yml: x\.next_en: .*is missing"),
        ("{id: a, en: b, next_id: c, next_en: ' '}", r"reasons\.yml: x: .*both languages"),
        ("{id: a, en: b, next_id: c, next_en: d, e: f}", r"reasons\.yml: x\.e: .*unknown key"),
    ],
)
def test_a_reason_that_is_not_whole_is_named(tmp_path: Path, entry: str, said: str) -> None:
    path = tmp_path / "reasons.yml"
    path.write_text(f"x: {entry}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=said):
        reasons.read_reasons(path)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{kind: decided, id: '{what}', en: '{what}'}", r"notes\.yml: x: .*no note has what"),
        ("{kind: guessed, id: a, en: b}", r"notes\.yml: x\.kind"),
        ("{kind: decided, id: a, en: b, reasons: {c: {id: d, en: e}}}", r"notes\.yml: x: .*reason"),
        ("{kind: decided, id: '{choice}', en: '{choice}', choices: {c: {id: d}}}", r"choices\.c"),
    ],
)
def test_a_note_that_is_not_whole_is_named(tmp_path: Path, entry: str, said: str) -> None:
    path = tmp_path / "notes.yml"
    path.write_text(f"x: {entry}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=said):
        read_yaml(path, dict[str, notes.Words])


def _said(package: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of ``sentence`` by which a module says one of a package's, with its place."""
    for path, module in modules(*PACKAGES, "demo"):
        imports = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
        if any(ast.unparse(one) == f"from {package}.words import sentence" for one in imports):
            for node in ast.walk(module):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "sentence":
                    yield f"{path}:{node.lineno}", node


def _named(call: ast.Call) -> list[str | None]:
    """Section and key of a call, each None where only the program that runs knows it."""
    return [one.value if isinstance(one, ast.Constant) else None for one in call.args]  # type: ignore[misc]


def _sentences(package: str) -> Sentences:
    found: Sentences = import_module(f"{package}.words").sentence.all
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_said_is_there_and_gets_what_it_names(package: str) -> None:
    outright = 0
    for place, call in _said(package):
        section, key = _named(call)
        assert section in _sentences(package), place
        if key is not None:
            names = _sentences(package)[section][key].names
            assert names <= {str(keyword.arg) for keyword in call.keywords}, place
            outright += 1
    assert outright > 5


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_is_said_somewhere(package: str) -> None:
    said = {tuple(_named(call)) for _, call in _said(package)}
    kinds = (".py", ".j2", ".sql", ".yml")
    files = [path for name in (*PACKAGES, "dbt_project") for path in (PROJECT / name).rglob("*.*")]
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in files
        if path.suffix in kinds and path.name != "words.yml" and "target" not in path.parts
    )
    walked = set(re.findall(r"\.all\[\"(\w+)\"\]\.(?:items|values)", code))
    # One that is found at run time has its section and its key somewhere in the product.
    sought = set(re.findall(r"sentence\(\s*\"(\w+)\",\s*[^\s\"]", code))
    sought |= set(re.findall(r"\bwords\.(\w+)", code))
    sought |= set(re.findall(r"\.all\[\"(\w+)\"\]", code))
    words = set(re.findall(r"\w+", code))
    unsaid = [
        f"{section}.{key}"
        for section, sentences in _sentences(package).items()
        for key in sentences
        if (section, key) not in said and section not in walked
        if section not in sought or key not in words
    ]
    assert unsaid == []


def test_no_sentence_is_made_outside_its_file() -> None:
    """But in the reader of documents, by which those files are read."""
    made = {"Text", "Sentence", *(one.__name__ for one in _kinds(UserError))}
    found = [
        f"{path}:{node.lineno}"
        for path, module in modules(*PACKAGES, "demo")
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in made
        and sum(isinstance(one, ast.JoinedStr | ast.Constant) for one in node.args) > 1
    ]
    assert {one.split(":")[0] for one in found} == {"warehouse/documents.py"}


SIDE_BY_SIDE = {
    "ingest/recognising/layouts.py",  # names behind a reason's sentence: which sheet, which row
    "warehouse/processing.py",  # a document that is written in both languages
}
"""Where both languages stand beside each other, but for what the terminal shows."""


def test_no_module_puts_both_languages_beside_each_other() -> None:
    """`orchestration.say` labels figures in both; whole sentences come from the words files."""
    found = {
        str(path)
        for path, module in modules(*PACKAGES)
        for node in ast.walk(module)
        if isinstance(node, ast.Constant | ast.JoinedStr) and _is_in_both(node)
    }
    assert {one for one in found if not one.startswith("orchestration/say/")} == SIDE_BY_SIDE


def _is_in_both(node: ast.Constant | ast.JoinedStr) -> bool:
    """Whether a text has words on both sides of a dot, or fills something in there."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and re.search(r"\w · \w", node.value) is not None
    return any(" · " in one.value for one in node.values if isinstance(one, ast.Constant))


def _kinds(error: type[UserError]) -> Iterator[type[UserError]]:
    yield error
    for kind in error.__subclasses__():
        yield from _kinds(kind)


def test_no_file_of_sentences_is_read_by_an_import() -> None:
    """`budaya --help` would wait for it."""
    found = [
        f"{path}:{node.lineno}"
        for path, module in modules(*PACKAGES)
        for statement in module.body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and node.id == "sentence" and isinstance(node.ctx, ast.Load)
    ]
    assert found == []
