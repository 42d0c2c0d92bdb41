"""Forms of blind match requests: the question, the answer, and why there is none."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Optional

from coordination.disclosure.matched import AnswerDraft
from coordination.disclosure.matching import MatchDraft
from coordination.disclosure.refusals import REASONS
from coordination.web.forms.common import (
    LONG,
    ManyField,
    OneField,
    PickField,
    choice_list,
    choices,
    ids,
    picked,
    required,
)
from coordination.web.presenting import phrases


class MatchForm(FlaskForm):
    """A question to other agencies: do you work with this person?"""

    person = OneField(_("Vem gäller frågan?"), [picked(_("Välj vem frågan gäller."))])
    agencies = ManyField(_("Vilka parter vill ni fråga?"), [picked(_("Välj minst en part att fråga."))])
    purpose = PickField(
        _("Vad behöver ni svaret till?"),
        [picked(_("Välj vad ni behöver svaret till."))],
        choices=choices({"": _("Välj"), **phrases.PURPOSES}),
    )
    basis = PickField(
        _("Med vilket stöd frågar ni?"),
        [picked(_("Välj rättsligt stöd."))],
        description=_("Stödet ska räcka för att den ni frågar får veta vem frågan gäller."),
    )
    reason = TextAreaField(
        _("Varför behöver ni fråga, och hur påverkas den unge?"),
        [required(_("Skriv varför ni behöver fråga.")), LONG],
        description=_(
            "Skriv så lite som möjligt om personen. Sparas förseglat hos er. Den som arbetar med personen får läsa det."
        ),
        render_kw={"rows": 4},
    )

    def offer(
        self,
        people: Iterable[tuple[UUID, str]],
        agencies: Iterable[tuple[UUID, str]],
        bases: Sequence[tuple[str, str]],
    ) -> None:
        """Offer the people who can be asked about, the other agencies and the bases there are."""
        self.person.choices = choice_list(people)
        self.agencies.choices = choice_list(agencies)
        self.basis.choices = choice_list([("", _("Välj")), *bases])

    def draft(self) -> MatchDraft:
        """Return the question as typed."""
        return MatchDraft(
            person_id=UUID(self.person.data),
            agency_ids=ids(self.agencies.data or []),
            purpose=self.purpose.data,
            basis_id=self.basis.data,
            reason=self.reason.data or "",
        )


class AnswerForm(FlaskForm):
    """A yes: whom to talk to, a sentence if any, and the decision behind it."""

    contact = PickField(_("Vem hos er ska de tala med?"), [picked(_("Välj en kontaktperson."))])
    words = TextAreaField(
        _("Något mer de behöver veta"),
        [Optional(), LONG],
        description=_("En mening räcker. Förseglas till den som frågade."),
        render_kw={"rows": 2},
    )
    basis = PickField(_("Med vilket stöd svarar ni?"), [picked(_("Välj rättsligt stöd."))])
    harm_test = TextAreaField(
        _("Hur påverkas den unge och närstående av att de får veta?"),
        [required(_("Skriv din prövning.")), LONG],
        description=_("Menprövningen. Ses bara av er."),
        render_kw={"rows": 4},
    )

    def offer(self, contacts: Iterable[tuple[UUID, str]], bases: Sequence[tuple[str, str]]) -> None:
        """Offer those who work in the case, and the bases there are."""
        self.contact.choices = choice_list(contacts)
        self.basis.choices = choice_list([("", _("Välj")), *bases])

    def draft(self) -> AnswerDraft:
        """Return the answer as typed."""
        return AnswerDraft(UUID(self.contact.data), self.words.data or "", self.basis.data, self.harm_test.data or "")


class DeclineForm(FlaskForm):
    """Why a question gets no answer."""

    reason_code = OneField(
        _("Varför svarar ni inte?"),
        [picked(_("Välj varför ni inte svarar."))],
        choices=choice_list((reason, phrases.REFUSED[reason]) for reason in REASONS),
    )
    reason = TextAreaField(
        _("Er prövning"),
        [required(_("Skriv varför ni inte svarar.")), LONG],
        description=_("Så att någon annan kan följa den. Ses bara av er, aldrig av den som frågade."),
        render_kw={"rows": 4},
    )
