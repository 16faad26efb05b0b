"""Official figures: what was published against its own bands and parts."""

from __future__ import annotations

from datetime import date
from math import fsum

from tests.oracle.figures import Row, category, rounded
from tests.oracle.records import Official
from tests.oracle.rules import Rules


def row(record: Official, government: str, rules: Rules) -> Row:
    """A row of `mart_official_index`."""
    day = date(record.year, 12, 31)
    value = float(record.value)
    computed, _in_gap = category(rules, government, record.index_code, value, day)
    together = parts_sum(record)
    return {
        "index_code": record.index_code,
        "government_code": government,
        "year": record.year,
        "population": record.population or "",
        "source_document": record.source_document or "",
        "value": value,
        "category_published": record.category,
        "category_computed": computed,
        "category_agrees": category_agrees(record, computed, government, rules),
        "parts_sum": together,
        "parts_agree": None
        if together is None
        else rounded(together, decimals(record.value)) == rounded(value, decimals(record.value)),
    }


def decimals(printed: str) -> int:
    """How many decimals a number was printed with."""
    return len(printed.partition(".")[2])


def parts_sum(record: Official) -> float | None:
    """The mean of the parts for berakhlak, their sum for ip_asn, else nothing."""
    parts = [float(part) for part in record.parts]
    if not parts or record.index_code not in ("berakhlak", "ip_asn"):
        return None
    return fsum(parts) / len(parts) if record.index_code == "berakhlak" else fsum(parts)


def category_agrees(
    record: Official, computed: str | None, government: str, rules: Rules
) -> bool | None:
    """Whether the published word (or letter) is the computed one."""
    if record.category is None or computed is None:
        return None
    band = rules.one(
        "index_bands", government, date(record.year, 12, 31), record.index_code, computed
    )
    letter = str(band["letter"] or "") if band else ""
    return record.category.casefold() in {computed.casefold(), letter.casefold()} - {""}
