"""One's own account: sessions, password, second factor, language."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from coordination.core.db import savepoint
from coordination.core.errors import Conflict, Invalid
from coordination.identity import service, users
from coordination.identity import sessions as rows
from coordination.web import door, joining, sessions, words
from coordination.web import language as languages
from coordination.web.guard import public, requires
from policies.permissions import GRANTS, Permission

bp = Blueprint("account", __name__)

HIDE_NAMES = "hide_names"
_TWELVE_HOURS = 12 * 3600


class ChangePasswordForm(FlaskForm):
    """The password one has, and the new one twice."""

    current = PasswordField(
        _("Nuvarande lösenord"), [InputRequired(_("Fyll i ditt nuvarande lösenord.")), Length(max=1000)]
    )
    password = PasswordField(
        _("Nytt lösenord"),
        [InputRequired(_("Välj ett lösenord.")), Length(max=1000)],
        description=_("Minst 12 tecken. Fyra ord som inte hör ihop är lätta att minnas och svåra att gissa."),
    )
    again = PasswordField(
        _("Lösenordet en gång till"),
        [InputRequired(_("Skriv lösenordet en gång till.")), EqualTo("password", _("Lösenorden är inte lika."))],
    )


@bp.get("/konto")
@requires(Permission.ACCOUNT_OWN_READ)
def show() -> ResponseReturnValue:
    return render_template(
        "account/show.html",
        user=g.user,
        running=rows.of_user(g.actor.user_id),
        this=g.actor.session_id,
        daily=bool(GRANTS[Permission.CASE_LIST_READ] & g.actor.roles),
    )


@bp.post("/konto/sessioner/<uuid:session_id>/avsluta")
@requires(Permission.ACCOUNT_OWN_MANAGE)
def end_session(session_id: UUID) -> ResponseReturnValue:
    service.end_session(g.actor, session_id)
    flash(_("Inloggningen är avslutad."), "success")
    return redirect(url_for("account.show"))


@bp.post("/konto/sessioner/avsluta-andra")
@requires(Permission.ACCOUNT_OWN_MANAGE)
def end_other_sessions() -> ResponseReturnValue:
    service.end_other_sessions(g.actor)
    flash(_("Alla andra inloggningar är avslutade."), "success")
    return redirect(url_for("account.show"))


@bp.post("/konto/dagens-mejl")
@requires(Permission.ACCOUNT_OWN_MANAGE)
def digest() -> ResponseReturnValue:
    wanted = request.form.get("wanted") == "1"
    users.set_digest(g.actor, wanted=wanted)
    flash(_("Dagens mejl är på.") if wanted else _("Dagens mejl är av. Det som är brådskande kommer ändå."), "success")
    return redirect(url_for("account.show"))


@bp.get("/konto/kvar")
@requires(Permission.ACCOUNT_OWN_READ)
def stay() -> ResponseReturnValue:
    return "", 204


@bp.route("/konto/losenord", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN_MANAGE)
def password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit() and _password_changed(form):
        sessions.current().renew()
        flash(_("Lösenordet är bytt. Dina andra inloggningar är avslutade."), "success")
        return redirect(url_for("account.show"))
    return render_template("account/password.html", form=form), 400 if form.errors else 200


@bp.route("/konto/andra-faktorn", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN_MANAGE, fresh=True)
def second_factor() -> ResponseReturnValue:
    app_form, passkey_form = joining.AppForm(), joining.PasskeyForm()
    if passkey_form.answer.data:
        done = passkey_form.validate_on_submit() and _passkey_added(passkey_form)
    else:
        done = app_form.validate_on_submit() and _app_set_up(app_form)
    if done:
        sessions.current().renew()
        flash(_("Det nya sättet att bekräfta inloggningen är klart. Dina andra inloggningar är avslutade."), "success")
        return redirect(url_for("account.show"))
    return joining.set_up_page(g.user, app_form, passkey_form, "account/second_factor.html")


@bp.post("/konto/passnycklar/<uuid:passkey_id>/ta-bort")
@requires(Permission.ACCOUNT_OWN_MANAGE, fresh=True)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    try:
        service.remove_passkey(g.actor, g.user, passkey_id)
        flash(_("Passnyckeln är borttagen."), "success")
    except Conflict as error:
        flash(words.FAULTS[error.code], "error")
    return redirect(url_for("account.show"))


@bp.post("/konto/aterstallningskoder")
@requires(Permission.ACCOUNT_OWN_MANAGE, fresh=True)
def recovery_codes() -> ResponseReturnValue:
    codes = service.renew_recovery_codes(sessions.secrets(), g.actor, g.user)
    return joining.recovery_codes_page(codes, first=False)


@bp.post("/konto/sprak")
@public
def language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    response = redirect(door.local_address(request.form.get("next")))
    if chosen not in languages.LANGUAGES:
        return response
    if g.actor is not None:
        languages.remember(g.actor, chosen)
    response.set_cookie(
        languages.COOKIE, chosen, max_age=365 * 24 * 3600, samesite="Lax", secure=door.settings().secure_cookies
    )
    return response


@bp.post("/konto/dolj-namn")
@requires(Permission.ACCOUNT_OWN_MANAGE)
def names() -> ResponseReturnValue:
    response = redirect(door.local_address(request.form.get("next")))
    hidden = request.cookies.get(HIDE_NAMES) == "1"
    # The script that hides names at once sets the same cookie, so it is not kept from scripts.
    response.set_cookie(
        HIDE_NAMES,
        "0" if hidden else "1",
        max_age=0 if hidden else _TWELVE_HOURS,
        samesite="Lax",
        secure=door.settings().secure_cookies,
    )
    return response


def _password_changed(form: ChangePasswordForm) -> bool:
    knock = service.knock(sessions.secrets(), door.caller(g.user.email))
    if service.password_step(knock, form.current.data or "") is None:
        form.current.errors = [_("Lösenordet stämmer inte. Efter flera försök behöver du vänta en stund.")]
        return False
    try:
        with savepoint():
            service.change_password(sessions.secrets(), g.actor, g.user, form.password.data or "")
    except Invalid as error:
        words.explain(form, error)
        return False
    return True


def _app_set_up(form: joining.AppForm) -> bool:
    sealed = sessions.current().get(joining.SECRET) or ""
    if not service.set_up_totp(sessions.secrets(), g.actor, g.user, sealed, form.code.data or ""):
        form.code.errors = [joining.WRONG_CODE]
        return False
    del sessions.current()[joining.SECRET]
    return True


def _passkey_added(form: joining.PasskeyForm) -> bool:
    challenge, name = door.spend_challenge() or b"", form.name.data or str(_("Passnyckel"))
    try:
        with savepoint():
            service.add_passkey(g.actor, g.user, door.party(), challenge, form.answer.data or "", name)
    except Invalid as error:
        words.explain(form, error)
        return False
    return True
