"""The master key in a hardware token (PKCS#11 2.40): it never leaves the token, which wraps and unwraps by itself.

The token is named by a PKCS#11 URI (RFC 7512). A version is an AES key with the object's label; its id is when it was made.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol, TypeVar, cast
from urllib.parse import unquote

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass, Session
from pkcs11 import exceptions as faults

from coordination.keys.provider import ConfigurationError
from coordination.keys.vault import KEY_BYTES, CannotOpen

LABEL = "samverkan-master"
"""What the versions are called in the token, unless the URI names an object."""

_WRAPPED = b"\x11"
"""The first byte of what a token wrapped, and part of what it is bound to: it cannot be taken for what we wrapped ourselves."""
_NONCE_BYTES, _TAG_BITS = 12, 128
_ID_BYTES = 8
_NOT_ITS = (faults.EncryptedDataInvalid, faults.EncryptedDataLenRange, faults.GeneralError)
"""What tokens say of a ciphertext that does not belong to key and context; some have no better word than the last."""
_SESSION_GONE = (faults.SessionHandleInvalid, faults.SessionClosed, faults.DeviceRemoved, faults.KeyHandleInvalid)

T = TypeVar("T")


class _Held(Protocol):
    """What a token's key can do here; the library gives it by what the key itself allows."""

    id: bytes

    def encrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes: ...

    def decrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes: ...


class Address(NamedTuple):
    """Which token, which object in it, by which driver, and where its PIN is."""

    token: str
    label: str
    module: Path
    pin_file: Path

    @classmethod
    def of(cls, uri: str) -> "Address":
        """Read a PKCS#11 URI (RFC 7512): ``pkcs11:token=NAME[;object=LABEL]?module-path=FILE&pin-source=file:FILE``.

        Raises ``ConfigurationError``, without showing what stood there: people put PINs into such addresses.
        """
        path, _, query = uri.removeprefix("pkcs11:").partition("?")
        said = dict(pair.partition("=")[::2] for pair in [*path.split(";"), *query.split("&")] if pair)
        wanted = {"token", "module-path", "pin-source"}
        if not uri.startswith("pkcs11:") or not wanted <= said.keys() <= wanted | {"object"}:
            raise ConfigurationError(
                "the token should be named as pkcs11:token=NAME?module-path=FILE&pin-source=file:FILE, with no PIN in it"
            )
        known = {name: unquote(value) for name, value in said.items()}
        pin_file = Path(known["pin-source"].removeprefix("file://").removeprefix("file:"))
        return cls(known["token"], known.get("object", LABEL), Path(known["module-path"]), pin_file)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """One version of the master key, in its token."""

    version_id: str
    _token: "TokenProvider" = field(repr=False)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Let the token wrap a key for the place that ``context`` names (AES-256-GCM, a fresh nonce).

        Raises ``ValueError`` for a key that is not 256 bit, ``ConfigurationError`` if the token does not answer.
        """
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 256 bit")
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _WRAPPED + nonce + self._token.use(self.version_id, lambda held: _encrypt(held, nonce, key, context))

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the key that the token wrapped for this place. Raises ``CannotOpen``, or ``ConfigurationError`` as ``wrap``."""
        head, nonce, body = wrapped[:1], wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
        if head != _WRAPPED or len(body) != KEY_BYTES + _TAG_BITS // 8:
            raise CannotOpen
        return self._token.use(self.version_id, lambda held: _decrypt(held, nonce, body, context))


