"""The way to the mail server: protected, with our name and password where it asks, and every refusal told apart."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from coordination.core.mail import Fault, Line, MailServer, NotSent
from coordination.settings import Settings
from tests.factories.mail import SENDER, Mailbox, mail_server, with_mail

PASSWORD = "fyra ord i en fil"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A mail server's certificate for localhost, from an authority that this machine trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    day = timedelta(days=1)
    made = (
        builder.not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def guarded(certificate: ssl.SSLContext) -> Iterator[Mailbox]:
    """A mail server that talks to nobody without TLS, a name and a password."""
    with mail_server(
        tls_context=certificate, require_starttls=True, authenticator=_lets_in, auth_required=True
    ) as mailbox:
        yield mailbox


def _lets_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"samverkan", PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def _server(
    settings: Settings, mailbox: Mailbox, tmp_path: Path, host: str = "localhost", password: str = PASSWORD
) -> MailServer:
    file = tmp_path / "password"
    file.write_text(f"{password}\n", encoding="utf-8")
    given = {"smtp_host": host, "smtp_port": mailbox.port, "smtp_user": "samverkan", "mail_from": SENDER}
    server = MailServer.of(settings.model_copy(update={**given, "smtp_password_file": file}))
    assert server is not None
    return server


def _letter() -> EmailMessage:
    made = EmailMessage()
    made["To"], made["From"], made["Subject"] = "a@example.se", SENDER, "Åtta"
    made.set_content(".en punkt först\n.\nåäö\n", cte="quoted-printable")
    return made


def _fault(server: MailServer) -> Fault:
    with pytest.raises(NotSent) as refusal, Line(server) as line:
        line.send(_letter())
    return refusal.value.fault


def test_a_message_goes_whole_by_a_protected_way_with_name_and_password(
    settings: Settings, guarded: Mailbox, tmp_path: Path
) -> None:
    server = _server(settings, guarded, tmp_path)

    with Line(server) as line:
        line.send(_letter())
        line.send(_letter())

    assert [message.get_content() for message in guarded.taken] == [".en punkt först\r\n.\r\nåäö\r\n"] * 2
    assert PASSWORD not in repr(server)


def test_what_is_wrong_with_the_way_is_told_apart(
    settings: Settings, guarded: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong_password = _fault(_server(settings, guarded, tmp_path, password="fel"))
    another_name = _fault(_server(settings, guarded, tmp_path, host="127.0.0.1"))
    monkeypatch.delenv("SSL_CERT_FILE")
    unknown_authority = _fault(_server(settings, guarded, tmp_path))

    assert wrong_password is Fault.SIGN_IN
    assert {another_name, unknown_authority} == {Fault.TLS}
    assert guarded.taken == []


@pytest.mark.parametrize(
    ("to_the_recipient", "to_the_message", "fault"),
    [
        ("550 5.1.1 no such user", "", Fault.RECIPIENT),
        ("450 4.2.0 greylisted", "", Fault.NOT_NOW),
        ("554 5.7.1 relay access denied", "", Fault.NOT_NOW),
        ("530 5.7.0 authentication required", "", Fault.NOT_NOW),
        ("421 4.3.2 closing", "", Fault.UNREACHABLE),
        ("", "554 5.6.0 not such a message", Fault.CONTENT),
        ("", "452 4.3.1 no room", Fault.NOT_NOW),
        ("", "421 4.3.2 closing, not taken", Fault.UNREACHABLE),
    ],
)
def test_every_refusal_says_whether_to_try_again_and_the_next_message_goes(
    settings: Settings, to_the_recipient: str, to_the_message: str, fault: Fault
) -> None:
    with mail_server() as mailbox, Line(_server_of(settings, mailbox)) as line:
        mailbox.refused = {"a@example.se": to_the_recipient} if to_the_recipient else {}
        mailbox.answer = to_the_message or mailbox.answer
        with pytest.raises(NotSent) as refusal:
            line.send(_letter())
        mailbox.refused, mailbox.answer = {}, "250 taken"
        line.send(_letter())

    assert refusal.value.fault is fault
    assert len(mailbox.taken) == 1


def _server_of(settings: Settings, mailbox: Mailbox) -> MailServer:
    server = MailServer.of(with_mail(settings, mailbox))
    assert server is not None
    return server
