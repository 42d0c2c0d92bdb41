"""The consent form in words, in the language of the paper and not of the page: what is printed, blank or as filled in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from coordination.cases.people import PersonView
from coordination.cases.queries import SUBJECT
from coordination.core import clock
from coordination.reports.consent_form import Box, ConsentForm, Group, Signature
from coordination.web import context
from coordination.web.forms.common import ManyField
from coordination.web.forms.consents import ConsentForm as Filled
from coordination.web.presenting import phrases
from coordination.web.presenting.people import called
from policies.case_roles import CaseRole
from policies.consent_information import Variant, information_on

LOCALES = {Variant.SWEDISH: "sv", Variant.EASY: "sv", Variant.ENGLISH: "en"}
_TWO = 2
"""How many guardians a blank form has lines for."""


@dataclass(frozen=True, slots=True)
class Print:
    """In which language a form is printed, whose it is, and who prints it."""

    variant: Variant
    agency: str
    who: str


def blank(asked: Print) -> ConsentForm:
    """Return the form with lines to write on, and two guardians to sign."""
    with force_locale(LOCALES[asked.variant]):
        purposes = [Box(str(name), ticked=False) for name in phrases.PURPOSES.values()]
        guardians = [Signature(phrases.role(CaseRole.GUARDIAN), "")] * _TWO
        return _made(asked, _groups((), (), purposes), [Signature(_young(asked.variant), ""), *guardians])


def filled(form: Filled, asked: Print, people: Sequence[PersonView]) -> ConsentForm:
    """Return the form with what is chosen on the page, ready to sign; what is not filled in has lines to write on."""
    last = form.valid_to.data
    with force_locale(LOCALES[asked.variant]):
        kinds = [(value, phrases.kind(value)) for value, _label in _offered(form.kinds)]
        purposes = [(value, str(name)) for value, name in phrases.PURPOSES.items()]
        groups = _groups(
            _boxes(_offered(form.agency_ids), form.agency_ids.data),
            _boxes(kinds, form.kinds.data),
            _boxes(purposes, form.purposes.data),
        )
        return _made(
            asked,
            groups,
            [Signature(_part(person, asked.variant), called(person) if person.name else "") for person in people],
            about=[called(person) for person in people if person.role == SUBJECT and person.name],
            reservation=form.reservation.data or "",
            until=last.isoformat() if last else "",
            secrecy=context.secrecy(),
        )


def _made(
    asked: Print,
    groups: Sequence[Group],
    signatures: Sequence[Signature],
    *,
    about: Sequence[str] = (),
    reservation: str = "",
    until: str = "",
    secrecy: str = "",
) -> ConsentForm:
    told, easy = information_on(clock.today()), asked.variant is Variant.EASY
    now = clock.now().astimezone(clock.STOCKHOLM)
    return ConsentForm(
        language=LOCALES[asked.variant],
        title=_("Får vi prata med varandra om dig?") if easy else _("Samtycke till att uppgifter delas"),
        about_heading=_("Vem det gäller"),
        about=about,
        information_heading=_("Det här behöver du veta"),
        information=told.paragraphs[asked.variant],
        version=told.id,
        groups=groups,
        reservation_heading=_("Villkor"),
        reservation=reservation,
        until_heading=_("Gäller till och med"),
        until=until,
        signatures_heading=_("Jag säger ja till det som står här"),
        signatures=signatures,
        date_label=_("Datum"),
        sign_label=_("Underskrift"),
        withdraw=_("Du kan ta tillbaka ditt ja när du vill. Säg det till %(agency)s.", agency=asked.agency),
        mark=_(
            "Utskriven %(when)s av %(who)s. Text %(version)s.",
            when=f"{now:%Y-%m-%d %H:%M}",
            who=asked.who,
            version=told.id,
        ),
        secrecy=secrecy,
    )


def _groups(agencies: Sequence[Box], kinds: Sequence[Box], purposes: Sequence[Box]) -> Sequence[Group]:
    return [
        Group(_("Vilka parter får veta?"), agencies),
        Group(_("Vad får de veta?"), kinds),
        Group(_("Vad får det användas till?"), purposes),
    ]


def _offered(field: ManyField) -> list[tuple[str, str]]:
    return [(one.data, str(one.label.text)) for one in field]


def _boxes(offered: Iterable[tuple[str, str]], chosen: Sequence[str] | None) -> Sequence[Box]:
    return [Box(name, ticked=value in (chosen or ())) for value, name in offered]


def _part(person: PersonView, variant: Variant) -> str:
    return _young(variant) if person.role == SUBJECT else phrases.role(CaseRole.GUARDIAN)


def _young(variant: Variant) -> str:
    return str(_("Jag") if variant is Variant.EASY else _("Den unge"))
