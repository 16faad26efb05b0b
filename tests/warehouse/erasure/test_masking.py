"""Long runs of digits never get through; everything else does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.privacy import mask_digits, masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("absen_198609262015051001.csv", "absen_******************.csv"),
        ("12345 123456 1234567", "12345 ****** *******"),
        ("rekap 2026-10.xlsx", "rekap 2026-10.xlsx"),
        ("١٢٣٤٥٦", "******"),
        ("", ""),
    ],
)
def test_runs_of_six_or_more_digits_are_masked(name: str, masked: str) -> None:
    assert mask_digits(name) == masked


@given(st.text(alphabet="0123456789ab-. ") | st.text())
def test_no_long_run_is_left_and_nothing_else_changes(text: str) -> None:
    masked = mask_digits(text)
    assert not re.search(r"\d{6}", masked)
    assert len(masked) == len(text)
    changed = [a for a, b in zip(text, masked, strict=True) if a != b]
    assert all(character.isdigit() for character in changed)
    assert mask_digits(masked) == masked


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("rekap\n✓ Utuh · intact.csv", "rekap?✓ Utuh · intact.csv"),
        ("\x1b[2J\x1b[31mx.csv", "?[2J?[31mx.csv"),
        ("\x9b31mx\x07\r\x08.csv", "?31mx???.csv"),
        ("tes\u202excod.exe", "tes?xcod.exe"),
        ("a\u2066b\u200fc\u2028d\ufeffe\udc80", "a?b?c?d?e?"),
        ("198609262015051001\t.csv", "******************?.csv"),
        ("Dinas Kesehatan – José (2026).xlsx", "Dinas Kesehatan – José (2026).xlsx"),
    ],
)
def test_nothing_that_a_terminal_obeys_is_shown(name: str, safe: str) -> None:
    assert masked(name) == safe


@given(st.text())
def test_what_is_shown_is_printable_and_masked(text: str) -> None:
    safe = masked(text)
    assert safe.isprintable()
    assert len(safe) == len(text)
    assert masked(safe) == safe == mask_digits(safe)
