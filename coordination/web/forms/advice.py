"""What is asked on the page "Får jag dela det här?": kinds of things only, and nothing that could be somebody."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, IntegerField
from wtforms.validators import NumberRange, Optional

from coordination.web.forms.common import ManyField, OneField, PickField, choice_list, choices, picked
from coordination.web.presenting import rules
from policies.disclosure import ConsentGiven, Question
from policies.vocabulary import DataKind, GivenBy, Party, PersonRole, Purpose

OWN = "eget"
INITIATIVES = {OWN: _("Ingen har frågat"), "begaran": _("Mottagaren har frågat")}
NOT_CHOSEN = ("", _("Välj"))
OLDEST = 120


class AgeField(IntegerField):
    """An age in whole years, said in our words when it cannot be read."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the age; nothing written is nothing known."""
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError:
            raise ValueError(str(_("Skriv åldern i hela år."))) from None


def _pick(label: object, message: object, words: Mapping[Any, object]) -> PickField:
    return PickField(label, [picked(message)], choices=choice_list([NOT_CHOSEN, *words.items()]))


class AdviceForm(Form):
    """Who gives what to whom, about whom, for what. Sent in the address, so that an answer can be kept and shown to others."""

    fran = _pick(_("Vem lämnar?"), _("Välj vem som lämnar."), rules.PARTIES)
    fran_enskild = BooleanField(_("Den som lämnar är fristående eller privat"))
    till = _pick(_("Vem tar emot?"), _("Välj vem som tar emot."), rules.PARTIES)
    till_enskild = BooleanField(_("Den som tar emot är fristående eller privat"))
    roll = _pick(_("Vem handlar uppgiften om?"), _("Välj vem uppgiften handlar om."), rules.ROLES)
    alder = AgeField(
        _("Hur gammal är personen?"),
        [Optional(), NumberRange(0, OLDEST, message=_("Skriv en ålder från 0 till 120 år."))],
        description=_("I hela år. Lämna tomt om du inte vet."),
    )
    uppgift = _pick(_("Vad är det för uppgift?"), _("Välj vad det är för uppgift."), rules.DATA)
    andamal = _pick(_("Vad behöver mottagaren den till?"), _("Välj vad mottagaren behöver den till."), rules.PURPOSES)
    initiativ = OneField(
        _("Vem tog initiativet?"),
        [picked(_("Välj vem som tog initiativet."))],
        choices=choices(INITIATIVES),
    )
    samtycke_av = PickField(
        _("Vem har samtyckt?"),
        choices=choice_list([("", _("Ingen, eller jag vet inte")), *rules.GIVERS.items()]),
        default="",
    )
    samtycke = ManyField(
        _("Samtycket"),
        choices=choices(
            {
                "mottagaren": _("omfattar mottagaren"),
                "uppgiften": _("omfattar uppgiften"),
                "galler": _("gäller i dag"),
            }
        ),
    )

    def begin(self, own: Party) -> None:
        """Begin with the reader's own agency as the one that gives."""
        self.fran.data = own.value
        self.initiativ.data = OWN

    def question(self, on: date) -> Question:
        """Return what was asked."""
        return Question(
            sender=Party(self.fran.data),
            recipient=Party(self.till.data),
            role=PersonRole(self.roll.data),
            age=self.alder.data,
            data=DataKind(self.uppgift.data),
            purpose=Purpose(self.andamal.data),
            own_initiative=self.initiativ.data == OWN,
            on=on,
            consent=self._consent(),
            sender_private=True if self.fran_enskild.data else None,
            recipient_private=True if self.till_enskild.data else None,
        )

    def _consent(self) -> ConsentGiven | None:
        if not self.samtycke_av.data:
            return None
        holds = set(self.samtycke.data or [])
        return ConsentGiven(
            covers_recipient="mottagaren" in holds,
            covers_data="uppgiften" in holds,
            active="galler" in holds,
            given_by=GivenBy(self.samtycke_av.data),
        )


def said(form: AdviceForm) -> list[tuple[str, str]]:
    """Return the question in words, for the answer on paper."""
    tables: dict[str, Mapping[Any, object]] = {
        "fran": rules.PARTIES,
        "till": rules.PARTIES,
        "roll": rules.ROLES,
        "uppgift": rules.DATA,
        "andamal": rules.PURPOSES,
    }
    words = {name: str(table[form[name].data]) for name, table in tables.items()}
    age = str(_("%(age)s år", age=form.alder.data)) if form.alder.data is not None else str(_("inte känd"))
    asked = INITIATIVES[form.initiativ.data]
    rest = {"alder": age, "initiativ": str(asked)}
    order = ("fran", "till", "roll", "alder", "uppgift", "andamal", "initiativ")
    return [(str(form[name].label.text), {**words, **rest}[name]) for name in order]
