"""SIG 2026-0147, told by hand: Alva, fifteen, whose pictures are spread in a group chat. Everybody's first case to look at."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from coordination.demo import numbers
from coordination.demo.actions import (
    AddPerson,
    Attach,
    Disclose,
    Edit,
    Event,
    FollowUp,
    MapOut,
    MovePhase,
    NoteFirstAction,
    OpenCase,
    OpenProtected,
    Piece,
    PlanAction,
    SetGoal,
)
from coordination.demo.cast import KARLSKOGA
from coordination.demo.script import CONSENT, Script, slots_for
from coordination.demo.stories import Deck, Note
from policies.permissions import AgencyKind

KEY = "alva"
NUMBER = 147
"""The running number of Alva's case in the year it is opened."""
PERSONNUMMER = "201103052385"

_MARIA, _SARA, _PETRA, _JOHAN, _KAMAL = "maria.ekdahl", "sara.holm", "petra.sjogren", "johan.bergstrom", "kamal.aziz"
_SO, _PO, _SK, _NP, _FR, _RE = "kga-so", "kga-po", "kga-sk", "kga-np", "kga-fr", "kga-re"
_OPENED, _CONSENT_LASTS = 84, timedelta(days=98)


def told(anchor: datetime, deck: Deck) -> list[Event]:
    """Return the events of Alva's case."""
    return _Alva(anchor, deck).told()


