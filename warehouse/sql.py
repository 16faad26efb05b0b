"""Names and texts as SQL writes them.

Belongs here: quoting, for every statement that is put together. Does not belong here: any
statement; values go into one as parameters wherever the engine takes them.
"""

from __future__ import annotations


def literal(text: object) -> str:
    """Return a text, or anything that is written as one, as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as an SQL identifier, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'
