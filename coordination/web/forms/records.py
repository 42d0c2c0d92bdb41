"""A record as typed: what, when, about whom, and its parts, each sealed and shared by itself."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from coordination.cases.content import Nature, PartKind, Text
from coordination.cases.reading import OpenPart, OpenRecord
from coordination.cases.records import LONGEST_HEADING, LONGEST_TEXT, PartDraft, RecordDraft
from coordination.cases.sheets import Read, read_of
from coordination.core import clock
from coordination.web.forms.common import DayField, OneField, PickField, choice_list, choices, picked, required
from coordination.web.presenting import phrases
from policies.record_kinds import RecordKind
from policies.singling_out import Warned, looked_at

MOST_PARTS = 40
_BODY = Length(max=LONGEST_TEXT, message=_("Ett stycke får ha högst 50 000 tecken. Dela upp texten."))
_HEADING = Length(max=LONGEST_HEADING, message=_("En rubrik får ha högst 200 tecken."))


class PartForm(Form):
    """One part of a record."""

    part_id = HiddenField()
    heading = StringField(_("Styckets rubrik"), [Optional(), _HEADING])
    body = TextAreaField(_("Text"), [Optional(), _BODY], render_kw={"rows": 6})
    nature = OneField(
        _("Vad är det?"),
        [picked(_("Välj om det är fakta eller en bedömning."))],
        choices=choices(phrases.NATURES),
        default="fact",
    )


class RecordForm(FlaskForm):
    """A record to be written or changed."""

    kind = PickField(_("Slag"), [picked(_("Välj slag."))])
    occurred_on = DayField(_("När det hände"), _("Skriv ett datum, till exempel 2026-11-12."))
    about = PickField(_("Vem det handlar om"), [Optional()])
    title = StringField(
        _("Rubrik"), [required(_("Skriv en rubrik.")), _HEADING], description=_("Syns bara i ärendet, aldrig i listor.")
    )
    parts = FieldList(FormField(PartForm), min_entries=1, max_entries=MOST_PARTS)
    own_view_id = HiddenField()
    own_view = TextAreaField(
        _("Den unges egen syn"),
        [Optional(), _BODY],
        description=_("Vad den unge själv säger om det här. Delas för sig."),
        render_kw={"rows": 3},
    )
    disagreement_id = HiddenField()
    disagreement = TextAreaField(
        _("Det den unge inte håller med om"),
        [Optional(), _BODY],
        description=_("Skriv det så som den unge vill ha det sagt. Delas för sig."),
        render_kw={"rows": 3},
    )
    version = HiddenField()
    base = HiddenField()
    go_on = BooleanField(_("Spara texten som den är"))
    anonymous = False
    """Whether the case is in the consultation, where nobody may be singled out; set by whoever shows the form."""
    warned: Warned | None = None
    """What the texts tell together that may single somebody out, when that is enough to warn."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and in the consultation also whether the texts together single somebody out: that warns once."""
        holds = bool(super().validate(extra_validators))
        if not self.anonymous:
            return holds
        draft = self.draft()
        found = looked_at(draft.title, *(f"{part.heading}\n{part.body}" for part in draft.parts))
        self.warned = found if found.singles_out else None
        if self.warned is None or self.go_on.data:
            return holds
        self.go_on.errors = [
            *self.go_on.errors,
            _("Läs varningen. Skriv om texten, eller kryssa i att den ska sparas ändå."),
        ]
        return False

    def offer(self, kinds: Sequence[RecordKind], people: Sequence[tuple[UUID, str]]) -> None:
        """Offer the kinds the agency may write, and the people of the case."""
        self.labels = {kind.id: phrases.in_language(kind.label_sv, kind.label_en) for kind in kinds}
        self.kind.choices = choice_list(self.labels.items())
        self.about.choices = choice_list([("", _("Ärendet i sin helhet")), *people])

    def begin(self, kind: str) -> None:
        """Fill in what a new record begins with: today, and the kind that was asked for if the agency writes it."""
        self.occurred_on.data = clock.today()
        if kind in self.labels:
            self.kind.data, self.title.data = kind, self.labels[kind]

    def fill(self, record: OpenRecord) -> None:
        """Fill in a record as it is."""
        self.kind.data, self.occurred_on.data = record.kind, record.occurred_on
        self.about.data = str(record.about_person_id or "")
        self.version.data, self.base.data = str(record.version), read_of(record).encode()
        title = record.part(PartKind.TITLE)
        self.title.data = _body(title)
        while self.parts.entries:
            self.parts.pop_entry()
        for part in record.parts:
            if part.kind is PartKind.TEXT and isinstance(part.content, Text):
                values = {"part_id": str(part.id), "heading": part.content.heading, "body": part.content.body}
                self.parts.append_entry({**values, "nature": part.nature.value})
        self._fill_own(record)

    def add_part(self) -> None:
        """Give room for one part more."""
        if len(self.parts.entries) < MOST_PARTS:
            self.parts.append_entry({})

    def draft(self) -> RecordDraft:
        """Return the record as typed."""
        return RecordDraft(
            kind=self.kind.data,
            occurred_on=self.occurred_on.data or clock.today(),
            about_person_id=_id(self.about.data),
            title=self.title.data or "",
            parts=[*map(_part, self.parts.entries), *self._own()],
        )

    def _fill_own(self, record: OpenRecord) -> None:
        view, disagreement = record.part(PartKind.OWN_VIEW), record.part(PartKind.DISAGREEMENT)
        self.own_view_id.data, self.own_view.data = str(view.id) if view else "", _body(view)
        self.disagreement_id.data = str(disagreement.id) if disagreement else ""
        self.disagreement.data = _body(disagreement)

    def _own(self) -> list[PartDraft]:
        kinds = ((PartKind.OWN_VIEW, self.own_view), (PartKind.DISAGREEMENT, self.disagreement))
        ids = (self.own_view_id.data, self.disagreement_id.data)
        return [
            PartDraft(kind, Nature.NONE, "", field.data or "", _id(part_id))
            for (kind, field), part_id in zip(kinds, ids, strict=True)
        ]


