"""Two versions of a record side by side: what differs, said in words and marked in the text, and what there is to choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import LazyString, format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coordination.cases import sheets
from coordination.cases.merging import WHOLE, Choice, Fields, Item, Merge, Place, Side, Stretch, both, differences
from coordination.cases.records import Beside
from coordination.core.clock import STOCKHOLM
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written

LABELS: Mapping[str, LazyString] = {
    sheets.TITLE: _l("Rubrik"),
    sheets.OCCURRED_ON: _l("När det hände"),
    sheets.ABOUT: _l("Vem det handlar om"),
    sheets.HEADING: _l("Styckets rubrik"),
    sheets.BODY: _l("Text"),
    sheets.NATURE: _l("Vad är det?"),
}
FIXED: Mapping[str, LazyString] = {
    sheets.HEAD: _l("Rubrik, dag och vem det handlar om"),
    sheets.OWN_VIEW: _l("Den unges egen syn"),
    sheets.DISAGREEMENT: _l("Det den unge inte håller med om"),
}
PLAIN = frozenset({sheets.OCCURRED_ON, sheets.ABOUT, sheets.NATURE})
"""Fields with a value of few: one or the other, never both."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A choice to be made: the names of its fields, its options (value, label, chosen), and the text made of both if there can be one."""

    name: str
    legend: str
    options: Sequence[tuple[str, str, bool]]
    text_name: str = ""
    text: str = ""
    long: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A field in both versions, stretch by stretch; ``written`` is what somebody typed and not a word of the page's."""

    label: str
    theirs: Sequence[Stretch]
    mine: Sequence[Stretch]
    written: bool
    asked: Asked | None


@dataclass(frozen=True, slots=True)
class Compared:
    """An item in both versions: what has happened to it, in words; the fields that say something; what there is to choose."""

    label: str
    state: str
    tone: str
    theirs_there: bool
    mine_there: bool
    lines: Sequence[Line]
    asked: Asked | None


@dataclass(frozen=True, slots=True)
class MergePage:
    """What differs, and how many items are alike in both versions."""

    items: Sequence[Compared]
    alike: int
    choices: int


def page(merge: Merge, choices: Mapping[Place, Choice], people: Mapping[str, str]) -> MergePage:
    """Return a merge as its page shows it."""
    differing = [item for item in merge.items if item.theirs != item.mine]
    compared = [_compared(item, choices, people) for item in differing]
    return MergePage(compared, len(merge.items) - len(differing), len(merge.clashes))


def saved_by(beside: Beside, reader: Reader, user_id: UUID) -> tuple[str, datetime]:
    """Return who saved, as the beginning of a sentence, and when."""
    who = _("Du själv, i ett annat fönster,") if beside.saved_by == user_id else reader.name(beside.saved_by)
    return who, beside.saved_at.astimezone(STOCKHOLM)


def _compared(item: Item, choices: Mapping[Place, Choice], people: Mapping[str, str]) -> Compared:
    fields = dict.fromkeys([*(item.theirs or {}), *(item.mine or {})])
    state = _state(item)
    return Compared(
        label=_label(item),
        state=state,
        tone="warn" if item.clashes else "",
        theirs_there=item.theirs is not None,
        mine_there=item.mine is not None,
        lines=[_line(item, field, choices, people) for field in fields if _says(item, field)],
        asked=_whole(item, choices) if WHOLE in item.clashes else None,
    )


def _label(item: Item) -> str:
    if item.key in FIXED:
        return str(FIXED[item.key])
    said: Fields = item.theirs or item.mine or item.base or {}
    return Written(said.get(sheets.HEADING) or " ".join(said.get(sheets.BODY, "").split()[:6]))


def _state(item: Item) -> str:
    if item.clashes:
        return str(_("Ni har båda ändrat det här. Välj nedan."))
    if item.changed_by_me and item.changed_by_them:
        return str(_("Ni har båda ändrat, på olika ställen. Båda ändringarna kommer med."))
    return str((_MINE if item.changed_by_me else _THEIRS)[_happened(item)])


