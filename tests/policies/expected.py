"""What each row of the table of legal bases must do, declared by hand from the statutes and never read from the table."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import date

from policies.disclosure import ConsentGiven, Question
from policies.provisions import Provision
from policies.vocabulary import DataKind, GivenBy, Party, PersonRole, Purpose

LATE = date(2026, 11, 22)

SOCIAL = "social_services outreach_social other_municipality_social_services"
BOARD = "social_services other_municipality_social_services"
SCHOOL = "school_principal school_health school_other"
CARE = "health_care school_health"
LAW = "police prosecutor"
CRIME = "prevent_crime investigate_crime"
CHILD = "child_protection immediate_danger"
CONCERNED = "subject victim witness suspect"
REPORTERS = f"health_care {SOCIAL} police probation {SCHOOL} preschool outreach_municipal municipal_safety rescue \
outreach_association victim_support association"
MORE_REPORTERS = f"{REPORTERS} prosecutor employment_agency"
ASKED_REPORTERS = {
    "municipal_safety": "work_concerns_children",
    "rescue": "work_concerns_children",
    "outreach_association": "professional_activity",
    "victim_support": "professional_activity",
    "association": "professional_activity",
}
THROUGH_PRINCIPAL = {"school_health": "principal_decides", "school_other": "principal_decides"}
NEVER_TO_CRIME_FIGHTERS = "24:8|25:1|25:4|25:8|25:15|26:1|26:1 a st1|26:3|26:6|40:2|40:5"
"""2025:170 8 §."""


@dataclass(frozen=True, slots=True)
class Row:
    """One version of one row: a question to which it answers yes, and how far each side of that question can be turned.
    Words stand in a text, one after the other; ``None`` is everybody and everything.
    """

    id: str
    since: str
    says: str
    """The kind, and "weighing" after it where the statute asks for one."""
    asked: str
    secrecy: str
    """The provisions on the item in that question."""
    _: KW_ONLY
    source: str
    until: str | None = None
    consent: str = ""
    senders: str | None = None
    recipients: str | None = None
    roles: str | None = None
    data: str | None = None
    purposes: str | None = None
    under: int | None = None
    age_of: str | None = None
    instead: str | None = None
    initiative: str = "either"
    authorities: bool = True
    private_recipients: bool = False
    lifted: str = ""
    closed: str = ""
    requires: str = ""
    sender_asks: Mapping[str, str] = field(default_factory=dict)
    conditional: bool = False
    status: str = "read"

    @property
    def first(self) -> date:
        """The first day in force."""
        return date.fromisoformat(self.since)

    @property
    def last(self) -> date | None:
        """The last day in force, if one is known."""
        return date.fromisoformat(self.until) if self.until else None

    @property
    def ask(self) -> Question:
        """The question, on the last day, or today where the row is still in force."""
        return question(self.asked, self.secrecy, self.last or max(self.first, LATE), self.consent)

    @property
    def kind(self) -> str:
        """The kind without the weighing."""
        return self.says.removesuffix(" weighing")

    @property
    def weighing(self) -> bool:
        """Whether the statute asks for a weighing."""
        return self.says.endswith(" weighing")


def has(words: str | None, word: str) -> bool:
    """Say whether the word is one of them; ``None`` has every word."""
    return words is None or word in words.split()


def question(words: str, secrecy: str = "", on: date = LATE, consent: str = "") -> Question:
    """Read "social_services police subject 17 social prevent_crime own" and the provisions on the item."""
    sender, recipient, role, age, data, purpose, initiative = words.split()
    return Question(
        sender=Party(sender),
        recipient=Party(recipient),
        role=PersonRole(role),
        age=None if age == "-" else int(age),
        data=DataKind(data),
        purpose=Purpose(purpose),
        own_initiative=initiative == "own",
        on=on,
        consent=ConsentGiven(covers_recipient=True, covers_data=True, active=True, given_by=GivenBy(consent))
        if consent
        else None,
        secrecy=frozenset(Provision.parse(text) for text in pieces(secrecy)),
    )


def pieces(text: str) -> tuple[str, ...]:
    """Answer the provisions in "26:1|21:3 a"."""
    return tuple(text.split("|")) if text else ()
