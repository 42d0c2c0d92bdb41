"""The check that every text has its English finds each way in which one may not."""

from babel.messages.catalog import Catalog

from tools.check_translations import faults, gathered


def test_a_whole_catalogue_has_no_faults() -> None:
    assert _faults({"Spara": "Save"}) == []


def test_what_is_missing_or_empty_is_found() -> None:
    assert _faults({}) == ["missing: 'Spara' ()"]
    assert _faults({"Spara": ""}) == ["missing: 'Spara' ()"]


def test_what_is_unsure_is_found() -> None:
    assert _faults({"Spara": "Save"}, flags=("fuzzy",)) == ["fuzzy: 'Spara'"]


def test_what_no_page_shows_any_more_is_found() -> None:
    assert _faults({"Spara": "Save", "Kasta": "Discard"}) == ["no longer in the source: 'Kasta'"]


def test_placeholders_are_the_same() -> None:
    source, english = Catalog(), Catalog()
    for text, translated in {"%(antal)s delar": "%(number)s parts", "Till %(vem)s": "To %(vem)s"}.items():
        source.add(text)
        english.add(text, translated)

    assert list(faults(source, english)) == ["placeholders differ: '%(antal)s delar' -> '%(number)s parts'"]


def test_the_plural_may_leave_out_the_number_that_the_singular_says_in_words() -> None:
    source, english = Catalog(), Catalog()
    source.add(("En del", "%(num)s delar"))
    english.add(("En del", "%(num)s delar"), ("One part", "%(num)s parts"))

    assert list(faults(source, english)) == []


def test_texts_are_gathered_from_templates_and_code() -> None:
    places = {file.split("/")[0] for message in gathered() for file, _ in message.locations}

    assert {"coordination", "templates"} <= places


def _faults(translated: dict[str, str], flags: tuple[str, ...] = ()) -> list[str]:
    source, english = Catalog(), Catalog()
    source.add("Spara")
    for text, translation in translated.items():
        english.add(text, translation, flags=flags)
    return list(faults(source, english))
