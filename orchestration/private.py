"""Keeping what an error says out of Dagster: a message may quote a row.

Belongs here: the one guard around a night's steps.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from warehouse.errors import UserError
from warehouse.faults import explain
from warehouse.files import PRIVATE_FILE
from warehouse.home import Home
from warehouse.vocabulary import Text

P = ParamSpec("P")
R = TypeVar("R")
N = TypeVar("N", bound="HasHome")


class HasHome(Protocol):
    """A night: what the guard has to know of it."""

    home: Home
    run_id: str
    failure: Text | None


class StepError(RuntimeError):
    """A step went wrong; the message may be shown to anybody."""


def private_errors(step: Callable[Concatenate[N, P], R]) -> Callable[Concatenate[N, P], R]:
    """Write a step's error to a private file of the home and raise one that quotes nothing.

    Any error may quote a row or a file's name, not only an engine's: a number that can't be read, a
    file that can't be opened. Only what is written for everybody to see goes on as it is.
    """

    @functools.wraps(step)
    def guarded(night: N, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return step(night, *args, **kwargs)
        except StepError:
            raise
        except UserError as error:
            night.failure = error.text
            raise
        except Exception as error:
            path = night.home.warehouse / "errors.log"
            with suppress(OSError):  # a full disk has no room for what it made go wrong
                with path.open("a", encoding="utf-8") as file:
                    file.write(f"{night.run_id} {step.__name__}\n{traceback.format_exc()}\n")
                path.chmod(PRIVATE_FILE)
            known = explain(error, night.home.warehouse_file)
            if known is not None:
                night.failure = known.text
                raise known from None
            raise StepError(
                f"{step.__name__}: {type(error).__name__}; its message is in "
                f"warehouse/{path.name} of the home"
            ) from None

    return guarded
