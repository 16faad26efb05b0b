"""What ships or is written as a document is held to its model: a typo has its file and its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.recognising.match import Layout, vendor_layouts
from warehouse.documents import DocumentError, read_json, read_yaml
from warehouse.errors import UserError
from warehouse.store.home import Home
from warehouse.version import PROJECT
from warehouse.vocabulary import Text

LAYOUTS = PROJECT / "ingest" / "layouts"

LAYOUT_FAULTS = [
    (
        "limesurvey",
        "record_if: submitted_at",
        "record_iff: submitted_at",
        "iff: .*unknown key",
    ),
    ("limesurvey", "record_if: submitted_at", "record_if: submited_at", "record_if: .*submited_at"),
    ("limesurvey", "clock: form", "clock: forms", "clock: "),
    ("limesurvey", "table: survey", "table: surveys", "table: surveys"),
    ("limesurvey", "  unit_code: [", "  unit_kode: [", "columns: unknown unit_kode"),
    ("limesurvey", "optional: [respondent_id]", "optional: [respondent]", "optional: unknown"),
    ("limesurvey", "  en: Export of LimeSurvey\n", "", r"title\.en: .*is missing"),
    ("attlog", "cells: [2, 7]", "cells: [2, seven]", r"cells\.1: .*whole number"),
    ("attlog", "  pin: 1", "  pin: [pin]", "columns: of header none"),
    ("attlog", "header: none", "header: non", "header: "),
    ("siasn", "join: [", "jion: [", r"employee_type\.jion: .*unknown key"),
    ("fingerspot", "unfold: scans", "unfold: scan", "unfold: "),
]


@pytest.mark.parametrize(("name", "right", "wrong", "message"), LAYOUT_FAULTS)
def test_a_fault_in_a_layout_is_named_with_its_file_and_key(
    tmp_path: Path, name: str, right: str, wrong: str, message: str
) -> None:
    text = (LAYOUTS / f"{name}.yml").read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / f"{name}.yml"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=message) as caught:
        read_yaml(path, Layout)
    assert str(caught.value).startswith(f"{name}.yml: ")
    assert " · " in str(caught.value)


def test_every_layout_that_ships_is_whole() -> None:
    assert [layout.name for layout in vendor_layouts()] == sorted(p.stem for p in LAYOUTS.glob("*"))


def test_every_wrong_key_of_the_settings_is_said_at_once(home: Home) -> None:
    home.settings_file.write_text('threads = "2"\nnight_at = 01:30:00\nsetle = 1\n', "utf-8")
    with pytest.raises(UserError) as caught:
        home.settings()
    for language in (caught.value.text.id, caught.value.text.en):
        lines = language.splitlines()
        assert len(lines) == 3
        assert all(line.startswith(f"{home.settings_file}: ") for line in lines)
        assert all(any(key in line for line in lines) for key in ("threads", "night_at", "setle"))


@pytest.mark.parametrize("words", [("", "there"), ("ada", " "), ("ada", None)])
def test_nothing_is_said_in_one_language_only(words: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="both languages"):
        Text(*words)
    with pytest.raises(ValueError, match="both languages"):
        UserError(Text(*words))


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    for content in (b"{", b"[1]", b"\xff"):
        path.write_bytes(content)
        with pytest.raises(DocumentError, match=r"^list\.json: "):
            read_json(path, Text)
