"""Forms about consent: recording one, taking it back whole or in part, its signed paper, and a guardian's part in custody."""

from collections.abc import Collection, Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Optional

from coordination.consent.recording import ConsentDraft
from coordination.consent.service import ConsentView, TakenBack
from coordination.core import clock
from coordination.web.forms.common import (
    LONG,
    DayField,
    ManyField,
    OneField,
    PickField,
    choice_list,
    choices,
    ids,
    picked,
)
from coordination.web.presenting import phrases
from policies.consent_information import Variant
from policies.consent_rules import consent_rules
from policies.permissions import AgencyKind
from policies.record_kinds import record_kinds


class ConsentForm(FlaskForm):
    """A consent that has been given."""

    agency_ids = ManyField(_("Vilka parter får veta?"), [picked(_("Välj minst en part."))])
    kinds = ManyField(_("Vad får de veta?"), [picked(_("Välj minst ett slag av uppgifter."))])
    purposes = ManyField(
        _("Vad får det användas till?"), [picked(_("Välj minst ett ändamål."))], choices=choices(phrases.PURPOSES)
    )
    reservation = TextAreaField(
        _("Villkor"),
        [Optional(), LONG],
        description=_("Till exempel att något inte får föras vidare. Parterna som omfattas ser villkoret."),
        render_kw={"rows": 2},
    )
    youth_signed = BooleanField(_("Den unge har sagt ja"))
    youth_heard = BooleanField(_("Den unge har fått komma till tals"))
    maturity = TextAreaField(
        _("Den unges mognad"),
        [Optional(), LONG],
        description=_(
            "Hur ni ser på att den unge förstår vad samtycket betyder. Behövs från 12 till 15 år. Ses bara av er."
        ),
        render_kw={"rows": 2},
    )
    guardian_ids = ManyField(_("Vårdnadshavare som har sagt ja"), [Optional()])
    ground = PickField(_("Varför räcker en av två vårdnadshavare?"), [Optional()])
    ground_words = TextAreaField(
        _("Vad det bygger på"),
        [Optional(), LONG],
        description=_("Vilket beslut eller vilket hinder, och vilken dag. Ses bara av er."),
        render_kw={"rows": 2},
    )
    against_guardians = BooleanField(
        _("Den unge kan antas lida betydande men om en vårdnadshavare får veta"),
        description=_(
            "Då får vårdnadshavarna inte bestämma över sekretessen (12 kap. 3 § OSL). Kontrollera mot lagtexten."
        ),
    )
    reason_without_guardian = TextAreaField(
        _("Varför utan vårdnadshavare"),
        [Optional(), LONG],
        description=_("Behövs när den som har fyllt 15 år samtycker ensam. Ses bara av er."),
        render_kw={"rows": 2},
    )
    form = OneField(_("Hur gavs det?"), [picked(_("Välj hur samtycket gavs."))], choices=choices(phrases.CONSENT_FORMS))
    language = PickField(_("På vilket språk?"), [Optional()], choices=choices(phrases.LANGUAGES), default="sv")
    interpreter = BooleanField(_("Med tolk"))
    signed_on = DayField(_("Dag då det gavs"), _("Skriv ett datum, till exempel 2026-11-12."))
    valid_to = DayField(_("Gäller till och med"), _("Skriv ett datum, högst ett år framåt."))
    note = TextAreaField(
        _("Vad som sades"),
        [Optional(), LONG],
        description=_("Hur den unge fick samtycket förklarat och vad hen svarade. Ses bara av er."),
        render_kw={"rows": 4},
    )
    variant = PickField(
        _("Blankettens språk"), [Optional()], choices=choices(phrases.VARIANTS), default=Variant.SWEDISH.value
    )

    def offer(
        self,
        agencies: Sequence[tuple[UUID, str]],
        guardians: Sequence[tuple[UUID, str]],
        writers: Collection[AgencyKind],
    ) -> None:
        """Offer the parties of the case, the kinds of records that any of them may write, and the guardians in the case."""
        written = [kind.id for kind in record_kinds().values() if any(map(kind.written_by, writers))]
        grounds = [(ground.id, phrases.said(ground.text)) for ground in consent_rules().grounds.values()]
        self.agency_ids.choices = choice_list(agencies)
        self.guardian_ids.choices = choice_list(guardians)
        self.kinds.choices = choice_list((kind, phrases.kind(kind)) for kind in (phrases.IDENTITY, *written))
        self.ground.choices = choice_list([("", _("Alla som har vårdnaden har sagt ja")), *grounds])

    def begin(self, before: ConsentView | None) -> None:
        """Fill in what a new consent begins with: today, and what the one before covered."""
        self.signed_on.data = clock.today()
        if before is not None:
            self.agency_ids.data = [str(agency_id) for agency_id in before.agency_ids]
            self.kinds.data, self.purposes.data = list(before.kinds), list(before.purposes)

    def draft(self) -> ConsentDraft:
        """Return the consent as typed."""
        return ConsentDraft(
            agency_ids=ids(self.agency_ids.data or []),
            kinds=self.kinds.data or [],
            purposes=self.purposes.data or [],
            form=self.form.data,
            youth_signed=bool(self.youth_signed.data),
            guardian_ids=ids(self.guardian_ids.data or []),
            signed_on=self.signed_on.data or clock.today(),
            valid_to=self.valid_to.data or clock.today(),
            reason_without_guardian=self.reason_without_guardian.data or "",
            note=self.note.data or "",
            youth_heard=bool(self.youth_heard.data),
            ground=self.ground.data or "",
            ground_words=self.ground_words.data or "",
            maturity=self.maturity.data or "",
            against_guardians=bool(self.against_guardians.data),
            reservation=self.reservation.data or "",
            language=self.language.data or "sv",
            interpreter=bool(self.interpreter.data),
        )


