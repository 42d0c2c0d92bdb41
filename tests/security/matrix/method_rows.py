"""The rows of the method: phases, closing, conflicts of interest, consent, mapping and plan."""

from collections.abc import Mapping

from tests.security.matrix import audiences as who
from tests.security.matrix import forms
from tests.security.matrix.row import NAME, REFERENCE, SAID, Row, Shows
from tests.security.matrix.seeds import Kind
from tests.security.matrix.things import What

METHOD_ROWS: Mapping[str, Row] = {
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
}
