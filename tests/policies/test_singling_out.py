"""The check that warns when a consultation singles somebody out, measured on texts as they are written."""

import pytest

from policies.singling_out import SENTENCES, Trait, looked_at

SINGLES_OUT = (
    "En pojke, 15 år, på Norrbyskolan slog en annan elev i lördags.",
    "Flicka i nian på Vikenskolan som var med vid bråket den 3 oktober.",
    "Fjortonåring från Norrstrand, går i Solbergs skola.",
    "Killen går i 8B på Rosenborgsskolan och bor på Färjestadsvägen.",
    "16-åring som blev hämtad vid Kronoparkens centrum natten till söndag.",
    "Han är 13 år och rånade någon vid Stora Torget i fredags, bor i Rud.",
    "Född 2011, elev på Hultsbergsskolan, filmades 2026-11-14.",
    "Elev i årskurs 7 på Sundstagymnasiet, setts vid Mariebergsparken i går.",
    "Tjej, tolv år, har setts på Kroppkärr klockan 23 flera gånger.",
    "Elev på Älvkullegymnasiet som misshandlades vid Drottninggatan den 12 november.",
)
HARMLESS = (
    "En ung person har slutat gå till skolan och vi undrar vad andra har prövat.",
    "Kille, 15 år, har nya vänner som är äldre. Hur kan fritiden hjälpa till?",
    "Det har varit bråk vid Stora Torget flera kvällar.",
    "Familjen vill ha stöd men är rädd för myndigheter.",
    "Hon går i nian och mår dåligt. Vem kan träffa henne?",
    "Vi behöver veta om någon av er har en gruppverksamhet för unga i högstadiet.",
    "I lördags var det stökigt i flera delar av kommunen.",
    "Den unge har frågat efter hjälp att byta umgänge. Skolan och fritiden behövs.",
    "Någon på Norrbyskolan har berättat att det säljs droger utanför.",
    "Vi har prövat eget stöd i tre månader. Det räcker inte.",
)


def test_the_check_finds_most_of_what_singles_out_and_lets_the_rest_be() -> None:
    found = [text for text in SINGLES_OUT if looked_at(text).singles_out]
    wrongly = [text for text in HARMLESS if looked_at(text).singles_out]

    assert len(found) >= 9, sorted(set(SINGLES_OUT) - set(found))
    assert wrongly == []


@pytest.mark.parametrize(
    ("text", "traits"),
    [
        ("15 år", {Trait.AGE}),
        ("i åttan", {Trait.AGE}),
        ("Norrbyskolan", {Trait.SCHOOL}),
        ("vid Stora Torget", {Trait.PLACE}),
        ("den 3 oktober", {Trait.EVENT}),
        ("Polisen och Skolan träffas", set()),
        ("", set()),
    ],
)
def test_each_trait_is_told_by_itself(text: str, traits: set[Trait]) -> None:
    assert set(looked_at(text).traits) == traits
    assert not looked_at(text).singles_out


def test_what_stands_in_several_parts_is_read_together() -> None:
    assert looked_at("15 år", "Norrbyskolan", "i lördags").singles_out
    assert all(SENTENCES[trait] for trait in Trait)
