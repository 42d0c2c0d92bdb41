"""Every refusal that a form can meet in cases, consents and disclosures: what is wrong and how to mend it, in plain Swedish."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import Form

from coordination.core.errors import DomainError, Invalid
from coordination.web.presenting import phrases
from policies.disclosure_texts import BLOCKS

MESSAGES: Mapping[str, LazyString] = {
    # the case, its people and parties
    "agency_already_in_case": _("Parten är redan med i ärendet."),
    "agency_unknown": _("Välj en part i listan."),
    "birth_date_in_future": _("Födelsedatumet ligger framåt i tiden. Kontrollera året."),
    "birth_date_missing": _("Skriv ett personnummer eller ett födelsedatum. Åldern avgör vad som får delas."),
    "cannot_be_handler": _(
        "Välj en kollega som arbetar i ärenden. Chefer och administratörer kan inte vara handläggare."
    ),
    "case_has_no_subject": _("Lägg först till den unge som ärendet gäller."),
    "case_has_subject": _("Det finns redan en ung person i ärendet. Starta ett eget ärende för en till."),
    "identity_number_check_digit": _("Den sista siffran stämmer inte. Kontrollera numret."),
    "identity_number_date": _("Numret börjar med ett datum som inte finns. Kontrollera numret."),
    "identity_number_malformed": _("Skriv tio eller tolv siffror, till exempel 20110305-2385."),
    "lead_agency_cannot_leave": _("Den part som ansvarar för ärendet kan inte lämna det."),
    "name_missing": _("Skriv både förnamn och efternamn."),
    "phase_move_not_allowed": _(
        "Ärendet kan inte flyttas dit från den fas det är i nu. Ladda om sidan och välj på nytt."
    ),
    "phase_conditions_missing": _("Ärendet kan inte gå vidare dit än. Ovanför står vad som saknas."),
    "check_done": _("Prövningen är redan antecknad."),
    "check_question_left_out": _("Kryssa i varje fråga när ni har tänkt igenom den."),
    "check_words_missing": _("Skriv vad ni kom fram till, med minst tre ord."),
    "agency_acts_already": _("Ni har redan svarat att ni ska göra något."),
    "own_screening_missing": _("Pröva först vad ni kan göra själva. Länken finns på sidan Byt fas."),
    "identity_in_consultation": _("I samrådet nämns ingen vid namn. Byt fas först."),
    "person_in_consultation": _(
        "I samrådet kan bara den unge skrivas in, av den part som har tagit upp frågan. Byt fas först."
    ),
    "action_before_raised": _("Tiden är före den då frågan togs upp."),
    "action_in_consultation": _("I samrådet görs inget gemensamt än. Byt fas först."),
    "action_in_future": _("Tiden ligger framåt. Ange när ni gjorde något tillsammans."),
    "first_action_noted": _("Tiden är redan antecknad."),
    "method_unknown": _("Välj metod."),
    "raised_in_future": _("Tiden ligger framåt. Ange när frågan togs upp."),
    # how a case ends
    "exit_unknown": _("Välj varför ärendet avslutas."),
    "consultation_ends_otherwise": _("Ett samråd avslutas för sig, på sidan Byt fas."),
    "not_a_consultation": _("Ärendet är inte ett samråd längre. Avsluta det på sidan Byt fas."),
    "consultation_end_unknown": _("Välj varför samrådet inte går vidare."),
    "consultation_has_others": _("En annan part har skrivit något eget i ärendet. Då kan det inte gallras genast."),
    "outcome_unknown": _("Välj hur läget är."),
    # conflicts of interest
    "reference_unusable": _("Skriv ärendenumret, till exempel SIG 2026-0147."),
    "conflict_reason_too_short": _("Skriv skälet med minst två ord."),
    "conflict_set_already": _("Kollegan är redan angiven som jävig i ärendet."),
    "colleague_unknown": _("Välj en kollega i listan."),
    "user_has_conflict": _("Kollegan är jävig i ärendet. Välj någon annan."),
    "protection_unknown": _("Välj vilket skydd personen har."),
    "role_reason_missing": _("Skriv varför personen behöver vara med i ärendet."),
    "role_unknown": _("Välj vilken del personen har i ärendet."),
    # records and attachments
    "draft_too_large": _("Det är för mycket text för ett utkast. Spara uppgiften i stället."),
    "file_empty": _("Filen är tom. Välj en annan fil."),
    "file_too_large": _("Filen är större än 20 MB. Dela upp den eller spara den i ett mindre format."),
    "file_type_mismatch": _("Innehållet stämmer inte med filens namn. Spara om filen i rätt format och försök igen."),
    "file_type_not_allowed": _(
        "Den sortens fil kan inte bifogas. Använd PDF, bild, text, Word, Excel eller OpenDocument."
    ),
    "occurred_in_future": _("Datumet ligger framåt i tiden. Ange när det hände."),
    "person_unknown": _("Välj en av personerna i ärendet."),
    "record_changed_meanwhile": _("Någon sparade medan du skrev. Din text finns kvar här."),
    "record_kind_not_yours": _("Välj ett slag som din part får skriva."),
    "text_missing": _("Skriv minst ett stycke."),
    "text_too_long": _("Ett stycke får ha högst 50 000 tecken och en rubrik högst 200. Dela upp texten."),
    "title_missing": _("Skriv en rubrik."),
    # search and stated reasons
    "reason_too_short": _("Skriv skälet med minst tio tecken. Det sparas i loggen."),
    "search_text_unusable": _("Sök på namn, personnummer, samordningsnummer eller ärendenummer."),
    # consent
    "agencies_missing": _("Välj minst en part som samtycket gäller."),
    "agency_not_in_case": _("En av parterna är inte med i ärendet. Bjud in den först."),
    "birth_date_unknown": _(
        "Den unges födelsedatum är inte känt, eller senare än dagen för samtycket. Åldern avgör vem som kan samtycka."
    ),
    "consent_already_withdrawn": _("Samtycket är redan taget tillbaka."),
    "consent_ends_before_start": _("Slutdagen är före dagen då samtycket gavs."),
    "consent_in_future": _("Samtycket är daterat framåt i tiden. Ange dagen då det gavs."),
    "consent_longer_than_a_year": _("Ett samtycke kan gälla i högst ett år. Välj en tidigare slutdag."),
    "consent_past_18": _("Ett samtycke från den som inte har fyllt 18 gäller längst till dagen före 18-årsdagen."),
    "custody_contradicts_itself": _(
        "Någon har ensam vårdnad och någon annan har också vårdnaden. Rätta det på fliken Personer."
    ),
    "custody_unknown": _("Välj vilken del personen har i vårdnaden."),
    "form_unknown": _("Välj hur samtycket gavs."),
    "ground_unknown": _("Välj varför en vårdnadshavare räcker."),
    "ground_words_missing": _("Skriv vilket beslut eller hinder det bygger på."),
    "guardian_may_not_decide": _(
        "Kan den unge antas lida betydande men får vårdnadshavarna inte bestämma. Ta bort deras ja eller krysset."
    ),
    "guardian_must_sign": _(
        "En vårdnadshavare behöver ha samtyckt. Från 15 år kan den unge samtycka ensam, och då skriver du varför."
    ),
    "guardian_without_custody": _("Den som inte har vårdnaden kan inte säga ja. Ta bort den, eller rätta vårdnaden."),
    "maturity_note_missing": _("Skriv hur ni ser på den unges mognad. Det behövs för den som är 12, 13 eller 14 år."),
    "nothing_left_of_consent": _("Då blir inget kvar. Ta i stället tillbaka hela samtycket."),
    "nothing_taken_back": _("Välj minst en part, ett slag av uppgifter eller ett ändamål."),
    "paper_already_attached": _("Papperet är redan bifogat."),
    "second_guardian_must_sign": _(
        "Alla som har vårdnaden behöver säga ja. Räcker det med en skriver du varför, med stöd av föräldrabalken."
    ),
    "youth_must_be_heard": _("Den unge ska ha fått komma till tals."),
    "guardian_unknown": _("Välj bland ärendets vårdnadshavare."),
    "kinds_missing": _("Välj minst ett slag av uppgifter."),
    "purposes_missing": _("Välj minst ett ändamål."),
    "withdrawer_unknown": _("Välj vem som tog tillbaka samtycket."),
    "youth_must_sign": _("Den som har fyllt 12 år behöver själv ha samtyckt."),
    # disclosure
    "basis_breaks_nothing": _("Bestämmelsen ger ingen rätt att lämna ut något. Välj ett annat stöd."),
    "basis_does_not_fit": _("Stödet passar inte allt du har valt. Dela upp utlämnandet eller välj ett annat stöd."),
    "basis_not_in_force": _("Stödet gäller inte i dag. Välj ett annat."),
    "consent_missing": _("Det finns inget samtycke som omfattar det här. Välj ett annat stöd."),
    "disclosure_already_ended": _("Delningen är redan avslutad."),
    "duty_missing": _("Välj vilken lag som säger att uppgiften ska lämnas."),
    "harm_test_too_short": _("Skriv prövningen så att någon annan kan följa den. Den är för kort."),
    "parts_missing": _("Välj minst ett stycke att dela."),
    "person_not_disclosed_here": _(
        "Uppgiften gäller någon vars uppgifter inte lämnas ut i det här ärendet. Ta bort den."
    ),
    "preview_changed": _("Något har ändrats sedan du såg förhandsvisningen. Läs igenom den på nytt."),
    "purpose_missing": _("Välj vad mottagaren behöver uppgifterna till."),
    "reason_unknown": _("Välj varför delningen avslutas."),
    "asked_in_future": _("Dagen ligger framåt i tiden. Ange när de frågade."),
    "copy_already_opened": _("Någon hos mottagaren har redan öppnat kopian. Då kan delningen inte ångras."),
    "copy_taken_back": _("Avsändaren har just ångrat delningen."),
    "ledger_too_long": _(
        "Det är för många rader för en fil: högst 10 000 som CSV och 1 000 som PDF. Välj kortare tid."
    ),
    "refusal_reason_too_short": _("Skriv skälet så att någon annan kan följa det. Det är för kort."),
    "refusal_reason_unknown": _("Välj varför uppgifterna inte lämnas ut."),
    "refusal_what_missing": _("Skriv med neutrala ord vad frågan gällde."),
    "agency_has_handler": _("Parten har redan utsett någon."),
    "copy_already_taken": _("Något av det du valde är redan intaget i er akt. Läs sidan på nytt."),
    "ground_does_not_hold": _("Välj en grund. Ett samtycke som har tagits tillbaka räcker inte."),
    "take_parts_missing": _("Välj minst ett stycke att ta in."),
    "recipients_missing": _("Välj minst en mottagare."),
    "some_recipients_blocked": _("Inget är delat. Lös det som hindrar vid varje mottagare, eller ta bort den."),
    "recipient_has_no_handler": _(
        "Mottagaren har ingen handläggare i ärendet som kan ta emot. Be deras chef att utse någon."
    ),
    "recipient_not_in_case": _("Välj en part som är med i ärendet."),
    "until_after_consent": _("Delningen kan inte gälla längre än samtycket. Välj en tidigare dag."),
    "until_before_today": _("Slutdagen har redan varit. Välj en senare dag."),
    "until_beyond_longest": _("Så länge kan en delning inte gälla. Välj en tidigare dag."),
    "until_missing": _("Skriv till vilken dag delningen ska gälla."),
    # break-glass
    "emergency_112_not_thought_of": _("Kryssa i att du har tänkt på 112 och på att ringa."),
    "emergency_reason_too_short": _("Skriv skälet med minst tre ord, så att den som granskar förstår."),
    # questions to other agencies
    "match_agencies_missing": _("Välj minst en part att fråga."),
    "match_closed": _("Frågan har stängt. Den går inte att svara på längre."),
    "match_contact_unknown": _("Välj någon som arbetar i ärendet."),
    "match_decided": _("Någon hos er har redan tagit ställning till frågan."),
    "match_number_missing": _("Ni kan inte läsa personens nummer. Utan det går det inte att fråga."),
    "match_person_protected": _("Personen har skyddade personuppgifter. Då går det inte att fråga här."),
    "match_phase_anonymous": _("I den här fasen nämns ingen vid namn. Byt fas först, om det finns stöd för det."),
    # urgent requests and the on-call list
    "on_call_ends_too_early": _("Jouren ska sluta efter att den börjar, och efter nu."),
    "on_call_over": _("Jouren är redan slut."),
    "on_call_starts_too_early": _("Jouren kan ha börjat som tidigast för ett dygn sedan."),
    "on_call_too_long": _("En jour kan vara högst 31 dagar. Dela upp den."),
    "on_call_user_unknown": _("Välj en kollega som arbetar i ärenden."),
    "telephone_unusable": _("Skriv ett telefonnummer som går att ringa."),
    "urgent_decided": _("Någon hos er har redan tagit ställning till begäran."),
    # mapping and plan
    "action_changed_meanwhile": _("Någon ändrade åtgärden medan du skrev. Läs det sparade här under och spara igen."),
    "area_unknown": _("Välj ett livsområde i listan."),
    "due_before_start": _("Sista dagen är före dagen då åtgärden börjar. Välj en senare dag."),
    "factor_unknown": _("En faktor finns inte längre i tabellen. Ladda om sidan och försök igen."),
    "follow_up_past": _("Uppföljningen kan inte vara på en dag som har varit. Välj en senare dag."),
    "mapping_empty": _("Skriv minst ett påstående, eller bedöm minst en faktor."),
    "responsible_unknown": _("Välj någon som är med i ärendet nu."),
    "source_missing": _("Skriv vem som har sagt det, med högst 120 tecken."),
    "status_unknown": _("Välj hur det går i listan."),
    # log review
    "period_backwards": _("Den sista dagen är före den första."),
    "reviewer_unsuitable": _("Välj en regional samordnare som inte arbetar i parten."),
    "valid_until_past": _("Den dagen har redan varit. Välj en senare dag."),
}


def sentence(code: str) -> str:
    """Return the sentence for a refusal; why a legal basis is blocked is said by the policy itself."""
    if code in MESSAGES:
        return str(MESSAGES[code])
    return phrases.said(BLOCKS[code])


def explain(form: Form, error: DomainError) -> None:
    """Put what is wrong at the field it is about, or on top of the form."""
    fields = error.fields if isinstance(error, Invalid) else {}
    for name, code in fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, sentence(code)]
    if not any(name in form for name in fields):
        form.form_errors.append(sentence(error.code))
