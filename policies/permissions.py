"""The one vocabulary of permissions, and which roles hold each of them.

The page "Behörigheter" and ``docs/permissions.md`` are drawn from this file, so a lawyer reads what the code obeys.
"""

from collections.abc import Mapping
from enum import StrEnum

from policies.texts import N_


class AgencyKind(StrEnum):
    """What an agency is: it decides secrecy, which legal bases fit and its mark on the screen."""

    SOCIAL_SERVICES = "social_services"
    POLICE = "police"
    SCHOOL_HEALTH = "school_health"
    SCHOOL = "school"
    OUTREACH = "outreach"
    LEISURE = "leisure"
    REGION = "region"
    RESCUE = "rescue"
    VICTIM_SUPPORT = "victim_support"
    HOUSING = "housing"
    CIVIL_SOCIETY = "civil_society"


class EmployerType(StrEnum):
    """Who employs an outreach team; it decides which secrecy holds there (domain: employers of outreach staff)."""

    SOCIAL = "social"
    EDUCATION = "education"
    MUNICIPAL = "municipal"
    ASSOCIATION = "association"


class Role(StrEnum):
    """A role opens nothing by itself: a case is seen through an assignment."""

    SIG_COORDINATOR = "sig_coordinator"
    CASE_WORKER = "case_worker"
    POLICE_LIAISON = "police_liaison"
    SCHOOL_CONTACT = "school_contact"
    OUTREACH_WORKER = "outreach_worker"
    HEALTH_CONTACT = "health_contact"
    AGENCY_CONTACT = "agency_contact"
    UNIT_MANAGER = "unit_manager"
    REGISTRAR = "registrar"
    ADMINISTRATOR = "administrator"
    REGIONAL_COORDINATOR = "regional_coordinator"


HANDLERS = frozenset(
    {
        Role.SIG_COORDINATOR,
        Role.CASE_WORKER,
        Role.POLICE_LIAISON,
        Role.SCHOOL_CONTACT,
        Role.OUTREACH_WORKER,
        Role.HEALTH_CONTACT,
        Role.AGENCY_CONTACT,
    }
)
"""The roles that work in cases: only they can be assigned to one."""

_SOCIAL = frozenset({Role.SIG_COORDINATOR, Role.CASE_WORKER})
_EVERYONE = frozenset(Role)


class Permission(StrEnum):
    """Named ``<area>:<thing>:<action>``; an action ``read`` never changes what others may see. Kept in alphabetical order."""

    ACCOUNT_OWN_MANAGE = "account:own:manage"
    ACCOUNT_OWN_READ = "account:own:read"
    ADMIN_AGENCY_MANAGE = "admin:agency:manage"
    ADMIN_AGENCY_READ = "admin:agency:read"
    ADMIN_USER_MANAGE = "admin:user:manage"
    ADMIN_USER_READ = "admin:user:read"
    AUDIT_CASE_READ = "audit:case:read"
    AUDIT_REVIEW_ASSIGN = "audit:review:assign"
    AUDIT_REVIEW_READ = "audit:review:read"
    AUDIT_REVIEWS_LIST_READ = "audit:reviews_list:read"
    CASE_ACT = "case:participation:answer"
    CASE_ASSIGN = "case:assignment:manage"
    CASE_CLOSE = "case:case:close"
    CASE_CONFLICT_DECLARE = "case:conflict:declare"
    CASE_CONFLICT_MANAGE = "case:conflict:manage"
    CASE_CONSENT_RECORD = "case:consent:record"
    CASE_CONSENT_WITHDRAW = "case:consent:withdraw"
    CASE_DISCLOSE = "case:part:disclose"
    CASE_DRAFT_KEEP = "case:draft:keep"
    CASE_EMERGENCY_CLOSE = "case:emergency:close"
    CASE_EMERGENCY_OPEN = "case:emergency:open"
    CASE_FOLLOW_UP = "case:outcome:record"
    CASE_LIST_READ = "case:list:read"
    CASE_MATCH_ANSWER = "case:match:answer"
    CASE_MATCH_ASK = "case:match:ask"
    CASE_OPEN = "case:case:open"
    CASE_PART_READ = "case:part:read"
    CASE_PARTICIPANTS_MANAGE = "case:participants:manage"
    CASE_PEOPLE_MANAGE = "case:people:manage"
    CASE_PHASE_MOVE = "case:phase:move"
    CASE_PROTECTED_READ = "case:protected:read"
    CASE_READ = "case:case:read"
    CASE_RECORD_WRITE = "case:record:write"
    CASE_REFUSE = "case:part:refuse"
    CASE_REVOKE = "case:part:revoke"
    CASE_SEARCH = "case:search:read"
    DISCLOSURE_CLOSED_DECIDE = "disclosure:closed_copy:decide"
    DISCLOSURE_CLOSED_OPEN = "disclosure:closed_copy:open"
    DISCLOSURE_COPY_DECIDE = "disclosure:copy:decide"
    DISCLOSURE_COPY_TAKE = "disclosure:copy:take"
    DISCLOSURE_LEDGER_EXPORT = "disclosure:ledger:export"
    DISCLOSURE_LEDGER_READ = "disclosure:ledger:read"
    DISCLOSURE_MATCH_READ = "disclosure:match:read"
    DISCLOSURE_ON_CALL_MANAGE = "disclosure:on_call:manage"
    DISCLOSURE_URGENT_ANSWER = "disclosure:urgent:answer"
    DISCLOSURE_URGENT_READ = "disclosure:urgent:read"
    DISCLOSURE_URGENT_SEND = "disclosure:urgent:send"
    HELP_ADVICE_READ = "help:advice:read"
    HELP_READ = "help:page:read"
    OPERATIONS_JOB_READ = "operations:job:read"
    OPERATIONS_JOB_RUN = "operations:job:run"
    PLANNING_MAPPING_READ = "planning:mapping:read"
    PLANNING_MAPPING_WRITE = "planning:mapping:write"
    PLANNING_PLAN_PRINT = "planning:plan:print"
    PLANNING_PLAN_READ = "planning:plan:read"
    PLANNING_PLAN_WRITE = "planning:plan:write"


