"""The words for dates, sizes and the codes of the domain, in the language of the page."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from flask_babel import LazyString, format_date, format_decimal, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coordination.web.presenting.written import within
from policies.bases import LegalBasis, Text, basis_table
from policies.case_roles import CASE_ROLES, CaseRole
from policies.consent_rules import consent_rules
from policies.documentation import grounds
from policies.methods import Phase, phases
from policies.record_kinds import record_kinds
from policies.vocabulary import BasisKind

IDENTITY = "identity"
KILOBYTE = 1024
NO_BREAK = "\N{NO-BREAK SPACE}"
_PROVISION = re.compile(r" (?=kap\.|§)|(?<=kap\.) |(?<=§) (?=[A-Z])")

PURPOSES: Mapping[str, LazyString] = {
    "coordination": _l("Samordna insatserna"),
    "support": _l("Ge stöd"),
    "child_protection": _l("Skydda ett barn"),
    "prevent_crime": _l("Förebygga brott"),
    "investigate_crime": _l("Utreda brott"),
    "immediate_danger": _l("Avvärja omedelbar fara"),
}
"""What a disclosure and a consent can be for, in the order they are offered. Statistics take no case data."""

CONSENT_FORMS: Mapping[str, LazyString] = {
    "paper": _l("På papper"),
    "oral": _l("Muntligt"),
    "in_service": _l("Här i tjänsten, inför mig"),
}
LANGUAGES: Mapping[str, LazyString] = {
    "sv": _l("Svenska"),
    "en": _l("Engelska"),
    "ar": _l("Arabiska"),
    "so": _l("Somaliska"),
    "ti": _l("Tigrinska"),
    "fa": _l("Persiska eller dari"),
    "ku": _l("Kurdiska"),
    "uk": _l("Ukrainska"),
    "sign": _l("Teckenspråk"),
    "other": _l("Annat språk"),
}
VARIANTS: Mapping[str, LazyString] = {"sv": _l("Svenska"), "easy": _l("Lätt svenska"), "en": _l("Engelska")}
WITHDRAWERS: Mapping[str, LazyString] = {"youth": _l("Den unge"), "guardian": _l("Vårdnadshavare")}
PROTECTIONS: Mapping[str, LazyString] = {
    "none": _l("Inget skydd"),
    "marked": _l("Sekretessmarkering"),
    "protected_registration": _l("Skyddad folkbokföring"),
    "fictitious": _l("Fingerade personuppgifter"),
}
ENDED: Mapping[str, LazyString] = {
    "undone": _l("Ångrad innan någon hade öppnat den"),
    "revoked_no_longer_needed": _l("Behövs inte längre"),
    "revoked_mistake": _l("Delades av misstag"),
    "revoked_other": _l("Annat skäl"),
    "consent_narrowed": _l("En del av samtycket togs tillbaka"),
    "consent_withdrawn": _l("Samtycket togs tillbaka"),
    "participation_ended": _l("Mottagaren är inte längre med i ärendet"),
    "expired": _l("Tiden gick ut"),
}
REFUSED: Mapping[str, LazyString] = {
    "no_basis": _l("Inget stöd passar"),
    "no_consent": _l("Samtycke saknas eller räcker inte"),
    "harm": _l("Någon kan skadas av att det lämnas ut"),
    "secrecy_weighs_more": _l("Sekretessens intresse väger över"),
    "measures_hurt": _l("Olämpligt för de insatser som pågår eller planeras"),
    "less_is_enough": _l("Det räcker med mindre, eller med något annat"),
    "other": _l("Annat skäl"),
}
"""Why something is not given, as a code that a list may show."""
EXCHANGED: Mapping[str, LazyString] = {
    "asked": _l("Ni frågade om en person"),
    "answer_received": _l("Ni fick svar"),
    "question_received": _l("De frågade om en person"),
    "answered": _l("Ni svarade"),
    "declined": _l("Ni svarade inte"),
    "urgent_sent": _l("Ni skickade en brådskande begäran"),
    "urgent_answer_received": _l("Ni fick svar på en brådskande begäran"),
    "urgent_refusal_received": _l("De kunde inte lämna ut efter er brådskande begäran"),
    "urgent_received": _l("De skickade en brådskande begäran"),
    "urgent_answered": _l("Ni svarade på en brådskande begäran"),
    "urgent_refused": _l("Ni lämnade inte ut efter en brådskande begäran"),
}
"""Questions and answers between agencies, as one's own agency met them."""
NATURES: Mapping[str, LazyString] = {"fact": _l("Fakta"), "assessment": _l("Bedömning")}
METHODS: Mapping[str, LazyString] = {
    "sig": _l("Social insatsgrupp"),
    "sspf": _l("Skola, socialtjänst, polis och fritid (SSPF)"),
}
PARTS_OF_IDENTITY: Mapping[str, LazyString] = {
    "name": _l("Namn"),
    "number": _l("Personnummer"),
    "contact": _l("Kontaktuppgifter"),
    "text": _l("Varför personen är med"),
    "custody": _l("Vårdnad"),
}


