"""Where the master key comes from: a file, the environment or a hardware token (``token.py``), never the database.

A version is named by a hash of its key, so a key under the wrong name is noticed before it can wrap or fail to open
anything. The newest version wraps; every version that something is still wrapped with must stay until rotation is done.
"""

import base64
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from coordination.keys import vault


class ConfigurationError(Exception):
    """The master key cannot be used as it is configured; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One version of the master key, under the name its own bytes give it."""

    version_id: str
    key: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Return a new random master key."""
        return cls.of(vault.new_key())

    @classmethod
    def of(cls, key: bytes) -> Self:
        """Return these bytes as a master key, named by the first 8 hex digits of their SHA-256."""
        return cls(hashlib.sha256(key).hexdigest()[:8], key)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap a key for the place that ``context`` names. Raises ``ValueError`` for a key that is not 256 bit."""
        return vault.wrap(self.key, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the key that was wrapped for this place. Raises ``CannotOpen``."""
        return vault.unwrap(self.key, wrapped, context)

    def as_text(self, separator: str = ":") -> str:
        """Return ``id:base64``, as the environment holds it. This is the secret itself: print it once, log it never."""
        return f"{self.version_id}{separator}{base64.b64encode(self.key).decode()}"


class WrappingKey(Protocol):
    """One version of the master key as everything else meets it: whether its bytes are in this process is its own matter."""

    @property
    def version_id(self) -> str:
        """The version's name."""
        ...

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap a key for the place that ``context`` names. Raises ``ValueError`` for a key that is not 256 bit."""
        ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the key that was wrapped for this place. Raises ``CannotOpen``."""
        ...


class KeyProvider(Protocol):
    """What holds the master key in all its versions."""

    def current(self) -> WrappingKey:
        """Return the newest version: the one to wrap with."""
        ...

    def get(self, version_id: str) -> WrappingKey:
        """Return the version of this name. Raises ``ConfigurationError`` if it is not there."""
        ...

    def version_ids(self) -> tuple[str, ...]:
        """Return the names of all versions, newest last."""
        ...


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The versions one source held when it was read, newest last; ``source`` is how messages name it."""

    source: str
    keys: tuple[MasterKey, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Raise ``ConfigurationError`` for a source without a key or with one twice."""
        if not self.keys:
            raise ConfigurationError(f"{self.source} holds no master key: restore it from its backup")
        if len({key.version_id for key in self.keys}) < len(self.keys):
            raise ConfigurationError(f"{self.source} holds the same master key twice: keep one of them")

    def current(self) -> MasterKey:
        """Return the newest version."""
        return self.keys[-1]

    def get(self, version_id: str) -> MasterKey:
        """Return the version of this name. Raises ``ConfigurationError``."""
        for key in self.keys:
            if key.version_id == version_id:
                return key
        raise ConfigurationError(
            f"master key {version_id} is needed but not in {self.source}: put that version back from its backup"
        )

    def version_ids(self) -> tuple[str, ...]:
        """Return the names of all versions, newest last."""
        return tuple(key.version_id for key in self.keys)


def from_environment(value: str) -> KeyRing:
    """Return the provider for the setting ``MASTER_KEY="id:base64[,id:base64]"``, newest last.

    Raises ``ConfigurationError`` if it is malformed, without showing what stood there.
    """
    return KeyRing("MASTER_KEY", tuple(_parsed("MASTER_KEY, entry", enumerate(value.split(","), start=1), ":")))


class FileProvider:
    """The master key from a file that only its owner may read: one line ``id base64`` for each version, newest last.

    Read anew when the file is replaced, so that running processes follow a rotation without a restart.
    """

    def __init__(self, path: Path) -> None:
        """Read the file. Raises ``ConfigurationError`` if it is missing, open to others or malformed."""
        self._path = path
        self._seen = _read_file(path)

    def current(self) -> MasterKey:
        """Return the newest version. Raises ``ConfigurationError`` if the file has become one that cannot be used."""
        return self._fresh().current()

    def get(self, version_id: str) -> MasterKey:
        """Return the version of this name. Raises ``ConfigurationError``."""
        return self._fresh().get(version_id)

    def version_ids(self) -> tuple[str, ...]:
        """Return the names of all versions, newest last. Raises ``ConfigurationError`` as ``current`` does."""
        return self._fresh().version_ids()

    def _fresh(self) -> KeyRing:
        with _told(self._path):
            stamp = _stamp(self._path.stat())
        if stamp != self._seen[0]:
            self._seen = _read_file(self._path)
        return self._seen[1]


def create(path: Path) -> MasterKey:
    """Make a key file with a first version, readable by its owner only.

    Raises ``ConfigurationError`` if the file exists: a key file is never written over, for it may be the only one.
    """
    if not path.parent.is_dir():
        raise ConfigurationError(f"{path.parent} does not exist: make it, for the service's account only")
    key = MasterKey.new()
    with _told(path):
        _write_new(path, _line(key))
        _sync_directory(path.parent)
    return key


def add_version(path: Path) -> MasterKey:
    """Add a new version last in the key file.

    In one step: a reader sees the old file or the new, and a crash leaves either. The file keeps its owner.
    Raises ``ConfigurationError`` if it cannot be used or written.
    """
    key, path = MasterKey.new(), path.resolve()
    with _told(path), _locked(path.parent):
        _read_file(path)  # never build on a file that could not be used
        text = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
        beside = path.with_name(f".{path.name}.{key.version_id}")
        try:
            _write_new(beside, text + _line(key), owner=path.stat())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _sync_directory(path.parent)
    return key


def _line(key: MasterKey) -> str:
    return key.as_text(" ") + "\n"


_Stamp = tuple[int, int, int, int, int]


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode


def _read_file(path: Path) -> tuple[_Stamp, KeyRing]:
    with _told(path), path.open(encoding="utf-8") as file:
        status = os.fstat(file.fileno())
        if status.st_mode & 0o077:
            raise ConfigurationError(f"{path} can be read by others than its owner: run chmod 600 {path}")
        lines = list(enumerate(file, start=1))
    written = [(number, line) for number, line in lines if line.strip() and not line.startswith("#")]
    return _stamp(status), KeyRing(str(path), tuple(_parsed(f"{path}, line", written, " ")))


def _parsed(where: str, texts: Iterable[tuple[int, str]], separator: str) -> Iterator[MasterKey]:
    for number, text in texts:
        version_id, _, encoded = text.strip().partition(separator)
        key = _decoded(encoded.strip())
        if len(key) != vault.KEY_BYTES:
            raise ConfigurationError(f"{where} {number}: not an id and 32 bytes in base64; restore it from its backup")
        if MasterKey.of(key).version_id != version_id:
            raise ConfigurationError(f"{where} {number}: key and id do not belong together; restore it from its backup")
        yield MasterKey(version_id, key)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the file system says into the one line an operator needs."""
    try:
        yield
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path} does not exist: name the key file, or make one for a new installation"
        ) from None
    except FileExistsError:
        raise ConfigurationError(
            f"{path} exists already and is not written over: add a version to it instead"
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not a key file: restore it from its backup") from None
    except OSError as fault:
        raise ConfigurationError(f"{path} cannot be used: {fault.strerror}") from None


def _write_new(path: Path, text: str, owner: os.stat_result | None = None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if owner is not None:  # root may rotate for the service's account, which must still be able to read
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        file.write(text)
        file.flush()
        os.fsync(descriptor)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One writer at a time: of two that read the same file, the later would throw the other's new key away."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
