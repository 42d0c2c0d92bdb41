"""The words of our mail: neutral by construction, as mail is read over shoulders and kept on servers we do not know.

A letter is made of a kind, a number and this service's own address, and of nothing else: no name, no case, no agency.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from coordination.core.mail import Fault, NotSent
from coordination.core.outbox import Kind, Message

PATHS: Mapping[Kind, str] = {Kind.DIGEST: "/min-dag", Kind.URGENT: "/bradskande", Kind.EMERGENCY: "/min-dag"}
"""The page each kind of letter leads to; a test holds them against the routes."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a letter is for: the address, and the language they read."""

    address: str
    language: str


def letter(message: Message, reader: Reader, sender: str, service_url: str) -> EmailMessage:
    """Return a message as it is sent: the same each time, down to its Message-ID and date.

    Raises NotSent for an address that is none.
    """
    made = EmailMessage()
    with force_locale(reader.language):
        made["Subject"] = _SUBJECTS[message.kind](message.number)
        go_on, why = _("Logga in för att se vad:"), _why(message.kind)
    made["From"] = sender
    made["To"] = _address(reader.address)
    made["Date"] = format_datetime(message.queued_at)
    made["Message-ID"] = message.message_id
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence message answers it
    link = f"{go_on}\n{service_url}{PATHS[message.kind]}"
    made.set_content(f"{made['Subject']}.\n\n{link}\n\n{why}\n", cte="quoted-printable")
    made["Content-Language"] = reader.language
    return made


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError, MessageError) as error:
        raise NotSent(Fault.RECIPIENT) from error


def _digest(number: int) -> str:
    return str(ngettext("%(num)s sak väntar på dig i Samverkan", "%(num)s saker väntar på dig i Samverkan", number))


def _urgent(_number: int) -> str:
    return str(_("Något brådskande väntar på dig i Samverkan"))


def _emergency(_number: int) -> str:
    return str(_("Något du behöver läsa väntar på dig i Samverkan"))


_SUBJECTS: Mapping[Kind, Callable[[int], str]] = {
    Kind.DIGEST: _digest,
    Kind.URGENT: _urgent,
    Kind.EMERGENCY: _emergency,
}


def _why(kind: Kind) -> str:
    if kind is Kind.DIGEST:
        return str(
            _(
                "Mejlet kommer högst en gång om dagen. Du stänger av det under Mina inloggningar. Det går inte att svara på."
            )
        )
    return str(_("Mejlet kommer när något inte kan vänta. Det går inte att svara på."))
