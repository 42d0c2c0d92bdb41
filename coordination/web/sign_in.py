"""Signing in and out, and showing again who one is.

Flask-Security gives the codes, argon2 and ``webauthn`` (which it builds on) the rest, Flask-Login the signed-in user. Its own
views and its extension are left out: they commit by themselves and after the page, and take tokens from addresses.
"""

from flask import Blueprint, Flask, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import logout_user
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from coordination.core.db import Tenant, transaction
from coordination.core.ids import new_id
from coordination.identity import passkeys, service
from coordination.identity.queries import User
from coordination.identity.service import Method
from coordination.web import door, pending, sessions
from coordination.web.guard import public, requires
from policies.permissions import Permission

bp = Blueprint("security", __name__)

REFUSED = _(
    "Det gick inte att logga in. E-postadressen eller lösenordet stämmer inte, "
    "eller så behöver du vänta en stund efter flera försök."
)
WRONG_CODE = _("Koden stämmer inte eller är redan använd. Efter flera försök behöver du vänta en stund.")
WRONG_PASSKEY = _("Passnyckeln kunde inte kontrolleras. Försök igen eller använd ett annat sätt.")
NOT_CONFIRMED = _("Det stämde inte. Efter flera försök behöver du vänta en stund.")


class LoginForm(FlaskForm):
    """Address and password."""

    email = EmailField(_("E-postadress"), [InputRequired(_("Fyll i din e-postadress.")), Length(max=255)])
    password = PasswordField(_("Lösenord"), [InputRequired(_("Fyll i ditt lösenord.")), Length(max=1000)])


class SecondFactorForm(FlaskForm):
    """A code of either kind, or what a passkey answered."""

    code = StringField(_("Kod"), [Length(max=40)])
    passkey = HiddenField()


class ConfirmForm(FlaskForm):
    """Any one of what a signed-in user can show."""

    password = PasswordField(_("Lösenord"), [Length(max=1000)])
    code = StringField(_("Kod från appen"), [Length(max=40)])
    passkey = HiddenField()


def init(app: Flask) -> None:
    """Let the guard ask for a re-authentication."""
    app.extensions["reauthenticate"] = reauthenticate


