"""The question that the table of legal bases is asked: who gives, who gets, about whom, what, why, when and on what facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policies.provisions import Provision
from policies.secrecy import secrecy_of
from policies.vocabulary import PRIVATE_PARTIES, DataKind, GivenBy, Party, PersonRole, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """A consent as it bears on one question; ``consent.covers`` finds out whether it covers and is active."""

    covers_recipient: bool
    covers_data: bool
    active: bool
    given_by: GivenBy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything an answer depends on. ``age`` is the person's on the day ``on``, or ``None`` where it is not known."""

    sender: Party
    recipient: Party
    role: PersonRole
    age: int | None
    data: DataKind
    purpose: Purpose
    own_initiative: bool
    on: date
    consent: ConsentGiven | None = None
    secrecy: frozenset[Provision] | None = None
    """The provisions on the item where they are known; else those that follow from sender and data."""
    facts: Mapping[str, bool] = field(default_factory=dict)
    """What is known of the facts the bases ask for: a true one is asked no more, a false one blocks."""
    sender_private: bool | None = None
    recipient_private: bool | None = None
    """Whether the organisation stands outside OSL (2:1, 2:3, 2:4) where that differs from what its kind usually is."""

    @property
    def provisions(self) -> frozenset[Provision]:
        """The secrecy on the item at the sender; none where nobody is identifiable or OSL does not bind the sender."""
        if self.data is DataKind.DEIDENTIFIED or self.from_private:
            return frozenset()
        return secrecy_of(self.sender, self.data) if self.secrecy is None else self.secrecy

    @property
    def from_private(self) -> bool:
        """Whether the sender stands outside OSL."""
        return self.sender in PRIVATE_PARTIES if self.sender_private is None else self.sender_private

    @property
    def to_private(self) -> bool:
        """Whether the recipient stands outside OSL."""
        return self.recipient in PRIVATE_PARTIES if self.recipient_private is None else self.recipient_private
