"""The words of the disclosure rules as somebody chooses among them: who gives, who gets, about whom, what, why."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from policies.vocabulary import DataKind, GivenBy, Party, PersonRole, Purpose

PARTIES: Mapping[Party, LazyString] = {
    Party.SOCIAL_SERVICES: _("Socialtjänsten"),
    Party.POLICE: _("Polisen"),
    Party.SCHOOL_PRINCIPAL: _("Rektor"),
    Party.SCHOOL_HEALTH: _("Elevhälsan"),
    Party.SCHOOL_OTHER: _("Annan i skolan, till exempel mentor"),
    Party.PRESCHOOL: _("Förskolan"),
    Party.HEALTH_CARE: _("Hälso- och sjukvården"),
    Party.OUTREACH_SOCIAL: _("Fältverksamhet inom socialtjänsten"),
    Party.OUTREACH_MUNICIPAL: _("Fritid, eller fältverksamhet i annan nämnd"),
    Party.OUTREACH_ASSOCIATION: _("Fältverksamhet i en förening"),
    Party.MUNICIPAL_SAFETY: _("Kommunens trygghetssamordnare"),
    Party.RESCUE: _("Räddningstjänsten"),
    Party.VICTIM_SUPPORT: _("Brottsofferjouren eller annan stödjour"),
    Party.HOUSING: _("Kommunalt bostadsbolag"),
    Party.ASSOCIATION: _("Förening eller stiftelse"),
    Party.PROSECUTOR: _("Åklagare"),
    Party.PROBATION: _("Frivården"),
    Party.EMPLOYMENT_AGENCY: _("Arbetsförmedlingen"),
    Party.OTHER_MUNICIPALITY_SOCIAL_SERVICES: _("Socialtjänsten i en annan kommun"),
}
ROLES: Mapping[PersonRole, LazyString] = {
    PersonRole.SUBJECT: _("Den unge det gäller"),
    PersonRole.VICTIM: _("Den som har utsatts för brott"),
    PersonRole.WITNESS: _("Vittne"),
    PersonRole.GUARDIAN: _("Vårdnadshavare"),
    PersonRole.SUSPECT: _("Misstänkt"),
}
DATA: Mapping[DataKind, LazyString] = {
    DataKind.SOCIAL: _("Sociala förhållanden"),
    DataKind.HEALTH: _("Hälsa och vård"),
    DataKind.SCHOOL_STUDENT_HEALTH: _("Elevhälsans psykologiska eller kurativa insatser"),
    DataKind.SCHOOL_DISCIPLINE: _("Tillrättaförande, avstängning eller åtgärd i skolan"),
    DataKind.SCHOOL_GENERAL: _("Annat i skolan, till exempel frånvaro"),
    DataKind.POLICE_INVESTIGATION: _("Förundersökning"),
    DataKind.POLICE_INTELLIGENCE: _("Underrättelser hos polisen"),
    DataKind.POLICE_PREVENTION: _("Polisens brottsförebyggande arbete"),
    DataKind.CONTACT: _("Kontaktuppgifter"),
    DataKind.IDENTITY: _("Vem någon är"),
    DataKind.ONLINE_HANDLE: _("Kontonamn på nätet"),
    DataKind.DEIDENTIFIED: _("Ingen går att känna igen"),
}
PURPOSES: Mapping[Purpose, LazyString] = {
    Purpose.COORDINATION: _("Samordna insatserna"),
    Purpose.SUPPORT: _("Ge stöd"),
    Purpose.CHILD_PROTECTION: _("Skydda ett barn"),
    Purpose.PREVENT_CRIME: _("Förebygga brott"),
    Purpose.INVESTIGATE_CRIME: _("Utreda brott"),
    Purpose.IMMEDIATE_DANGER: _("Avvärja omedelbar fara"),
    Purpose.STATISTICS: _("Statistik"),
    Purpose.NONE: _("Inget särskilt ändamål"),
}
GIVERS: Mapping[GivenBy, LazyString] = {
    GivenBy.YOUTH: _("Personen själv"),
    GivenBy.GUARDIAN: _("Vårdnadshavarna"),
    GivenBy.BOTH: _("Båda"),
}
