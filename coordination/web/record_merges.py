"""Two people edit the same record: the second to save gets both versions side by side, chooses, and saves on top of the newest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, url_for
from werkzeug.datastructures import MultiDict

from coordination.cases import lists, merging, records, sheets
from coordination.cases.merging import Choice, Merge, Place, Side
from coordination.cases.records import Beside, RecordDraft
from coordination.cases.sheets import Read
from coordination.web import views
from coordination.web.drafting import Bar
from coordination.web.forms.records import RecordForm, sent
from coordination.web.presenting import merging as merge_views
from policies.permissions import Permission

SEEN, CHOICE, TEXT = "seen", "choice", "text"
"""Fields of the page: what its saved side was, how each clash is settled, and the text made of both."""

WRITTEN = frozenset({sheets.TITLE, sheets.HEADING, sheets.BODY})
"""Fields in which a text of both can be written."""


@dataclass(frozen=True, slots=True)
class Merging:
    """A merge on its way: the record as saved, what was typed and read, what it is held against, and the choices so far."""

    beside: Beside
    typed: RecordDraft
    read: Read | None
    seen: Read
    merge: Merge
    choices: Mapping[Place, Choice]


def arrived(record_id: UUID, values: MultiDict[str, str]) -> tuple[RecordForm, Merging | None]:
    """Return a record as it was sent. Where choices came along it is what they make; where some are missing, also the merge."""
    form = RecordForm(values)
    seen = Read.decode(values.get(SEEN))
    if seen is None:
        return form, None
    begun = between(record_id, form, seen, _choices(values))
    if any(place not in begun.choices for place in begun.merge.clashes):
        return form, begun
    settled = sheets.draft_of(merging.settle(begun.merge, begun.choices), seen, begun.typed.kind)
    kept = [(name, values[name]) for name in ("csrf_token", "draft") if name in values]
    return RecordForm(MultiDict([*sent(settled, seen), *kept])), None


def between(
    record_id: UUID, form: RecordForm, seen: Read | None = None, choices: Mapping[Place, Choice] | None = None
) -> Merging:
    """Hold what was typed against what was saved: as it is now, or as it was when somebody last chose."""
    beside, typed, read = records.beside(views.actor(), record_id), form.draft(), Read.decode(form.base.data)
    theirs, mine = sheets.sheet_of(beside.saved), sheets.sheet_of_typed(typed)
    if seen is not None and seen.version != beside.saved.version:
        then = sheets.sheet_of_read(seen, beside.versions, ())
        theirs = {key: fields for key, fields in then.items() if fields}
    base = sheets.sheet_of_read(read, beside.versions, [*theirs, *sheets.keys_of(typed)])
    merge = merging.merge(base, theirs, mine)
    return Merging(beside, typed, read, seen or sheets.read_of(beside.saved), merge, choices or {})


def page(begun: Merging, form: RecordForm, draft: Bar, *, asked: bool = False, status: int = 200) -> tuple[str, int]:
    """Render both versions side by side, with the choices to be made; ``asked`` before, and some were not made."""
    missing = asked and any(place not in begun.choices for place in begun.merge.clashes)
    record_id, reader = begun.beside.saved.id, views.reader({begun.beside.saved_by})
    shown = merge_views.page(begun.merge, begun.choices, {str(value): str(label) for value, label in _people(form)})
    return (
        render_template(
            "records/merge.html",
            form=form,
            merge=shown,
            missing=missing,
            draft=draft,
            hidden=[*sent(begun.typed, begun.read), (SEEN, begun.seen.encode())],
            who=merge_views.saved_by(begun.beside, reader, views.actor().user_id),
            case=lists.one(views.actor(), begun.beside.saved.case_id, Permission.CASE_RECORD_WRITE),
            record_id=record_id,
            edit_url=url_for("records.edit", record_id=record_id),
        ),
        views.UNPROCESSABLE if missing else status,
    )


def _people(form: RecordForm) -> Iterable[tuple[object, object]]:
    return [(value, label) for value, label, *_ in form.about.iter_choices()]


def _choices(values: MultiDict[str, str]) -> Mapping[Place, Choice]:
    """Return the choices sent; one that cannot be made is left out, and asked for again."""
    found = {}
    for name, value in values.items():
        kind, _, where = name.partition(":")
        item, _, field = where.partition(":")
        allowed = {Side.THEIRS, Side.MINE} | ({Side.EDITED} if field in WRITTEN else set())
        if kind == CHOICE and value in allowed:
            found[Place(item, field)] = Choice(Side(value), records.tidy(values.get(f"{TEXT}:{where}", "")))
    return found
