"""Which of the three holds the master key: the environment, a file or a hardware token, as the settings say."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from coordination.keys import provider, token
from coordination.keys.provider import ConfigurationError, FileProvider, KeyProvider
from coordination.keys.token import Address, TokenProvider


def configured(value: str | None, path: Path | None, uri: str | None = None) -> KeyProvider:
    """Return the provider for the settings ``MASTER_KEY``, ``MASTER_KEY_FILE`` and ``MASTER_KEY_PKCS11``, of which one is given.

    Raises ``ConfigurationError`` if not exactly one is, or if it cannot be used.
    """
    if [value, path, uri].count(None) != 2:
        raise ConfigurationError("exactly one of MASTER_KEY, MASTER_KEY_FILE and MASTER_KEY_PKCS11 should be given")
    if value is not None:
        return provider.from_environment(value)
    return FileProvider(path) if path is not None else TokenProvider(Address.of(uri or ""))


def check(value: str | None, path: Path | None, uri: str | None) -> None:
    """See that the provider for the settings can be used, and keep nothing of it: a process that forks its workers may ask this.

    Raises ``ConfigurationError`` as ``configured``.
    """
    if uri is None:
        configured(value, path)
        return
    # A session with a token does not outlive a fork, and so must not be open here when the workers part.
    with ProcessPoolExecutor(1, get_context("fork")) as apart:
        apart.submit(_opens, uri).result()


def _opens(uri: str) -> None:
    configured(None, None, uri)


def add_version(path: Path | None, uri: str | None) -> str:
    """Make a new version where the master key is, and return its name.

    Raises ``ConfigurationError`` where only the operator can: in the environment.
    """
    if path is not None:
        return provider.add_version(path).version_id
    if uri is not None:
        return token.create(Address.of(uri))
    raise ConfigurationError(
        "All keys are wrapped with the newest master key already: first put a new version last in MASTER_KEY"
        " and restart every process."
    )