def said(text: Text) -> str:
    """Return a text of a policy table in the page's language."""
    return in_language(text.sv, text.en)


def in_language(swedish: str, english: str) -> str:
    """Return the one of two wordings that is in the page's language."""
    locale = get_locale()
    return provision(english if locale is not None and locale.language == "en" else swedish)


def day(when: date, today: date) -> str:
    """Return a date as it stands in running text, never broken over lines: "26 nov" this year, otherwise "1 mars 2027"."""
    written = format_date(when, _("d MMM") if when.year == today.year else _("d MMMM y"))
    return str(written).replace(".", "").replace(" ", NO_BREAK)


def lower_first(text: str) -> str:
    """Return a phrase as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def provision(source: str) -> str:
    """Return words whose references to statutes do not break between number and sign."""
    return _PROVISION.sub(NO_BREAK, source)


def basis_named(basis_id: str, in_force_from: date) -> LegalBasis | None:
    """Return the version of a legal basis that a decision stood on, if the table still has it."""
    found = (row for row in basis_table().bases if row.id == basis_id)
    return next((row for row in found if row.in_force_from == in_force_from), None)


def basis_words(basis_id: str, in_force_from: date) -> tuple[str, str]:
    """Return what a decision's legal basis is called where there is little room, and its provision."""
    row = basis_named(basis_id, in_force_from)
    if row is None:
        return basis_id, ""
    return str(_("Samtycke")) if row.kind is BasisKind.CONSENT else said(row.title), provision(row.source)


def basis_if_any(basis_id: str | None, in_force_from: date | None) -> tuple[str, str]:
    """Return what ``basis_words`` does, and nothing where a decision stood on no basis."""
    return basis_words(basis_id, in_force_from) if basis_id and in_force_from else ("", "")


def with_ground(ground_id: str, reason: str) -> str:
    """Return a stated reason with the ground it was stated for, where there is one."""
    ground = grounds().get(ground_id)
    return within("%(ground)s: %(reason)s", ground=said(ground.title), reason=reason) if ground else reason


def kind(record_kind: str) -> str:
    """Return the neutral name of a kind of record, which a list may show."""
    if record_kind == IDENTITY:
        return str(_("Vem det gäller"))
    row = record_kinds().get(record_kind)
    return in_language(row.label_sv, row.label_en) if row else record_kind


def role(case_role: str) -> str:
    """Return the name of a person's part in a case."""
    rule = CASE_ROLES[CaseRole(case_role)]
    return in_language(rule.label_sv, rule.label_en)


def custody(part: str | None) -> str:
    """Return a guardian's part in custody."""
    word = consent_rules().custody.get(part or "")
    return said(word.text) if word else ""


def custody_choices() -> list[tuple[str, str]]:
    """Return the parts in custody there are, to choose from."""
    return [(word.id, said(word.text)) for word in consent_rules().custody.values()]


def phase(row: Phase) -> str:
    """Return the name of a phase."""
    return in_language(row.name_sv, row.name_en)


def phase_name(method: str, phase_id: str) -> str:
    """Return the name of a method's phase by its id."""
    return phase(phases(method)[phase_id])


def listed(words: Iterable[object]) -> str:
    """Return words in a row, the first as it is and the others as inside a sentence."""
    first, *rest = [str(word) for word in words] or [""]
    return ", ".join([first, *map(lower_first, rest)])


def together(names: Iterable[str]) -> str:
    """Return names in a row as they are read: "Polisen, Regionen och Skolan"."""
    *first, last = names
    return str(_("%(first)s och %(last)s", first=", ".join(first), last=last)) if first else last


def youth(age: int | None) -> str:
    """Return what a young person is called where the name may not be shown."""
    return str(_("Ungdom, %(age)s år", age=age) if age is not None else _("Ungdom"))


def size(number: int) -> str:
    """Return a file's size in words."""
    if number < KILOBYTE:
        return str(_("%(number)s byte", number=number))
    if number < KILOBYTE * KILOBYTE:
        return str(_("%(number)s kB", number=round(number / KILOBYTE)))
    return str(_("%(number)s MB", number=format_decimal(number / KILOBYTE / KILOBYTE, "0.0")))
