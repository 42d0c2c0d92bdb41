"""What the disclosure answers say, in plain Swedish and in English, by the code of the answer."""

from collections.abc import Mapping

from policies.bases import Text
from policies.vocabulary import BasisKind, Outcome

BLOCKS: Mapping[str, Text] = {
    "not_in_force": Text("Gäller inte den dagen.", "Not in force that day."),
    "only_proposed": Text("Bara ett förslag: gäller inte.", "Only a proposal: not in force."),
    "sender_not_covered": Text("Gäller inte den som lämnar uppgiften.", "Does not cover the agency that discloses."),
    "recipient_not_covered": Text("Gäller inte den mottagaren.", "Does not cover that recipient."),
    "sender_not_authority": Text(
        "Den som lämnar är ingen myndighet, så offentlighets- och sekretesslagen gäller inte där.",
        "The agency that discloses is not a public authority, so the Public Access to Information and Secrecy Act does not apply there.",
    ),
    "recipient_not_authority": Text("Mottagaren är ingen myndighet.", "The recipient is not a public authority."),
    "recipient_is_authority": Text(
        "Gäller bara mottagare som inte är myndigheter.", "Covers only recipients that are not public authorities."
    ),
    "nobody_identifiable": Text(
        "Behövs inte: ingen person går att känna igen.", "Not needed: nobody can be recognised."
    ),
    "somebody_identifiable": Text("Någon går att känna igen.", "Somebody can be recognised."),
    "role_not_covered": Text("Gäller inte personens del i ärendet.", "Does not cover the person's role in the case."),
    "too_old": Text("Personen är för gammal den dagen.", "The person is too old that day."),
    "data_not_covered": Text("Gäller inte den sortens uppgifter.", "Does not cover that kind of information."),
    "purpose_not_covered": Text("Gäller inte det ändamålet.", "Does not cover that purpose."),
    "only_on_request": Text("Gäller bara när mottagaren har frågat.", "Applies only when the recipient has asked."),
    "only_own_initiative": Text("Gäller bara på eget initiativ.", "Applies only on your own initiative."),
    "nothing_to_lift": Text(
        "Behövs inte: ingen sekretess gäller för uppgiften.", "Not needed: the information is not secret."
    ),
    "secret": Text(
        "Uppgiften är hemlig, och det här bryter ingen sekretess.",
        "The information is secret, and this does not lift secrecy.",
    ),
    "secrecy_not_lifted": Text(
        "Häver inte den sekretess som uppgiften har.", "Does not lift the secrecy that covers the information."
    ),
    "committed_crime_has_own_rules": Text(
        "För ett begånget brott gäller egna regler här: pröva 10 kap. 21–23 §§ OSL och fråga en jurist.",
        "A committed crime has rules of its own here: consider 10:21–23 OSL and ask a lawyer.",
    ),
    "no_consent": Text("Det finns inget samtycke.", "There is no consent."),
    "consent_not_active": Text("Samtycket gäller inte i dag.", "The consent is not valid today."),
    "consent_recipient_outside": Text(
        "Samtycket omfattar inte mottagaren.", "The consent does not cover the recipient."
    ),
    "consent_data_outside": Text("Samtycket omfattar inte uppgifterna.", "The consent does not cover the information."),
    "consent_giver_cannot_decide": Text(
        "Den som har samtyckt kan inte bestämma om det ensam.", "Whoever consented cannot decide this alone."
    ),
    "no_duty_found": Text(
        "Ingen lag i tabellen säger att uppgiften ska lämnas.",
        "No statute in the table says that the information must be given.",
    ),
    "fact_excluded": Text("En omständighet som krävs finns inte.", "A circumstance that is required is missing."),
}

GIVES: Mapping[tuple[BasisKind, bool], Text] = {
    (BasisKind.DUTY, False): Text(
        "Lagen säger att uppgiften ska lämnas.", "The statute says that the information must be given."
    ),
    (BasisKind.DUTY, True): Text(
        "Lagen säger att uppgiften ska lämnas, om inte undantaget väger över.",
        "The statute says that the information must be given, unless the exception outweighs it.",
    ),
    (BasisKind.CONSENT, False): Text(
        "Samtycket omfattar mottagaren och uppgifterna.", "The consent covers the recipient and the information."
    ),
    (BasisKind.PERMISSION, False): Text("Uppgiften får lämnas.", "The information may be given."),
    (BasisKind.PERMISSION, True): Text(
        "Uppgiften får lämnas om en skriven avvägning talar för det.",
        "The information may be given if a written weighing of interests supports it.",
    ),
    (BasisKind.NONE, False): Text("Ingen sekretess hindrar.", "No secrecy stands in the way."),
}

KINDS: Mapping[BasisKind, Text] = {
    BasisKind.DUTY: Text("ska", "must"),
    BasisKind.PERMISSION: Text("får", "may"),
    BasisKind.CONSENT: Text("samtycke", "consent"),
    BasisKind.NONE: Text("ingen sekretess", "not secret"),
}

OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.DUTY: Text("Uppgiften ska lämnas.", "The information must be given."),
    Outcome.ALLOWED: Text("Uppgiften får lämnas.", "The information may be given."),
    Outcome.WEIGHING_REQUIRED: Text(
        "Uppgiften får lämnas om en skriven avvägning talar för det.",
        "The information may be given if a written weighing of interests supports it.",
    ),
    Outcome.REFUSE: Text("Lämna inte uppgiften.", "Do not give the information."),
}

NOTICES: Mapping[str, Text] = {
    "danger": Text(
        "Är det fara för liv: ring 112. Den som har ansvaret på plats bestämmer.",
        "If there is danger to life: call 112. Whoever is in charge decides.",
    ),
    "outside_osl": Text(
        "Offentlighets- och sekretesslagen gäller inte hos den som lämnar. Dataskydd, avtal och egen tystnadsplikt gäller ändå.",
        "The Public Access to Information and Secrecy Act does not apply at the agency that discloses. Data protection, agreements and its own duty of confidentiality still do.",
    ),
    "not_secret": Text(
        "Ingen sekretess gäller för den sortens uppgifter här. Lämna ändå bara det som behövs.",
        "That kind of information is not secret here. Give only what is needed all the same.",
    ),
    "unprotected": Text(
        "Mottagaren har ingen sekretess enligt lag. Bara samtycke, förbehåll (10 kap. 14 § OSL) och det som är nödvändigt för ert "
        "eget arbete (10 kap. 2 § OSL) kan nå dit.",
        "The recipient has no secrecy by law. Only consent, a reservation (10:14 OSL) and what your own work needs (10:2 OSL) can reach it.",
    ),
}
