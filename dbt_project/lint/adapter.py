"""What the SQL linter sees instead of dbt's `adapter`.

Belongs here: the one call of it that our macros make. sqlfluff renders the models without dbt,
so a macro that each engine implements in its own way reads as a plain function call.
"""

from __future__ import annotations

from collections.abc import Callable


def dispatch(macro_name: str, _package: str) -> Callable[..., str]:
    """Return a renderer that writes the macro as a function call of the same name."""

    def render(*arguments: object) -> str:
        return f"{macro_name}({', '.join(str(argument) for argument in arguments)})"

    return render
