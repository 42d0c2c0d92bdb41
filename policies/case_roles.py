"""What part a person can have in a case, and what follows from it for lists, for consent and for disclosure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from policies.vocabulary import PersonRole


class CaseRole(StrEnum):
    """A person's part in a case."""

    SUBJECT = "subject"
    GUARDIAN = "guardian"
    SIBLING = "sibling"
    VICTIM = "victim"
    WITNESS = "witness"
    SUSPECT = "suspect"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRoleRule:
    """The rules of one part. Nobody's data are disclosed on somebody else's consent (OSL 12:2 is the person's own)."""

    label_sv: str
    label_en: str
    in_lists: bool
    """A list may show the name. Compilations may hold no delicate data (2001:454 7 a §), and to be a victim is one."""
    subject_consent_covers: bool
    """The consent of the case's subject covers data about this person."""
    preventive_police_basis: bool
    """OSL 10:18 a can reach this person: the young person who risks to engage in crime, under 21."""
    needs_reason: bool
    """Why the person is in the case is written down when the part is given."""
    disclosed_as: PersonRole | None
    """What the disclosure rules call the part; ``None``: data about the person are not disclosed in this case."""


CASE_ROLES: Mapping[CaseRole, CaseRoleRule] = {
    CaseRole.SUBJECT: CaseRoleRule(
        label_sv="Den unge ärendet gäller",
        label_en="The young person of the case",
        in_lists=True,
        subject_consent_covers=True,
        preventive_police_basis=True,
        needs_reason=False,
        disclosed_as=PersonRole.SUBJECT,
    ),
    CaseRole.GUARDIAN: CaseRoleRule(
        label_sv="Vårdnadshavare",
        label_en="Guardian",
        in_lists=False,
        subject_consent_covers=False,
        preventive_police_basis=False,
        needs_reason=False,
        disclosed_as=PersonRole.GUARDIAN,
    ),
    CaseRole.SIBLING: CaseRoleRule(
        label_sv="Syskon",
        label_en="Sibling",
        in_lists=False,
        subject_consent_covers=False,
        preventive_police_basis=False,
        needs_reason=True,
        disclosed_as=None,
    ),
    CaseRole.VICTIM: CaseRoleRule(
        label_sv="Brottsutsatt",
        label_en="Victim",
        in_lists=False,
        subject_consent_covers=False,
        preventive_police_basis=False,
        needs_reason=True,
        disclosed_as=PersonRole.VICTIM,
    ),
    CaseRole.WITNESS: CaseRoleRule(
        label_sv="Vittne",
        label_en="Witness",
        in_lists=False,
        subject_consent_covers=False,
        preventive_police_basis=False,
        needs_reason=True,
        disclosed_as=PersonRole.WITNESS,
    ),
    CaseRole.SUSPECT: CaseRoleRule(
        label_sv="Misstänkt",
        label_en="Suspect",
        in_lists=False,
        subject_consent_covers=False,
        preventive_police_basis=True,
        needs_reason=True,
        disclosed_as=PersonRole.SUSPECT,
    ),
    CaseRole.OTHER: CaseRoleRule(
        label_sv="Annan person",
        label_en="Other person",
        in_lists=False,
        subject_consent_covers=False,
        preventive_police_basis=False,
        needs_reason=True,
        disclosed_as=None,
    ),
}
