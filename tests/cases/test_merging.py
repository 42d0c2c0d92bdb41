"""The merge of two edits: nothing that either did is lost unless somebody chose so."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coordination.cases.merging import (
    ADDED,
    STRUCK,
    UNKNOWN,
    WHOLE,
    Choice,
    Fields,
    Place,
    Sheet,
    Side,
    both,
    differences,
    merge,
    settle,
)
from coordination.cases.sheets import PartRead, Read
from coordination.core.ids import new_id

FIELDS = ("heading", "body")
WORDS = st.sampled_from(["", "ett", "två", "tre"])
ITEM = st.fixed_dictionaries(dict.fromkeys(FIELDS, WORDS))
KEEP, REMOVE = {"kept": ""}, {"removed": ""}
EDITS = st.one_of(st.just(KEEP), st.just(REMOVE), ITEM)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Sheet, Sheet, Sheet]:
    """A sheet and two edits of it: each keeps, changes or removes every item, and adds some."""
    base = draw(st.dictionaries(st.sampled_from("abc"), ITEM))
    return base, _edit(draw, base, "theirs"), _edit(draw, base, "mine")


def _edit(draw: st.DrawFn, base: Sheet, who: str) -> Sheet:
    made: dict[str, Fields] = {}
    for key, fields in base.items():
        edit = draw(EDITS)
        if edit != REMOVE:
            made[key] = fields if edit == KEEP else edit
    added = draw(st.lists(ITEM, max_size=2))
    return made | {f"{who}-{number}": fields for number, fields in enumerate(added)}


def _all(side: Side, places: list[Place], text: str = "") -> Mapping[Place, Choice]:
    return {place: Choice(side, text) for place in places}


@given(edited())
def test_what_one_changed_and_the_other_did_not_is_in_the_result_whatever_is_chosen(
    sheets: tuple[Sheet, Sheet, Sheet],
) -> None:
    base, theirs, mine = sheets
    merged = merge(base, theirs, mine)

    for side in (Side.THEIRS, Side.MINE):
        result = settle(merged, _all(side, merged.clashes))
        for one, other in ((theirs, mine), (mine, theirs)):
            for key, fields in one.items():
                if key not in base:
                    assert fields in result.values()
                elif other.get(key) == base[key]:
                    assert result[key] == fields
                elif key in other:
                    untouched = [name for name in FIELDS if other[key][name] == base[key][name]]
                    assert [result[key][name] for name in untouched] == [fields[name] for name in untouched]
            assert not any(key in result for key in base if key not in one and other.get(key) == base[key])


@given(edited())
def test_a_clash_is_there_only_where_both_changed_to_different_things_and_either_can_be_had(
    sheets: tuple[Sheet, Sheet, Sheet],
) -> None:
    base, theirs, mine = sheets
    merged = merge(base, theirs, mine)
    items = {item.key: item for item in merged.items}

    for key, field in merged.clashes:
        assert theirs.get(key) != base.get(key) != mine.get(key) != theirs.get(key)
        for side, sheet in ((Side.THEIRS, theirs), (Side.MINE, mine)):
            result = settle(merged, _all(side, merged.clashes))
            if field == WHOLE:
                assert result.get(key) == sheet.get(key)
            else:
                assert result[key][field] == sheet[key][field]
        if field != WHOLE:
            written = settle(
                merged, {**_all(Side.MINE, merged.clashes), Place(key, field): Choice(Side.EDITED, "nytt")}
            )
            assert written[key][field] == "nytt"
    assert {key for key in theirs if key not in items} == set()


@given(edited())
def test_merging_is_deterministic_and_equal_edits_do_not_clash(sheets: tuple[Sheet, Sheet, Sheet]) -> None:
    base, theirs, mine = sheets

    assert merge(base, theirs, mine) == merge(base, theirs, mine)
    assert merge(base, mine, mine).clashes == []
    assert settle(merge(base, mine, mine), {}) == mine
    assert settle(merge(base, base, mine), {}) == mine
    assert settle(merge(base, theirs, base), {}) == theirs
    assert {(place.item, place.field) for place in merge(base, theirs, mine).clashes} == {
        (place.item, place.field) for place in merge(base, mine, theirs).clashes
    }


@given(edited())
def test_the_same_new_item_in_both_is_one_item(sheets: tuple[Sheet, Sheet, Sheet]) -> None:
    base, theirs, _ = sheets
    retyped = {f"mine-{key}": fields for key, fields in theirs.items() if key not in base}
    mine = {**base, **retyped}

    assert settle(merge(base, theirs, mine), {}) == theirs


def test_of_what_nobody_can_tell_any_longer_each_difference_is_asked_about() -> None:
    theirs, mine = {"a": {"body": "ett"}, "b": {"body": "två"}}, {"a": {"body": "tre"}, "c": {"body": "fyra"}}

    merged = merge(dict.fromkeys("abc", UNKNOWN), theirs, mine)

    assert merged.clashes == [Place("a", "body"), Place("b", WHOLE), Place("c", WHOLE)]


def test_what_a_form_had_read_comes_back_and_nothing_else_is_taken_for_it() -> None:
    read = Read(3, "2026-11-22", "", {"title": PartRead(new_id(), 2, "none")})

    assert Read.decode(read.encode()) == read
    assert Read.decode(replace(read, about=str(new_id())).encode()) is not None
    for sent in (
        None,
        "",
        "x",
        "[]",
        "{}",
        '[1,"i går","",{}]',
        '[1,"2026-11-22","x",{}]',
        '[1,"2026-11-22","",{"a":[1]}]',
        '["x","2026-11-22","",{}]',
        '[1,"2026-11-22","",[]]',
    ):
        assert Read.decode(sent) is None


@given(st.text("ab \n", max_size=30), st.text("ab \n", max_size=30))
def test_differences_hold_both_texts_and_both_texts_in_one_hold_each(before: str, after: str) -> None:
    stretches = differences(before, after)

    assert "".join(stretch.text for stretch in stretches if stretch.kind != STRUCK) == after
    assert "".join(stretch.text for stretch in stretches if stretch.kind != ADDED) == before
    assert before in both(before, after)
    assert after in both(before, after)
