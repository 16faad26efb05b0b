"""Keeping what an error says out of Dagster: a message may quote a row.

Belongs here: the one guard around a night's steps.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from orchestration.words import sentence
from warehouse.errors import HomeBusy, UserError
from warehouse.faults import explain, stop_behind
from warehouse.files import PRIVATE_FILE
from warehouse.store.home import Home
from warehouse.vocabulary import Text

P = ParamSpec("P")
R = TypeVar("R")
N = TypeVar("N", bound="HasHome")


class HasHome(Protocol):
    """A night: what the guard has to know of it, and where it says what stopped the night."""

    home: Home
    run_id: str
    failure: Text | None
    busy: bool


class StepError(UserError):
    """A step went wrong: what, and what to do next, told in words that anybody may read."""


def stopped() -> Text:
    """What to say of a night that somebody stopped, or the system on somebody's behalf."""
    return sentence("trouble", "stopped")


def private_errors(step: Callable[Concatenate[N, P], R]) -> Callable[Concatenate[N, P], R]:
    """Write a step's error to a private file of the home and raise one that quotes nothing.

    Any error may quote a row or a file's name, not only an engine's: a number that can't be read, a
    file that can't be opened. Only what is written for everybody to see goes on as it is.
    """

    @functools.wraps(step)
    def guarded(night: N, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return step(night, *args, **kwargs)
        except UserError as error:
            known = error
        except Exception as error:
            if stop := stop_behind(error):
                night.failure = stopped()
                raise stop from None
            _keep_private(night, step.__name__)
            known = explain(error, night.home.warehouse_file) or _unknown(night, step, error)
        except BaseException:  # Ctrl-C, or a run that was terminated in Dagster's UI
            night.failure = stopped()
            raise
        night.failure = known.text
        night.busy = isinstance(known, HomeBusy)
        raise known from None

    return guarded


def _keep_private(night: HasHome, step: str) -> None:
    path = night.home.errors_file
    with suppress(OSError):  # a full disk has no room for what it made go wrong
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{night.run_id} {step}\n{traceback.format_exc()}\n")
        path.chmod(PRIVATE_FILE)


def _unknown(night: HasHome, step: Callable[..., object], error: Exception) -> StepError:
    kind, file = type(error).__name__, night.home.errors_file.name
    return StepError(sentence("trouble", "unknown", step=step.__name__, kind=kind, file=file))
