"""Every setting the system has, read once from the environment, frozen, and handed on; nothing else reads it.

A variable is the name of the field in capitals. What is missing or malformed is named all at once, never by its value
where that is a secret. ``coordination.cli.local`` fills in what a laptop needs when no DATABASE_URL is given.
"""

import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

INSTANCE_DIR = Path(__file__).resolve().parents[1] / "instance"

_MASTER_KEYS = re.compile(r"[0-9a-f]{8}:[A-Za-z0-9+/]{43}=(,[0-9a-f]{8}:[A-Za-z0-9+/]{43}=)*")
_LOCAL_HOSTS = {"localhost", "127.0.0.1"}
_ADDRESS = re.compile(r"[^\s@<>,]+@[^\s@<>,]+")


class SettingsError(Exception):
    """The environment cannot be used; the message is one line that names every variable at fault."""


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("should look like postgresql://role:password@host:5432/database")
    if not url.username or not url.database:
        raise ValueError("should name both a role and a database")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _master_key(value: str) -> str:
    if not _MASTER_KEYS.fullmatch(value):
        raise ValueError("should look like id:base64, with a comma between versions")
    return value


def _token_uri(value: str) -> str:
    if not value.startswith("pkcs11:") or "pin-value" in value:
        raise ValueError("should look like pkcs11:token=NAME?module-path=FILE&pin-source=file:FILE")
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
        raise ValueError("should look like https://samverkan.example.se")
    if parts.scheme == "http" and parts.hostname not in _LOCAL_HOSTS:
        raise ValueError("should begin with https://")
    return f"{parts.scheme}://{parts.netloc}"


def _existing_file(value: str) -> Path:
    path = Path(value)
    if not path.is_file():
        raise ValueError("should name a file that exists")
    return path


def _mailbox(value: str) -> str:
    name, address = parseaddr(value)
    if not _ADDRESS.fullmatch(address) or not value.isascii() or value not in {address, f"{name} <{address}>"}:
        raise ValueError("should look like samverkan@example.se or Samverkan <samverkan@example.se>")
    return value


def _existing_folder(value: str) -> Path:
    path = Path(value)
    if not path.is_dir():
        raise ValueError("should name a folder that exists")
    return path


DatabaseUrl = Annotated[str, BeforeValidator(_database_url)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseModel):
    """The frozen settings of one process."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: DatabaseUrl = Field(repr=False)
    """The database, as the application's role."""
    database_owner_url: DatabaseUrl | None = Field(default=None, repr=False)
    """The same database as the role that owns it, for whoever migrates; the web server needs it not."""
    secret_key: str = Field(min_length=32, repr=False)
    """Signs cookies and one-time links; the same in every process."""
    master_key: Annotated[str, BeforeValidator(_master_key)] | None = Field(default=None, repr=False)
    """Wraps the agencies' keys: ``id:base64``, every version still in use. This, ``master_key_file`` or ``master_key_pkcs11``."""
    master_key_file: Annotated[Path, BeforeValidator(_existing_file)] | None = None
    """The file that holds the same, a version on each line; only its owner may read it."""
    master_key_pkcs11: Annotated[str, BeforeValidator(_token_uri)] | None = Field(default=None, repr=False)
    """The hardware token that holds it and never gives it out, by its PKCS#11 URI (RFC 7512)."""
    public_url: Annotated[str, BeforeValidator(_public_url)]
    """The address people type: passkeys are bound to its host, and links in mail begin with it."""
    instance_dir: Path = INSTANCE_DIR
    """Where this installation keeps its own files."""
    tables_dir: Annotated[Path, BeforeValidator(_existing_folder)] | None = None
    """The folder of the municipality's own tables, laid over ours: ``methods/sig.toml`` there over ``methods/sig.toml`` here."""
    port: Port = 8000
    """The port the web server listens on, at 127.0.0.1."""
    trusted_proxies: Annotated[int, Field(ge=0, le=9)] = 0
    """How many reverse proxies stand before us and may tell us the visitor's address."""
    smtp_host: str | None = None
    """The mail server; without one, mail stays in the outbox."""
    smtp_port: Port = 25
    """The port of the mail server."""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the way there is protected: asked for before anything is sent, from the first byte, or not at all."""
    smtp_user: str | None = None
    """The name we sign in to the mail server with, where it asks for one."""
    smtp_password_file: Annotated[Path, BeforeValidator(_existing_file)] | None = None
    """The file that holds the password; only its owner may read it."""
    mail_from: Annotated[str, BeforeValidator(_mailbox)] | None = None
    """The sender of our mail."""
    test_environment: bool = False
    """Show the strip "Testmiljö" on every page, and allow the demo data."""
    demo: bool = True
    """Load the demo into an empty database when started in a test environment."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much the processes say; never personal data at any level."""

    @property
    def host(self) -> str:
        """The host of the public address; also the relying party id of passkeys."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def secure_cookies(self) -> bool:
        """Whether people reach us by https, so that browsers must keep our cookies to it."""
        return self.public_url.startswith("https:")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read every variable; an empty one counts as not given. Raises SettingsError naming all that are at fault."""
        given = {name: env[name.upper()] for name in cls.model_fields if env.get(name.upper())}
        problems = _disagreements(given)
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            problems = [_in_words(fault) for fault in error.errors(include_url=False, include_input=False)] + problems
        if problems:
            raise SettingsError("Settings: " + "; ".join(problems) + ".")
        return settings


def _in_words(fault: ErrorDetails) -> str:
    """Say what is wrong with one variable, without its value."""
    name = str(fault["loc"][0]).upper()
    if fault["type"] == "missing":
        return f"{name} is missing"
    text = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{name} {text[0].lower() + text[1:]}"


def _disagreements(given: Mapping[str, str]) -> list[str]:
    """Find the faults that lie between variables, each of which may be right by itself."""
    problems = []
    if len(given.keys() & {"master_key", "master_key_file", "master_key_pkcs11"}) != 1:
        problems.append("exactly one of MASTER_KEY, MASTER_KEY_FILE and MASTER_KEY_PKCS11 should be given")
    if "smtp_host" in given and "mail_from" not in given:
        problems.append("MAIL_FROM is missing (SMTP_HOST is given)")
    if ("smtp_user" in given) != ("smtp_password_file" in given):
        problems.append("SMTP_USER and SMTP_PASSWORD_FILE should be given together")
    if "smtp_user" in given and given.get("smtp_tls") == "none" and given.get("smtp_host") not in _LOCAL_HOSTS:
        problems.append("SMTP_TLS none would send the password of SMTP_USER unprotected")
    if given.get("database_owner_url", "another") == given.get("database_url"):
        problems.append("DATABASE_OWNER_URL and DATABASE_URL should name two different roles")
    return problems
