"""Sentences: both languages, the same names in each, and nothing that nobody knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import notes, reasons
from ingest.rules import cells
from quality.words import sentence, words
from warehouse.documents import DocumentError, read_yaml
from warehouse.errors import UserError
from warehouse.sentences import Sentence, read_sentences

PACKAGES = ("ingest", "quality", "warehouse", "orchestration")


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


def test_a_name_may_be_given_in_each_language() -> None:
    both = Sentence("{what_id} ada", "{what_en} is there")
    assert both.filled(what_id="Kode", what_en="A code").en == "A code is there"
    with pytest.raises(ValueError, match="what_en"):
        both.filled(what_id="Kode")


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


@pytest.mark.parametrize("pair", [("", "b"), ("a", ""), (" ", "b"), ("a", None)])
def test_a_users_mistake_is_told_in_both_languages_or_not_at_all(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="both languages"):
        UserError(*pair)


def _said() -> Iterator[tuple[str, str, set[str]]]:
    """Every sentence that the code names outright: its section, key and the names that it gives."""
    for package in PACKAGES:
        for path in Path(package).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(call, ast.Call) or getattr(call.func, "id", "") != "sentence":
                    continue
                texts = [one.value for one in call.args if isinstance(one, ast.Constant)]
                if len(texts) == 2:
                    given = {str(keyword.arg) for keyword in call.keywords}
                    yield str(texts[0]), str(texts[1]), given


def test_every_sentence_that_is_said_is_there_and_gets_what_it_names() -> None:
    said = list(_said())
    assert len(said) > 15
    for section, key, given in said:
        assert words()[section][key].names == given, (section, key)
        assert sentence(section, key, **dict.fromkeys(given, "x")).id


def test_every_sentence_of_rules_is_said_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in Path("ingest").rglob("*.py"))
    for section, sentences in cells.words().items():
        for key in sentences:
            assert re.search(rf"['\"]{key}['\"]", code), (section, key)
