"""The one table: for every route who gets through, what a request sends and what the page then shows. Everybody else is refused.

A route without a row fails the matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.security.matrix import audiences as who
from tests.security.matrix import forms
from tests.security.matrix.audiences import Audience
from tests.security.matrix.forms import Form
from tests.security.matrix.seeds import Kind
from tests.security.matrix.things import What

Kinds = frozenset[Kind]
NONE: Kinds = frozenset()


@dataclass(frozen=True)
class Shows:
    """Which words a page holds, by what they stand for.

    ``case``: all of the thing's case that the reader's agency owns or can read. ``own`` and ``given``: of the thing
    itself, for its owner and for who was given it. ``lists``: of every case the reader works in; ``finds``: of every
    case the reader knows of.
    """

    case: Kinds = NONE
    own: Kinds = NONE
    given: Kinds = NONE
    lists: Kinds = NONE
    finds: Kinds = NONE


@dataclass(frozen=True)
class Row:
    """One route. ``answers`` is what a well-formed form gives whoever gets through."""

    what: What = What.NOTHING
    get: Audience = who.nobody
    post: Audience = who.nobody
    shows: Shows = field(default_factory=Shows)
    form: Form = forms.button
    answers: frozenset[int] = frozenset({302})


ROWS: Mapping[str, Row] = {
    "day.index": Row(get=who.anyone),
    "day.show": Row(get=who.in_the_work),
    "cases.index": Row(get=who.in_the_work),
    "cases.new": Row(get=who.social_worker, post=who.social_worker, form=forms.fields(**forms.PERSON)),
    "cases.show": Row(What.CASE, get=who.works_in_it),
    "cases.visibility_tab": Row(What.CASE, get=who.works_in_it),
    "cases.consent": Row(What.CASE, get=who.works_in_it),
    "cases.people_tab": Row(What.CASE, get=who.works_in_it),
    "cases.access": Row(What.CASE, get=who.works_in_it),
    "cases.phase": Row(What.CASE, get=who.leads_it, post=who.leads_it, form=forms.fields(phase="consent")),
    "search.run": Row(post=who.in_the_work, form=forms.fields(query="Nysson"), answers=frozenset({200})),
    "records.new": Row(What.CASE, get=who.works_in_it, post=who.works_in_it, form=forms.record),
    "records.show": Row(What.RECORD, get=who.reads_it),
    "records.paper": Row(What.RECORD, get=who.reads_it),
    "records.edit": Row(What.RECORD, get=who.owns_it, post=who.owns_it, form=forms.record),
    "records.history": Row(What.RECORD, get=who.owns_it),
    "records.attach": Row(What.RECORD, get=who.owns_it, post=who.owns_it, form=forms.file),
    "records.download": Row(What.ATTACHMENT, get=who.reads_the_file),
    "people.new": Row(
        What.CASE, get=who.leads_it, post=who.leads_it, form=forms.fields(**forms.PERSON, role="other", reason="Bor där")
    ),
    "people.show": Row(What.PERSON, get=who.knows_the_person),
    "people.protected": Row(
        What.PERSON,
        get=who.named_for_the_person,
        post=who.named_for_the_person,
        form=forms.fields(reason="Ringa inför mötet i morgon"),
        answers=frozenset({200}),
    ),
    "participants.index": Row(What.CASE, get=who.leads_it, post=who.leads_it, form=forms.party),
    "participants.end_participation": Row(What.PARTY, get=who.manages_the_agency, post=who.manages_the_agency),
    "participants.handlers": Row(What.CASE, get=who.assigns_in_it, post=who.assigns_in_it, form=forms.colleague),
    "participants.end_assignment": Row(What.HANDLER, get=who.assigns_the_colleague, post=who.assigns_the_colleague),
    "consents.new": Row(What.CASE, get=who.leads_it, post=who.leads_it, form=forms.consent),
    "consents.show": Row(What.CONSENT, get=who.reads_it),
    "consents.withdraw": Row(
        What.CONSENT, get=who.took_it, post=who.took_it, form=forms.fields(withdrawn_by="youth")
    ),
    "disclosures.new": Row(
        What.CASE, get=who.works_in_it, post=who.works_in_it, form=forms.disclosure, answers=frozenset({200})
    ),
    "disclosures.show": Row(What.DISCLOSURE, get=who.reads_it),
    "disclosures.end": Row(
        What.DISCLOSURE, get=who.owns_it, post=who.owns_it, form=forms.fields(why="revoked_no_longer_needed")
    ),
    "disclosures.copies_held": Row(What.DISCLOSURE, get=who.was_given_it, post=who.was_given_it),
    "ledger.index": Row(get=who.in_the_work),
    "help.permissions": Row(get=who.signed_in),
    "help.shortcuts": Row(get=who.signed_in),
    "help.protection": Row(get=who.anyone),
    "help.accessibility": Row(get=who.anyone),
    "security.login": Row(get=who.anyone, post=who.anyone),
    "security.passkey": Row(post=who.anyone),
    "security.second_factor": Row(get=who.anyone, post=who.anyone),
    "security.logout": Row(post=who.signed_in),
    "security.reauth": Row(get=who.signed_in, post=who.signed_in),
    "joining.invitation": Row(What.LINK, get=who.anyone, post=who.anyone),
    "joining.second_factor": Row(get=who.anyone, post=who.anyone),
    "joining.qr": Row(get=who.nobody),
    "account.show": Row(get=who.signed_in),
    "account.end_session": Row(What.SESSION, post=who.signed_in),
    "account.end_other_sessions": Row(post=who.signed_in),
    "account.stay": Row(get=who.signed_in),
    "account.password": Row(get=who.signed_in, post=who.signed_in),
    "account.second_factor": Row(get=who.signed_in, post=who.signed_in),
    "account.remove_passkey": Row(What.PASSKEY, post=who.signed_in),
    "account.recovery_codes": Row(post=who.signed_in, answers=frozenset({200})),
    "account.language": Row(post=who.anyone),
    "account.names": Row(post=who.signed_in),
    "admin.index": Row(get=who.administrator),
    "admin.municipality": Row(get=who.administrator, post=who.administrator, form=forms.fields(name="Ny kommun")),
    "admin.new_agency": Row(get=who.administrator, post=who.administrator, form=forms.agency),
    "admin.agency": Row(What.AGENCY, get=who.administrator, post=who.administrator, form=forms.agency),
    "admin.close_agency": Row(What.AGENCY, get=who.administrator, post=who.administrator),
    "admin.user_list": Row(get=who.administrator),
    "admin.new_user": Row(
        What.AGENCY, get=who.administrator, post=who.administrator, form=forms.user, answers=frozenset({200})
    ),
    "admin.user": Row(What.USER, get=who.administrator, post=who.administrator, form=forms.user),
    "admin.new_link": Row(What.USER, post=who.administrator, answers=frozenset({200, 302})),
    "admin.withdraw_link": Row(What.USER, post=who.administrator),
    "admin.reset_second_factor": Row(
        What.USER, get=who.administrator, post=who.administrator, answers=frozenset({200, 302})
    ),
    "admin.leave": Row(What.USER, get=who.administrator, post=who.administrator),
}
