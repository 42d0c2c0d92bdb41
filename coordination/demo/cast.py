"""Who works where in the demo: two municipalities, ten agencies, and the people in them. All are invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from policies.permissions import HANDLERS, AgencyKind, EmployerType, Role

MAIL_DOMAIN = ".example"
"""Reserved for examples (RFC 2606): no address in it is anybody's, so it marks the users of the demo."""


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality: its code, its name, and the part of mail addresses that names it."""

    code: str
    name: str

    @property
    def mail(self) -> str:
        """What the addresses of its people end in."""
        return f"{self.name.casefold()}{MAIL_DOMAIN}"


@dataclass(frozen=True, slots=True)
class AgencyPart:
    """An agency as the demo lays it down. ``address`` is where its people sign in from (RFC 5737: nobody's)."""

    key: str
    town: Town
    kind: AgencyKind
    name: str
    controller: str
    branch: str
    mark: str
    address: str
    employer: EmployerType | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """A person at work. ``key`` is the first part of the mail address, the same in no two agencies."""

    key: str
    agency: str
    name: str
    title: str
    roles: frozenset[Role]

    @property
    def email(self) -> str:
        """The address the person signs in with."""
        return f"{self.key}@{agencies()[self.agency].town.mail}"

    @property
    def handles(self) -> bool:
        """Whether the person works in cases."""
        return bool(self.roles & HANDLERS)


KARLSKOGA, KARLSTAD = Town("1883", "Karlskoga"), Town("1780", "Karlstad")
TOWNS = (KARLSKOGA, KARLSTAD)

_AGENCIES = (
    AgencyPart(
        "kga-so",
        KARLSKOGA,
        AgencyKind.SOCIAL_SERVICES,
        "Socialtjänsten",
        "Socialnämnden",
        "Barn och unga",
        "SO",
        "192.0.2.11",
    ),
    AgencyPart(
        "kga-po",
        KARLSKOGA,
        AgencyKind.POLICE,
        "Polisen",
        "Polismyndigheten",
        "Lokalpolisområde Karlskoga",
        "PO",
        "192.0.2.21",
    ),
    AgencyPart(
        "kga-sk", KARLSKOGA, AgencyKind.SCHOOL, "Skolan", "Skolnämnden", "Grundskola och gymnasium", "SK", "192.0.2.31"
    ),
    AgencyPart(
        "kga-np",
        KARLSKOGA,
        AgencyKind.OUTREACH,
        "Nätpolarna",
        "Socialnämnden",
        "Uppsökande arbete på nätet",
        "NP",
        "192.0.2.41",
        EmployerType.SOCIAL,
    ),
    AgencyPart("kga-fr", KARLSKOGA, AgencyKind.LEISURE, "Fritid", "Kulturnämnden", "Fritidsgårdar", "FR", "192.0.2.51"),
    AgencyPart(
        "kga-re",
        KARLSKOGA,
        AgencyKind.REGION,
        "Regionen",
        "Hälso- och sjukvårdsnämnden",
        "Barn- och ungdomspsykiatrin",
        "RE",
        "192.0.2.61",
    ),
    AgencyPart(
        "ksd-so",
        KARLSTAD,
        AgencyKind.SOCIAL_SERVICES,
        "Socialtjänsten",
        "Socialnämnden",
        "Ungdomsenheten",
        "SO",
        "198.51.100.11",
    ),
    AgencyPart(
        "ksd-po",
        KARLSTAD,
        AgencyKind.POLICE,
        "Polisen",
        "Polismyndigheten",
        "Lokalpolisområde Karlstad",
        "PO",
        "198.51.100.21",
    ),
    AgencyPart(
        "ksd-eh",
        KARLSTAD,
        AgencyKind.SCHOOL_HEALTH,
        "Elevhälsan",
        "Utbildningsnämnden",
        "Elevhälsans kuratorer",
        "EH",
        "198.51.100.31",
    ),
    AgencyPart(
        "ksd-tc",
        KARLSTAD,
        AgencyKind.RESCUE,
        "Trygghetscenter",
        "Räddningstjänstförbundet",
        "Trygghetscenter och länssamordning",
        "TC",
        "198.51.100.71",
    ),
)

_WORKERS = (
    ("helena.brandt", "kga-so", "Helena Brandt", "SIG-samordnare", Role.SIG_COORDINATOR),
    ("maria.ekdahl", "kga-so", "Maria Ekdahl", "socialsekreterare", Role.CASE_WORKER),
    ("jonas.wikstrom", "kga-so", "Jonas Wikström", "socialsekreterare", Role.CASE_WORKER),
    ("birgitta.nystrom", "kga-so", "Birgitta Nyström", "enhetschef", Role.UNIT_MANAGER),
    ("lena.forsman", "kga-so", "Lena Forsman", "registrator", Role.REGISTRAR),
    ("thomas.akerlund", "kga-so", "Thomas Åkerlund", "systemförvaltare", Role.ADMINISTRATOR),
    ("sara.holm", "kga-po", "Sara Holm", "kommunpolis", Role.POLICE_LIAISON),
    ("erik.lund", "kga-po", "Erik Lund", "ungdomspolis", Role.POLICE_LIAISON),
    ("mikael.strand", "kga-po", "Mikael Strand", "gruppchef", Role.UNIT_MANAGER),
    ("petra.sjogren", "kga-sk", "Petra Sjögren", "kurator", Role.SCHOOL_CONTACT),
    ("karin.lindell", "kga-sk", "Karin Lindell", "biträdande rektor", Role.SCHOOL_CONTACT),
    ("daniel.oberg", "kga-sk", "Daniel Öberg", "rektor", Role.UNIT_MANAGER),
    ("johan.bergstrom", "kga-np", "Johan Bergström", "nätvandrare", Role.OUTREACH_WORKER),
    ("amina.yusuf", "kga-np", "Amina Yusuf", "nätvandrare", Role.OUTREACH_WORKER),
    ("cecilia.hjelm", "kga-np", "Cecilia Hjelm", "verksamhetsledare", Role.UNIT_MANAGER),
    ("kamal.aziz", "kga-fr", "Kamal Aziz", "fritidsledare", Role.AGENCY_CONTACT),
    ("ulrika.hedman", "kga-fr", "Ulrika Hedman", "enhetschef", Role.UNIT_MANAGER),
    ("lotta.nyman", "kga-re", "Lotta Nyman", "psykolog", Role.HEALTH_CONTACT),
    ("stefan.kvist", "kga-re", "Stefan Kvist", "vårdenhetschef", Role.UNIT_MANAGER),
    ("nadia.rahimi", "ksd-so", "Nadia Rahimi", "SIG-samordnare", Role.SIG_COORDINATOR),
    ("oskar.ryden", "ksd-so", "Oskar Rydén", "socialsekreterare", Role.CASE_WORKER),
    ("frida.malm", "ksd-so", "Frida Malm", "socialsekreterare", Role.CASE_WORKER),
    ("gunilla.berg", "ksd-so", "Gunilla Berg", "enhetschef", Role.UNIT_MANAGER),
    ("ingrid.sund", "ksd-so", "Ingrid Sund", "registrator", Role.REGISTRAR),
    ("patrik.noren", "ksd-so", "Patrik Norén", "systemförvaltare", Role.ADMINISTRATOR),
    ("henrik.falk", "ksd-po", "Henrik Falk", "kommunpolis", Role.POLICE_LIAISON),
    ("emelie.grahn", "ksd-po", "Emelie Grahn", "ungdomspolis", Role.POLICE_LIAISON),
    ("roland.loof", "ksd-po", "Roland Lööf", "gruppchef", Role.UNIT_MANAGER),
    ("mattias.ek", "ksd-eh", "Mattias Ek", "skolkurator", Role.SCHOOL_CONTACT),
    ("sofia.wedin", "ksd-eh", "Sofia Wedin", "skolsköterska", Role.SCHOOL_CONTACT),
    ("yvonne.rask", "ksd-eh", "Yvonne Rask", "chef för elevhälsan", Role.UNIT_MANAGER),
    ("leif.svard", "ksd-tc", "Leif Svärd", "säkerhetskoordinator", Role.AGENCY_CONTACT),
    ("marie.tell", "ksd-tc", "Marie Tell", "föreståndare", Role.UNIT_MANAGER),
    ("anders.wallin", "ksd-tc", "Anders Wallin", "regional samordnare", Role.REGIONAL_COORDINATOR),
    ("eva.dahl", "ksd-tc", "Eva Dahl", "regional samordnare", Role.REGIONAL_COORDINATOR),
)


@cache
def agencies() -> Mapping[str, AgencyPart]:
    """Return the agencies by key."""
    return {agency.key: agency for agency in _AGENCIES}


@cache
def workers() -> Mapping[str, Worker]:
    """Return the people at work by key."""
    return {key: Worker(key, agency, name, title, frozenset({role})) for key, agency, name, title, role in _WORKERS}


@cache
def handlers_of(agency: str) -> tuple[str, ...]:
    """Return those who work in cases in an agency, by key."""
    return tuple(worker.key for worker in workers().values() if worker.agency == agency and worker.handles)


@cache
def manager_of(agency: str) -> str:
    """Return the manager of an agency, by key."""
    return next(
        worker.key for worker in workers().values() if worker.agency == agency and Role.UNIT_MANAGER in worker.roles
    )