def sent(draft: RecordDraft, read: Read | None) -> list[tuple[str, str]]:
    """Return a record as a browser would send it that had been filled in with ``read``."""
    texts = [part for part in draft.parts if part.kind is PartKind.TEXT] or [
        PartDraft(PartKind.TEXT, Nature.FACT, "", "")
    ]
    return [
        ("kind", draft.kind),
        ("occurred_on", draft.occurred_on.isoformat()),
        ("about", str(draft.about_person_id or "")),
        ("title", draft.title),
        *((f"parts-{place}-{name}", value) for place, part in enumerate(texts) for name, value in _sent(part)),
        *_sent_alone(draft),
        ("version", str(read.version) if read else ""),
        ("base", read.encode() if read else ""),
    ]


class AttachmentForm(FlaskForm):
    """One file."""

    file = FileField(
        _("Fil"),
        [FileRequired(_("Välj en fil."))],
        description=_("PDF, bild, text, Word, Excel eller OpenDocument, högst 20 MB. Namnet förseglas som innehållet."),
    )


def _part(entry: Any) -> PartDraft:
    form = entry.form
    nature = Nature(form.nature.data) if form.nature.data in set(Nature) else Nature.FACT
    return PartDraft(PartKind.TEXT, nature, form.heading.data or "", form.body.data or "", _id(form.part_id.data))


def _sent(part: PartDraft) -> list[tuple[str, str]]:
    values = {"part_id": str(part.part_id or ""), "heading": part.heading, "body": part.body}
    nature = Nature.FACT if part.empty and part.nature is Nature.NONE else part.nature
    return list({**values, "nature": nature.value}.items())


def _sent_alone(draft: RecordDraft) -> list[tuple[str, str]]:
    kinds = {PartKind.OWN_VIEW: "own_view", PartKind.DISAGREEMENT: "disagreement"}
    alone = [(kinds[part.kind], part) for part in draft.parts if part.kind in kinds]
    return [pair for name, part in alone for pair in ((f"{name}_id", str(part.part_id or "")), (name, part.body))]


def _id(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def _body(part: OpenPart | None) -> str:
    return part.content.body if part is not None and isinstance(part.content, Text) else ""
