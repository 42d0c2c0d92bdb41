"""Drafts as the forms meet them: the one that is continued, those that wait, and what a form held when its session had ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import Flask, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from coordination.cases import drafts
from coordination.cases.drafts import (
    CONSENT_NEW,
    DISCLOSURE,
    GOAL_NEW,
    MAPPING_NEW,
    RECORD_EDIT,
    RECORD_NEW,
    DraftRow,
    OpenDraft,
    Subject,
)
from coordination.core.clock import STOCKHOLM
from coordination.core.db import Tenant, transaction
from coordination.core.errors import DomainError
from coordination.core.ids import new_id
from coordination.identity import queries as identity
from coordination.web import sessions, views

ASKED, LATEST = "utkast", "senaste"
"""In an address: which draft is continued. The latest is asked for where the address must not tell whether there is one."""

PAGE, FORM = "draft", "draft_of"
"""Fields of a form that keeps drafts: which opened page it is, and what it is a form of."""

FILE_LOST = "fil"


class Place(NamedTuple):
    """Where a form is filled in and kept: its page, what names its target there, and where its drafts are sent."""

    endpoint: str
    argument: str
    keep: str
    label: LazyString


PLACES: Mapping[str, Place] = {
    RECORD_NEW: Place("records.new", "case_id", "drafts.keep_in_case", _("Ny anteckning")),
    RECORD_EDIT: Place("records.edit", "record_id", "drafts.keep_of_record", _("Ändring av en uppgift")),
    CONSENT_NEW: Place("consents.new", "case_id", "drafts.keep_in_case", _("Nytt samtycke")),
    DISCLOSURE: Place("disclosures.new", "case_id", "drafts.keep_in_case", _("Dela uppgifter")),
    MAPPING_NEW: Place("mapping.new", "case_id", "drafts.keep_in_case", _("Ny kartläggning")),
    GOAL_NEW: Place("plans.new_goal", "case_id", "drafts.keep_in_case", _("Nytt mål")),
}

_NEVER_KEPT = frozenset({"csrf_token", "action", PAGE, FORM})
_ENDPOINTS = {place.endpoint: form for form, place in PLACES.items()}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits: when it was saved, what and which case it belongs to, where it is continued and where thrown away."""

    saved_at: datetime
    label: LazyString
    reference: str
    case_id: UUID
    continue_url: str
    throw_url: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What a form that keeps drafts needs: its page's id, its sort, where drafts go, and which wait besides the one continued."""

    page_id: UUID
    form: str
    keep_url: str
    continued: datetime | None
    waiting: Sequence[Waiting]


def init(app: Flask) -> None:
    """Let the guard keep what a form held that was sent after its session had ended."""
    app.extensions["rescue"] = rescue


def url_of(subject: Subject, which: object = None) -> str:
    """Return the address of a form, with the draft to be continued if one is named."""
    place = PLACES[subject.form]
    asked = {ASKED: str(which)} if which else {}
    return url_for(place.endpoint, **{place.argument: subject.target_id}, **asked)  # type: ignore[arg-type]  # names of the route


def waiting(rows: Sequence[DraftRow]) -> list[Waiting]:
    """Return drafts as they are listed: references and times, nothing of what they say."""
    return [
        Waiting(
            row.saved_at.astimezone(STOCKHOLM),
            PLACES[row.subject.form].label,
            row.reference,
            row.case_id,
            url_of(row.subject, row.id),
            url_for("drafts.throw_away", draft_id=row.id),
        )
        for row in rows
    ]


def taken_up(subject: Subject) -> OpenDraft | None:
    """Return the draft that the address asks to continue. Raises NotFound for one that is not the reader's own."""
    asked = request.args.get(ASKED)
    if request.method != "GET" or not asked:
        return None
    if asked != LATEST:
        return drafts.open_draft(views.actor(), subject, views.chosen(request.args, ASKED) or new_id())
    found = drafts.waiting(views.actor(), subject)
    return drafts.open_draft(views.actor(), subject, found[0].id) if found else None


def values(taken: OpenDraft | None) -> MultiDict[str, str]:
    """Return what a form is filled in with: what was sent, or the draft that is continued."""
    return MultiDict(taken.pairs) if taken else request.form


def bar(subject: Subject, taken: OpenDraft | None) -> Bar:
    """Return what the form of a subject needs to keep drafts."""
    place = PLACES[subject.form]
    first = request.method == "GET" and taken is None
    return Bar(
        page_id=taken.page_id if taken else _page(),
        form=subject.form,
        keep_url=url_for(place.keep, **{place.argument: subject.target_id}),  # type: ignore[arg-type]  # names of the route
        continued=taken.saved_at.astimezone(STOCKHOLM) if taken else None,
        waiting=waiting(drafts.waiting(views.actor(), subject)) if first else [],
    )


def keep(subject: Subject) -> drafts.Kept:
    """Keep what was sent as the draft of the page it was sent from."""
    return drafts.keep(views.actor(), subject, _page(), _typed(subject))


def saved(subject: Subject) -> None:
    """Let go of the draft of the page that has just been saved."""
    drafts.saved(views.actor(), subject, _page())


def rescue() -> str | None:
    """Keep what was sent after the session had ended, for the one whose session it was; return where to go on after signing in.

    The CSRF token has been held against the cookie before, so it was sent from a page of that session. Whether anything was
    kept cannot be told from the answer.
    """
    user_id = sessions.ended_user_id()
    subject = _subject()
    if user_id is None:
        return None
    if subject is None:
        return f"{request.path}?{FILE_LOST}=1" if request.endpoint == "records.attach" else None
    with transaction():
        user = identity.active_user(user_id)
        actor = identity.actor_of(user, None, fresh=False) if user else None
    if actor is not None:
        try:
            with transaction(Tenant(actor.municipality_id, actor.user_id)):
                drafts.keep(actor, subject, _page(), _typed(subject), rescued=True)
        except DomainError:  # they may no longer: then there is no draft either, and signing in says so
            pass
    return url_of(subject, LATEST)


def _subject() -> Subject | None:
    """Return the form that a request is about, by its address."""
    arguments = request.view_args or {}
    form = _ENDPOINTS.get(request.endpoint or "")
    if request.endpoint in {"drafts.keep_in_case", "drafts.keep_of_record"}:
        form = sent_form(RECORD_EDIT if "record_id" in arguments else None)
    target = arguments.get(PLACES[form].argument) if form else None
    return Subject(form, target) if form and isinstance(target, UUID) else None


def sent_form(fixed: str | None = None) -> str | None:
    """Return which form a draft is of, as it says itself."""
    form = fixed or request.form.get(FORM, "")
    return form if form in PLACES else None


def _page() -> UUID:
    return views.chosen(request.form, PAGE) or new_id()


def _typed(subject: Subject) -> list[tuple[str, str]]:
    """Return the fields that were sent, but for those that belong to the page and not to what was typed."""
    left_out = _NEVER_KEPT | ({"seen"} if subject.form == DISCLOSURE else set())
    return [(name, value) for name, value in request.form.items(multi=True) if name not in left_out]
