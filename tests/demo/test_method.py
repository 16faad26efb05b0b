"""docs/method.md says what the demo's home says, and names nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from demo.method import DOCUMENT, document, unconfirmed_rules


@pytest.fixture(scope="module")
def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def number(written: str) -> float:
    return float(written.replace(",", "."))


def test_the_document_is_what_the_demo_says(demo_home: Path, text: str) -> None:
    """If a formula changed on purpose: `python -m demo.method HOME`, and read what it says."""
    assert text == document(demo_home)


def test_its_sums_come_out_with_a_pocket_calculator(text: str) -> None:
    """The culture score, the presence rate and the mean of the seven values, by what is printed."""
    found = re.search(
        r"0,50 · ([\d,]+) \+ 0,25 · ([\d,]+) \+ 0,25 · ([\d,]+) = \*\*([\d,]+)\*\*", text
    )
    assert found is not None
    survey, discipline, ip_asn, culture = map(number, found.groups())
    assert 0.5 * survey + 0.25 * discipline + 0.25 * ip_asn == pytest.approx(culture, abs=2e-4)
    found = re.search(r"survey score = \((.+)\) / 7 = \*\*([\d,]+)\*\*", text)
    assert found is not None
    values = [number(value) for value in found[1].split(" + ")]
    assert len(values) == 7
    assert sum(values) / 7 == pytest.approx(number(found[2]), abs=1e-4)
    assert number(found[2]) == survey
    found = re.search(r"presence rate = 1 − ([\d,]+) / \((\d+) − (\d+)\) = ([\d,]+)", text)
    assert found is not None
    lost, scheduled, excused, rate = map(number, found.groups())
    assert 1 - lost / (scheduled - excused) == pytest.approx(rate, abs=1e-6)


def test_it_names_nobody_and_says_what_is_not_measured(text: str) -> None:
    assert not re.search(r"\d{9,}", text)
    assert {"Pegawai A", "Pegawai B", "Responden A"} <= set(re.findall(r"\w+ [AB]\b", text))
    assert "engagement" in text
    assert "employer branding" in text
    for rule in unconfirmed_rules():
        assert f"| `{rule['rule']}` | {rule['rows']} | {rule['source']} |" in text