SENTENCES: Mapping[Permission, str] = {
    Permission.ACCOUNT_OWN_MANAGE: N_("Sköta sina egna inloggningar: lösenord, andra faktor och passnycklar."),
    Permission.ACCOUNT_OWN_READ: N_("Se sina egna inloggningar."),
    Permission.ADMIN_AGENCY_MANAGE: N_("Lägga upp och ändra kommunens parter. Ger inget innehåll i ärenden."),
    Permission.ADMIN_AGENCY_READ: N_("Se vilka parter som finns i kommunen."),
    Permission.ADMIN_USER_MANAGE: N_(
        "Bjuda in användare, ändra roller och avsluta konton. Ger inget innehåll i ärenden."
    ),
    Permission.ADMIN_USER_READ: N_("Se vilka användare som finns och vilka roller de har."),
    Permission.AUDIT_CASE_READ: N_("Se vem i den egna parten som har öppnat vad i ett ärende man arbetar i."),
    Permission.AUDIT_REVIEW_ASSIGN: N_("Ge någon i uppdrag att granska den egna partens åtkomstlogg under en period."),
    Permission.AUDIT_REVIEW_READ: N_("Granska en parts åtkomstlogg inom ett uppdrag. Visar aldrig innehåll."),
    Permission.AUDIT_REVIEWS_LIST_READ: N_("Se sina granskningsuppdrag."),
    Permission.CASE_ACT: N_("Svara att den egna parten ska göra något i ett ärende man arbetar i."),
    Permission.CASE_ASSIGN: N_("Utse handläggare i den egna parten."),
    Permission.CASE_CLOSE: N_("Ange varför ett ärende avslutas, och avsluta ett samråd som inte går vidare."),
    Permission.CASE_CONFLICT_DECLARE: N_("Anmäla att man själv är jävig. Ärendet finns då inte längre för en."),
    Permission.CASE_CONFLICT_MANAGE: N_("Ange att en kollega är jävig i ett ärende, och häva det."),
    Permission.CASE_CONSENT_RECORD: N_("Dokumentera ett samtycke."),
    Permission.CASE_CONSENT_WITHDRAW: N_("Dokumentera att ett samtycke har tagits tillbaka."),
    Permission.CASE_DISCLOSE: N_("Lämna ut egna uppgifter till en annan part, med stöd och till ett datum."),
    Permission.CASE_DRAFT_KEEP: N_(
        "Spara, öppna och kasta sina egna utkast. Ingen annan ser dem, och de försvinner efter 30 dagar."
    ),
    Permission.CASE_EMERGENCY_CLOSE: N_("Avsluta sin egen nödöppning, och kvittera att man har sett en kollegas."),
    Permission.CASE_EMERGENCY_OPEN: N_(
        "Öppna ett ärende i den egna parten utan uppdrag, i 3 timmar och med skäl. Varje nödöppning granskas."
    ),
    Permission.CASE_FOLLOW_UP: N_(
        "Ange hur det gick efter 6 och 12 månader, som en kod utan koppling till ärendet. Visar aldrig innehåll."
    ),
    Permission.CASE_LIST_READ: N_("Se listan över ärenden man arbetar i."),
    Permission.CASE_MATCH_ANSWER: N_(
        "Svara på, eller låta bli att svara på, om den egna parten arbetar med någon som en annan part frågar om."
    ),
    Permission.CASE_MATCH_ASK: N_(
        "Fråga andra parter om de arbetar med en person i ärendet. Den som inte svarar och den som inte har något ger samma besked."
    ),
    Permission.CASE_OPEN: N_("Starta ett ärende."),
    Permission.CASE_PART_READ: N_("Läsa ett stycke som den egna parten äger eller har fått."),
    Permission.CASE_PARTICIPANTS_MANAGE: N_("Bjuda in och avsluta parter i ett ärende."),
    Permission.CASE_PEOPLE_MANAGE: N_("Lägga till personer i ett ärende och ange deras del i det."),
    Permission.CASE_PHASE_MOVE: N_("Flytta ett ärende till nästa fas."),
    Permission.CASE_PROTECTED_READ: N_("Öppna skyddade personuppgifter, med skäl. Varje visning granskas."),
    Permission.CASE_READ: N_("Öppna ett ärende man är handläggare i: det egna och det som delats."),
    Permission.CASE_RECORD_WRITE: N_("Skriva och ändra den egna partens uppgifter."),
    Permission.CASE_REFUSE: N_("Anteckna att en uppgift inte lämnas ut, och varför."),
    Permission.CASE_REVOKE: N_(
        "Avsluta en delning som den egna parten har gjort, och ångra den innan någon har öppnat den."
    ),
    Permission.CASE_SEARCH: N_("Söka ärenden på namn, nummer eller ärendenummer. Varje sökning loggas."),
    Permission.DISCLOSURE_CLOSED_DECIDE: N_(
        "Se vilka stängda kopior den egna parten har och gallra dem, också när parten inte längre är med i ärendet. "
        "Visar aldrig innehåll."
    ),
    Permission.DISCLOSURE_CLOSED_OPEN: N_(
        "Öppna en stängd kopia när lagen kräver att den egna parten svarar, med skäl. Varje visning granskas."
    ),
    Permission.DISCLOSURE_COPY_DECIDE: N_("Bestämma vad som händer med en kopia vars samtycke har tagits tillbaka."),
    Permission.DISCLOSURE_COPY_TAKE: N_(
        "Ta in det som delats i den egna akten, med angiven grund, när den egna parten behöver dokumentera det."
    ),
    Permission.DISCLOSURE_LEDGER_EXPORT: N_("Hämta den egna partens delningar som fil. Visar aldrig innehåll."),
    Permission.DISCLOSURE_LEDGER_READ: N_("Se vad den egna parten har lämnat ut, tagit emot och avböjt."),
    Permission.DISCLOSURE_MATCH_READ: N_(
        "Se frågor från andra parter som gäller ärenden man arbetar i; en chef ser också att en fråga väntar där ingen arbetar."
    ),
    Permission.DISCLOSURE_ON_CALL_MANAGE: N_(
        "Sköta den egna partens jourlista: vem som har jouren, när och på vilket nummer."
    ),
    Permission.DISCLOSURE_URGENT_ANSWER: N_(
        "Läsa och svara på en brådskande begäran från en annan part när man har jouren. Varje läsning granskas."
    ),
    Permission.DISCLOSURE_URGENT_READ: N_(
        "Se sina brådskande begäranden: de man har skickat, och att någon väntar på svar."
    ),
    Permission.DISCLOSURE_URGENT_SEND: N_(
        "Skicka en brådskande begäran till en annan parts jour när någon är i fara. Varje begäran granskas."
    ),
    Permission.HELP_ADVICE_READ: N_("Fråga om något får delas, utan ärende och utan personuppgifter."),
    Permission.HELP_READ: N_("Läsa hjälp och sidan Behörigheter."),
    Permission.OPERATIONS_JOB_READ: N_(
        "Se hur det går för jobben som körs utan klick och för mejlen som väntar. Visar inga namn och inget innehåll."
    ),
    Permission.OPERATIONS_JOB_RUN: N_(
        "Be om att ett sådant jobb körs nu. Det gör inget som inte ändå görs vid sin tid."
    ),
    Permission.PLANNING_MAPPING_READ: N_(
        "Läsa kartläggningen i ett ärende: det den egna parten har skrivit och de faktorer som delats med den."
    ),
    Permission.PLANNING_MAPPING_WRITE: N_("Skriva och ändra den egna partens kartläggning."),
    Permission.PLANNING_PLAN_PRINT: N_("Skriva ut planen till den unge. Varje utskrift loggas."),
    Permission.PLANNING_PLAN_READ: N_(
        "Läsa planen i ett ärende: den egna partens mål och åtgärder och de som delats med den."
    ),
    Permission.PLANNING_PLAN_WRITE: N_("Skriva den egna partens mål och åtgärder och följa upp hur det går."),
}

