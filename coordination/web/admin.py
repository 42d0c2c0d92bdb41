"""Administration: the municipality, its agencies and their users. No page here leads to what a case holds."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from coordination.cases import service as cases
from coordination.core.db import savepoint
from coordination.core.errors import Conflict, Invalid
from coordination.identity import agencies, invitations, queries, users
from coordination.identity.agencies import AgencyForm
from coordination.identity.queries import Agency, User
from coordination.identity.users import UserForm
from coordination.keys import agency_keys
from coordination.web import door, words
from coordination.web.forms.common import choice_list
from coordination.web.guard import requires
from policies.permissions import ROLE_SENTENCES, AgencyKind, EmployerType, Permission, Role

bp = Blueprint("admin", __name__, url_prefix="/administration")

_NEEDED = InputRequired(_("Fyll i fältet."))


class MunicipalityFields(FlaskForm):
    """The municipality's name; its code is fixed."""

    name = StringField(_("Kommunens namn"), [_NEEDED, Length(max=80)])


class AgencyFields(FlaskForm):
    """What is laid down about an agency."""

    name = StringField(
        _("Namn"), [_NEEDED, Length(max=80)], description=_("Så att andra känner igen den, till exempel Polisen.")
    )
    mark = StringField(_("Märke"), [_NEEDED, Length(max=2)], description=_("Två bokstäver, till exempel SO."))
    kind = SelectField(_("Slag"), choices=choice_list(words.KINDS.items()))
    employer = SelectField(
        _("Arbetsgivare"),
        choices=choice_list([("", _("Gäller inte")), *words.EMPLOYERS.items()]),
        description=_("Anges för uppsökande arbete. Det avgör vilken sekretess som gäller."),
    )
    controller = StringField(
        _("Personuppgiftsansvarig"), [_NEEDED, Length(max=120)], description=_("Nämnden eller myndigheten.")
    )
    branch = StringField(
        _("Verksamhetsgren"),
        [_NEEDED, Length(max=120)],
        description=_("Självständig verksamhetsgren, 8\xa0kap.\xa02\xa0§\xa0OSL."),
    )

    copies_temporary = BooleanField(
        _("Mottagna kopior är av tillfällig betydelse"),
        description=_(
            "Kryssa bara i om partens egen dokumenthanteringsplan säger det. En kopia gallras då i samma stund som den stängs: "
            "när samtycket tas tillbaka, när avsändaren avslutar delningen, när parten lämnar ärendet eller när tiden går ut. "
            "Ingen hos parten hinner ta in den i den egna akten efter det, och registrator kan inte öppna den. Det går inte att "
            "ångra. Kopior som redan är stängda gallras inte av det här."
        ),
    )
    copies_decision = StringField(
        _("Beslut om gallring"),
        [Length(max=200)],
        description=_("Till exempel ”Utbildningsnämnden 2026-03-12 § 41, dokumenthanteringsplan 4.2”."),
    )

    def values(self) -> AgencyForm:
        """Return what was filled in."""
        return AgencyForm(
            kind=AgencyKind(self.kind.data),
            employer=EmployerType(self.employer.data) if self.employer.data else None,
            name=self.name.data or "",
            controller=self.controller.data or "",
            branch=self.branch.data or "",
            mark=self.mark.data or "",
            copies_temporary=bool(self.copies_temporary.data),
            copies_decision=self.copies_decision.data or "",
        )