class _Shared:
    """The one session that a process has with each token: signing in to a token holds for the whole process, and so does signing out.

    It is used by one thread at a time, as PKCS#11 asks, and not by a process that is forked later: there it refuses.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._sessions: dict[tuple[str, Path], Session] = {}
        self._process: int | None = None

    def ask(self, address: Address, job: Callable[[Session], T]) -> T:
        """Ask the token; once more in a new session if the one there was is gone: tokens are pulled out, and restart.

        Raises ``ConfigurationError`` if it does not answer.
        """
        if self._process not in {None, os.getpid()}:
            raise ConfigurationError(
                f"token {address.token} was opened before this process was forked: let each process build the application"
            )
        place = address.token, address.module
        with self._lock:
            self._process = os.getpid()
            try:
                try:
                    return job(self._sessions.get(place) or self._sessions.setdefault(place, _session(address)))
                except _SESSION_GONE:
                    self._sessions.pop(place, None)
                    return job(self._sessions.setdefault(place, _session(address)))
            except faults.PKCS11Error as fault:
                raise ConfigurationError(f"token {address.token} cannot be used: {type(fault).__name__}") from None


_shared = _Shared()


class TokenProvider:
    """The versions of the master key in one token."""

    def __init__(self, address: Address) -> None:
        """Open the token and see that there is a key. Raises ``ConfigurationError`` if it cannot be used or is empty."""
        self._address = address
        if not self.version_ids():
            raise ConfigurationError(
                f"token {address.token} holds no key called {address.label}: make one, or restore it"
            )

    def current(self) -> TokenKey:
        """Return the newest version. Raises ``ConfigurationError`` if the token does not answer."""
        return TokenKey(self.version_ids()[-1], self)

    def get(self, version_id: str) -> TokenKey:
        """Return the version of this name. Raises ``ConfigurationError``."""
        self.use(version_id, lambda held: held)
        return TokenKey(version_id, self)

    def version_ids(self) -> tuple[str, ...]:
        """Return the names of all versions, newest last, as the token holds them now."""
        return tuple(sorted(_shared.ask(self._address, lambda session: _found(session, self._address.label))))

    def use(self, version_id: str, job: Callable[[_Held], T]) -> T:
        """Let the token do a job with one version. Raises ``ConfigurationError`` if it does not answer or has it no more."""
        return _shared.ask(self._address, lambda session: job(self._one(session, version_id)))

    def _one(self, session: Session, version_id: str) -> _Held:
        held = _found(session, self._address.label).get(version_id)
        if held is None:
            raise ConfigurationError(
                f"master key {version_id} is needed but not in token {self._address.token}: restore it from the token's backup"
            )
        return held


def create(address: Address) -> str:
    """Make a version in the token, from the token's own randomness and never to be read out; return its name.

    Raises ``ConfigurationError`` if the token cannot be used.
    """
    made = (time.time_ns() // 1_000_000).to_bytes(_ID_BYTES)

    def generate(session: Session) -> None:
        session.generate_key(
            KeyType.AES,
            KEY_BYTES * 8,
            label=address.label,
            id=made,
            store=True,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )

    _shared.ask(address, generate)
    return made.hex()


def _session(address: Address) -> Session:
    try:
        pin = address.pin_file.read_text(encoding="utf-8").strip()
        open_to_others = address.pin_file.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{address.pin_file} cannot be read: it should hold the token's PIN") from None
    if open_to_others:
        raise ConfigurationError(f"{address.pin_file} can be read by others than its owner: run chmod 600 on it")
    try:
        driver = pkcs11.lib(str(address.module))
    except (RuntimeError, faults.PKCS11Error):
        raise ConfigurationError(f"{address.module} is no PKCS#11 driver that can be loaded") from None
    return driver.get_token(token_label=address.token).open(user_pin=pin, rw=True)


def _found(session: Session, label: str) -> dict[str, _Held]:
    wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: label}
    return {
        key.id.hex(): key for key in cast("Iterable[_Held]", session.get_objects(wanted)) if len(key.id) == _ID_BYTES
    }


def _encrypt(held: _Held, nonce: bytes, key: bytes, context: bytes) -> bytes:
    bound = GCMParams(nonce, _WRAPPED + context, _TAG_BITS)
    return held.encrypt(key, mechanism=Mechanism.AES_GCM, mechanism_param=bound)


def _decrypt(held: _Held, nonce: bytes, body: bytes, context: bytes) -> bytes:
    bound = GCMParams(nonce, _WRAPPED + context, _TAG_BITS)
    try:
        return held.decrypt(body, mechanism=Mechanism.AES_GCM, mechanism_param=bound)
    except _NOT_ITS:
        raise CannotOpen from None
