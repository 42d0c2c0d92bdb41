"""A mapping as typed: statements about areas of life, and factors on a scale."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from coordination.cases.content import Nature
from coordination.cases.reading import OpenRecord
from coordination.core import clock
from coordination.planning import mapping
from coordination.planning.mapping import MappingDraft, Rating, Statement
from coordination.web.forms.common import DayField, OneField, PickField, choice_list, choices
from coordination.web.presenting import phrases
from policies.planning import areas, factors, scale

MOST_STATEMENTS = 40


def _areas() -> list[Any]:
    return choice_list((area.id, phrases.said(area.label)) for area in areas().values())


def _steps() -> list[Any]:
    steps = [(str(step.value), f"{step.value} {phrases.lower_first(phrases.said(step.label))}") for step in scale()]
    return choice_list([("", _("Inte bedömd")), *steps])


class StatementForm(Form):
    """One statement. What is wrong with it is said by the service, on top of the form: a field of a field has no place of its own."""

    part_id = HiddenField()
    area = PickField(_("Livsområde"), choices=_areas)
    source = StringField(
        _("Källa"),
        [Optional()],
        description=_("Vem som har sagt eller sett det: till exempel Mentor, Polisanmälan eller Den unge."),
    )
    body = TextAreaField(_("Påstående"), [Optional()], render_kw={"rows": 3})
    nature = OneField(
        _("Vad är det?"),
        [Optional()],
        choices=choices(phrases.NATURES),
        default="fact",
    )


class RatingForm(Form):
    """One factor."""

    part_id = HiddenField()
    factor = HiddenField()
    value = PickField(_("Värde"), choices=_steps)
    why = StringField(_("Vad bygger det på?"), [Optional()])


class MappingForm(FlaskForm):
    """A mapping to be written or changed."""

    on = DayField(_("Dag för kartläggningen"), _("Skriv ett datum, till exempel 2026-11-12."))
    statements = FieldList(FormField(StatementForm), _("Påståenden"), min_entries=1, max_entries=MOST_STATEMENTS)
    ratings = FieldList(FormField(RatingForm), _("Faktorer"))
    version = HiddenField()

    def begin(self) -> None:
        """Fill in what a new mapping begins with: today, and every factor not rated."""
        self.on.data = clock.today()
        self._fill_ratings({})

    def fill(self, record: OpenRecord) -> None:
        """Fill in a mapping as it is, with room for one statement more."""
        self.on.data, self.version.data = record.occurred_on, str(record.version)
        while self.statements.entries:
            self.statements.pop_entry()
        for said in mapping.stated(record):
            kept = {"area": said.area, "source": said.source, "body": said.body, "nature": said.part.nature.value}
            self.statements.append_entry({**kept, "part_id": str(said.part.id)})
        self.add_statement()
        self._fill_ratings({one.factor: one for one in mapping.rated(record)})

    def rebase(self, record: OpenRecord) -> None:
        """Let what was typed stand on what somebody else has saved meanwhile: the next save is made knowing of it."""
        self.version.data = str(record.version)
        there = {str(part.id) for part in record.parts}
        by_factor = {one.factor: str(one.part.id) for one in mapping.rated(record)}
        for said in self.statements.entries:
            if said.form.part_id.data not in there:
                said.form.part_id.data = ""
        for rating in self.ratings.entries:
            rating.form.part_id.data = by_factor.get(rating.form.factor.data or "", "")

    def add_statement(self) -> None:
        """Give room for one statement more."""
        if len(self.statements.entries) < MOST_STATEMENTS:
            self.statements.append_entry({})

    def draft(self) -> MappingDraft:
        """Return the mapping as typed."""
        return MappingDraft(
            self.on.data or clock.today(),
            [_statement(entry.form) for entry in self.statements.entries],
            [_rating(entry.form) for entry in self.ratings.entries],
        )

    def _fill_ratings(self, rated: Mapping[str, mapping.Rated]) -> None:
        while self.ratings.entries:
            self.ratings.pop_entry()
        for factor_id in factors():
            one = rated.get(factor_id)
            kept = {"value": str(one.value), "why": one.why, "part_id": str(one.part.id)} if one else {}
            self.ratings.append_entry({"factor": factor_id, **kept})


def _statement(form: Any) -> Statement:
    nature = Nature(form.nature.data) if form.nature.data in set(Nature) else Nature.FACT
    part_id = _id(form.part_id.data)
    return Statement(form.area.data or "", form.source.data or "", form.body.data or "", nature, part_id)


def _rating(form: Any) -> Rating:
    value = int(form.value.data) if (form.value.data or "").isdecimal() else None
    return Rating(form.factor.data or "", value, form.why.data or "", _id(form.part_id.data))


def _id(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
