"""The attachments of the demo are what their names say."""

from io import BytesIO

import puremagic
import pytest

from coordination.demo import files


@pytest.mark.parametrize(("name", "kind"), [("a.pdf", "application/pdf"), ("a.png", "image/png")])
def test_a_file_is_recognised_by_its_content(name: str, kind: str) -> None:
    content = files.content(name, "Rubrik (1)", ["Rad med å, ä och ö", "Rad två"])

    assert kind in {match.mime_type for match in puremagic.magic_stream(BytesIO(content))}


def test_a_text_says_what_it_was_given() -> None:
    assert files.content("a.txt", "Rubrik", ["Å", "ä"]).decode() == "Rubrik\n\nÅ\nä\n"


def test_the_table_of_a_pdf_points_at_its_objects() -> None:
    content = files.pdf("Rubrik", ["Rad"])
    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    places = [int(line[:10]) for line in content[start:].splitlines()[3:8]]

    assert [content[place:].split(b" ")[0] for place in places] == [b"1", b"2", b"3", b"4", b"5"]


def test_two_pictures_differ_and_one_is_always_the_same() -> None:
    assert files.png("a") == files.png("a") != files.png("b")


def test_other_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="no such kind"):
        files.content("a.exe", "", [])
