"""Permissions as an ordinary user meets them, though the tests run as root."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

# Linux: capabilities 1 and 2 let root read and write whatever the permissions say.
_OVERRIDES = 0b110
_VERSION = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


@contextmanager
def ordinary_permissions() -> Iterator[None]:
    """Let permissions count for this thread, whoever runs it."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(_VERSION, 0), (_Sets * 2)()
    _must(libc.capget(ctypes.byref(header), sets))
    before = sets[0].effective
    sets[0].effective = before & ~_OVERRIDES
    _must(libc.capset(ctypes.byref(header), sets))
    try:
        yield
    finally:
        sets[0].effective = before
        _must(libc.capset(ctypes.byref(header), sets))


def _must(answer: int) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), "the capabilities of this process can't be changed")
