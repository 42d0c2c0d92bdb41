"""Sending what waits in the outbox: message by message, each in a transaction of its own that holds it.

A message is noted as sent right after the mail server has taken it. Only if this process or the database dies between
the two is it sent again; it is then the same message, by its Message-ID.
"""

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from uuid import UUID

from flask import current_app

from coordination.core import outbox
from coordination.core.db import Tenant, transaction
from coordination.core.mail import Fault, Line, MailServer, NotSent
from coordination.core.outbox import Message, Outcome
from coordination.identity import queries as identity
from coordination.jobs.letters import Reader, letter
from coordination.jobs.pieces import Piece
from coordination.settings import Settings

log = logging.getLogger(__name__)

AT_ONCE = 20
"""So many messages in a piece: a worker that is to stop finishes the piece."""
PIECES = 50
"""So many pieces of a municipality before the next one's turn comes."""


def pieces(municipality_ids: Iterable[UUID]) -> Iterator[Piece]:
    """Return pieces for each municipality in which a message waits; none where no mail server is given."""
    settings: Settings = current_app.extensions["settings"]
    for municipality_id in municipality_ids:
        for _ in range(PIECES):
            done: list[UUID] = []
            if not _anything_due(municipality_id) or settings.smtp_host is None:
                break
            yield str(municipality_id), partial(_send_some, settings, municipality_id, done)
            if not done:  # it failed, and would again
                break


def _anything_due(municipality_id: UUID) -> bool:
    with transaction(Tenant(municipality_id)):
        outbox.give_up_late()
        return outbox.anything_due()


def _send_some(settings: Settings, municipality_id: UUID, done: list[UUID]) -> None:
    server = MailServer.of(settings)
    if server is None:
        return
    with Line(server) as line:
        for _ in range(AT_ONCE):
            with transaction(Tenant(municipality_id)):
                more = _send_next(settings, server, line)
            if not more:
                break
    done.append(municipality_id)


def _send_next(settings: Settings, server: MailServer, line: Line) -> bool:
    """Send the next message and note how it went; tell whether it is worth trying another."""
    message = outbox.claim()
    if message is None:
        return False
    reader = _reader(message)
    if reader is None:
        outbox.settle(message, Outcome.NOBODY)
        return True
    try:
        line.send(letter(message, reader, server.sender, settings.public_url))
    except NotSent as refusal:
        return _not_sent(message, refusal.fault)
    outbox.settle(message, Outcome.SENT)
    return True


def _not_sent(message: Message, fault: Fault) -> bool:
    log.warning("message %s was not sent: %s", message.id, fault)
    if fault in Fault.for_good():
        outbox.settle(message, Outcome.REFUSED, fault)
    else:
        outbox.put_off(message, fault)
    return fault not in Fault.of_the_server()


def _reader(message: Message) -> Reader | None:
    user = identity.active_user(message.user_id)
    return Reader(user.email, user.language) if user is not None else None
