"""Forms of the case itself: its person, its phase, its parties and handlers, and search."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from coordination.cases.people import JOINT, PersonDraft
from coordination.cases.queries import SUBJECT
from coordination.cases.search import Search
from coordination.web.forms.common import (
    LONG,
    SHORT,
    DayField,
    MomentField,
    OneField,
    PickField,
    choice_list,
    choices,
    picked,
    required,
)
from coordination.web.presenting import phrases
from policies.case_roles import CASE_ROLES
from policies.methods import METHODS


class SubjectForm(FlaskForm):
    """The young person a new case is about."""

    given_name = StringField(_("Förnamn"), [required(_("Skriv förnamnet.")), SHORT])
    family_name = StringField(_("Efternamn"), [required(_("Skriv efternamnet.")), SHORT])
    number = StringField(
        _("Personnummer eller samordningsnummer"),
        [Optional(), SHORT],
        description=_("Tio eller tolv siffror. Lämna tomt om det inte finns, och skriv födelsedatum i stället."),
    )
    birth_date = DayField(_("Födelsedatum"), _("Skriv ett datum, till exempel 2011-03-05."), optional=True)
    contact = TextAreaField(
        _("Kontaktuppgifter"), [Optional(), LONG], description=_("Telefon, adress, hur hen helst vill bli kontaktad.")
    )
    protection = OneField(
        _("Skyddade personuppgifter"),
        [picked(_("Välj vilket skydd personen har."))],
        choices=choices(phrases.PROTECTIONS),
        default="none",
        description=_("Med skydd ser bara de som är utsedda att ärendet finns."),
    )

    def draft(self) -> PersonDraft:
        """Return the person as typed."""
        return self._draft(SUBJECT, "")

    def _draft(self, role: str, reason: str) -> PersonDraft:
        return PersonDraft(
            role=role,
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            number=self.number.data or "",
            birth_date=self.birth_date.data,
            contact=self.contact.data or "",
            protection=self.protection.data,
            reason=reason,
        )


class NewCaseForm(SubjectForm):
    """A new case: by which method, when the matter was raised, and the young person if the agency has somebody to name."""

    method = OneField(_("Metod"), [picked(_("Välj metod."))], default=METHODS[0])
    raised_at = MomentField(
        _("När togs frågan upp?"),
        _("Skriv dag och tid, till exempel 2026-11-30 18:00."),
        optional=True,
        description=_("Lämna tomt om det var nyss. Från då räknas tiden till den första gemensamma åtgärden."),
    )
    given_name = StringField(_("Förnamn"), [Optional(), SHORT])
    family_name = StringField(_("Efternamn"), [Optional(), SHORT])

    def __init__(self, **options: Any) -> None:
        """Offer every method."""
        super().__init__(**options)
        self.method.choices = choice_list((name, phrases.METHODS[name]) for name in METHODS)

    def raised(self) -> datetime | None:
        """Return when the matter was raised, if that was said."""
        return self.raised_at.moment if self.raised_at.data is not None else None

    def names_somebody(self) -> bool:
        """Tell whether anything was typed about the young person."""
        typed = (self.given_name, self.family_name, self.number, self.birth_date, self.contact)
        return any(field.data for field in typed) or self.protection.data != "none"


class PersonForm(SubjectForm):
    """Somebody else with a part in the case."""

    role = OneField(_("Del i ärendet"), [picked(_("Välj vilken del personen har i ärendet."))])
    reason = TextAreaField(
        _("Varför är personen med?"),
        [Optional(), LONG],
        description=_("Behövs för alla utom den unge och vårdnadshavare. Förseglas tillsammans med namnet."),
    )
    custody = PickField(
        _("Vårdnadshavarens del i vårdnaden"),
        [Optional()],
        description=_("Bara för vårdnadshavare. Den avgör vems ja som behövs. Förseglas tillsammans med namnet."),
    )

    def __init__(self, **options: Any) -> None:
        """Offer every part in the case."""
        super().__init__(**options)
        self.role.choices = choice_list((role.value, phrases.role(role)) for role in CASE_ROLES)
        self.custody.choices = choice_list(phrases.custody_choices())

    def draft(self) -> PersonDraft:
        """Return the person as typed."""
        return replace(self._draft(self.role.data, self.reason.data or ""), custody=self.custody.data or JOINT)


class ReasonForm(FlaskForm):
    """Why a protected identity is opened."""

    reason = TextAreaField(
        _("Skäl"),
        [required(_("Skriv varför du behöver öppna uppgifterna.")), LONG],
        description=_("Till exempel ”Ringa vårdnadshavaren inför mötet i morgon”. Skälet sparas och granskas."),
    )


class InviteForm(FlaskForm):
    """The agency that is to take part."""

    agency = OneField(_("Part"), [picked(_("Välj en part i listan."))])

    def offer(self, agencies: Sequence[tuple[UUID, str]]) -> None:
        """Offer these agencies."""
        self.agency.choices = choice_list(agencies)


class AssignForm(FlaskForm):
    """The colleague who is to work in the case."""

    user = PickField(_("Kollega"), [picked(_("Välj en kollega."))])
    named_for_protected = BooleanField(
        _("Får öppna skyddade personuppgifter"),
        description=_("Utse så få som möjligt. Den som inte är utsedd ser inte ett ärende där den unge har skydd."),
    )

    def offer(self, colleagues: Sequence[tuple[UUID, str]]) -> None:
        """Offer these colleagues."""
        self.user.choices = choice_list([("", _("Välj")), *colleagues])


class ConfirmForm(FlaskForm):
    """Nothing to fill in: the button says it."""


class SearchForm(FlaskForm):
    """Words to search for; sent in the body, for they are personal data."""

    query = StringField(_("Namn, personnummer eller ärendenummer"), [required(_("Skriv vad du söker.")), SHORT])
    after = HiddenField()

    def search(self, after: UUID | None) -> Search:
        """Return a search within one's own assignments."""
        return Search(self.query.data or "", wide=False, reason="", after=after)


class WideSearchForm(SearchForm):
    """A search through all of the agency's cases, for which a reason is stated."""

    wide = BooleanField(_("Sök i alla partens ärenden"))
    reason = StringField(
        _("Skäl"),
        [Optional(), SHORT],
        description=_("Behövs när du söker utanför dina egna uppdrag. Skälet sparas i loggen."),
    )

    def search(self, after: UUID | None) -> Search:
        """Return a search, wide if asked for."""
        return Search(self.query.data or "", wide=bool(self.wide.data), reason=self.reason.data or "", after=after)
