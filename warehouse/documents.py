"""Documents that are held to a typed model: a typo, an unknown key or a wrong type has its name.

Belongs here: reading YAML, TOML and JSON into a model, strictly, and saying by file and key what is
wrong, in both languages. Does not belong here: the models themselves, each of which stands where
its document is used, or what a user may do about it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

from warehouse.vocabulary import Text

T = TypeVar("T")

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False, populate_by_name=True)
"""The configuration of every model of a document: nothing that it does not name may stand there."""


@dataclass(frozen=True)
class Fault:
    """Something wrong in a document: the way to it (``columns.unit_code.type``), and what it is."""

    key: str
    said: Text


class DocumentError(ValueError):
    """A document is not what its model says; the message names the file and every key.

    Documents of the product raise it as it is; of what a user edits it becomes a `UserError`.
    """

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{name}: {one.key}: {one.said}" for one in faults))


class _Loader(yaml.CSafeLoader):
    """YAML in which no key stands twice; in C, which reads sixty files in hundredths of seconds."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        named = [self.construct_object(key, deep=True) for key, _ in node.value]
        for name in named:
            if named.count(name) > 1:
                raise yaml.YAMLError(f"{name} stands twice")
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path, kind: type[T]) -> T:
    """Read a YAML file into a model; DocumentError names the file and what is wrong in it."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - safe in C
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unreadable(path.name, "YAML", error) from error
    return held(content, kind, path.name)


def read_toml(path: Path, kind: type[T]) -> T:
    """Read a TOML file into a model; DocumentError names the file and what is wrong in it."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unreadable(path.name, "TOML", error) from error
    return held(content, kind, path.name)


def read_json(path: Path, kind: type[T]) -> T:
    """Read a JSON file into a model; DocumentError names the file and what is wrong in it."""
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _unreadable(path.name, "JSON", error) from error
    return held(content, kind, path.name)


def held(content: object, kind: type[T], name: str) -> T:
    """Hold plain content to a model.

    It is judged as JSON, where a list is the only sequence and `1` is never taken for `"1"`.

    Raises:
        DocumentError: The content is something else; ``name`` says where.
    """
    try:
        # What JSON has no type for (a date of TOML or YAML) is a text, and no other type.
        return TypeAdapter(kind).validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        raise DocumentError(name, list(_faults(error, content))) from None


def plain(document: object) -> Any:
    """A document as JSON can hold it."""
    return TypeAdapter(type(document)).dump_python(document, mode="json", by_alias=True)


def _unreadable(name: str, form: str, error: Exception) -> DocumentError:
    said = Text(f"tidak terbaca sebagai {form}: {error}", f"not readable as {form}: {error}")
    return DocumentError(name, [Fault("-", said)])


def _faults(error: ValidationError, content: object) -> Iterator[Fault]:
    found: dict[str, Text] = {}
    for one in error.errors(include_url=False, include_input=False):
        # Of a value that may be of several types there is a fault for each: the first is enough.
        found.setdefault(_way(one["loc"], content), _said(one["type"], one["msg"]))
    return (Fault(key, said) for key, said in found.items())


def _way(loc: Sequence[int | str], content: object) -> str:
    """The way to a value; an entry of a list is called by its name, if it has one."""
    steps: list[str] = []
    for place, step in enumerate(loc):
        inner: Any = None
        if isinstance(content, Mapping) and str(step) in map(str, content):
            inner = {str(key): value for key, value in content.items()}[str(step)]
        elif isinstance(content, list) and isinstance(step, int):
            inner = content[step]
        elif place < len(loc) - 1 or not isinstance(content, Mapping):
            continue  # which of several types was tried is no part of the document
        named = inner.get("name") if isinstance(inner, Mapping) else None
        steps.append(str(named) if isinstance(step, int) and named else str(step))
        content = inner
    return ".".join(steps) or "-"


_SAID: Mapping[str, Text] = {
    "unexpected_keyword_argument": Text("kunci tidak dikenal", "unknown key"),
    "extra_forbidden": Text("kunci tidak dikenal", "unknown key"),
    "missing": Text("wajib ada", "is missing"),
    "string_type": Text("harus teks", "must be a text"),
    "int_type": Text("harus bilangan bulat", "must be a whole number"),
    "float_type": Text("harus bilangan", "must be a number"),
    "bool_type": Text("harus true atau false", "must be true or false"),
    "tuple_type": Text("harus daftar", "must be a list"),
}


def _said(kind: str, message: str) -> Text:
    if kind in _SAID:
        return _SAID[kind]
    said = message.removeprefix("Value error, ").removeprefix("Input should be ")
    return Text(f"nilai tidak berlaku: {said}", f"wrong value: {said}")
