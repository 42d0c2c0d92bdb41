"""The young people of the demo and what happens in their cases, but for Alva's, which is told by hand. All are invented."""

from dataclasses import dataclass, field

from coordination.demo.cast import KARLSKOGA, KARLSTAD, Town


@dataclass(frozen=True, slots=True)
class Youth:
    """A case in one line. ``days`` is how long ago it was opened; ``turns`` are what sets it apart (see ``script``)."""

    key: str
    town: Town
    theme: str
    phase: str
    days: int
    name: str
    number: str
    lead: str
    parties: tuple[str, ...]
    turns: frozenset[str] = field(default_factory=frozenset)

    @property
    def given(self) -> str:
        """The given name."""
        return self.name.split(" ")[0]

    @property
    def family(self) -> str:
        """The family name."""
        return self.name.split(" ")[1]


_KARLSKOGA = """
askvik    | franvaro     | evaluated  | 352 | Tuva Askvik        | 200710262387 | maria.ekdahl   | po sk       |
bjurling  | snatteri     | evaluated  | 331 | Elton Bjurling     | 200709182398 | jonas.wikstrom | po sk fr    | revoked
cederfalt | brak         | evaluated  | 318 | Melwin Cederfalt   | 200808102396 | helena.brandt  | po sk np    | left victim
dovner    | droger       | closing    | 296 | Leopold Dovner     | 200802142398 | maria.ekdahl   | po fr re    | 15a
eklof     | rekrytering  | follow_up  | 268 | Noel Eklöfsson   | 200902162395 | maria.ekdahl   | po fr np    | 18a expiring edited
fagerdal  | hot_i_chatt  | follow_up  | 243 | Wilda Fagerdal     | 200908032386 | jonas.wikstrom | po sk np    | files edited guardian2
gronvall  | hem          | follow_up  | 221 | Ebbot Grönvall     | 201304242397 | helena.brandt  | sk re       | oros sibling expired
hellgren  | ensam        | active     | 205 | Sixten Hellgren    | 201001312394 | maria.ekdahl   | sk fr np    | taken_over
ivarstam  | brak         | active     | 171 | Adnan Ivarstam     | 200905042396 | jonas.wikstrom | po sk fr    | 18a revoked suspect
jernelov  | hot_i_chatt  | active     | 148 | Tindra Jernelov    | 201104252380 | maria.ekdahl   | sk np re    | withdrawn victim
kullander | rekrytering  | active     | 126 | Zackarias Kullander | 200811252394 | helena.brandt | po fr       | 18a expiring alone
marklund  | snatteri     | planning   | 104 | Hilding Markstedt  | 201111192397 | maria.ekdahl   | po sk       | 15a files
ostergard | hem          | planning   | 93  | Freja Östergård    | 201210252381 | jonas.wikstrom | po sk re    | oros guardian_protected
palmblad  | franvaro     | planning   | 71  | Tilda Palmbladh    | 201008062380 | helena.brandt  | sk fr       | edited
qvarnlof  | droger       | mapping    | 63  | Ella Qvarnlöf      | 201202012389 | maria.ekdahl   | po sk       | 27
roslund   | franvaro     | mapping    | 52  | Alvar Roslund    | 201210222392 | maria.ekdahl   | sk          | oros
sundberg  | ensam        | consent    | 33  | Samir Sundholm     | 201010102380 | maria.ekdahl   | po fr       | no_sharing
tornvik   | brak         | consent    | 26  | Vidar Tornvik      | 201111182398 | jonas.wikstrom | po sk       | witness no_sharing
ulfheden  | rekrytering  | assessment | 19  | Malte Ulfheden     | 200903082394 | helena.brandt  | po sk       | 18a no_sharing
vestberg  | hot_i_chatt  | referral   | 11  | Signe Vestbergh    | 200902052380 | maria.ekdahl   | po          | no_sharing
walldin   | ensam        | inquiry    | 6   |                    |              | maria.ekdahl   | po          | no_sharing
"""

_KARLSTAD = """
abrandt   | snatteri     | evaluated  | 347 | Ludwig Abrandt     | 200701302390 | nadia.rahimi   | po eh       |
brolander | droger       | evaluated  | 309 | Saga Brolander     | 200707072385 | oskar.ryden    | po eh tc    | revoked 15a
cronvall  | hem          | closing    | 284 | Ronja Cronvall     | 201301262380 | frida.malm     | eh          | oros
dahlkvist | brak         | follow_up  | 251 | Kasper Dahlkvist | 200803022391 | oskar.ryden    | po eh tc    | 18a victim edited
enstrand  | franvaro     | follow_up  | 232 | Moltas Enstrand    | 201210262398 | nadia.rahimi   | eh          | sibling_case
flodmark  | rekrytering  | active     | 197 | Hamza Flodmark   | 200812152387 | oskar.ryden    | po tc       | 18a withdrawn_late
gislen    | hot_i_chatt  | active     | 163 | Nellie Gislenius   | 201003022389 | frida.malm     | po eh       | files guardian2 expiring
hagstrom  | ensam        | active     | 139 | Otto Hagstrand     | 201010172391 | nadia.rahimi   | eh tc       | left
isgren    | droger       | planning   | 98  | Embla Isgren     | 200901772384 | oskar.ryden    | po eh       | alone
jarnvik   | brak         | planning   | 87  | Folke Järnvik      | 201103012397 | nadia.rahimi   | po eh tc    | witness 15a
kvarnby   | snatteri     | mapping    | 66  | Cleo Kvarnby       | 201307232387 | frida.malm     | po eh       | expired
lilljeby  | hem          | mapping    | 58  | Alma Lilljeby      | 200801202383 | nadia.rahimi   | po eh       | subject_protected
mossling  | franvaro     | mapping    | 47  | Rafael Mossling    |              | oskar.ryden    | eh          | oros
nordvall  | rekrytering  | consent    | 31  | Vincent Nordvall | 201301242390 | frida.malm     | po          | no_sharing
odenrick  | hot_i_chatt  | assessment | 22  | Juni Odenrick      | 201203082381 | nadia.rahimi   | po eh       | 27
pilfors   | ensam        | referral   | 14  | Theo Pilfors     | 201203022395 | oskar.ryden    | eh          | no_sharing
rangvid   | brak         | inquiry    | 8   |                    |              | nadia.rahimi   | po          | no_sharing
stendahl  | snatteri     | inquiry    | 3   |                    |              | frida.malm     | eh          | no_sharing
"""


def youths() -> tuple[Youth, ...]:
    """Return the cases of both towns."""
    return tuple(
        _youth(town, prefix, line)
        for town, prefix, lines in ((KARLSKOGA, "kga", _KARLSKOGA), (KARLSTAD, "ksd", _KARLSTAD))
        for line in lines.strip().splitlines()
    )


def _youth(town: Town, prefix: str, line: str) -> Youth:
    key, theme, phase, days, name, number, lead, parties, turns = (cell.strip() for cell in line.split("|"))
    return Youth(
        key=key,
        town=town,
        theme=theme,
        phase=phase,
        days=int(days),
        name=name,
        number=number,
        lead=lead,
        parties=tuple(f"{prefix}-{party}" for party in parties.split()),
        turns=frozenset(turns.split()),
    )
