"""The tables of mappings and plans: whole as they are, refused where they are wrong, and a municipality may lay its own over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from policies.planning import Direction, areas, factors, is_clear, plan_table, scale
from policies.tables import TableError

STEP = '[[step]]\nid = "{id}"\nlabel_sv = "x"\nlabel_en = "x"\nclear = {clear}\n'
STATUS = '[[{table}]]\nid = "{id}"\nlabel_sv = "x"\nlabel_en = "x"\neasy_sv = "x"\neasy_en = "x"\nover = {over}\n'
PROTECTED = ("EARL", "SAVRY", "ESTER", "BRA")


def _overlay(folder: Path, file: str, text: str) -> Path:
    path = folder / "kommunen" / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder / "kommunen"


def test_every_area_has_factors_that_make_it_harder_or_easier_each_explained_in_one_sentence() -> None:
    for area in areas():
        assert [one for one in factors().values() if one.area == area]
    for factor in factors().values():
        assert factor.source
        for text in (factor.means.sv, factor.means.en):
            assert text.endswith(".")
            assert text.count(". ") == 0
    assert {one.direction for one in factors().values()} == set(Direction)


def test_no_protected_instrument_is_named_or_copied() -> None:
    said = " ".join(f"{one.label.sv} {one.label.en} {one.source}" for one in factors().values())

    assert [name for name in PROTECTED if name in said.split()] == []


def test_the_scale_goes_from_nothing_to_clear() -> None:
    assert [step.value for step in scale()] == [0, 1, 2, 3, 4]
    assert [is_clear(value) for value in range(-1, 6)] == [False, False, False, False, True, True, False]


def test_a_plan_begins_somewhere_and_ends_somewhere() -> None:
    table = plan_table()

    assert not next(iter(table.goals.values())).over
    assert [row.id for row in table.actions.values() if row.over] == ["done", "cancelled"]
    assert table.escalate_days == 7


def test_a_municipality_lays_its_own_factor_over_ours(tmp_path: Path) -> None:
    own = (
        '[[factor]]\nid = "absence"\narea = "school"\ndirection = "risk"\nlabel_sv = "Skolk"\nlabel_en = "Truancy"\n'
        'means_sv = "Egen."\nmeans_en = "Own."\nsource = "Kommunen"\n'
    )
    overlay = _overlay(tmp_path, "methods/factors.toml", own)

    laid = factors(overlay)

    assert laid["absence"].label.sv == "Skolk"
    assert laid.keys() == factors().keys()


@pytest.mark.parametrize(
    ("load", "file", "text", "problem"),
    [
        (scale, "factors", STEP.format(id="7", clear="true"), "the steps must be 0, 1, 2"),
        (scale, "factors", STEP.format(id="4", clear="false"), "only the highest steps"),
        (scale, "factors", STEP.format(id="0", clear="true"), "only the highest steps"),
        (scale, "factors", STEP.format(id="-1", clear="true"), "must be a whole number in quotes"),
        (
            factors,
            "factors",
            (
                '[[factor]]\nid = "x"\narea = "moon"\ndirection = "risk"\nlabel_sv = "x"\nlabel_en = "x"\nmeans_sv = "x"\n'
                'means_en = "x"\nsource = "x"\n'
            ),
            "'moon' is not one of family",
        ),
        (plan_table, "plan", '[[clock]]\nid = "other"\ndays = 3\n', "there is one clock"),
        (
            plan_table,
            "plan",
            "".join(STATUS.format(table="action_status", id=one, over="false") for one in ("done", "cancelled")),
            "the first of action_status begins, and some other ends",
        ),
    ],
)
def test_a_wrong_table_is_refused(
    tmp_path: Path, load: Callable[[Path], object], file: str, text: str, problem: str
) -> None:
    overlay = _overlay(tmp_path, f"methods/{file}.toml", text)

    with pytest.raises(TableError, match=problem):
        load(overlay)
