"""Files that the product makes for people: put in place, renewed, and never over somebody's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from warehouse.store.handiwork import Installed, install
from warehouse.store.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def put(home: Home, **texts: str) -> Installed:
    """Install files of these texts into ``config/``."""
    with home.workshop() as staged:
        for name, text in texts.items():
            (staged / "dalam").mkdir(exist_ok=True)
            (staged / "dalam" / name).write_text(text)
        return install(home, "uji", staged, home.config)


def test_what_nobody_changed_is_renewed_and_what_somebody_did_stays(home: Home) -> None:
    ours, theirs = home.config / "dalam/a", home.config / "dalam/b"
    assert put(home, a="1", b="1").written == (ours, theirs)
    theirs.write_text("milik daerah")
    assert put(home, a="2", b="2") == Installed((ours,), (theirs,))
    assert (ours.read_text(), theirs.read_text()) == ("2", "milik daerah")
    # Once back as we wrote it, or as we would, it is ours again.
    theirs.write_text("2")
    assert put(home, a="2", b="2") == Installed((), ())
    assert put(home, a="3", b="3").written == (ours, theirs)


def test_the_same_contents_keep_their_time(home: Home) -> None:
    put(home, a="1")
    path = home.config / "dalam/a"
    os.utime(path, (1, 1))
    put(home, a="1")
    assert path.stat().st_mtime == 1


def test_a_file_of_somebody_is_kept_though_we_never_wrote_it(home: Home) -> None:
    path = home.config / "dalam" / "a"
    path.parent.mkdir()
    path.write_text("sudah ada")
    assert put(home, a="1") == Installed((), (path,))


@pytest.mark.parametrize("spoilt", [None, "", "[]", "{", '{"dalam/a": 3}'])
def test_without_the_mark_what_differs_is_somebodys_own(home: Home, spoilt: str | None) -> None:
    put(home, a="1")
    mark = home.warehouse / "uji.files.json"
    assert mark.stat().st_mode & 0o077 == 0
    mark.unlink() if spoilt is None else mark.write_text(spoilt)
    assert put(home, a="2").kept == (home.config / "dalam/a",)


def test_a_file_that_is_gone_is_written_again(home: Home) -> None:
    put(home, a="1")
    (home.config / "dalam/a").unlink()
    assert put(home, a="1").written == (home.config / "dalam/a",)
    assert not list(home.scratch.iterdir())
