"""The picture of `docs/performance.md`: where a night's time goes, and how its ratio has moved.

Run as `python -m bench.plot [FILE.svg]`. Belongs here: drawing `bench/history.jsonl` as SVG,
without a library. Does not belong here: measuring.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from bench import history

PICTURE = Path(__file__).parents[1] / "docs/performance.svg"

_WIDTH, _LEFT, _RIGHT, _ROW, _BAR = 960, 150, 110, 30, 20
_TREND_HEIGHT = 140

# Told apart in grey print too, for those beside one another differ in lightness.
_INKS = ("#0b5d66", "#c9a227", "#4b3f8f", "#7fb069", "#8a1c5a", "#9aa5b1", "#8a3b12", "#5fa8d3")
_OTHER = "#d5dade"
_FLOOR = "#222222"


def newest(lines: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The last line of each world, in the order of their size."""
    return dict(sorted({o["world"]: o for o in lines}.items(), key=lambda kv: kv[1]["punches"]))


def draw(lines: Sequence[Mapping[str, Any]]) -> str:
    """The picture as a whole SVG document."""
    worlds = newest(lines)
    totals: dict[str, float] = {}
    for run in (run for line in worlds.values() for run in line["runs"].values()):
        for stage, (seconds, _) in run["stages"].items():
            totals[stage] = totals.get(stage, 0.0) + seconds
    largest = sorted(totals, key=lambda stage: -totals[stage])[: len(_INKS)]
    inks = dict(zip(largest, _INKS, strict=False))
    parts: list[str] = []
    top = 8
    for line in worlds.values():
        parts += _bars(line, inks, top)
        top += 34 + _ROW * len(line["runs"])
    parts += _legend(inks, top)
    top += 20 + 18 * ((len(inks) + 4) // 4)
    parts += _trend(lines, list(worlds), top)
    height = top + _TREND_HEIGHT + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="system-ui, sans-serif" font-size="12">\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _floor_seconds(line: Mapping[str, Any]) -> float:
    """The fastest floor of a line."""
    runs = line["runs"].items()
    return float(min(run["seconds"] for name, run in runs if name.startswith("floor")))


def _bars(line: Mapping[str, Any], inks: Mapping[str, str], top: int) -> Iterator[str]:
    """A world's runs as bars of their stages, on a scale of its own."""
    runs = line["runs"]
    floor = _floor_seconds(line)
    scale = (_WIDTH - _LEFT - _RIGHT) / max(run["seconds"] for run in runs.values())
    yield _text(
        *(8, top + 14),
        f"{line['world']}: {line['punches']:,} punches, {line['cores']} cores, "
        f"load {line['load']}, commit {line['commit']}",
        "font-weight='600'",
    )
    for number, (name, run) in enumerate(runs.items()):
        y = top + 24 + number * _ROW
        x = float(_LEFT)
        yield _text(_LEFT - 8, y + 14, name, "text-anchor='end'")
        stages = [(stage, wall) for stage, (wall, _) in run["stages"].items()]
        for stage, seconds in sorted(stages, key=lambda one: -one[1]) or [("", run["seconds"])]:
            width = seconds * scale
            ink = inks.get(stage, _OTHER) if stage else _FLOOR
            yield (
                f'<rect x="{x:.1f}" y="{y}" width="{max(width, 0.5):.1f}" height="{_BAR}" '
                f'fill="{ink}"><title>{escape(stage or name)}: {seconds:.1f} s</title></rect>'
            )
            x += width
        end = f"{run['seconds']:.1f} s · {run['seconds'] / floor:.1f} ×"
        yield _text(max(x, _LEFT + run["seconds"] * scale) + 6, y + 14, end)


def _legend(inks: Mapping[str, str], top: int) -> Iterator[str]:
    for number, (stage, ink) in enumerate([*inks.items(), ("other stages", _OTHER)]):
        x, y = 8 + number % 4 * 235, top + number // 4 * 18
        yield f'<rect x="{x}" y="{y}" width="12" height="12" fill="{ink}"/>'
        yield _text(x + 18, y + 11, stage)


def _trend(lines: Sequence[Mapping[str, Any]], worlds: Sequence[str], top: int) -> Iterator[str]:
    """The full night in floors, run after run, of each world."""
    yield _text(8, top + 14, "A full night in floors, from run to run", "font-weight='600'")
    ratios = {
        world: [
            line["runs"]["full"]["seconds"] / _floor_seconds(line)
            for line in lines
            if line["world"] == world
        ]
        for world in worlds
    }
    most = max((max(found) for found in ratios.values()), default=1.0)
    longest = max((len(found) for found in ratios.values()), default=1)
    bottom, room = top + _TREND_HEIGHT, _TREND_HEIGHT - 30
    step = (_WIDTH - _LEFT - _RIGHT) / max(longest - 1, 1)
    for part in (0.0, 0.5, 1.0):
        y = bottom - part * room
        yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#e3e7ea"/>'
        yield _text(_LEFT - 8, y + 4, f"{part * most:.0f} ×", "text-anchor='end'")
    for (world, found), ink in zip(ratios.items(), _INKS * 2, strict=False):
        points = [(_LEFT + n * step, bottom - one / most * room) for n, one in enumerate(found)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path d="M{path}" fill="none" stroke="{ink}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{ink}"/>' for x, y in points)
        x, y = points[-1]
        yield _text(x + 8, y + 4, world, f"fill='{ink}'")


def _text(x: float, y: float, said: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(said)}</text>'


def main(arguments: list[str]) -> None:
    """Draw all that was measured."""
    picture = Path(arguments[0]) if arguments else PICTURE
    picture.write_text(draw(history.lines()), encoding="utf-8")
    print("\n".join([str(picture), *history.growth(history.lines())]))


if __name__ == "__main__":
    main(sys.argv[1:])
