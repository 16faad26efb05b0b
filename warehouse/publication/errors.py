"""What is wrong with a generation.

Belongs here: the one error of all that writes and points at generations. Does not belong here: what
a user has done wrong (`warehouse.errors`).
"""

from __future__ import annotations


class GenerationError(RuntimeError):
    """What was written, or is to be pointed to, is not what the catalog promises."""
