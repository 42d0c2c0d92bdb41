"""How the service runs, for the administrators of a municipality: jobs, mail and workers; no content and no names.

Jobs and workers are the installation's; mail is counted in the own municipality alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core import job_runs, outbox
from coordination.core.errors import NotFound
from coordination.core.job_runs import Job, JobState, Workers
from coordination.identity.queries import authorize
from policies.access import Actor
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class Overview:
    """How the jobs, the workers and the outbox stand."""

    jobs: Sequence[JobState]
    workers: Workers
    mail: outbox.State


def overview(actor: Actor) -> Overview:
    """Return how the service runs, and log the reading. Raises Forbidden."""
    authorize(actor, Permission.OPERATIONS_JOB_READ)
    jobs = job_runs.states()
    audit.record(actor, Event.OPERATIONS_VIEWED, count=len(jobs))
    return Overview(jobs, job_runs.workers(), outbox.state())


def ask(actor: Actor, name: str) -> None:
    """Ask for a job to be done as soon as a worker leads, and log it: of mail, all that waits in the municipality is tried.

    Raises Forbidden, and NotFound for what is no job.
    """
    authorize(actor, Permission.OPERATIONS_JOB_RUN)
    if name not in set(Job):
        raise NotFound
    job_runs.ask(Job(name))
    if name == Job.SEND_MAIL:
        outbox.hurry()
    audit.record(actor, Event.JOB_ASKED, job=name)
