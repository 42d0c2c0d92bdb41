"""A real mail server on loopback, in this process: it takes, refuses, is silent or hangs up, as a test says."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from coordination.settings import Settings

SENDER = "Samverkan <s@example.se>"


@dataclass
class Mailbox:
    """What the mail server has taken, and how it behaves; a test changes it as it goes."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """What it answers to RCPT, by recipient."""
    answer: str = "250 taken"
    """What it answers when it has got a whole message; without 250 it does not take it."""
    hang_up_after_data: int = 0
    """So many messages it takes and then hangs up, without saying so."""
    slow: Event | None = None
    """It has got all of a message and waits for this before it takes it."""
    reached: Event = field(default_factory=Event)
    """A message has come whole."""

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or refuse it."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, whole."""
        self.reached.set()
        if self.slow is not None:
            await asyncio.to_thread(self.slow.wait, 60)
        if not self.answer.startswith("250"):
            return self.answer
        self.taken.append(_read(envelope))
        self.recipients += envelope.rcpt_tos
        if self.hang_up_after_data:
            self.hang_up_after_data -= 1
            assert server.transport is not None
            server.transport.close()
        return self.answer


@contextmanager
def mail_server(mailbox: Mailbox | None = None, **settings: Any) -> Iterator[Mailbox]:
    """Run a mail server on a free port, or on the mailbox's own once it has had one."""
    mailbox = mailbox or Mailbox()
    mailbox.port = mailbox.port or free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, **settings)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def with_mail(settings: Settings, box: Mailbox) -> Settings:
    """Return the settings with this mail server."""
    server = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_tls": "none", "mail_from": SENDER}
    return settings.model_copy(update=server)


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _read(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    assert isinstance(content, bytes)
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message
