"""One normalisation of words: in Python, in the SQL of a load, and in dbt's macro."""

from __future__ import annotations

import re
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.values import bare, bare_word
from warehouse.version import DBT_PROJECT

WRITTEN = (
    "Dinas Luar",
    "dinas_luar",
    "DINAS-LUAR",
    " Dinas\u00a0 luar ",
    "(Dinas.Luar)",
    "dinas–luar",
)


@cache
def _macro() -> str:
    """The SQL of the macro `bare_word` over a column c."""
    text = (DBT_PROJECT / "macros" / "engine.sql").read_text(encoding="utf-8")
    found = re.search(r"macro duckdb__bare_word\(text\) -%}\n(.*?){%- endmacro", text, re.DOTALL)
    assert found is not None
    return found[1].replace("{{ text }}", "c")


def everywhere(word: str) -> set[str]:
    with duckdb.connect() as conn:
        row = conn.execute(
            f"SELECT {bare_word('c')}, {_macro()} FROM (SELECT CAST(? AS VARCHAR) AS c)", [word]
        ).fetchone()
    assert row is not None
    return {bare(word), *row}


@pytest.mark.parametrize("word", WRITTEN)
def test_words_that_differ_only_in_writing_are_one(word: str) -> None:
    assert everywhere(word) == {"dinasluar"}


def test_what_a_word_says_stays() -> None:
    kept = ["S1", "√", "3 = TS", "apel 17", "izin/sakit", "a+b", "Cuti Besar"]
    assert [bare(word) for word in kept] == [
        *("s1", "√", "3=ts", "apel17", "izinsakit", "a+b", "cutibesar")
    ]


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], max_codepoint=0x3100)))
def test_python_engine_and_dbt_agree(word: str) -> None:
    word = word.replace("\x00", "").replace("\u0130", "")  # whose lower case is two characters
    assert len(everywhere(word)) == 1
