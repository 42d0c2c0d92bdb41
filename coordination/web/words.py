"""Swedish words for the codes of identity: what went wrong, kinds of agencies, roles; and how an agency is drawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import Form

from coordination.core.errors import DomainError, Invalid
from policies.permissions import ROLE_NAMES, AgencyKind, EmployerType, Role

FAULTS: Mapping[str, LazyString] = {
    "agency_closed": _("Parten är stängd."),
    "agency_kind_is_fixed": _("Slaget av part kan inte ändras. Lägg upp en ny part."),
    "copies_decision_missing": _("Skriv vilket beslut om gallring det är. Utan beslut får kopior inte gallras genast."),
    "email_taken": _("Det finns redan en användare med den e-postadressen."),
    "employer_missing": _("Välj vem som är arbetsgivare. Det avgör vilken sekretess som gäller."),
    "employer_only_for_outreach": _("Arbetsgivare anges bara för uppsökande arbete."),
    "field_empty": _("Fyll i fältet."),
    "last_second_factor": _("Det är ditt enda sätt att bekräfta inloggningen. Lägg till ett annat först."),
    "link_spent": _("Länken har redan använts."),
    "mark_is_two_letters": _("Skriv två bokstäver."),
    "name_taken": _("Det finns redan en part med det namnet i kommunen."),
    "own_account_is_handled_by_another": _("Det gäller ditt eget konto. Be en annan administratör."),
    "own_agency_cannot_be_closed": _("Du arbetar i parten och kan inte stänga den."),
    "own_roles_are_changed_by_another": _("Dina egna roller ändras av en annan administratör."),
    "passkey_gone": _("Passnyckeln finns inte längre."),
    "passkey_refused": _("Passnyckeln kunde inte läggas till. Försök igen."),
    "passkeys_too_many": _("Du har redan tio passnycklar. Ta bort en först."),
    "password_and_second_factor_lost": _(
        "Både lösenord och andra faktor är borta. Avsluta användaren och bjud in på nytt. "
        "Då följer inga ärenden med, och chefen utser på nytt."
    ),
    "password_common": _("Lösenordet är för lätt att gissa. Välj till exempel fyra ord som inte hör ihop."),
    "password_contains_own_name": _("Lösenordet innehåller ditt namn eller din e-postadress. Välj ett annat."),
    "password_too_long": _("Lösenordet får ha högst 200 tecken."),
    "password_too_short": _("Lösenordet ska ha minst 12 tecken."),
    "role_is_held_alone": _("Administratör och regional samordnare kan inte ha andra roller."),
    "role_missing": _("Välj minst en roll."),
    "role_not_in_this_kind_of_agency": _("Rollen finns inte i den här sortens part."),
    "user_has_not_joined": _("Användaren har inte börjat än. Skapa en ny länk i stället."),
}

KINDS: Mapping[AgencyKind, LazyString] = {
    AgencyKind.SOCIAL_SERVICES: _("Socialtjänst"),
    AgencyKind.POLICE: _("Polis"),
    AgencyKind.SCHOOL_HEALTH: _("Elevhälsa"),
    AgencyKind.SCHOOL: _("Skola"),
    AgencyKind.OUTREACH: _("Uppsökande arbete"),
    AgencyKind.LEISURE: _("Fritid"),
    AgencyKind.REGION: _("Region, hälso- och sjukvård"),
    AgencyKind.RESCUE: _("Räddningstjänst"),
    AgencyKind.VICTIM_SUPPORT: _("Stöd till brottsutsatta"),
    AgencyKind.HOUSING: _("Bostadsbolag"),
    AgencyKind.CIVIL_SOCIETY: _("Förening eller stiftelse"),
}

EMPLOYERS: Mapping[EmployerType, LazyString] = {
    EmployerType.SOCIAL: _("Socialnämnden"),
    EmployerType.EDUCATION: _("Utbildningsnämnden"),
    EmployerType.MUNICIPAL: _("Annan nämnd i kommunen"),
    EmployerType.ASSOCIATION: _("Förening eller stiftelse"),
}

ROLES: Mapping[Role, LazyString] = {role: _(name) for role, name in ROLE_NAMES.items()}

COLOURS: Mapping[AgencyKind, str] = {
    AgencyKind.SOCIAL_SERVICES: "soc",
    AgencyKind.POLICE: "pol",
    AgencyKind.SCHOOL_HEALTH: "sko",
    AgencyKind.SCHOOL: "sko",
    AgencyKind.OUTREACH: "nat",
    AgencyKind.LEISURE: "fri",
    AgencyKind.REGION: "reg",
    AgencyKind.HOUSING: "bos",
}
"""The key of an agency's colour and shape on the screen; all others are grey (``sam``)."""


@dataclass(frozen=True, slots=True)
class AgencyView:
    """An agency as templates draw it; ``own`` is true for the reader's own."""

    name: str
    code: str
    org: str
    own: bool


def agency_view(agency: Any, own_id: UUID | None) -> AgencyView:
    """Return how an agency is drawn for someone who works in ``own_id``."""
    return AgencyView(agency.name, agency.mark, COLOURS.get(AgencyKind(agency.kind), "sam"), agency.id == own_id)


def role_names(roles: Iterable[Role]) -> str:
    """Return the names of these roles in one line, in the order of the vocabulary."""
    held = set(roles)
    return ", ".join(str(ROLES[role]) for role in Role if role in held)


def explain(form: Form, error: DomainError) -> None:
    """Put what the domain says is wrong at the field it is about, or on top of the form."""
    fields = error.fields if isinstance(error, Invalid) else {}
    for name, code in fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, FAULTS[code]]
    if not any(name in form for name in fields):
        form.form_errors.append(FAULTS[error.code])
