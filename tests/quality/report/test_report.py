"""The pages: complete, safe to open, sent nowhere, and the same for the same facts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.notes import Note, to_json
from quality.gate import Decision
from quality.report import facts, trends
from quality.report import pages as report
from quality.report.pictures import discipline_chart, shade
from quality.words import sentence
from tests.quality import nights
from tests.warehouse.night import run_entry
from warehouse.documents import DocumentError
from warehouse.proof import ledger
from warehouse.store.home import Home

VOID = {"meta", "br", "line", "circle", "polyline"}


class Page(HTMLParser):
    """A page's tags with their attributes, and whether every tag is closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def attributes(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def facts_of(conn: duckdb.DuckDBPyConnection, home: Home, kind: str) -> dict[str, Any]:
    if kind == "failed":
        return facts.of_failure(home, nights.RUN, nights.NOW, nights.TODAY, None)
    nights.begin(conn)
    nights.publishable_marts(conn)
    key = nights.deliver(conn, 1, file_name=nights.HOSTILE)
    none = dict.fromkeys(("rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate"), 0)
    nights.deliver(conn, 2, outcome="set_aside", reason_code="header_missing", **none)
    waiting = nights.deliver(
        conn, 3, run_id=nights.EARLIER, outcome="held", reason_code=nights.SHARE
    )
    nights.insert(conn, "raw.quarantine", **key._asdict(), row_number=1, reason_code="nip_length")
    decided: dict[str, Decision] = {
        "published": nights.decision(),
        "published_but": nights.decision({nights.SHARE: "failed"}, {key: nights.SHARE}),
        "held": nights.decision(only_held=True),
        "blocked": nights.decision(
            {nights.SHARE: "missing", "gx.dim_unit.first_day.in_order": "failed"}
        ),
    }
    decision = decided[kind]
    return facts.collect(
        conn,
        home,
        nights.RUN,
        decision,
        reasons=nights.REASONS,
        head="0" * 64,
        standing=[waiting],
    )


STATES = ["published", "published_but", "held", "blocked", "failed"]


