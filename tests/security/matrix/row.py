"""What a row of the matrix says: who gets through a route, what a request sends, and which words the page then shows."""

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
