"""What may be read about the service itself: permissions as the code obeys them, protection, accessibility, shortcuts."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coordination.web.guard import public, requires
from coordination.web.words import ROLES
from policies.access import permission_rows
from policies.permissions import ROLE_SENTENCES, Permission

bp = Blueprint("help", __name__)


@bp.get("/hjalp/behorigheter")
@requires(Permission.HELP_READ)
def permissions() -> ResponseReturnValue:
    return render_template("help/permissions.html", rows=permission_rows(), roles=ROLES, sentences=ROLE_SENTENCES)


@bp.get("/hjalp/kortkommandon")
@requires(Permission.HELP_READ)
def shortcuts() -> ResponseReturnValue:
    return render_template("help/shortcuts.html")


@bp.get("/sa-skyddas-uppgifterna")
@public
def protection() -> ResponseReturnValue:
    return render_template("public/protection.html")


@bp.get("/tillganglighet")
@public
def accessibility() -> ResponseReturnValue:
    return render_template("public/accessibility.html")