GRANTS: Mapping[Permission, frozenset[Role]] = {
    Permission.ACCOUNT_OWN_MANAGE: _EVERYONE,
    Permission.ACCOUNT_OWN_READ: _EVERYONE,
    Permission.ADMIN_AGENCY_MANAGE: frozenset({Role.ADMINISTRATOR}),
    Permission.ADMIN_AGENCY_READ: frozenset({Role.ADMINISTRATOR}),
    Permission.ADMIN_USER_MANAGE: frozenset({Role.ADMINISTRATOR}),
    Permission.ADMIN_USER_READ: frozenset({Role.ADMINISTRATOR}),
    Permission.AUDIT_CASE_READ: HANDLERS,
    Permission.AUDIT_REVIEW_ASSIGN: frozenset({Role.UNIT_MANAGER}),
    Permission.AUDIT_REVIEW_READ: frozenset({Role.REGIONAL_COORDINATOR}),
    Permission.AUDIT_REVIEWS_LIST_READ: frozenset({Role.REGIONAL_COORDINATOR, Role.UNIT_MANAGER}),
    Permission.CASE_ACT: HANDLERS,
    Permission.CASE_ASSIGN: frozenset({Role.UNIT_MANAGER, Role.SIG_COORDINATOR}),
    Permission.CASE_CLOSE: _SOCIAL,
    Permission.CASE_CONFLICT_DECLARE: HANDLERS | {Role.UNIT_MANAGER, Role.REGISTRAR},
    Permission.CASE_CONFLICT_MANAGE: frozenset({Role.UNIT_MANAGER}),
    Permission.CASE_CONSENT_RECORD: _SOCIAL,
    Permission.CASE_CONSENT_WITHDRAW: _SOCIAL,
    Permission.CASE_DISCLOSE: HANDLERS,
    Permission.CASE_DRAFT_KEEP: HANDLERS,
    Permission.CASE_EMERGENCY_CLOSE: HANDLERS,
    Permission.CASE_EMERGENCY_OPEN: HANDLERS,
    Permission.CASE_FOLLOW_UP: _SOCIAL | {Role.UNIT_MANAGER},
    Permission.CASE_LIST_READ: HANDLERS | {Role.UNIT_MANAGER, Role.REGISTRAR},
    Permission.CASE_MATCH_ANSWER: HANDLERS,
    Permission.CASE_MATCH_ASK: HANDLERS,
    Permission.CASE_OPEN: _SOCIAL,
    Permission.CASE_PART_READ: HANDLERS,
    Permission.CASE_PARTICIPANTS_MANAGE: _SOCIAL,
    Permission.CASE_PEOPLE_MANAGE: _SOCIAL,
    Permission.CASE_PHASE_MOVE: _SOCIAL,
    Permission.CASE_PROTECTED_READ: HANDLERS,
    Permission.CASE_READ: HANDLERS,
    Permission.CASE_RECORD_WRITE: HANDLERS,
    Permission.CASE_REFUSE: HANDLERS,
    Permission.CASE_REVOKE: HANDLERS,
    Permission.CASE_SEARCH: HANDLERS | {Role.UNIT_MANAGER, Role.REGISTRAR},
    Permission.DISCLOSURE_CLOSED_DECIDE: frozenset({Role.UNIT_MANAGER, Role.REGISTRAR}),
    Permission.DISCLOSURE_CLOSED_OPEN: frozenset({Role.REGISTRAR}),
    Permission.DISCLOSURE_COPY_DECIDE: HANDLERS,
    Permission.DISCLOSURE_COPY_TAKE: HANDLERS,
    Permission.DISCLOSURE_LEDGER_EXPORT: HANDLERS | {Role.UNIT_MANAGER, Role.REGISTRAR},
    Permission.DISCLOSURE_LEDGER_READ: HANDLERS | {Role.UNIT_MANAGER, Role.REGISTRAR},
    Permission.DISCLOSURE_MATCH_READ: HANDLERS | {Role.UNIT_MANAGER},
    Permission.DISCLOSURE_ON_CALL_MANAGE: frozenset({Role.UNIT_MANAGER}),
    Permission.DISCLOSURE_URGENT_ANSWER: HANDLERS | {Role.UNIT_MANAGER},
    Permission.DISCLOSURE_URGENT_READ: HANDLERS | {Role.UNIT_MANAGER},
    Permission.DISCLOSURE_URGENT_SEND: HANDLERS,
    Permission.HELP_ADVICE_READ: _EVERYONE,
    Permission.HELP_READ: _EVERYONE,
    Permission.OPERATIONS_JOB_READ: frozenset({Role.ADMINISTRATOR}),
    Permission.OPERATIONS_JOB_RUN: frozenset({Role.ADMINISTRATOR}),
    Permission.PLANNING_MAPPING_READ: HANDLERS,
    Permission.PLANNING_MAPPING_WRITE: HANDLERS,
    Permission.PLANNING_PLAN_PRINT: HANDLERS,
    Permission.PLANNING_PLAN_READ: HANDLERS,
    Permission.PLANNING_PLAN_WRITE: HANDLERS,
}