class UserFields(FlaskForm):
    """What is laid down about a user."""

    name = StringField(_("Namn"), [_NEEDED, Length(max=120)])
    title = StringField(_("Titel"), [_NEEDED, Length(max=120)])
    email = EmailField(
        _("E-postadress"),
        [_NEEDED, Length(max=255), Regexp(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*$", message=_("Skriv en e-postadress."))],
        description=_("Personen loggar in med den."),
    )
    roles = SelectMultipleField(_("Roller"))

    def offer(self, agency: Agency) -> None:
        """Let the roles be chosen among those of the agency's kind."""
        allowed = agencies.ROLES[AgencyKind(agency.kind)]
        self.roles.choices = choice_list((role, words.ROLES[role]) for role in Role if role in allowed)

    def values(self) -> UserForm:
        """Return what was filled in."""
        return UserForm(
            name=self.name.data or "",
            title=self.title.data or "",
            email=self.email.data or "",
            roles=frozenset(Role(role) for role in self.roles.data or []),
        )


@bp.get("/")
@requires(Permission.ADMIN_AGENCY_READ)
def index() -> ResponseReturnValue:
    everyone = queries.agencies_of(g.actor.municipality_id, closed=True)
    rows = [(agency, words.agency_view(agency, g.actor.agency_id)) for agency in everyone]
    return render_template(
        "admin/index.html", municipality=queries.municipality_of(g.actor), agencies=rows, kinds=words.KINDS
    )


@bp.route("/kommun", methods=["GET", "POST"])
@requires(Permission.ADMIN_AGENCY_MANAGE)
def municipality() -> ResponseReturnValue:
    own = queries.municipality_of(g.actor)
    form = MunicipalityFields(obj=own)
    if form.validate_on_submit():
        agencies.rename_municipality(g.actor, form.name.data or "")
        flash(_("Kommunens namn är ändrat."), "success")
        return redirect(url_for("admin.index"))
    return render_template("admin/municipality.html", form=form, municipality=own), 400 if form.errors else 200


@bp.route("/parter/ny", methods=["GET", "POST"])
@requires(Permission.ADMIN_AGENCY_MANAGE)
def new_agency() -> ResponseReturnValue:
    form = AgencyFields()
    if form.validate_on_submit() and _agency_created(form):
        flash(_("Parten är upplagd."), "success")
        return redirect(url_for("admin.index"))
    return render_template("admin/agency.html", form=form, agency=None), 400 if form.errors else 200


@bp.route("/parter/<uuid:agency_id>", methods=["GET", "POST"])
@requires(Permission.ADMIN_AGENCY_MANAGE)
def agency(agency_id: UUID) -> ResponseReturnValue:
    found = queries.agency_for(g.actor, agency_id)
    form = AgencyFields(obj=found)
    if form.validate_on_submit() and _agency_changed(form, agency_id):
        flash(_("Ändringarna är sparade."), "success")
        return redirect(url_for("admin.index"))
    return render_template("admin/agency.html", form=form, agency=found), 400 if form.errors else 200


@bp.route("/parter/<uuid:agency_id>/stang", methods=["GET", "POST"])
@requires(Permission.ADMIN_AGENCY_MANAGE, fresh=True)
def close_agency(agency_id: UUID) -> ResponseReturnValue:
    found = queries.agency_for(g.actor, agency_id)
    if request.method == "GET":
        return render_template("admin/close_agency.html", agency=found)
    try:
        with savepoint():
            agencies.close(g.actor, agency_id)
        flash(_("Parten är stängd. Ingen i den kan logga in."), "success")
    except Conflict as error:
        flash(words.FAULTS[error.code], "error")
    return redirect(url_for("admin.index"))


@bp.get("/anvandare")
@requires(Permission.ADMIN_USER_READ)
def user_list() -> ResponseReturnValue:
    chosen = next((one for one in _own_agencies() if str(one.id) == request.args.get("part")), None)
    found = queries.users_for(g.actor, chosen.id if chosen else None)
    rows = [(user, words.agency_view(user.agency, g.actor.agency_id), words.role_names(user.roles)) for user in found]
    return render_template("admin/users.html", users=rows, agencies=_own_agencies(), chosen=chosen)


@bp.route("/parter/<uuid:agency_id>/anvandare/ny", methods=["GET", "POST"])
@requires(Permission.ADMIN_USER_MANAGE)
def new_user(agency_id: UUID) -> ResponseReturnValue:
    found = queries.agency_for(g.actor, agency_id)
    form = UserFields()
    form.offer(found)
    if form.validate_on_submit() and (invited := _invited(form, agency_id)) is not None:
        return _link_page(*invited)
    return _user_page(form, found, None)


@bp.route("/anvandare/<uuid:user_id>", methods=["GET", "POST"])
@requires(Permission.ADMIN_USER_MANAGE)
def user(user_id: UUID) -> ResponseReturnValue:
    found = queries.user_for(g.actor, user_id)
    form = UserFields(obj=found)
    form.offer(found.agency)
    if form.validate_on_submit() and _user_changed(form, user_id):
        flash(_("Ändringarna är sparade."), "success")
        return redirect(url_for("admin.user", user_id=user_id))
    return _user_page(form, found.agency, found)


@bp.post("/anvandare/<uuid:user_id>/lank")
@requires(Permission.ADMIN_USER_MANAGE)
def new_link(user_id: UUID) -> ResponseReturnValue:
    found = queries.user_for(g.actor, user_id)
    try:
        with savepoint():
            return _link_page(found, users.renew_link(g.actor, user_id))
    except Conflict as error:
        flash(words.FAULTS[error.code], "error")
    return redirect(url_for("admin.user", user_id=user_id))


@bp.post("/anvandare/<uuid:user_id>/lank/dra-tillbaka")
@requires(Permission.ADMIN_USER_MANAGE)
def withdraw_link(user_id: UUID) -> ResponseReturnValue:
    users.withdraw_link(g.actor, user_id)
    flash(_("Länken fungerar inte längre."), "success")
    return redirect(url_for("admin.user", user_id=user_id))


@bp.route("/anvandare/<uuid:user_id>/andra-faktorn", methods=["GET", "POST"])
@requires(Permission.ADMIN_USER_MANAGE)
def reset_second_factor(user_id: UUID) -> ResponseReturnValue:
    found = queries.user_for(g.actor, user_id)
    if request.method == "GET":
        return render_template("admin/reset_second_factor.html", user=found)
    try:
        with savepoint():
            return _link_page(found, users.reset_second_factor(g.actor, user_id))
    except Conflict as error:
        flash(words.FAULTS[error.code], "error")
    return redirect(url_for("admin.user", user_id=user_id))


@bp.route("/anvandare/<uuid:user_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.ADMIN_USER_MANAGE)
def leave(user_id: UUID) -> ResponseReturnValue:
    found = queries.user_for(g.actor, user_id)
    if request.method == "GET":
        return render_template("admin/leave.html", user=found)
    try:
        with savepoint():
            users.leave(g.actor, user_id, assignments=cases.end_assignments_of(g.actor, user_id))
        flash(_("Användaren är avslutad: inloggningar och uppdrag i ärenden upphörde genast."), "success")
    except Conflict as error:
        flash(words.FAULTS[error.code], "error")
        return redirect(url_for("admin.user", user_id=user_id))
    return redirect(url_for("admin.user_list"))


def _own_agencies() -> list[Agency]:
    return queries.agencies_of(g.actor.municipality_id)


def _agency_created(form: AgencyFields) -> bool:
    try:
        with savepoint():
            created = agencies.create(g.actor, form.values())
            agency_keys.create(created.id, created.municipality_id)
    except Invalid as error:
        words.explain(form, error)
        return False
    return True


def _agency_changed(form: AgencyFields, agency_id: UUID) -> bool:
    try:
        with savepoint():
            agencies.change(g.actor, agency_id, form.values())
    except (Invalid, Conflict) as error:
        words.explain(form, error)
        return False
    return True


def _invited(form: UserFields, agency_id: UUID) -> tuple[User, str] | None:
    try:
        with savepoint():
            return users.invite(g.actor, agency_id, form.values())
    except Invalid as error:
        words.explain(form, error)
        return None


def _user_changed(form: UserFields, user_id: UUID) -> bool:
    try:
        with savepoint():
            users.change(g.actor, user_id, form.values())
    except (Invalid, Conflict) as error:
        words.explain(form, error)
        return False
    return True


def _user_page(form: UserFields, agency: Agency, user: User | None) -> ResponseReturnValue:
    page = render_template(
        "admin/user.html",
        form=form,
        agency=agency,
        user=user,
        sentences={role.value: ROLE_SENTENCES[role] for role in agencies.ROLES[AgencyKind(agency.kind)]},
        link_until=invitation.expires_at if user and (invitation := invitations.open_for(user.id)) else None,
        own=user is not None and user.id == g.actor.user_id,
    )
    return page, 400 if form.errors else 200


def _link_page(user: User, token: str) -> ResponseReturnValue:
    """Return the page that shows a one-time link: this once, in the answer itself."""
    link = door.settings().public_url + url_for("joining.invitation", token=token)
    hours = int(invitations.VALID.total_seconds() // 3600)
    return render_template("admin/link.html", user=user, link=link, hours=hours)
