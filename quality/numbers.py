"""Numbers as people read them in Indonesian: a point for thousands, a comma for decimals.

Belongs here: rounding for show, half up. Does not belong here: any figure that is kept; the full
value stands in the marts.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_MOST_DECIMALS = 6


def whole(number: int | None) -> str:
    """A count: ``115.639``; a dash if it is unknown."""
    return "–" if number is None else f"{number:,}".replace(",", ".")


def score(number: float | None) -> str:
    """A score or a percentage with one decimal: ``95,4``; a dash if there is none."""
    return "–" if number is None else _written(number, 1)


def figure(number: float | None) -> str:
    """A number of either kind: one decimal, and none where there is nothing behind the comma."""
    return score(number).removesuffix(",0")


def apart(before: float, after: float) -> tuple[str, str]:
    """Two numbers with so few decimals that they still differ, one if they do not."""
    for decimals in range(1, _MOST_DECIMALS + 1):
        texts = _written(before, decimals), _written(after, decimals)
        if texts[0] != texts[1]:
            break
    else:
        texts = _written(before, 1), _written(after, 1)
    one, other = (_trimmed(text) for text in texts)
    return one, other


def _written(number: float, decimals: int) -> str:
    exact = Decimal(repr(float(number)))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded:,f}".translate(str.maketrans(",.", ".,"))


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(",")