class _Alva:
    def __init__(self, anchor: datetime, deck: Deck) -> None:
        self.script = Script(KEY, KARLSKOGA, _MARIA, anchor, deck.seed)
        self.deck = deck
        self.school_goal = ""
        self.today: date = self.script.anchor.date()
        self.script.slots = {
            **slots_for(self.script, "Alva", woman=True, parent="pappan"),
            "skola": "Norrbyskolan",
            "plats": "gallerian",
        }

    def told(self) -> list[Event]:
        self._until_consent()
        self._mapping_and_plan()
        self._october()
        self._november()
        self._this_week()
        return self.script.events()

    def _until_consent(self) -> None:
        script = self.script
        script.on(_OPENED)
        script.starts(_MARIA)
        script.do(_MARIA, OpenCase())
        script.check(self.deck, "own_screening")
        script.write(_MARIA, self.deck.step("request"), about=None)
        script.on(81)
        script.do(_MARIA, MovePhase("referral"))
        self._people()
        script.write(_MARIA, self.deck.step("referral"))
        script.join(_PO, _SARA)
        script.join(_SK, _PETRA)
        script.do(_MARIA, NoteFirstAction())
        script.on(74)
        script.check(self.deck, "target_group_checked")
        script.do(_MARIA, MovePhase("assessment"))
        script.write(_MARIA, self.deck.step("assessment"))
        script.on(67)
        script.do(_MARIA, MovePhase("consent"))
        script.join(_FR, _KAMAL)
        script.join(_NP, _JOHAN)
        script.on(63)
        script.agree(self.deck, self.today + _CONSENT_LASTS, ("father", "mother"))
        for agency in (_PO, _SK, _FR, _NP):
            script.tell_name(self.deck, agency, number=agency == _PO)

    def _people(self) -> None:
        add = self.script.do
        contact = "Vill bli kontaktad med sms efter 14.30"
        add(_MARIA, AddPerson("subject", "subject", "Alva", "Lindqvist", PERSONNUMMER, contact=contact))
        father = numbers.adult(numbers.MOST_ADULTS - 1, woman=False)
        add(
            _MARIA,
            AddPerson("father", "guardian", "Marcus", "Lindqvist", father, contact="Pappa. Nås efter klockan 16."),
        )
        mother = numbers.adult(numbers.MOST_ADULTS - 2, woman=True)
        add(_MARIA, AddPerson("mother", "guardian", "Jessica", "Rosengren", mother, protection="marked"))
        brother = numbers.personnummer(date(2013, 5, 3), woman=False)
        reason = "Bror i samma hem. Nämns i samtalen och har rätt till eget stöd."
        add(_MARIA, AddPerson("brother", "sibling", "Hjalmar", "Lindqvist", brother, reason=reason))

    def _mapping_and_plan(self) -> None:
        script = self.script
        script.on(59)
        script.answer()
        script.do(_MARIA, MovePhase("mapping"))
        script.write(_PETRA, self.deck.note_by("hot_i_chatt", AgencyKind.SCHOOL))
        script.on(31)
        self._share(script.write(_MARIA, self.deck.step("mapping")), (1, 2), _SK, _PO)
        self._made(MapOut(script.new_key("record"), _RATED[0], _SAID))
        script.on(28)
        script.do(_MARIA, MovePhase("planning"))
        plan = self._write(_MARIA, "plan", "Plan", _PLAN)
        self._share(plan, (1, 2, 3), _PO, _SK, _FR, _NP)
        self._goals()

    def _goals(self) -> None:
        """Set two goals, and share with the school what it answers for."""
        new_key = self.script.new_key
        self.school_goal = self._made(SetGoal(new_key("record"), *_SCHOOL_GOAL))
        self._share(self.school_goal, (1,), _SK)
        for text, worker, days in _SCHOOL_ACTIONS:
            action = self._made(PlanAction(new_key("record"), self.school_goal, text, worker, days))
            self._share(action, (1,), _SK)
        night = self._made(SetGoal(new_key("record"), *_NIGHT_GOAL))
        self._made(PlanAction(new_key("record"), night, "Stödsamtal var fjortonde dag", _MARIA, 90))

    def _october(self) -> None:
        script = self.script
        script.on(24, 13)
        brawl = self._write(_MARIA, "journal_note", "Uppgift om planerat bråk", _BRAWL)
        action = Disclose(
            key=script.new_key("disclosure"),
            to=_PO,
            basis="OSL_10_18A_U21",
            purpose="prevent_crime",
            harm_test=_BRAWL_HARM,
            until=self.today - timedelta(days=3),
            record=brawl,
            parts=(0, 1),
        )
        script.do(_MARIA, action)
        script.on(22)
        script.write(_PETRA, self.deck.note_by("franvaro", AgencyKind.SCHOOL))

    def _november(self) -> None:
        script = self.script
        script.on(19, 14)
        support = self._write(_MARIA, "journal_note", "Stödsamtal påbörjat", _SUPPORT)
        self._share(support, (1,), _SK, _FR)
        script.on(17)
        self._made(MapOut(script.new_key("record"), _RATED[1]))
        script.do(_MARIA, FollowUp(self.school_goal, "begun"))
        self._write(_MARIA, "assessment", "Bedömning av risk och skydd", _ASSESSMENT)
        script.on(16)
        self._write(_MARIA, "journal_note", "Samtal med syskon", _BROTHER, about="brother")
        script.on(14, 22)
        chat = self._write(_JOHAN, "online_observation", "Gruppchatt med hot och namn", _CHAT)
        for number in range(1, 5):
            lines = (f"Bild {number} av 4", "Öppen grupp på Brus", f"Sparad {script.now:%Y-%m-%d %H.%M}")
            script.do(_JOHAN, Attach(chat, f"skärmbild-{number}.png", "Skärmbild", lines))
        script.on(12)
        self._share(chat, (1, 2), _SO, _SK, until=self.today + timedelta(days=8))
        script.on(11, 15)
        self._write(_MARIA, "journal_note", "Hembesök", _HOME)
        script.on(9)
        script.write(_PETRA, self.deck.note_by("hot_i_chatt", AgencyKind.SCHOOL))
        script.do(_MARIA, Edit(support, 1, "Tillägg: andra samtalet är bokat till fredag klockan 15."))

    def _this_week(self) -> None:
        script = self.script
        script.on(7, 20)
        square = self._write(_SARA, "event", "Samtal vid torget", _SQUARE)
        script.on(6)
        script.do(_MARIA, OpenProtected("mother", "Ska ringa om mötet på torsdag och behöver rätt nummer."))
        script.on(5, 13)
        rated = self._made(MapOut(script.new_key("record"), _RATED[2]))
        self._share(rated, (1, 2), _SK)
        script.do(_MARIA, FollowUp(self.school_goal, "some_way"))
        script.on(4)
        absence = self._write(_PETRA, "school_note", "Frånvaro vecka {v1}–{v2}", _ABSENCE)
        script.join(_RE, "lotta.nyman")
        script.on(3, 10)
        self._share(square, (1,), _SO, _FR)
        script.on(0, 7, 42)
        self._share(absence, (1, 2), _SO)

    def _made(self, action: MapOut | SetGoal | PlanAction) -> str:
        """Let Maria add something to the mapping or the plan; return its key."""
        self.script.written[action.key] = _MARIA
        self.script.do(_MARIA, action)
        return action.key

    def _write(self, who: str, kind: str, title: str, pieces: Sequence[Piece], about: str = "subject") -> str:
        note = Note(AgencyKind.SOCIAL_SERVICES, kind, title, tuple(pieces))
        return self.script.write(who, note, about=about)

    def _share(self, record: str, parts: tuple[int, ...], *agencies: str, until: date | None = None) -> None:
        for agency in agencies:
            harm_test = self.script.fit(self.deck.words("harm_consent"))
            last = until or self.today + _CONSENT_LASTS
            key = self.script.new_key("disclosure")
            action = Disclose(key, agency, CONSENT, "support", harm_test, last, record=record, parts=(0, *parts))
            self.script.do(self.script.written[record], action)


