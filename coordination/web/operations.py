"""The operations page, for administrators: how jobs, workers and mail stand, and a button to have a job done now."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.oversight import operations
from coordination.web import door, views
from coordination.web.guard import requires
from coordination.web.presenting import operations as presenting
from policies.permissions import Permission

bp = Blueprint("operations", __name__, url_prefix="/drift")


@bp.get("")
@requires(Permission.OPERATIONS_JOB_READ)
def index() -> ResponseReturnValue:
    found = operations.overview(views.actor())
    return render_template(
        "operations/index.html",
        jobs=presenting.job_lines(found.jobs),
        workers=found.workers,
        mail=presenting.mail_lines(found.mail, has_server=door.settings().smtp_host is not None),
        trouble=presenting.trouble(found, has_server=door.settings().smtp_host is not None),
    )


@bp.post("/kor")
@requires(Permission.OPERATIONS_JOB_RUN)
def run() -> ResponseReturnValue:
    operations.ask(views.actor(), request.form.get("job", ""))
    flash(_("Jobbet körs så snart arbetaren hinner. Ladda om sidan om en stund."), "success")
    return redirect(url_for("operations.index"))
