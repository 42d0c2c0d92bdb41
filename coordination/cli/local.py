"""Gives a command its settings and its database: from the environment, or made here when it names no database.

Without DATABASE_URL everything lives in ``instance/``: PostgreSQL, the secret key and the master key, made the first
time and kept. That is a laptop, a demo or a developer, so the environment is marked as one for tests.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from coordination.core import embedded_postgres
from coordination.keys import provider
from coordination.settings import INSTANCE_DIR, Settings


@contextmanager
def prepared(env: Mapping[str, str]) -> Iterator[tuple[Settings, dict[str, str]]]:
    """Give the settings, the environment that spells them out for a child process, and a database that runs.

    An embedded PostgreSQL is stopped at the end, unless another process had started it. Raises SettingsError,
    EmbeddedPostgresError and, for the key file, ConfigurationError.
    """
    if env.get("DATABASE_URL"):
        yield Settings.from_env(env), dict(env)
        return

    data_dir = instance_dir(env) / "pgdata"
    complete = _for_this_machine(data_dir) | {name: value for name, value in env.items() if value}
    complete.setdefault("PUBLIC_URL", f"http://localhost:{complete.get('PORT', '8000')}")
    if not complete.keys() & {"MASTER_KEY", "MASTER_KEY_PKCS11"}:
        complete.setdefault("MASTER_KEY_FILE", str(_key_file(data_dir)))
    settings = Settings.from_env(complete)
    server = embedded_postgres.start(data_dir)
    try:
        yield settings, complete
    finally:
        server.stop()


def instance_dir(env: Mapping[str, str]) -> Path:
    """Return the folder of this installation's own files, as an absolute path."""
    return Path(env.get("INSTANCE_DIR") or INSTANCE_DIR).resolve()


def _for_this_machine(data_dir: Path) -> dict[str, str]:
    instance = data_dir.parent
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = embedded_postgres.Server.of(data_dir)
    return {
        "INSTANCE_DIR": str(instance),
        "DATABASE_URL": server.app_url,
        "DATABASE_OWNER_URL": server.owner_url,
        "SECRET_KEY": _kept_secret(instance / "secret_key"),
        "TEST_ENVIRONMENT": "true",
    }


def _key_file(data_dir: Path) -> Path:
    """Return the master key's file, made together with the database. Lost later, it is not made anew: what it sealed
    would stay shut and nobody be told.
    """
    path = data_dir.with_name("master.key")
    if not path.exists() and not data_dir.exists():
        provider.create(path)
    return path


def _kept_secret(path: Path) -> str:
    """Return the secret in the file, made the first time, readable by its owner only."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