_BRAWL = (
    Piece(
        "fact",
        "",
        "Alva berättade om ett bråk som planeras till lördag vid torget. Två av dem som hotar henne har bestämt tid med en "
        "annan grupp. Alva är rädd för att bli indragen och tänker gå dit för att få det överstökat.",
    ),
    Piece("fact", "Alva vet", "Uppgiften lämnas till Polisen utan samtycke. Alva fick veta det samma dag."),
)
_BRAWL_HARM = (
    "Tid och plats är kända och Alva tänker gå dit. Risken att hon dras in i våld är konkret och ligger framåt i tiden. "
    "Stödet hemma och i skolan påverkas inte. Mindre räcker inte, för utan plats kan polisen inte finnas där. Alva vet om det."
)
_SUPPORT = (
    Piece("fact", "", "Alva går på stödsamtal var fjortonde dag. Första samtalet hölls i dag och gick bra."),
    Piece(
        "own_view",
        "Alvas egen syn",
        "Hon vill prata om annat än gruppchatten också. ”Jag är inte bara den det hände.”",
    ),
)
_ASSESSMENT = (
    Piece("assessment", "Risk", "Fem tydliga riskfaktorer, en färre än förra månaden. Hoten fortsätter men är färre."),
    Piece(
        "assessment",
        "Skydd",
        "Fyra tydliga skyddsfaktorer: pappan, mentorn, boxningen och viljan att gå kvar i klassen.",
    ),
    Piece(
        "disagreement", "Alva håller inte med", "Alva tycker att frånvaron är följden av hoten och inte en egen risk."
    ),
)
_BROTHER = (
    Piece(
        "fact",
        "",
        "Hjalmar har sett bilderna i sin egen klass. Han har inte berättat det för Alva. Han vill veta vad han ska svara när "
        "någon frågar.",
    ),
)
_CHAT = (
    Piece(
        "fact",
        "Det vi såg",
        "En chatt med ett trettiotal unga i Karlskoga och Karlstad sprider bilder på Alva och skriver hennes skola. Tre konton "
        "driver på.",
    ),
    Piece(
        "fact", "Det vi har gjort", "Skärmbilder finns sparade hos Nätpolarna. Vi skrev öppet i gruppen vilka vi är."
    ),
    Piece("assessment", "Bedömning", "Två av kontona hör troligen till samma person. Det är inte bekräftat."),
)
_HOME = (
    Piece(
        "fact",
        "Sömn och mående",
        "Alva berättar att hon sover dåligt sedan bilderna spreds. Hon vill gå kvar i klassen men slippa idrotten tills vidare.",
    ),
    Piece(
        "fact",
        "Det vi kom överens om",
        "Pappa stöttar. Vi kom överens om att prata med skolan om omklädningsrummet före fredag.",
    ),
    Piece("fact", "Samtal med mentor", "Mentorn ringde under besöket. Alva får lämna in so-uppgiften muntligt."),
    Piece(
        "fact",
        "Familjens boende",
        "Familjen bor i andra hand till i vår. Pappa söker ny bostad och vill inte att skolan får veta det.",
    ),
)
_SQUARE = (
    Piece(
        "fact",
        "",
        "Patrullen pratade med Alva efter ett gräl mellan två grupper. Ingen skadades. Alva säger att grälet började i en "
        "gruppchatt. Hon hämtades av sin pappa 19.40.",
    ),
)
_ABSENCE = (
    Piece(
        "fact",
        "Närvaro",
        "Alva har varit borta 31 procent av lektionstiden, mest måndagar och idrott. Mentor har haft två samtal med Alva och ett "
        "med hennes pappa.",
    ),
    Piece("own_view", "Alvas egen syn", "Hon säger att hon undviker omklädningsrummet."),
)
_SAID = (
    (
        "school",
        "Petra Sjögren, kurator",
        "Alva missar mest måndagar och idrott. På bild och engelska är hon alltid med.",
    ),
    ("family", "Pappa", "Hemma är det lugnt. Alva berättar mer än hon gjorde i somras."),
)
_RATED = (
    (("absence", 4), ("isolation", 3), ("feels_bad", 4), ("victim", 4), ("close_adult", 3), ("own_interest", 2)),
    (("absence", 3), ("isolation", 3), ("feels_bad", 3), ("victim", 4), ("close_adult", 3), ("own_interest", 3)),
    (("absence", 2), ("isolation", 2), ("feels_bad", 3), ("victim", 3), ("close_adult", 4), ("own_interest", 3)),
)
"""The mapping at three occasions, by factor and value."""
_SCHOOL_GOAL = ("Alva är i skolan minst 90 procent av tiden.", "Jag vill gå i skolan men slippa omklädningsrummet.")
_SCHOOL_ACTIONS = (
    ("Annat omklädningsrum till idrotten", _PETRA, 19),
    ("Morgonmöte med mentor varje måndag", _PETRA, 60),
)
_NIGHT_GOAL = (
    "Alva sover på nätterna och känner sig lugnare.",
    "Jag vaknar av telefonen och kan inte låta bli att titta.",
)
_PLAN = (
    Piece(
        "fact",
        "Mål 1",
        "Alva är i skolan minst 90 procent av tiden. Nu 69 procent. Mäts varannan fredag. Skolan: morgonmöte med mentor varje "
        "måndag, annat omklädningsrum till idrotten. Socialtjänsten: stödsamtal var fjortonde dag.",
    ),
    Piece(
        "fact",
        "Mål 2",
        "Hoten i gruppchatten upphör. Nätpolarna kontaktar dem som skriver i chatten. Polisen tar upp anmälan och säkrar bevis.",
    ),
    Piece(
        "fact",
        "Mål 3",
        "Alva har något att göra två eftermiddagar i veckan. Nu en eftermiddag. Fritid: prova boxning på tisdagar.",
    ),
    Piece("own_view", "Alvas egen syn på planen", "Alva har läst planen med sin pappa. Hon vill att mål 2 står först."),
)
