"""Chance that can be repeated: random streams named by what they are for.

Belongs here: nothing but the making of generators. Does not belong here: what is drawn from them.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np


def stream(seed: int, *names: object) -> np.random.Generator:
    """A generator of its own for the thing with these names.

    A stream per thing (a machine's month, a unit's people) keeps every other thing as it was when
    one of them changes, and lets months be made in any order or not at all.
    """
    return np.random.default_rng([seed, *(crc32(str(name).encode()) for name in names)])
