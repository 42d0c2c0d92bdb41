"""Charts as SVG through Vega-Lite, from plain values: presentation attributes only, so that no page needs an inline style.

All ink is the text's own colour: the same drawing reads on a light screen, a dark one and on paper. The only importer of
vl-convert, and only when there is a chart to draw: it takes a while to load.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

INK = "currentColor"
WIDE, NARROW = (620, 200), (290, 190)
ROOM = 1
"""How much more than the highest point the scale shows."""


AXIS = {
    "labelColor": INK,
    "labelFont": "Inter, sans-serif",
    "labelFontSize": 12,
    "domainColor": INK,
    "tickColor": INK,
    "gridColor": INK,
    "gridOpacity": 0.15,
}


class Point(NamedTuple):
    """One occasion: its words on the axis, and how high each of the two lines is there."""

    when: str
    first: int
    second: int


def two_lines(points: Sequence[Point], names: tuple[str, str], size: tuple[int, int]) -> str:
    """Return two lines over occasions: a full one with circles and a dashed one with diamonds, each named where it ends."""
    import vl_convert  # noqa: PLC0415 - see the top of the file

    return str(vl_convert.vegalite_to_svg(_spec(points, names, size)))


def _spec(points: Sequence[Point], names: tuple[str, str], size: tuple[int, int]) -> dict[str, Any]:
    rows = [
        {"when": point.when, "name": name, "number": number}
        for point in points
        for name, number in zip(names, (point.first, point.second), strict=True)
    ]
    highest = max((max(point.first, point.second) for point in points), default=0) + ROOM
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": None,
        "padding": 4,
        "width": size[0],
        "height": size[1],
        "data": {"values": rows},
        "encoding": {"x": _days([point.when for point in points]), "y": _numbers(highest)},
        "layer": _marks(names),
        "config": {"view": {"stroke": None}, "axis": AXIS, "aria": False},
    }


def _days(days: Sequence[str]) -> dict[str, Any]:
    axis = {"labelAngle": 0, "title": None, "labelOverlap": True}
    return {"field": "when", "type": "ordinal", "sort": list(days), "axis": axis}


def _numbers(highest: int) -> dict[str, Any]:
    axis = {"title": None, "tickMinStep": 1, "tickCount": min(highest, 5), "format": "d"}
    return {"field": "number", "type": "quantitative", "scale": {"domain": [0, highest]}, "axis": axis}


def _marks(names: tuple[str, str]) -> list[dict[str, Any]]:
    def told_apart(by: Sequence[object]) -> dict[str, Any]:
        return {"field": "name", "type": "nominal", "scale": {"domain": list(names), "range": list(by)}, "legend": None}

    line = {"type": "line", "strokeWidth": 2, "color": INK}
    point = {"type": "point", "filled": True, "size": 90, "opacity": 1, "color": INK}
    return [
        {"mark": line, "encoding": {"strokeDash": told_apart([[1, 0], [6, 4]])}},
        {"mark": point, "encoding": {"shape": told_apart(["circle", "diamond"])}},
    ]