_MINE = {
    "added": _l("Nytt av dig. Det kommer med."),
    "removed": _l("Borttaget av dig. Det tas bort."),
    "changed": _l("Ändrat av dig. Det kommer med."),
}
_THEIRS = {
    "added": _l("Nytt i det sparade. Det kommer med."),
    "removed": _l("Borttaget i det sparade. Det tas bort."),
    "changed": _l("Ändrat i det sparade. Det kommer med."),
}


def _happened(item: Item) -> str:
    if item.base is None:
        return "added"
    return "removed" if item.merged is None else "changed"


def _says(item: Item, field: str) -> bool:
    theirs, mine = (side.get(field, "") if side else "" for side in (item.theirs, item.mine))
    return bool(theirs or mine) and (theirs != mine or field not in PLAIN)


def _line(item: Item, field: str, choices: Mapping[Place, Choice], people: Mapping[str, str]) -> Line:
    was = (item.base or {}).get(field, "")
    sides = [_shown(side, field, people) for side in (item.theirs, item.mine)]
    theirs, mine = sides if field in PLAIN else [_beside(was, side) for side in sides]
    asked = _asked(item, field, choices, people) if field in item.clashes else None
    return Line(str(LABELS[field]), theirs, mine, field not in PLAIN, asked)


def _shown(side: Fields | None, field: str, people: Mapping[str, str]) -> list[Stretch]:
    value = side.get(field, "") if side else ""
    return [Stretch("same", _value(field, value, people))] if value or field == sheets.ABOUT else []


def _beside(was: str, shown: list[Stretch]) -> list[Stretch]:
    return differences(was, shown[0].text) if shown and was else shown


def _value(field: str, value: str, people: Mapping[str, str]) -> str:
    if field == sheets.OCCURRED_ON:
        return str(format_date(date.fromisoformat(value), "long"))
    if field == sheets.ABOUT:
        return people.get(value) or str(_("Någon annan i ärendet"))
    if field == sheets.NATURE:
        return str(phrases.NATURES.get(value, ""))
    return value


def _asked(item: Item, field: str, choices: Mapping[Place, Choice], people: Mapping[str, str]) -> Asked:
    place = f"{item.key}:{field}"
    theirs, mine = ((side or {}).get(field, "") for side in (item.theirs, item.mine))
    chosen = choices.get(Place(item.key, field))
    plain = field in PLAIN
    side = chosen.side if chosen else None if plain else Side.EDITED
    labels = {Side.THEIRS: _("Det sparade"), Side.MINE: _("Ditt")}
    if plain:
        labels = {Side.THEIRS: _value(field, theirs, people), Side.MINE: _value(field, mine, people)}
    else:
        labels[Side.EDITED] = _("Texten här under, som du kan ändra")
    between = "\n\n" if field == sheets.BODY else " / "
    return Asked(
        name=f"choice:{place}",
        legend=_("Vad ska sparas?"),
        options=[(value.value, str(label), value is side) for value, label in labels.items()],
        text_name="" if plain else f"text:{place}",
        text="" if plain else (chosen.text if chosen and chosen.text else both(theirs, mine, between)),
        long=field == sheets.BODY,
    )


def _whole(item: Item, choices: Mapping[Place, Choice]) -> Asked:
    chosen = choices.get(Place(item.key, WHOLE))
    kept = Side.MINE if item.theirs is None else Side.THEIRS
    side = chosen.side if chosen else kept
    labels = {Side.THEIRS: _("Ta bort det, som i det sparade"), Side.MINE: _("Behåll ditt")}
    if kept is Side.THEIRS:
        labels = {Side.THEIRS: _("Behåll det sparade"), Side.MINE: _("Ta bort det, som du gjorde")}
    options = [(value.value, label, value is side) for value, label in labels.items()]
    return Asked(f"choice:{item.key}:", _("Vad ska sparas?"), options)
