"""One-time links, and setting up the first second factor: what stands before the first sign-in."""

import io
from uuid import UUID

import qrcode
from flask import Blueprint, Response, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from qrcode.image.svg import SvgPathFillImage
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from coordination.core.db import transaction
from coordination.core.errors import Conflict, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.identity import invitations, passkeys, queries, service
from coordination.identity import second_factor as factors
from coordination.identity.invitations import Purpose
from coordination.identity.queries import User
from coordination.identity.service import Method
from coordination.web import door, pending, sessions, words
from coordination.web.guard import public

bp = Blueprint("joining", __name__)

SECRET = "totp"  # noqa: S105  # where the session keeps the app's sealed secret until a code shows that it works
WRONG_CODE = _("Koden stämmer inte. Kontrollera att klockan i mobilen går rätt och skriv den kod som visas nu.")


class NewPasswordForm(FlaskForm):
    """A new password, twice: there is nobody to ask if it was mistyped."""

    password = PasswordField(
        _("Nytt lösenord"),
        [InputRequired(_("Välj ett lösenord.")), Length(max=1000)],
        description=_("Minst 12 tecken. Fyra ord som inte hör ihop är lätta att minnas och svåra att gissa."),
    )
    again = PasswordField(
        _("Lösenordet en gång till"),
        [InputRequired(_("Skriv lösenordet en gång till.")), EqualTo("password", _("Lösenorden är inte lika."))],
    )


class KnownPasswordForm(FlaskForm):
    """The password one has."""

    password = PasswordField(_("Lösenord"), [InputRequired(_("Fyll i ditt lösenord.")), Length(max=1000)])


class AppForm(FlaskForm):
    """The first code of an authenticator app."""

    code = StringField(_("Sex siffror från appen"), [InputRequired(_("Skriv koden.")), Length(max=20)])


class PasskeyForm(FlaskForm):
    """A new passkey: its name and what the browser made."""

    name = StringField(
        _("Namn på passnyckeln"), [Length(max=64)], description=_("Så att du känner igen den, till exempel Jobbmobil.")
    )
    answer = HiddenField()


@bp.route("/inbjudan/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> ResponseReturnValue:
    found = invitations.find(token)
    user = queries.active_user(found.user_id) if found else None
    if found is None or user is None:
        return render_template("security/link_gone.html"), 410
    if found.purpose == Purpose.SECOND_FACTOR:
        form, after = KnownPasswordForm(), _known_password_shown
    else:
        form, after = NewPasswordForm(), _new_password_chosen
    if form.validate_on_submit() and (following := after(token, user, form)) is not None:
        return redirect(following)
    page = render_template("security/invitation.html", form=form, user=user, purpose=found.purpose)
    return page, 400 if form.errors else 200


@bp.route("/andra-faktorn", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    user = pending.user()
    if user is None or user.has_second_factor:
        return redirect(url_for("security.login"))
    app_form, passkey_form = AppForm(), PasskeyForm()
    codes = None
    if passkey_form.answer.data:
        codes = _set_up_passkey(user, passkey_form) if passkey_form.validate_on_submit() else None
    elif app_form.validate_on_submit():
        codes = _set_up_app(user, app_form)
    if codes is not None:
        return door.remember_device(make_response(recovery_codes_page(codes, first=True)), user.email)
    return set_up_page(user, app_form, passkey_form, "security/set_up.html")


@bp.get("/andra-faktorn/qr.svg")
@public
def qr() -> Response:
    """Draw the app's secret for a camera; only for the session it was made in."""
    user = pending.user() or g.user
    if user is None or SECRET not in sessions.current():
        raise NotFound
    image = qrcode.make(
        factors.totp_uri(sessions.secrets(), user, sessions.current()[SECRET]), image_factory=SvgPathFillImage
    )
    drawn = io.BytesIO()
    image.save(drawn)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def set_up_page(user: User, app_form: AppForm, passkey_form: PasskeyForm, template: str) -> ResponseReturnValue:
    """Return the page to add an app or a passkey on; the same secret is shown until it is taken into use."""
    sealed = sessions.current().get(SECRET) or factors.new_totp_secret(sessions.secrets())
    sessions.current()[SECRET] = sealed
    page = render_template(
        template,
        form=passkey_form if passkey_form.errors else app_form,
        app_form=app_form,
        passkey_form=passkey_form,
        user=user,
        key=factors.totp_key(sessions.secrets(), sealed),
        options=passkeys.registration_options(door.party(), user, door.new_challenge()),
    )
    return page, 400 if app_form.errors or passkey_form.errors else 200


def recovery_codes_page(codes: list[str], *, first: bool) -> str:
    """Return the page that shows recovery codes: this once, in the answer itself, never at an address of its own."""
    return render_template("security/recovery_codes.html", codes=codes, first=first)


def _new_password_chosen(token: str, user: User, form: NewPasswordForm) -> str | None:
    try:
        with transaction():
            held = invitations.find(token, hold=True)
            if held is None:
                raise Conflict("link_spent")
            hashed = service.join(sessions.secrets(), held, user, form.password.data or "", sessions.current().id)
    except (Invalid, Conflict) as error:
        words.explain(form, error)
        return None
    return pending.begin(user, "/", pending.ChosenPassword(hashed, held.id) if hashed else None)


def _known_password_shown(token: str, user: User, form: KnownPasswordForm) -> str | None:
    with door.even_time():
        knock = door.knock(user.email)
        with transaction():
            shown = service.password_step(knock, form.password.data or "")
            held = invitations.find(token, hold=True)
            if shown is not None and held is not None:
                service.take_second_factor_link(shown, held.id, sessions.current().id)
    if shown is None or held is None:
        form.form_errors.append(_("Lösenordet stämmer inte. Efter flera försök behöver du vänta en stund."))
        return None
    return pending.begin(shown, "/")


def _set_up_app(user: User, form: AppForm) -> list[str] | None:
    session_id = new_id()
    with transaction():
        actor = queries.actor_of(user, session_id, fresh=True)
        sealed = sessions.current().get(SECRET) or ""
        if not service.set_up_totp(sessions.secrets(), actor, user, sealed, form.code.data or ""):
            form.code.errors = [WRONG_CODE]
            return None
        codes = _first_sign_in(user, Method.TOTP, session_id)
    sessions.begin(user, session_id)
    return codes


def _set_up_passkey(user: User, form: PasskeyForm) -> list[str] | None:
    session_id = new_id()
    challenge = door.spend_challenge() or b""
    try:
        with transaction():
            actor = queries.actor_of(user, session_id, fresh=True)
            name = form.name.data or str(_("Passnyckel"))
            service.add_passkey(actor, user, door.party(), challenge, form.answer.data or "", name)
            codes = _first_sign_in(user, Method.PASSKEY, session_id)
    except Invalid as error:
        words.explain(form, error)
        return None
    sessions.begin(user, session_id)
    return codes


def _first_sign_in(user: User, method: Method, session_id: UUID) -> list[str]:
    actor = service.signed_in(sessions.secrets(), door.caller(user.email), user, method, session_id)
    return service.renew_recovery_codes(sessions.secrets(), actor, user)
