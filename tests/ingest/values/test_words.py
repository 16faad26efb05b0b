"""One normalisation of words: in Python, in the SQL of a load, and in dbt's macro."""

from __future__ import annotations

import re
from functools import cache

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.recognising.columns import may_say_nothing, words_of
from ingest.values.answers import is_nothing
from ingest.values.words import bare, bare_word
from tests.examples import examples
from warehouse.catalog.reader import load_catalog
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
        "s1",
        "√",
        "3=ts",
        "apel17",
        "izinsakit",
        "a+b",
        "cutibesar",
    ]


@examples(150)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], max_codepoint=0x3100)))
def test_python_engine_and_dbt_agree(word: str) -> None:
    word = word.replace("\x00", "").replace("\u0130", "")  # whose lower case is two characters
    assert len(everywhere(word)) == 1


def test_no_word_that_a_column_knows_says_nothing() -> None:
    known = {
        (table.name, column.name, word)
        for table in load_catalog().sources.values()
        for column in table.columns
        if may_say_nothing(column)
        for word in words_of(column)
    }
    assert ("ip_asn", "sanction", "none") in known
    lost = []
    with duckdb.connect() as conn:
        for table, name, word in sorted(known):
            column = load_catalog().sources[table].column(name)
            sql = is_nothing("c", meant=words_of(column))
            if conn.execute(f"SELECT {sql} FROM (SELECT ? AS c)", [word]).fetchone() != (False,):
                lost.append((table, name, word))
    assert lost == []
