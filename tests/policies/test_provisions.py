"""Secrecy provisions compare as the statute's lists do."""

import pytest

from policies.provisions import Provision, Span, held_by, touched_by


@pytest.mark.parametrize("text", ["26:1", "21:3 a", "23:2 st1", "26:1 a st2"])
def test_a_provision_is_written_as_it_is_read(text: str) -> None:
    assert str(Provision.parse(text)) == text


@pytest.mark.parametrize("text", ["", "26", "26:", "26:1-6", "26:1 A", "26:1 st", "OSL 26:1", "26:1 st1 "])
def test_what_is_no_provision_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a provision"):
        Provision.parse(text)


@pytest.mark.parametrize(
    ("span", "inside", "outside"),
    [
        ("26:1", ["26:1", "26:1 st2"], ["26:1 a", "26:2", "25:1"]),
        ("23:2 st1", ["23:2 st1"], ["23:2 st2", "23:2", "23:3 st1"]),
        ("25:1-8", ["25:1", "25:7", "25:8", "25:8 st1", "25:1 a"], ["25:8 a", "25:9", "24:8", "26:1"]),
        ("26:1-6", ["26:1 a st1", "26:6"], ["26:6 a", "26:7"]),
        ("21-40", ["21:1", "26:1", "40:7 g"], ["20:9", "18:1", "41:1"]),
    ],
)
def test_a_run_holds_its_first_and_its_last(span: str, inside: list[str], outside: list[str]) -> None:
    run = Span.parse(span)

    assert [text for text in inside if not run.holds(Provision.parse(text))] == []
    assert [text for text in outside if run.holds(Provision.parse(text))] == []


def test_doubt_about_the_paragraph_lifts_nothing_and_is_excepted() -> None:
    first = [Span.parse("26:1 a st1")]
    unsaid = Provision.parse("26:1 a")

    assert not held_by(first, unsaid)
    assert touched_by(first, unsaid)
    assert not touched_by(first, Provision.parse("26:1 a st2"))


@pytest.mark.parametrize("text", ["40-21", "25:8-1", "26:1 b-c", "kap 21"])
def test_a_run_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"before it begins|is not a provision"):
        Span.parse(text)
