"""What the disclosure answers say, in plain Swedish and in English, by the code of the answer."""

from collections.abc import Mapping

from policies.bases import Text
from policies.vocabulary import BasisKind

BLOCKS: Mapping[str, Text] = {
    "not_in_force": Text("Gäller inte den dagen.", "Not in force that day."),
    "sender_not_covered": Text("Gäller inte den som lämnar uppgiften.", "Does not cover the one who gives."),
    "recipient_not_covered": Text("Gäller inte den mottagaren.", "Does not cover that recipient."),
    "sender_not_authority": Text(
        "Den som lämnar är ingen myndighet, så offentlighets- och sekretesslagen gäller inte där.",
        "The one who gives is no authority, so the secrecy act does not apply there.",
    ),
    "recipient_not_authority": Text("Mottagaren är ingen myndighet.", "The recipient is no authority."),
    "nobody_identifiable": Text(
        "Behövs inte: ingen person går att känna igen.", "Not needed: nobody can be recognised."
    ),
    "somebody_identifiable": Text("Någon går att känna igen.", "Somebody can be recognised."),
    "role_not_covered": Text("Gäller inte personens del i ärendet.", "Does not cover that part in the matter."),
    "too_old": Text("Personen är för gammal den dagen.", "The person is too old that day."),
    "too_young": Text("Personen är för ung den dagen.", "The person is too young that day."),
    "data_not_covered": Text("Gäller inte den sortens uppgifter.", "Does not cover that kind of data."),
    "purpose_not_covered": Text("Gäller inte det ändamålet.", "Does not cover that purpose."),
    "only_on_request": Text("Gäller bara när mottagaren har frågat.", "Only where the recipient has asked."),
    "only_own_initiative": Text("Gäller bara på eget initiativ.", "Only on one's own initiative."),
    "nothing_to_lift": Text(
        "Behövs inte: ingen sekretess gäller för uppgiften.", "Not needed: no secrecy rests on the data."
    ),
    "secret": Text(
        "Uppgiften är hemlig, och det här bryter ingen sekretess.", "The data are secret, and this breaks no secrecy."
    ),
    "secrecy_not_lifted": Text(
        "Häver inte den sekretess som uppgiften har.", "Does not lift the secrecy that rests on the data."
    ),
    "committed_crime_has_own_rules": Text(
        "För ett begånget brott gäller egna regler här: pröva 10 kap. 21–23 §§ OSL och fråga en jurist.",
        "For a committed crime there are rules of their own: try OSL 10:21–23 and ask a lawyer.",
    ),
    "no_consent": Text("Det finns inget samtycke.", "There is no consent."),
    "consent_not_active": Text("Samtycket gäller inte i dag.", "The consent does not hold that day."),
    "consent_recipient_outside": Text(
        "Samtycket omfattar inte mottagaren.", "The consent does not cover the recipient."
    ),
    "consent_data_outside": Text("Samtycket omfattar inte uppgifterna.", "The consent does not cover the data."),
    "consent_giver_cannot_decide": Text(
        "Den som har samtyckt kan inte bestämma om det ensam.", "Whoever consented cannot decide this alone."
    ),
    "no_duty_found": Text(
        "Ingen lag i tabellen säger att uppgiften ska lämnas.",
        "No statute in the table says that the data shall be given.",
    ),
    "fact_excluded": Text("En omständighet som krävs finns inte.", "A circumstance that is needed is not there."),
}

GIVES: Mapping[tuple[BasisKind, bool], Text] = {
    (BasisKind.DUTY, False): Text(
        "Lagen säger att uppgiften ska lämnas.", "The statute says that the data shall be given."
    ),
    (BasisKind.DUTY, True): Text(
        "Lagen säger att uppgiften ska lämnas, om inte undantaget väger över.",
        "The statute says that the data shall be given, unless the exception outweighs.",
    ),
    (BasisKind.CONSENT, False): Text(
        "Samtycket omfattar mottagaren och uppgifterna.", "The consent covers the recipient and the data."
    ),
    (BasisKind.PERMISSION, False): Text("Uppgiften får lämnas.", "The data may be given."),
    (BasisKind.PERMISSION, True): Text(
        "Uppgiften får lämnas om en skriven avvägning talar för det.",
        "The data may be given if a written weighing speaks for it.",
    ),
    (BasisKind.NONE, False): Text("Ingen sekretess hindrar.", "No secrecy hinders."),
}

NOTICES: Mapping[str, Text] = {
    "danger": Text(
        "Är det fara för liv: ring 112. Den som har ansvaret på plats bestämmer.",
        "If there is danger to life: ring 112. The one in charge decides.",
    ),
    "outside_osl": Text(
        "Offentlighets- och sekretesslagen gäller inte hos den som lämnar. Dataskydd, avtal och egen tystnadsplikt gäller ändå.",
        "The secrecy act does not apply at the one who gives. Data protection, agreements and own duties of silence still do.",
    ),
    "not_secret": Text(
        "Ingen sekretess gäller för den sortens uppgifter här. Lämna ändå bara det som behövs.",
        "No secrecy rests on that kind of data here. Give only what is needed all the same.",
    ),
    "unprotected": Text(
        "Mottagaren har ingen sekretess enligt lag. Bara samtycke, förbehåll (10 kap. 14 § OSL) och det som är nödvändigt för ert "
        "eget arbete (10 kap. 2 § OSL) kan nå dit.",
        "The recipient has no secrecy by law. Only consent, a reservation (OSL 10:14) and what your own work needs (OSL 10:2) reach it.",
    ),
}