ROLE_SENTENCES: Mapping[Role, str] = {
    Role.SIG_COORDINATOR: N_("Samordnar sociala insatsgrupper i socialtjänsten och utser handläggare."),
    Role.CASE_WORKER: N_("Socialsekreterare. Arbetar i de ärenden hen är handläggare i."),
    Role.POLICE_LIAISON: N_("Kommunpolis eller ungdomspolis. Ser polisens del och det som delats med Polisen."),
    Role.SCHOOL_CONTACT: N_("Rektor, kurator eller annan i skolan. Ser skolans del och det som delats med skolan."),
    Role.OUTREACH_WORKER: N_("Nätvandrare eller fältassistent. Ser den egna delen och det som delats."),
    Role.HEALTH_CONTACT: N_("Kontakt i hälso- och sjukvården. Ser den egna delen och det som delats."),
    Role.AGENCY_CONTACT: N_("Kontakt i en annan part. Ser den egna delen och det som delats."),
    Role.UNIT_MANAGER: N_(
        "Chef. Utser handläggare och ger uppdrag att granska loggen. Ser inget innehåll utan eget uppdrag."
    ),
    Role.REGISTRAR: N_("Registrator. Hittar ärenden och avslutade kopior när lagen kräver svar."),
    Role.ADMINISTRATOR: N_("Sköter parter, användare och roller. Ser inget innehåll."),
    Role.REGIONAL_COORDINATOR: N_("Granskar en parts åtkomstlogg inom ett skriftligt uppdrag. Ser inget innehåll."),
}

ROLE_NAMES: Mapping[Role, str] = {
    Role.SIG_COORDINATOR: N_("SIG-samordnare"),
    Role.CASE_WORKER: N_("Socialsekreterare"),
    Role.POLICE_LIAISON: N_("Kommunpolis"),
    Role.SCHOOL_CONTACT: N_("Kontakt i skolan"),
    Role.OUTREACH_WORKER: N_("Nätvandrare eller fältassistent"),
    Role.HEALTH_CONTACT: N_("Kontakt i hälso- och sjukvården"),
    Role.AGENCY_CONTACT: N_("Kontaktperson"),
    Role.UNIT_MANAGER: N_("Chef"),
    Role.REGISTRAR: N_("Registrator"),
    Role.ADMINISTRATOR: N_("Administratör"),
    Role.REGIONAL_COORDINATOR: N_("Regional samordnare"),
}
