"""The one table: for every route who gets through, what a request sends and what the page then shows. Everybody else is refused.

A route without a row fails the matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.security.matrix import audiences as who
from tests.security.matrix import forms
from tests.security.matrix.audiences import Audience
from tests.security.matrix.forms import Form
from tests.security.matrix.seeds import Kind
from tests.security.matrix.things import What

Kinds = frozenset[Kind]
NONE: Kinds = frozenset()
NAME: Kinds = frozenset({Kind.GIVEN_NAME, Kind.FAMILY_NAME})
IDENTITY: Kinds = NAME | {Kind.NUMBER, Kind.CONTACT, Kind.WHY}
TEXTS: Kinds = frozenset({Kind.TITLE, Kind.TEXT})
RECORD: Kinds = TEXTS | {Kind.FILE_NAME}
PLANS: Kinds = frozenset({Kind.MAPPED, Kind.PLANNED})
FILE: Kinds = frozenset({Kind.FILE_NAME, Kind.FILE})
SAID: Kinds = frozenset({Kind.SAID})
ASKED: Kinds = frozenset({Kind.ASKED})
URGENT: Kinds = frozenset({Kind.URGENT})
REFUSED: Kinds = frozenset({Kind.REFUSED})
HARM_TEST: Kinds = frozenset({Kind.HARM_TEST})
EARLIER: Kinds = frozenset({Kind.EARLIER})


@dataclass(frozen=True)
class Shows:
    """Which words a page holds, by what they stand for; of all of them only what the reader's agency owns or can read.

    ``subject`` and ``others``: of the young person of the thing's case, and of the other people in it. ``case``: of all
    the records in it; ``owned``: of the reader's own alone. ``itself``: of the thing, for its owner; ``given``: for whom it was given, who still meets an earlier
    text. ``carried``: of the record that a disclosure carries parts of, those that were given. ``perhaps``: of the case, what
    a page may leave out. ``directory``: the municipality's users with their addresses. ``reviewers``: who may
    review a log, wherever they work, and whose log. ``log``: who acted in the agency reviewed, and in which cases. ``lists``: the reference of every case of the reader's list, and the subject's given name where
    ``names`` says so.
    """

    reference: bool = False
    subject: Kinds = NONE
    others: Kinds = NONE
    case: Kinds = NONE
    owned: Kinds = NONE
    itself: Kinds = NONE
    given: Kinds = NONE
    carried: Kinds = NONE
    perhaps: Kinds = NONE
    directory: bool = False
    reviewers: bool = False
    log: bool = False
    lists: who.List = who.no_cases
    names: who.List = who.no_cases


NOTHING = Shows()
USERS = Shows(directory=True)
REVIEWERS = Shows(reviewers=True)
REFERENCE = Shows(reference=True)
HEAD = Shows(reference=True, subject=NAME)
PEOPLE = Shows(reference=True, subject=NAME, others=NAME)
OPEN_RECORD = Shows(reference=True, itself=RECORD, given=RECORD | EARLIER)


@dataclass(frozen=True)
class Row:
    """One route: whom its pages open for, whose forms it takes, and what a page shows. None: it has no such method.

    ``opens`` is what a page and ``answers`` what a well-formed form answers whoever gets through.
    """

    what: What = What.NOTHING
    get: Audience | None = None
    post: Audience | None = None
    shows: Shows = NOTHING
    form: Form = forms.button
    opens: frozenset[int] = frozenset({200})
    answers: frozenset[int] = frozenset({302})


ROWS: Mapping[str, Row] = {
    "day.index": Row(get=who.anyone, opens=frozenset({200, 302})),
    "day.show": Row(get=who.in_the_work, shows=Shows(lists=who.on_the_day, names=who.names_in_own_list)),
    "cases.index": Row(get=who.in_the_work, shows=Shows(lists=who.in_the_list, names=who.names_in_own_list)),
    "cases.new": Row(get=who.social_worker, post=who.social_worker, form=forms.fields(**forms.PERSON, method="sig")),
    "cases.show": Row(
        What.CASE,
        get=who.works_in_it,
        shows=Shows(reference=True, subject=NAME, others=NAME, case=RECORD | EARLIER | PLANS),
    ),
    "cases.visibility_tab": Row(
        What.CASE,
        get=who.works_in_it,
        shows=Shows(reference=True, subject=NAME, case=frozenset({Kind.TITLE}), perhaps=RECORD | EARLIER | PLANS),
    ),
    "cases.consent": Row(What.CASE, get=who.works_in_it, shows=PEOPLE),
    "cases.people_tab": Row(What.CASE, get=who.works_in_it, shows=PEOPLE),
    "cases.access": Row(What.CASE, get=who.works_in_it, shows=HEAD),
    "phases.move": Row(
        What.CASE, get=who.leads_it, post=who.leads_it, form=forms.fields(phase="assessment"), shows=REFERENCE
    ),
    "phases.own_screening": Row(
        What.CASE,
        get=who.leads_it,
        post=who.leads_it,
        form=forms.fields(considered=["tried", "others", "urgent"], words="Vi har prövat det."),
        answers=frozenset({409}),  # it is considered once
        shows=REFERENCE,
    ),
    "phases.target_group": Row(
        What.CASE,
        get=who.leads_it,
        post=who.leads_it,
        form=forms.fields(considered=["age", "relapse", "several", "least"], words="Hör till målgruppen nu."),
        answers=frozenset({409}),
        shows=REFERENCE,
    ),
    "phases.act": Row(What.CASE, post=who.works_in_it),
    "phases.first_action": Row(
        What.CASE, get=who.leads_it, post=who.leads_it, form=forms.fields(at=forms.NOW_TYPED), shows=REFERENCE
    ),
    "closing.exit_code": Row(
        What.CASE, get=who.leads_it, post=who.leads_it, form=forms.fields(exit_code="moved"), shows=REFERENCE
    ),
    "closing.consultation": Row(
        What.CASE,
        get=who.leads_it,
        post=who.leads_it,
        form=forms.fields(reason="no_need"),
        answers=frozenset({409}),  # every case of the town is past its consultation
        shows=REFERENCE,
    ),
    "closing.outcome": Row(
        What.CLOSED, get=who.manages_the_owner, post=who.manages_the_owner, form=forms.fields(outcome="better")
    ),
    "conflicts.unseen": Row(
        get=who.in_the_work,
        post=who.in_the_work,
        form=forms.fields(reference="SIG 2019-0001", reason="Nära släkt med någon"),
    ),
    "conflicts.declare": Row(
        What.CASE,
        get=who.knows_of_it,
        post=who.knows_of_it,
        form=forms.fields(reason="Nära släkt med någon"),
        shows=REFERENCE,
    ),
    "conflicts.index": Row(What.CASE, get=who.manages_in_it, post=who.manages_in_it, form=forms.tied, shows=REFERENCE),
    "conflicts.end": Row(
        What.CONFLICT,
        get=who.keeps_the_conflict,
        post=who.keeps_the_conflict,
        form=forms.fields(reason="Det finns inget jäv längre"),
        shows=REFERENCE,
    ),
    "search.run": Row(post=who.in_the_work, form=forms.fields(query="Nysson"), answers=frozenset({200})),
    "records.new": Row(What.CASE, get=who.works_in_it, post=who.works_in_it, form=forms.record, shows=PEOPLE),
    "records.show": Row(What.RECORD, get=who.reads_it, shows=OPEN_RECORD),
    "records.paper": Row(What.RECORD, get=who.reads_it, shows=OPEN_RECORD),
    "records.edit": Row(
        What.RECORD,
        get=who.owns_it,
        post=who.owns_it,
        form=forms.record,
        shows=Shows(reference=True, subject=NAME, others=NAME, itself=TEXTS),
    ),
    "records.history": Row(What.RECORD, get=who.owns_it, shows=Shows(reference=True, itself=RECORD | EARLIER)),
    "records.attach": Row(What.RECORD, get=who.owns_it, post=who.owns_it, form=forms.file, shows=REFERENCE),
    "records.download": Row(What.ATTACHMENT, get=who.reads_it, shows=Shows(itself=FILE, given=FILE)),
    "drafts.index": Row(get=who.handles, shows=Shows(lists=who.in_own_drafts)),
    "drafts.keep_in_case": Row(What.CASE, post=who.works_in_it, form=forms.draft),
    "drafts.keep_of_record": Row(What.RECORD, post=who.owns_it, form=forms.draft),
    "drafts.throw_away": Row(What.DRAFT, get=who.wrote_it, post=who.wrote_it, shows=REFERENCE),
    "people.new": Row(
        What.CASE,
        get=who.leads_it,
        post=who.leads_it,
        form=forms.fields(**forms.PERSON, role="other", reason="Bor där"),
        shows=REFERENCE,
    ),
    "people.show": Row(
        What.PERSON, get=who.knows_the_person, shows=Shows(reference=True, itself=IDENTITY, given=IDENTITY)
    ),
    "people.change_custody": Row(
        What.PERSON,
        get=who.added_the_guardian,
        post=who.added_the_guardian,
        form=forms.fields(custody="sole"),
        shows=REFERENCE,
    ),
    "people.protected": Row(
        What.PERSON,
        get=who.named_for_the_person,
        post=who.named_for_the_person,
        form=forms.fields(reason="Ringa inför mötet i morgon"),
        answers=frozenset({200}),
        shows=NOTHING,
    ),
    "participants.index": Row(What.CASE, get=who.leads_it, post=who.leads_it, form=forms.party, shows=REFERENCE),
    "participants.end_participation": Row(
        What.PARTY,
        get=who.manages_the_agency,
        post=who.manages_the_agency,
        answers=frozenset({302, 409}),
        shows=REFERENCE,
    ),
    "participants.handlers": Row(
        What.CASE, get=who.assigns_in_it, post=who.assigns_in_it, form=forms.colleague, shows=REFERENCE
    ),
    "participants.end_assignment": Row(
        What.HANDLER, get=who.assigns_the_colleague, post=who.assigns_the_colleague, shows=REFERENCE
    ),
    "consents.new": Row(
        What.CASE, get=who.leads_it, post=who.leads_it, form=forms.consent, shows=Shows(reference=True, others=NAME)
    ),
    "consents.show": Row(
        What.CONSENT, get=who.reads_it, shows=Shows(reference=True, subject=NAME, others=NAME, itself=SAID)
    ),
    "consents.narrow": Row(
        What.CONSENT,
        get=who.took_it,
        post=who.took_it,
        form=forms.fields(withdrawn_by="youth", purposes=["support"]),
        shows=REFERENCE,
        answers=frozenset({409, 422}),
    ),
    "consents.expiring": Row(get=who.social_worker, shows=Shows(lists=who.in_the_endings)),
    "consent_papers.blank": Row(get=who.social_worker),
    "consent_papers.filled": Row(What.CASE, post=who.leads_it, form=forms.consent, answers=frozenset({200})),
    "consent_papers.attach": Row(
        What.CONSENT,
        get=who.took_it,
        post=who.took_it,
        form=forms.file,
        answers=frozenset({302, 409}),
        shows=REFERENCE,
    ),
    "consents.withdraw": Row(
        What.CONSENT, get=who.took_it, post=who.took_it, form=forms.fields(withdrawn_by="youth"), shows=REFERENCE
    ),
    "disclosures.new": Row(
        What.CASE,
        get=who.works_in_it,
        post=who.works_in_it,
        form=forms.disclosure,
        answers=frozenset({200}),
        shows=Shows(reference=True, subject=frozenset({Kind.GIVEN_NAME}), owned=RECORD | PLANS, perhaps=IDENTITY),
    ),
    "disclosures.show": Row(
        What.DISCLOSURE,
        get=who.reads_it,
        shows=Shows(reference=True, itself=HARM_TEST, carried=RECORD | EARLIER | PLANS),
    ),
    "disclosures.end": Row(
        What.DISCLOSURE,
        get=who.owns_it,
        post=who.owns_it,
        form=forms.fields(why="revoked_no_longer_needed"),
        shows=REFERENCE,
    ),
    "disclosures.undo": Row(
        What.DISCLOSURE, get=who.owns_it, post=who.owns_it, answers=frozenset({302, 409}), shows=REFERENCE
    ),
    "disclosures.copies_held": Row(What.DISCLOSURE, get=who.was_given_it, post=who.was_given_it, shows=REFERENCE),
    "refusals.new": Row(What.CASE, get=who.works_in_it, post=who.works_in_it, form=forms.refusal, shows=REFERENCE),
    "refusals.show": Row(What.REFUSAL, get=who.owns_it, shows=Shows(reference=True, itself=REFUSED)),
    "ledger.index": Row(get=who.in_the_work, shows=Shows(lists=who.in_the_ledger)),
    "ledger.csv": Row(get=who.in_the_work, shows=Shows(lists=who.in_the_ledger)),
    "ledger.pdf": Row(get=who.in_the_work),
    "ledger.counts": Row(get=who.in_the_work),
    "advice.show": Row(get=who.signed_in),
    "copies.index": Row(get=who.manager_or_registrar, shows=Shows(lists=who.in_closed_copies)),
    "copies.dispose": Row(
        What.DISCLOSURE, get=who.keeps_the_closed_copy, post=who.keeps_the_closed_copy, shows=REFERENCE
    ),
    "copies.open_closed": Row(
        What.DISCLOSURE,
        get=who.registrar_of_the_closed_copy,
        post=who.registrar_of_the_closed_copy,
        form=forms.fields(reason="Begäran om allmän handling"),
        answers=frozenset({200}),
        shows=REFERENCE,
    ),
    "copies.attachment": Row(
        What.GIVEN_PART,
        post=who.registrar_of_the_closed_file,
        form=forms.fields(reason="Begäran om allmän handling"),
        answers=frozenset({200}),
    ),
    "taking.new": Row(
        What.DISCLOSURE,
        get=who.takes_it_in,
        post=who.takes_it_in,
        form=forms.opening,
        answers=frozenset({200}),
        shows=Shows(reference=True, carried=RECORD | EARLIER | PLANS, perhaps=IDENTITY),
    ),
    "mapping.show": Row(
        What.CASE, get=who.works_in_it, shows=Shows(reference=True, subject=NAME, case=frozenset({Kind.MAPPED}))
    ),
    "mapping.new": Row(What.CASE, get=who.works_in_it, post=who.works_in_it, form=forms.mapping, shows=REFERENCE),
    "mapping.edit": Row(
        What.MAPPING,
        get=who.owns_it,
        post=who.owns_it,
        form=forms.mapping,
        shows=Shows(reference=True, itself=frozenset({Kind.MAPPED})),
    ),
    "plans.show": Row(
        What.CASE, get=who.works_in_it, shows=Shows(reference=True, subject=NAME, case=frozenset({Kind.PLANNED}))
    ),
    "plans.new_goal": Row(
        What.CASE,
        get=who.works_in_it,
        post=who.works_in_it,
        form=forms.fields(text="Vara i skolan", own_words="", follow_up_on="", draft=forms.OPENED),
        shows=REFERENCE,
    ),
    "plans.follow_up": Row(
        What.GOAL,
        get=who.owns_it,
        post=who.owns_it,
        form=forms.fields(status="begun", follow_up_on=""),
        shows=REFERENCE,
    ),
    "plans.new_action": Row(What.GOAL, get=who.reads_it, post=who.reads_it, form=forms.action, shows=REFERENCE),
    "plans.change_action": Row(What.ACTION, get=who.owns_it, post=who.owns_it, form=forms.action, shows=REFERENCE),
    "paper.choose": Row(What.CASE, get=who.works_in_it, shows=Shows(reference=True, case=frozenset({Kind.PLANNED}))),
    "paper.page": Row(What.CASE, get=who.works_in_it, shows=REFERENCE),
    "paper.pdf": Row(What.CASE, get=who.works_in_it, opens=frozenset({302})),
    "matches.index": Row(get=who.handles_or_manages, shows=Shows(lists=who.in_questions)),
    "matches.of_case": Row(What.CASE, get=who.works_in_it, shows=REFERENCE),
    "matches.new": Row(
        What.CASE,
        get=who.works_in_it,
        post=who.works_in_it,
        form=forms.question,
        answers=frozenset({302, 422}),  # nobody asks about somebody whose identity is protected
        shows=Shows(reference=True, perhaps=NAME),
    ),
    "matches.show": Row(What.QUESTION, get=who.owns_it, shows=Shows(reference=True, itself=ASKED)),
    "matches.answer": Row(
        What.HIT,
        get=who.owns_it,
        post=who.owns_it,
        form=forms.answer,
        answers=frozenset({302, 422}),
        shows=Shows(reference=True, itself=ASKED),
    ),
    "matches.decline": Row(
        What.HIT,
        get=who.owns_it,
        post=who.owns_it,
        form=forms.fields(reason_code="harm", reason="Någon kan skadas av det."),
        shows=Shows(reference=True, itself=ASKED),
    ),
    "break_glass.new": Row(
        get=who.handles,
        post=who.handles,
        form=forms.fields(text="SIG 2019-0001", reason="Ingen annan svarar nu", thought_of_112="y"),
        answers=frozenset({422}),
    ),
    "break_glass.end": Row(What.CASE, get=who.broke_the_glass, post=who.broke_the_glass, shows=REFERENCE),
    "break_glass.seen": Row(What.NOTICE, post=who.is_told),
    "urgent.index": Row(get=who.handles_or_manages),
    "urgent.new": Row(
        get=who.handles,
        post=who.handles,
        form=forms.urgent,
        answers=frozenset({302, 422}),
        shows=Shows(lists=who.own_list),
    ),
    "urgent.show": Row(What.URGENT, get=who.sent_it, shows=Shows(itself=URGENT)),
    "urgent.answer": Row(
        What.URGENT,
        get=who.is_on_call,
        post=who.is_on_call,
        form=forms.fields(
            words="Vi är på väg.", basis="OSL_6_5", harm_test="De behöver veta det för att hinna. Mindre räcker inte."
        ),
        shows=Shows(given=URGENT),
    ),
    "urgent.refuse": Row(
        What.URGENT,
        get=who.is_on_call,
        post=who.is_on_call,
        form=forms.fields(reason_code="harm", reason="Någon kan skadas av det."),
        shows=Shows(given=URGENT),
    ),
    "on_call.index": Row(get=who.manager, post=who.manager, form=forms.shift),
    "on_call.end": Row(What.SHIFT, get=who.keeps_the_list, post=who.keeps_the_list),
    "log.index": Row(get=who.reviews_or_manages, shows=REVIEWERS),
    "log.give": Row(get=who.manager, post=who.manager, form=forms.review, shows=REVIEWERS),
    "log.end": Row(What.REVIEW, get=who.gave_the_review, post=who.gave_the_review, shows=REVIEWERS),
    "log.review": Row(
        What.REVIEW,
        get=who.reviews_it,
        post=who.reviews_it,
        answers=frozenset({200}),
        shows=Shows(log=True),
        form=forms.fields(event="", actor="", reference=""),
    ),
    "log.export": Row(What.REVIEW, get=who.reviews_it),
    "log.verify": Row(get=who.reviews_or_manages),
    "help.permissions": Row(get=who.signed_in),
    "help.shortcuts": Row(get=who.signed_in),
    "help.protection": Row(get=who.anyone),
    "help.accessibility": Row(get=who.anyone),
    "security.login": Row(get=who.anyone, post=who.anyone, opens=frozenset({200, 302}), answers=frozenset({302, 400})),
    "security.passkey": Row(post=who.anyone, answers=frozenset({200})),
    "security.second_factor": Row(get=who.anyone, post=who.anyone, opens=frozenset({302})),
    "security.logout": Row(post=who.signed_in),
    "security.reauth": Row(get=who.signed_in, post=who.signed_in, opens=frozenset({302})),
    "joining.invitation": Row(
        What.LINK,
        get=who.anyone,
        post=who.anyone,
        form=forms.fields(password="fyra ord som passar", again="fyra ord som passar"),
    ),
    "joining.second_factor": Row(get=who.anyone, post=who.anyone, opens=frozenset({302})),
    "joining.qr": Row(get=who.nobody),
    "account.show": Row(get=who.signed_in),
    "account.end_session": Row(What.SESSION, post=who.signed_in),
    "account.end_other_sessions": Row(post=who.signed_in),
    "account.stay": Row(get=who.signed_in, opens=frozenset({204})),
    "account.password": Row(get=who.signed_in, post=who.signed_in, answers=frozenset({400})),
    "account.second_factor": Row(get=who.signed_in, post=who.signed_in, answers=frozenset({400})),
    "account.remove_passkey": Row(What.PASSKEY, post=who.signed_in),
    "account.recovery_codes": Row(post=who.signed_in, answers=frozenset({200})),
    "account.digest": Row(post=who.signed_in, form=forms.fields(wanted="0")),
    "account.language": Row(post=who.anyone),
    "account.names": Row(post=who.signed_in),
    "admin.index": Row(get=who.administrator, shows=USERS),
    "admin.municipality": Row(get=who.administrator, post=who.administrator, form=forms.fields(name="Ny kommun")),
    "admin.new_agency": Row(get=who.administrator, post=who.administrator, form=forms.agency),
    "admin.agency": Row(What.AGENCY, get=who.administrator, post=who.administrator, form=forms.agency, shows=USERS),
    "admin.close_agency": Row(What.AGENCY, get=who.administrator, post=who.administrator, shows=USERS),
    "admin.user_list": Row(get=who.administrator, shows=USERS),
    "admin.new_user": Row(
        What.AGENCY,
        get=who.administrator,
        post=who.administrator,
        form=forms.user,
        answers=frozenset({200}),
        shows=USERS,
    ),
    "admin.user": Row(What.USER, get=who.administrator, post=who.administrator, form=forms.user, shows=USERS),
    "admin.new_link": Row(What.USER, post=who.administrator, answers=frozenset({200, 302}), shows=USERS),
    "admin.withdraw_link": Row(What.USER, post=who.administrator, shows=USERS),
    "admin.reset_second_factor": Row(
        What.USER, get=who.administrator, post=who.administrator, answers=frozenset({200, 302}), shows=USERS
    ),
    "admin.leave": Row(What.USER, get=who.administrator, post=who.administrator, shows=USERS),
    "operations.index": Row(get=who.administrator),
    "operations.run": Row(post=who.administrator, form=forms.fields(job="prove_logs")),
}
