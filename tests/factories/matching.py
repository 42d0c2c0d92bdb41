"""A question between agencies: a case to ask from, and the same person in a case that the police work in."""

from uuid import UUID

from coordination.disclosure import matching
from coordination.disclosure.matched import AnswerDraft
from coordination.disclosure.matching import MatchDraft
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.disclosure import consented, named
from tests.factories.world import SUBJECT_NUMBER, SharedCase, World, shared_case

WHY = "Vi behöver veta vem mer som arbetar med den unge, och den unge vet om det."
ELSEWHERE = "201205142399"
"""The number of somebody else."""


def asking(world: World, number: str = SUBJECT_NUMBER) -> SharedCase:
    """A case of the social services' alone, to ask from."""
    return shared_case(world, subject_number=number)


def known_to_police(world: World, number: str = SUBJECT_NUMBER) -> SharedCase:
    """Another case, in which the police have been told who the young person is."""
    case = shared_case(world, AgencyKind.POLICE, subject_number=number)
    police = world.agency(AgencyKind.POLICE)
    consented(case, police)
    named(case, police)
    return case


def question(case: SharedCase, *agency_ids: UUID, **changed: object) -> MatchDraft:
    """A question about the case's young person."""
    values: dict[str, object] = {
        "person_id": case.subject_id,
        "agency_ids": agency_ids,
        "purpose": "prevent_crime",
        "basis_id": "OSL_10_15A",
        "reason": WHY,
    }
    return MatchDraft(**{**values, **changed})  # type: ignore[arg-type]  # a test changes what it is about


def put(case: SharedCase, agency_id: UUID) -> UUID:
    """Ask an agency; return the question's id."""
    [request] = case.world.act(case.social, matching.ask, case.id, question(case, agency_id))
    return request.id


def yes(contact: Actor, words: str = "Ring mig.") -> AnswerDraft:
    """A yes, weighed."""
    return AnswerDraft(contact.user_id, words, "OSL_10_15A", WHY)