@pytest.mark.parametrize("state", STATES)
def test_every_state_renders_as_one_safe_page(
    home: Home, conn: duckdb.DuckDBPyConnection, state: str
) -> None:
    found = facts_of(conn, home, state)
    assert found["decision"]["state"] == state
    html = report.render(found)
    page = Page(html)
    assert page.open == []
    assert sentence.all["states"][state].id in html
    assert sentence.all["states"][state].en in html
    assert not {"script", "img", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert page.attributes("src") == []
    assert page.attributes("href") == ["../index.html"]
    assert not re.search(r"url\(|@import|@font-face", html)
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html
    assert "198609262015051001" not in html
    if state != "failed":
        assert "&lt;script&gt;alert(" in html
        assert "Kota &lt;b&gt;Pasuruan&lt;/b&gt;" in html or "Pasuruan" not in html
        assert f"{1:064x}" in html


def test_the_decision_and_its_reasons_come_before_everything_else(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    html = report.render(facts_of(conn, home, "blocked"))
    blocking = html.index(nights.SHARE)
    headings = [html.index(f"<h2>{sentence.all['page'][key].id}") for key in ("inputs", "checks")]
    assert html.index(sentence.all["states"]["blocked"].id) < blocking < min(headings)
    rows = re.findall(r"<code class=\"quiet\">(gx[^<]*)</code>", html[headings[1] :])
    assert rows[:2] == [nights.SHARE, "gx.dim_unit.first_day.in_order"]


def test_pictures_are_only_on_the_page_of_a_published_night(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    html = report.render(facts_of(conn, home, "published"))
    assert '<table class="heat">' in html
    assert "70,0" in html
    assert html.count('class="hidden"') == 2
    assert "<svg" in html
    assert "91,3" in html  # half up: 91.25
    conn.execute("DROP SCHEMA marts CASCADE")
    conn.execute("DELETE FROM raw.run")
    conn.execute("DELETE FROM raw.delivery")
    blocked = report.render(facts_of(conn, home, "blocked"))
    assert "<svg" not in blocked
    assert '<table class="heat">' not in blocked


def test_every_table_has_headers_with_a_scope_and_every_picture_a_name(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    page = Page(report.render(facts_of(conn, home, "published_but")))
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    (svg,) = (attrs for tag, attrs in page.tags if tag == "svg")
    assert svg["role"] == "img"
    assert svg["aria-labelledby"] in page.attributes("id")
    assert ("html", {"lang": "id"}) in page.tags


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_shade_of_the_heat_map_can_be_read() -> None:
    assert min(contrast(*shade(score / 2)) for score in range(201)) >= 4.5


def test_a_line_breaks_where_nothing_is_known_and_labels_do_not_overlap() -> None:
    months = [f"2025-{month:02d}" for month in range(1, 7)]
    series = [
        {"government_code": "a", "months": months, "scores": [90.0, 91.0, None, 92.0, 93.0, 94.0]},
        {"government_code": "b", "months": months, "scores": [94.0] * 6},
        {"government_code": "c", "months": months, "scores": [None] * 6},
    ]
    chart = discipline_chart(series)
    assert chart is not None
    lines = {line.government_code: line for line in chart.lines}
    assert set(lines) == {"a", "b"}
    assert [len(stretch) for stretch in lines["a"].stretches] == [2, 3]
    assert abs(lines["a"].label_y - lines["b"].label_y) >= 14
    assert len({line.dash for line in chart.lines}) == 2
    assert discipline_chart([series[2]]) is None


def many_checks(found: dict[str, Any], number: int) -> dict[str, Any]:
    """The same facts with so many checks, a tenth of which did not pass."""
    checks = (found["checks"] * number)[:number]
    for place, check in enumerate(checks):
        checks[place] = {**check, "check_id": f"gx.table.column_{place}.not_null"}
        if place % 10 == 0:
            checks[place] |= {"effect": "shown", "outcome": "failed", "observed": "12"}
    return {**found, "checks": checks}


def test_a_page_of_five_hundred_checks_stays_small_and_prints_whole(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    html = report.render(many_checks(facts_of(conn, home, "published_but"), 500))
    assert len(html.encode()) < 600_000
    page = Page(html)
    assert page.attributes("src") == []
    assert html.count("gx.table.column_") == 500
    # Open on screen and on paper: nothing that did not pass is folded away.
    folded = [part.split("</details>")[0] for part in html.split("<details>")[1:]]
    assert not any('class="alarm"' in part or ">failed<" in part for part in folded)
    assert "@media print" in html
    assert ".scroll { overflow: visible" in html


def test_changes_history_rules_and_waivers_are_on_the_page(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    found = facts_of(conn, home, "published")
    table = {
        "table": "mart_discipline",
        "rows_added": 0,
        "rows_removed": 0,
        "rows_changed": 1,
        "cells_changed": 2,
        "history": 2,
    }
    cell = {"key": "82.71 · opd · 1", "column": "late_minutes", "before": 100.0, "after": 107.5}
    found["changes"] = {
        "since": nights.EARLIER,
        "files": [],
        "more_files": 3,
        "rules_changed": True,
        "code_changed": False,
        "erasures": 0,
        "tables": [{**table, "largest": [cell]}],
    }
    finding = {"government_code": "82.71", "unit_code": "1", "at": "2026-01-12", "is_higher": False}
    reason = {"id": "biasa", "en": "usual"}
    found["history"] = [{"check_id": "h", "reason": reason, "count": 30, "first": [finding]}]
    found["waivers"] = [
        {
            "check_id": "gx.x",
            "until": "2025-12-31",
            "reason": "menunggu",
            "decided_by": "Inspektorat",
            "in_force": False,
        }
    ]
    html = report.render(found)
    assert Page(html).open == []
    assert nights.NOW.hour == 20
    assert "2026-01-16 05:30 WIT (2026-01-15 20:30 UTC)" in html
    assert "late_minutes: 100 → 107,5" in html
    assert "+ 29" in html
    for text in (nights.EARLIER, "2026-01-12", "lower", "Rules changed", "Inspektorat", "expired"):
        assert text in html


def text_of(html: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", html.split("</style>")[1]).split())


def test_the_headline_balances(home: Home, conn: duckdb.DuckDBPyConnection) -> None:
    """1200 rows read = 1150 loaded + 40 refused + 10 met twice; a file set aside has none."""
    html = report.render(facts_of(conn, home, "published"))
    glance = text_of(f"</style>{html.split('<dl class=')[1].split('</dl>')[0]}")
    found = re.search(
        r"Read ([\d.]+) .* Loaded = ([\d.]+) .* Quarantined \+ ([\d.]+) .* Duplicate \+ ([\d.]+) ",
        glance,
    )
    assert found is not None, glance
    read, loaded, refused, twice = (int(text.replace(".", "")) for text in found.groups())
    assert twice > 0
    assert read == loaded + refused + twice


def test_the_culture_score_is_there_with_its_components(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    found = facts_of(conn, home, "published")
    html = report.render(found)
    said = text_of(html)
    for text in (
        "Skor budaya 2025-11: Kota Ternate",
        "Survei Survey 50 %",
        "Kota Ternate 80,0 2025 91,3 70,0 2024 80,3 74,0 6,3 – Kuat",
        "Dinas Kesehatan 80,0 2025 91,3 70,0 2024 80,3 74,0 6,3 1 1–2 Kuat",
        "Disiplin tidak ada; IP-ASN disembunyikan Discipline is missing; IP-ASN is hidden",
    ):
        assert text in said
    assert "Skor budaya 2" not in text_of(report.render({**found, "culture": []}))


def test_rules_withdrawals_and_what_changed_are_on_the_page(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    found = facts_of(conn, home, "published")
    found["rule_changes"] = {
        "since": nights.EARLIER,
        "rows": [
            {
                "rule": "attendance_rules",
                "kind": "changed",
                "key": {"rule_code": "min_coverage"},
                "valid_from": "1900-01-01",
                "columns": [{"column": "value", "before": 0.8, "after": 0.75}],
                "governments": [],
            }
        ],
    }
    found["withdrawals"] = [
        {
            "path": "82.71/leave/uptd a/cuti.csv",
            "file_sha256": "f" * 64,
            "row_number": None,
            "reason": "bulan salah",
            "decided_by": "BKPSDM",
            "decided_on": "2026-01-14",
        }
    ]
    html = report.render(found)
    assert Page(html).open == []
    said = text_of(html)
    assert "rule_code = min_coverage berubah changed value: 0,8 → 0,75 semua all" in said
    assert "82.71/leave/uptd a/cuti.csv" in said
    assert "seluruh berkas the whole file bulan salah BKPSDM 2026-01-14" in said
    assert "survey 0,5 –" in said  # the weight that is in force, as a value
    unknown = report.render({**found, "rule_changes": {"since": nights.EARLIER, "rows": None}})
    assert "tidak memuat baris aturannya" in unknown


def test_files_of_one_name_are_told_apart_by_their_path(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    found = facts_of(conn, home, "published")
    (row, *_) = found["inputs"]
    months = [f"2025-{month:02d}/4_attlog.dat" for month in range(1, 7)]
    found["inputs"] = [
        {**row, "file_name": name, "path": f"35.75/attendance/{name}"} for name in months
    ]
    html = report.render(found)
    assert all(f"<b>35.75/attendance/{name}</b>" in html for name in months)


def test_what_was_ignored_in_a_file_is_unfolded_beside_it(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    nights.begin(conn)
    nights.publishable_marts(conn)
    notes = [
        Note("layout", choice="canonical"),
        Note("column_ignored", "<b>198609262015051001</b>"),
    ]
    nights.deliver(conn, 1, notes=to_json(notes))
    nights.deliver(conn, 2, notes=to_json(notes[:1]))
    found = facts.collect(
        conn,
        home,
        nights.RUN,
        nights.decision(),
        reasons=nights.REASONS,
        head="0" * 64,
        standing=[],
    )
    assert [[note["kind"] for note in row["notes"]] for row in found["inputs"]] == [
        ["decided", "ignored"],
        ["decided"],
    ]
    html = report.render(found)
    assert Page(html).open == []
    assert html.count('<details class="notes" open>') == 1
    assert html.count('<details class="notes">') == 1
    assert f"Kolom tidak dibaca: &lt;b&gt;{'*' * 18}&lt;/b&gt;" in html
    assert "Tata letak: " in html


def test_the_files_are_those_whose_digests_are_returned(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    found = facts_of(conn, home, "published")
    digests = report.write_report(home, nights.RUN, found)
    names = {f"reports/{nights.RUN}/{name}" for name in ("index.html", "report.json")}
    assert set(digests) == names
    for name, digest in digests.items():
        assert hashlib.sha256((home.root / name).read_bytes()).hexdigest() == digest
    assert json.loads((home.reports / nights.RUN / "report.json").read_bytes()) == found
    assert report.write_report(home, nights.RUN, found) == digests
    assert {path.name for path in (home.reports / nights.RUN).iterdir()} == {
        "index.html",
        "report.json",
    }


def record(home: Home, run_id: str, found: dict[str, Any]) -> None:
    """A night with this report, and its line in the ledger."""
    entry = run_entry(home, run_id)
    ledger.append(home, {**entry, "report_sha256": report.write_report(home, run_id, found)})


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"stray": 1}, "stray"),
        ({"age_days": "1"}, "age_days"),
        ({"counts": {"critical": {"passed": 1, "notpassed": 0}}}, "counts.critical.notpassed"),
        ({"inputs": [{"rows": 1}]}, "inputs.0.rows"),
    ],
)
def test_a_report_that_is_not_of_its_form_is_not_written(
    home: Home, conn: duckdb.DuckDBPyConnection, change: dict[str, Any], key: str
) -> None:
    found = facts_of(conn, home, "published")
    with pytest.raises(DocumentError, match=r"report\.json: ") as caught:
        report.write_report(home, nights.RUN, {**found, **change})
    assert key in {fault.key for fault in caught.value.faults}
    assert not (home.reports / nights.RUN / "report.json").exists()


def test_the_index_lists_all_nights_newest_first_with_the_ledgers_head(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    found = facts_of(conn, home, "blocked")
    failure = facts.of_failure(home, nights.EARLIER, nights.NOW, nights.TODAY, None)
    tampered = home.reports / "20260113T203000Z-0001"
    for run_id, told in ((tampered.name, found), (nights.EARLIER, failure), (nights.RUN, found)):
        record(home, run_id, told)
    (tampered / "report.json").write_text('{"run": 1}')
    report.write_index(home)
    html = (home.reports / "index.html").read_text()
    page = Page(html)
    assert page.open == []
    assert page.attributes("href") == [
        f"{run}/index.html" for run in (nights.RUN, nights.EARLIER, tampered.name)
    ]
    assert ledger.head(home) in html
    for state in ("blocked", "failed", "unreadable"):
        assert sentence.all["states"][state].id in html
    assert html.count("<svg") == 4
    assert f"<title>{nights.RUN}: 1.200</title>" in html


def _spoilt(report_json: bytes) -> Iterator[bytes]:
    facts_of_night = json.loads(report_json)
    for key in ("run", "decision", "inputs", "counts", "age_days"):
        for value in (1.5, "x", [1], {"critical": {"passed": "x", "not_passed": None}}):
            yield json.dumps({**facts_of_night, key: value}).encode()
    for reasons in ([1], [{"id": "x"}], "x"):
        decision = {**facts_of_night["decision"], "reasons": reasons}
        yield json.dumps({**facts_of_night, "decision": decision}).encode()
    decision = {**facts_of_night["decision"], "state": "no state of ours"}
    yield json.dumps({**facts_of_night, "decision": decision}).encode()
    yield b"[" * 100_000


def test_no_report_however_spoilt_keeps_the_index_from_being_written(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    found = facts_of(conn, home, "blocked")
    for run_id in (nights.EARLIER, nights.RUN):
        record(home, run_id, found)
    kept = (home.reports / nights.RUN / "report.json").read_bytes()
    unreadable = sentence.all["states"]["unreadable"].id
    assert unreadable not in report.render_index(home).decode()
    for spoilt in _spoilt(kept):
        (home.reports / nights.RUN / "report.json").write_bytes(spoilt)
        if spoilt != kept:
            assert unreadable in report.render_index(home).decode(), spoilt[:200]


def test_the_index_of_a_new_home_says_that_there_is_nothing_yet(home: Home) -> None:
    report.write_index(home)
    assert sentence.all["page"]["no_runs"].id in (home.reports / "index.html").read_text()


def test_every_word_of_the_table_is_used_and_said_in_both_languages() -> None:
    table = sentence.all
    templates = Path(report.__file__).with_name("templates")
    used = "".join(path.read_text() for path in templates.glob("*.j2"))
    used += Path(trends.__file__).read_text()
    for section, entries in table.items():
        for entry in entries.values():
            assert entry.id, section
            assert entry.en, section
    for key in table["page"]:
        assert re.search(rf"[\"'.]{key}\b", used), f"{key} is said nowhere"
