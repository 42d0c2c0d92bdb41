"""A chart is drawn in the text's own colour and with attributes only, so that it reads anywhere and no policy stops it."""

import re

from coordination.reports.charts import NARROW, WIDE, Point, two_lines

POINTS = [Point("23 okt", 5, 2), Point("24 nov", 3, 4)]
NAMES = ("Riskfaktorer", "Skyddsfaktorer")


def test_a_chart_holds_no_style_no_script_and_no_address() -> None:
    drawn = two_lines(POINTS, NAMES, WIDE)

    assert re.findall(r"style=|<style|<script|href=|url\(|<image|on\w+=", drawn) == []


def test_all_ink_is_the_texts_own_colour() -> None:
    drawn = two_lines(POINTS, NAMES, WIDE)

    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn)) <= {"currentColor", "none"}
    assert "stroke-dasharray" in drawn


def test_two_widths_fit_their_places() -> None:
    widths = [int(re.findall(r'width="(\d+)"', two_lines(POINTS, NAMES, size))[0]) for size in (WIDE, NARROW)]

    assert widths[0] > widths[1]
    assert widths[1] <= 340


def test_one_occasion_and_none_can_be_drawn() -> None:
    assert "23 okt" in two_lines(POINTS[:1], NAMES, WIDE)
    assert two_lines([], NAMES, NARROW).startswith("<svg")
