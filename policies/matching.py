"""When a blind match request may be asked, and when a person found in another agency's index counts as a match.

Pure: the fewest may learn that somebody is known to an agency (OSL 26:1), so everything that speaks against it stops it.
"""

from dataclasses import dataclass

from policies.access import Decision

DAYS_OPEN = 14
"""How long a question waits for an answer before it closes by itself (the house's rule)."""

MATCHES = "matches"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of somebody who stands in the asked agency's index under the number asked about."""

    same_case: bool
    """It is the case the question came from: there both know already."""
    participates: bool
    """The asked agency takes part in the case now."""
    readable: bool
    """The number is the asked agency's own, or a copy it can read today."""
    subject: bool
    """The person is the one the case is about."""
    protected: bool
    """Somebody whom the case is about, or the person, has a protected identity."""
    identified: bool
    """The case's phase lets its person be named."""
    case_open: bool
    """The case is not closed."""


def may_match(found: Found) -> Decision:
    """Answer whether it is a match, and if not why; the asker never learns which.

    Somebody in the margin of a case is not somebody the agency works with. A protected identity never matches: where the
    person is must not be told to one agency more, also by a question that only asks (OSL 22:1, 22:2). A case in the anonymous
    consultation never does: there nobody is named, so nobody can be asked about. What has ended is no work that goes on.
    """
    stops = {
        "same_case": found.same_case,
        "agency_not_in_case": not found.participates,
        "number_not_readable": not found.readable,
        "not_the_subject": not found.subject,
        "protected_identity": found.protected,
        "anonymous_phase": not found.identified,
        "case_closed": not found.case_open,
    }
    return next((Decision(False, reason) for reason, holds in stops.items() if holds), Decision(True, MATCHES))


def may_ask(*, protected: bool, identified: bool, numbered: bool) -> Decision:
    """Answer whether an agency may ask about a person of its own case: whose identity is not protected, in a phase where the
    person may be named, and whose number the agency can read. At a hit the question itself tells who is meant.
    """
    stops = {
        "match_person_protected": protected,
        "match_phase_anonymous": not identified,
        "match_number_missing": not numbered,
    }
    return next((Decision(False, reason) for reason, holds in stops.items() if holds), Decision(True, MATCHES))