@bp.route("/logga-in", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    following = door.local_address(request.args.get("next"))
    if g.actor is not None:
        return redirect(following)
    form = LoginForm()
    if form.validate_on_submit():
        user = _password_shown(form.email.data or "", form.password.data or "")
        if user is not None:
            return redirect(pending.begin(user, following))
        form.form_errors.append(REFUSED)
    return render_template("security/login.html", form=form, following=following), 400 if form.errors else 200


@bp.post("/logga-in/passnyckel")
@public
def passkey() -> ResponseReturnValue:
    following = door.local_address(request.args.get("next"))
    form = SecondFactorForm()
    if form.passkey.data:
        user = _passkey_shown(form.passkey.data)
        if user is not None:
            return _signed_in(user, Method.PASSKEY, following)
        form.form_errors.append(WRONG_PASSKEY)
    options = passkeys.authentication_options(door.party(), door.new_challenge())
    page = render_template("security/passkey.html", form=form, options=options, following=following)
    return page, 400 if form.errors else 200


@bp.route("/logga-in/andra-faktorn", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    following = door.local_address(request.args.get("next"))
    user = pending.user()
    if user is None or not user.has_second_factor:
        return redirect(url_for("security.login", next=following))
    form = SecondFactorForm()
    if form.validate_on_submit():
        method = _second_factor_shown(user, form)
        if method is not None:
            return _signed_in(user, method, following)
        form.form_errors.append(WRONG_PASSKEY if form.passkey.data else WRONG_CODE)
    options = passkeys.authentication_options(door.party(), door.new_challenge(), user) if user.passkeys else None
    page = render_template("security/second_factor.html", form=form, options=options, user=user, following=following)
    return page, 400 if form.errors else 200


@bp.post("/logga-ut")
@requires(Permission.ACCOUNT_OWN_MANAGE)
def logout() -> ResponseReturnValue:
    service.signed_out(g.actor)
    logout_user()
    sessions.current().restart()
    return redirect(url_for("security.login"))


@bp.route("/bekrafta", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN_MANAGE, fresh=True)
def reauth() -> ResponseReturnValue:
    return redirect(door.local_address(request.args.get("next")))


def reauthenticate() -> ResponseReturnValue | None:
    """Return the page "Bekräfta att det är du", or None once what was posted has confirmed it.

    What a form had been filled in with goes along as hidden fields and comes back to the same address, so a stale form
    loses nothing; only chosen files cannot come along.
    """
    form = ConfirmForm(prefix="reauth_")
    shown = form.is_submitted() and any(field.data for field in (form.password, form.code, form.passkey))
    if shown and form.validate() and _confirmed(form):
        request.form = ImmutableMultiDict(_kept_fields())
        return None
    if shown:
        form.form_errors.append(NOT_CONFIRMED)
    posted = request.method == "POST"
    page = render_template(
        "security/confirm.html",
        form=form,
        options=passkeys.authentication_options(door.party(), door.new_challenge(), g.user)
        if g.user.passkeys
        else None,
        kept=_kept_fields() if posted else [],
        files_lost=any(file.filename for file in request.files.values()),
        address=request.full_path if posted else url_for("security.reauth", next=request.full_path),
    )
    return page, 400 if form.errors else 200


def _password_shown(email: str, password: str) -> User | None:
    with door.even_time():
        knock = door.knock(email)
        with transaction():
            user = service.password_step(knock, password)
            return user if user is not None and (user.has_second_factor or service.must_set_up(user)) else None


def _passkey_shown(answer: str, expected: User | None = None) -> User | None:
    """Return the user whose passkey has answered; with ``expected``, only if it is that user's."""
    with door.even_time():
        claimed = passkeys.owner_of(answer)
        knock = door.knock(expected.email if expected else claimed.email if claimed else "")
        challenge = door.spend_challenge()
        if challenge is None or (expected is not None and (claimed is None or claimed.id != expected.id)):
            return None
        with transaction():
            return service.passkey_step(knock, door.party(), challenge, answer)


def _second_factor_shown(user: User, form: SecondFactorForm) -> Method | None:
    if form.passkey.data:
        return Method.PASSKEY if _passkey_shown(form.passkey.data, user) else None
    code = form.code.data or ""
    method = Method.TOTP if len("".join(code.split())) == 6 else Method.RECOVERY_CODE
    with door.even_time():
        knock = door.knock(user.email)
        with transaction():
            return method if service.code_step(knock, user, method, code) else None


def _signed_in(user: User, method: Method, following: str) -> ResponseReturnValue:
    session_id = new_id()
    chosen = pending.chosen_password()
    with transaction():
        service.signed_in(sessions.secrets(), door.caller(user.email), user, method, session_id)
        if chosen is not None:
            service.take_password(user, chosen.hashed, chosen.invitation_id, session_id)
    sessions.begin(user, session_id)
    return door.remember_device(make_response(redirect(following)), user.email)


def _confirmed(form: ConfirmForm) -> bool:
    method = _confirmed_by(form)
    if method is None:
        return False
    with transaction(Tenant(g.actor.municipality_id, g.actor.user_id)):
        service.confirmed(g.actor, method)
    sessions.confirm()
    return True


def _confirmed_by(form: ConfirmForm) -> Method | None:
    if form.passkey.data:
        return Method.PASSKEY if _passkey_shown(form.passkey.data, g.user) else None
    with door.even_time():
        knock = door.knock(g.user.email)
        with transaction():
            if form.code.data:
                return Method.TOTP if service.code_step(knock, g.user, Method.TOTP, form.code.data) else None
            return Method.PASSWORD if service.password_step(knock, form.password.data or "") else None


def _kept_fields() -> list[tuple[str, str]]:
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name != sessions.CSRF and not name.startswith("reauth_")]
