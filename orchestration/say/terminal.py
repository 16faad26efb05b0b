"""The terminal: one console for all commands, lines, tables, progress and mistakes.

Belongs here: how something is printed. Does not belong here: what a command has to say, which
stands in a module by its name beside this one. No personal data is ever printed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from rich.console import Console

from warehouse.privacy import masked, printable

if TYPE_CHECKING:
    from rich.table import Table

# Without a terminal nothing has an edge to be cut at: a pipe, a log or a file takes what comes.
_PIPED_WIDTH = 1000


def _console(stream: IO[str], *, stderr: bool = False) -> Console:
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(stderr=stderr, highlight=False, soft_wrap=True, width=width)


out = _console(sys.stdout)
err = _console(sys.stderr, stderr=True)


def line(text: str) -> None:
    """One line, in which brackets are brackets and nothing else is obeyed either."""
    out.print(printable(text), markup=False)


def table(title: str, *columns: str, numbers: Sequence[str] = ()) -> Table:
    """An empty table; the columns named in `numbers` stand to the right of the others.

    A cell that is wider than the terminal is folded, never cut.
    """
    from rich.table import Table  # most commands print none

    made = Table(title=title or None, title_justify="left")
    for name in columns:
        made.add_column(name, overflow="fold")
    for name in numbers:
        made.add_column(name, justify="right", overflow="fold")
    return made


def progress(text: str) -> None:
    """One line while a night works; on stderr, so that --json stays clean."""
    err.print(f"· {printable(text)}", markup=False)


def problem(error: Exception) -> None:
    """A user's mistake or a busy home: the message, no traceback."""
    said = "\n".join(map(printable, str(error).split("\n")))
    err.print(said, style="red", markup=False, soft_wrap=True)


def stopped() -> None:
    """Somebody stopped a command that leaves nothing half-done."""
    err.print("Dihentikan · stopped", style="red")


def cannot_touch(error: OSError) -> None:
    """A file or folder that the system does not let us read or write: which one, and why."""
    what = masked(str(error.filename)) if error.filename is not None else ""
    err.print(
        f"Tidak dapat dibaca atau ditulis · can not be read or written: {what} "
        f"({error.strerror or type(error).__name__})",
        style="red",
        markup=False,
        soft_wrap=True,
    )


def wrong_usage(message: str) -> None:
    """An unknown command, option or argument: a number that was typed is not repeated."""
    err.print(f"{masked(message)}\nLihat · see: budaya --help", style="red", markup=False)


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers, runs of them as `first-last`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
