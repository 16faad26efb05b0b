"""The forms of the ledger's lines: what a line of each version says, frozen with that version.

Belongs here: a typed form per version and kind, and what keeps a line from being one. Does not
belong here: the chain and how it is continued (``warehouse.proof.ledger``).

A line says its version as ``v``; one without it is of version 1, as the product wrote until
``v`` came. The forms of a version are never changed: whoever wants to say more, adds a version. A
ledger of every version lies in ``tests/warehouse/proof/ledgers`` and is verified for ever.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    with_config,
)
from typing_extensions import TypedDict

from warehouse.privacy import mask_digits

VERSION = 2
# What the ledger itself adds to that which its caller says.
ADDED = frozenset({"v", "seq", "prev", "home_key", "removed_torn_line"})

# What names a run or one of its files: no text that a system could refuse as a file's name.
_NAME = re.compile(r"[\w-][\w.-]{0,99}")


def fault(record: Mapping[str, Any]) -> str | None:
    """Say what keeps a record from being a line of the version that it names, if anything does.

    The value at fault is not repeated: it may name a person.
    """
    version = record.get("v", 1)
    form = _FORMS.get(version) if isinstance(version, int) else None
    if form is None:
        return "its version is unknown"
    try:
        form.validate_python(dict(record))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return None


def newer(record: Mapping[str, Any]) -> bool:
    """Whether a line says that a newer version of the product wrote it."""
    version = record.get("v")
    return isinstance(version, int) and not isinstance(version, bool) and version > VERSION


def _is_name(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError("names no run and no file of one")
    return name


def _below(*areas: str) -> AfterValidator:
    """Digests go by path within the home, below one of its areas."""

    def check(digests: dict[str, str]) -> dict[str, str]:
        for path in digests:
            if not path.startswith(areas):
                raise ValueError(f"takes digests by path below {' or '.join(areas)}")
            for part in path.split("/"):
                _is_name(part)
        return digests

    return AfterValidator(check)


def _is_masked(name: str) -> str:
    if name != mask_digits(name):
        raise ValueError("a file name must be masked")
    return name


_Name = Annotated[str, AfterValidator(_is_name)]
_Digests = dict[str, str]
_Generation = Annotated[_Digests, _below("published/", "restricted/")]


@with_config(ConfigDict(strict=True, extra="forbid"))
class _Input(TypedDict):
    """A delivery that a night decided."""

    government_code: str
    source: str
    period: str
    file_sha256: str
    file_name: Annotated[str, AfterValidator(_is_masked)]
    layout: NotRequired[str | None]
    modified_at: NotRequired[str]
    outcome: NotRequired[str]
    reason_code: NotRequired[str | None]
    rows_read: NotRequired[int]
    rows_loaded: NotRequired[int]
    rows_quarantined: NotRequired[int]
    rows_duplicate: NotRequired[int]
    rows_skipped: NotRequired[int]


@with_config(ConfigDict(strict=True, extra="forbid"))
class _TornLine(TypedDict):
    """What a kill had left of a line, and the next one replaced."""

    bytes: int
    sha256: str


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    run_id: _Name
    seq: int
    prev: str
    removed_torn_line: _TornLine | None = None


class _Run(_Form):
    kind: Literal["run"]
    started_at: str
    ended_at: str
    as_of_date: str
    because: list[str]
    outcome: str
    exit_code: int
    reasons: list[dict[str, str]]
    code_version: str
    lock_sha256: str
    rules_digest: str
    rules_sha256: str
    waivers: list[dict[str, Any]]
    results_sha256: _Digests
    inputs: list[_Input]
    landed: _Digests
    report_sha256: Annotated[_Digests, _below("reports/")]
    generation: _Generation | None
    wakes_on: list[str]


class _Rollback(_Form):
    kind: Literal["rollback"]
    to: str
    at: str


class _Erasure(_Form):
    """What was deleted is counted; who is named nowhere."""

    kind: Literal["erasure"]
    at: str
    people: int
    rows: dict[str, int]
    files: int
    generation: _Generation


class _Trace(_Form):
    kind: Literal["trace"]
    at: str
    traced: str
    table: str
    key: list[str]
    column: str | None
    rows: int


class _Of1(_Form):
    """Version 1: no ``v``, and of some keys only what later builds wrote."""

    home_key: str | None = None


class _Run1(_Run, _Of1):
    config: _Digests | None = None


class _Rollback1(_Rollback, _Of1): ...


class _Erasure1(_Erasure, _Of1):
    reason: str | None = None
    listed: int | None = None


class _Trace1(_Trace, _Of1): ...


class _Of2(_Form):
    """Version 2: it says so, and nothing of version 1 may be left out."""

    v: Literal[2]
    home_key: str


class _Run2(_Run, _Of2):
    config: _Digests  # of the files that the region's rules were read from


class _Rollback2(_Rollback, _Of2): ...


class _Erasure2(_Erasure, _Of2):
    reason: str
    listed: int  # all who ever were erased


class _Trace2(_Trace, _Of2): ...


_Line1 = Annotated[_Run1 | _Rollback1 | _Erasure1 | _Trace1, Field(discriminator="kind")]
_Line2 = Annotated[_Run2 | _Rollback2 | _Erasure2 | _Trace2, Field(discriminator="kind")]
_FORMS: Mapping[int, TypeAdapter[Any]] = {1: TypeAdapter(_Line1), 2: TypeAdapter(_Line2)}