class WithdrawForm(FlaskForm):
    """Who took a consent back."""

    withdrawn_by = OneField(
        _("Vem tog tillbaka samtycket?"),
        [picked(_("Välj vem som tog tillbaka samtycket."))],
        choices=choices(phrases.WITHDRAWERS),
    )


class NarrowForm(WithdrawForm):
    """Which part of a consent is taken back."""

    agency_ids = ManyField(_("Vilka parter får inte veta något mer?"), [Optional()])
    kinds = ManyField(_("Vad får ingen veta något mer om?"), [Optional()])
    purposes = ManyField(_("Vad får inget mer användas till?"), [Optional()])

    def offer(self, agencies: Sequence[tuple[UUID, str]], consent: ConsentView) -> None:
        """Offer what the consent still covers."""
        self.agency_ids.choices = choice_list(agencies)
        self.kinds.choices = choice_list((kind, phrases.kind(kind)) for kind in consent.kinds)
        self.purposes.choices = choice_list((one, phrases.PURPOSES[one]) for one in consent.purposes)

    def part(self) -> TakenBack:
        """Return what is taken back, as chosen."""
        return TakenBack(
            frozenset(ids(self.agency_ids.data or [])),
            frozenset(self.kinds.data or []),
            frozenset(self.purposes.data or []),
        )


class PaperForm(FlaskForm):
    """The signed paper, scanned."""

    file = FileField(
        _("Det undertecknade papperet"),
        [FileRequired(_("Välj en fil."))],
        description=_("En bild eller en PDF, högst 20 MB. Den förseglas, och ses bara av er."),
    )


class CustodyForm(FlaskForm):
    """A guardian's part in custody."""

    custody = OneField(_("Del i vårdnaden"), [picked(_("Välj vilken del personen har i vårdnaden."))])

    def offer(self) -> None:
        """Offer the parts there are."""
        self.custody.choices = choice_list(phrases.custody_choices())
