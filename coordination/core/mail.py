"""Talking to the mail server (RFC 5321), so that it is always known what became of a message, or known that it is not.

A message counts as handed over when the server has said so after its last line. A connection that ends between the two
leaves it open whether it was taken (RFC 1047): the message is sent again, with the same Message-ID, and may come twice.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from coordination.settings import Settings

SECONDS = 20.0
"""A mail server that is silent for longer is taken to be away."""


class Fault(StrEnum):
    """Why a message could not be sent now; the value is the code in the database."""

    UNREACHABLE = "unreachable"
    TLS = "tls_failed"
    SIGN_IN = "sign_in_refused"
    SENDER = "sender_refused"
    NOT_NOW = "not_now"
    NO_ANSWER = "no_answer"
    RECIPIENT = "recipient_refused"
    CONTENT = "message_refused"

    @classmethod
    def of_the_server(cls) -> "frozenset[Fault]":
        """Return the faults that would meet any other message too."""
        return frozenset({cls.UNREACHABLE, cls.TLS, cls.SIGN_IN, cls.SENDER})

    @classmethod
    def for_good(cls) -> "frozenset[Fault]":
        """Return the faults that would meet the same message every time."""
        return frozenset({cls.RECIPIENT, cls.CONTENT})


class NotSent(Exception):
    """A message was not sent, or it is not known whether it was (``Fault.NO_ANSWER``)."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server of the settings, and who we are there."""

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def of(cls, settings: Settings) -> "MailServer | None":
        """Return the mail server of the settings; None where there is none. Raises OSError where the password cannot be read."""
        if settings.smtp_host is None:
            return None
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_tls,
            settings.smtp_user or "",
            _password(settings.smtp_password_file),
            settings.mail_from or "",
        )


class Line:
    """A connection to the mail server, made when the first message is sent and kept for the next."""

    def __init__(self, server: MailServer) -> None:
        """Note which server; nothing is connected yet."""
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye, if there is anybody to say it to."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._hang_up()

    def send(self, message: EmailMessage) -> None:
        """Hand a message over to the mail server; on return it has taken it. Raises NotSent."""
        recipient = parseaddr(str(message["To"]))[1]
        if not recipient.isascii():
            raise NotSent(Fault.RECIPIENT)
        text = smtplib.quotedata(message.as_bytes(policy=SMTP).decode("ascii"))
        smtp = self._connected()
        with self._or(Fault.UNREACHABLE):
            self._asked(smtp.mail(parseaddr(self._server.sender)[1]), Fault.SENDER, Fault.SENDER)
            self._asked(smtp.rcpt(recipient), Fault.RECIPIENT, Fault.NOT_NOW)
            self._asked(smtp.docmd("DATA"), Fault.CONTENT, Fault.NOT_NOW)
        with self._or(Fault.NO_ANSWER):
            smtp.send(f"{text}.\r\n")
            self._asked(smtp.getreply(), Fault.CONTENT, Fault.NOT_NOW)

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            with self._or(Fault.UNREACHABLE):
                self._smtp = self._open()
                self._smtp.ehlo_or_helo_if_needed()
            if self._server.tls == "starttls":
                with self._or(Fault.TLS):
                    self._smtp.starttls(context=ssl.create_default_context())
                    self._smtp.ehlo()
            if self._server.user:
                with self._or(Fault.SIGN_IN):
                    self._smtp.login(self._server.user, self._server.password)
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.tls != "tls":
            return smtplib.SMTP(host, port, timeout=SECONDS)
        try:
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
        except ssl.SSLError as error:
            raise NotSent(Fault.TLS) from error

    def _asked(self, reply: tuple[int, bytes], never: Fault, later: Fault) -> None:
        """Go on if the server said yes (2xx, 3xx). Raises NotSent; the next message can be sent all the same."""
        code, words = reply
        if code < 400:
            return
        if code == 421:
            self._hang_up()
            raise NotSent(Fault.UNREACHABLE)
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.rset()
        # What policy forbids (RFC 3463: 5.7), relaying above all, is allowed again when somebody has put the server right.
        for_good = code >= 500 and code != 530 and not words.startswith(b"5.7.")
        raise NotSent(never if for_good else later)

    @contextmanager
    def _or(self, fault: Fault) -> Iterator[None]:
        """Say what it means if the connection fails here, and hang up."""
        try:
            yield
        except NotSent as refused:
            if refused.fault in Fault.of_the_server():
                self._hang_up()
            raise
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            self._hang_up()
            raise NotSent(fault) from error

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _password(path: Path | None) -> str:
    return path.read_text(encoding="utf-8").strip() if path else ""
