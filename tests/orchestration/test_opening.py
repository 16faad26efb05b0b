"""The first commands of a region: `init` for its government, and what `rules` and `check` say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from demo.exports import write_demo
from ingest.new_home import EXAMPLE_MARK
from orchestration.cli import main
from tests.conftest import budaya
from warehouse.catalog.reader import load_catalog
from warehouse.files import sha256_file
from warehouse.store.home import Home

Ask = Callable[..., tuple[int, str]]
TARGETS = "unit_code,measure,year,value,government_code,valid_from,valid_to,source,trust\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def ask(home: Home, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs a command on the home in this process; returns its exit code and all that it said."""

    def asked(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--home", str(home.root)])
        said = capsys.readouterr()
        return int(str(ended.value.code)), said.out + said.err

    return asked


def digests(home: Home) -> dict[str, str]:
    return {
        str(path.relative_to(home.root)): sha256_file(path)
        for path in sorted(home.root.rglob("*"))
        if path.is_file()
    }


def test_init_takes_zone_and_folders_from_the_table(home: Home, ask: Ask) -> None:
    code, said = ask("init", "--government", "72.71")
    assert code == 0
    assert "72.71 Kota Palu" in said
    assert home.settings().time_zone == "Asia/Makassar"
    for source in load_catalog().landing_sources:
        assert (home.landing / "72.71" / source).is_dir()
        assert f"72.71/{source}/" in said
    assert "survey/<gelombang>/" in said
    assert "ip_asn/<tahun>/" in said
    first = said.index("look at and fill in first")
    assert first < said.index("config/home.toml: ") < said.index("config/survey_waves.csv: ")
    assert "notice" not in said

    before = digests(home)
    code, said = ask("init", "--government", "72.71")
    assert (code, "nothing was missing" in said) == (0, True)
    assert digests(home) == before


def test_init_for_several_governments_in_two_zones(home: Home, ask: Ask) -> None:
    assert ask("init", "--government", "82", "--government", "35.75")[0] == 0
    assert home.settings().time_zone == "Asia/Jayapura"
    assert "notice" not in ask("status")[1]


def test_what_lies_in_the_folder_of_a_new_home_is_named(home: Home, ask: Ask) -> None:
    home.root.mkdir()
    (home.root / "surat 198609262015051001.txt").write_text("x")
    code, said = ask("init", "--government", "72.71")
    assert (code, "holds other things already (surat ******************.txt)" in said) == (0, True)
    assert "other things" not in ask("init", "--government", "72.71")[1]


def test_a_file_in_the_place_of_a_folder_is_told_with_the_next_step(home: Home, ask: Ask) -> None:
    home.root.mkdir()
    (home.root / "landing").write_text("x")
    code, said = ask("init", "--government", "72.71")
    assert (code, "Move it away and run again" in said) == (1, True)
    assert [path.name for path in home.root.iterdir()] == ["landing"]


@pytest.mark.parametrize(("code", "meant"), [("7217", "72.71 Kota Palu"), ("palu", "72.71")])
def test_an_unknown_government_makes_nothing(home: Home, ask: Ask, code: str, meant: str) -> None:
    ended, said = ask("init", "--government", code)
    assert ended == 1
    assert meant in said
    assert not home.root.exists()


def test_a_zone_that_is_not_the_governments_is_noticed(home: Home, ask: Ask) -> None:
    ask("init", "--government", "72.71")
    edited = home.settings_file.read_text().replace("Makassar", "Jakarta")
    home.settings_file.write_text(edited)
    for command in (["init", "--government", "72.71"], ["status"], ["check", "config"]):
        _, said = ask(*command)
        assert "WIB (Asia/Jakarta)" in said
        assert "72.71 Kota Palu: WITA (Asia/Makassar)" in said
    assert home.settings_file.read_text() == edited


def test_the_untouched_settings_of_a_new_home_take_the_zone_once(home: Home, ask: Ask) -> None:
    ask("init")
    ask("init", "--government", "72.71")
    assert home.settings().time_zone == "Asia/Makassar"
    _, said = ask("init", "--government", "82.71")
    assert home.settings().time_zone == "Asia/Makassar"
    assert "82.71 Kota Ternate: WIT" in said


def test_init_leaves_what_somebody_filled_in(home: Home, ask: Ask) -> None:
    ask("init", "--government", "72.71")
    template = home.root / "templates" / "employees.xlsx"
    book = openpyxl.load_workbook(template)
    assert book.active is not None
    book.active.append(["198609262015051001"])
    book.save(template)
    (home.config / "targets.csv").write_text(TARGETS + ",culture_score,2026,77,,,,SK,C\n")
    before = digests(home)
    _, said = ask("init", "--government", "72.71")
    assert digests(home) == before
    assert "templates/employees.xlsx" in said[said.index("left alone") :]


def test_the_demo_leaves_what_somebody_changed(home: Home, ask: Ask) -> None:
    write_demo(home)
    before = digests(home)
    assert write_demo(home).written == ()
    targets = home.config / "targets.csv"
    row = f"{targets.read_text()},culture_score,2027,77,82.71,,,SK,C\n"
    targets.write_text(row)
    landed = next(path for path in (home.landing / "82.71" / "units").iterdir())
    landed.write_text("milik daerah")
    (home.landing / "82.71" / "units" / "baru.csv").write_text("baru")
    assert set(write_demo(home).kept) == {targets, landed}
    assert (targets.read_text(), landed.read_text()) == (row, "milik daerah")
    changed = {name for name, digest in before.items() if digests(home)[name] != digest}
    assert changed == {str(path.relative_to(home.root)) for path in (targets, landed)}
    assert "invented people" in ask("init")[1]
    assert (home.config / EXAMPLE_MARK).exists()


def test_make_run_and_the_readme_do_not_share_a_home() -> None:
    root = Path(__file__).parents[2]
    assert "demo --home demo-home" in (root / "Makefile").read_text()
    assert "demo-home/" in (root / ".gitignore").read_text().splitlines()
    assert "budaya init --home home " in (root / "README.md").read_text()


def test_rules_shows_the_regions_rows_beside_the_shipped_ones(home: Home, ask: Ask) -> None:
    ask("init", "--government", "72.71")
    long = "Surat Keputusan Wali Kota Palu Nomor 1 Tahun 2026 tentang Target " + "x" * 200
    (home.config / "targets.csv").write_text(TARGETS + f",culture_score,2026,77,,,,{long},C\n")
    (home.config / "evidence.csv").write_text(
        "unit_code,date_from,date_to,recorded,reason,decided_by,source\n"
        "11,2026-01-05,2026-01-05,ya,mesin 198609262015051001,Siti Aminah,SK\n"
    )
    code, said = ask("rules")
    assert code == 0
    (line,) = [text for text in said.splitlines() if text.startswith("  targets ")]
    assert line == "  targets measure=culture_score year=2026 → value=77"
    assert "config/targets, baris/row 2" in said
    assert long in said  # not cut
    assert "shipped: value=70" in said
    assert "disclosure" not in said
    assert "Siti" not in said
    assert "198609262015051001" not in said
    _, everything = ask("rules", "disclosure", "--all", "--government", "72.71")
    assert "disclosure family=survey → k=10" in everything
    assert "targets" not in everything


def test_rules_of_what_is_not_there(home: Home, ask: Ask) -> None:
    ask("init")
    code, said = ask("rules")
    assert (code, "--government 72.71" in said) == (0, True)
    assert ask("rules", "--government", "7271")[0] == 1
    code, said = ask("rules", "target", "--government", "72.71")
    assert (code, "targets" in said) == (1, True)


def test_check_config_says_for_whom_the_rules_are_right(home: Home, ask: Ask) -> None:
    ask("init", "--government", "72.71")
    (home.config / "targets.csv").write_text(TARGETS + ",culture_score,2026,77,72.71,,,SK,C\n")
    code, said = ask("check", "config")
    assert code == 0
    assert "1 milik daerah, untuk 72.71 Kota Palu" in said
    (home.config / "targets.csv").write_text(TARGETS + ",culture_score,2026,77,7271,,,SK,C\n")
    code, said = ask("check", "config")
    assert code == 1
    assert "config/targets.csv, baris/row 2: government_code" in said


def test_a_file_for_an_unknown_government_is_not_clean(home: Home, ask: Ask) -> None:
    ask("init", "--government", "72.71")
    file = home.root / "a.csv"
    file.write_text("nip,date_from,date_to,leave_type\n")
    code, said = ask("check", str(file), "--source", "leave", "--government", "72.17")
    assert (code, "72.71/leave/" in said, "clean" in said) == (1, True, False)
    code, said = ask("check", str(file), "--source", "cuti", "--government", "72.71")
    assert (code, "72.71/leave/" in said, "attendance, rosters" in said) == (1, True, True)


def test_rules_imports_no_dagster_and_opens_no_warehouse(home: Home, ask: Ask) -> None:
    ask("init", "--government", "72.71")
    home.warehouse_file.write_text("no database")
    ended = budaya("rules", "--home", home.root)
    assert ended.code == 0, ended.stderr


def test_what_lies_in_a_wrong_place_is_told(home: Home, ask: Ask) -> None:
    ask("init", "--government", "72.71")
    wrong = home.landing / "Kota Palu" / "attendence" / "absen 198609262015051001\x1b[31m.dat"
    wrong.parent.mkdir(parents=True)
    wrong.write_text("x")
    (home.landing / "72.71" / "leave" / "unduh.part").write_text("x")
    code, said = ask("status")
    assert code in {0, 2}
    assert f"Kota Palu/attendence/absen {'*' * 18}?[31m.dat" in said
    assert "72.71/attendance/" in said
    assert "unduh.part" in said
    assert "\x1b" not in said
    assert "198609262015051001" not in said
