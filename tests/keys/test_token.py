"""The master key in a hardware token: it wraps, is rotated and is missed as any other, and its bytes are nowhere to be had."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pkcs11
import pytest
from flask import Flask
from pkcs11 import Attribute
from pkcs11.exceptions import AttributeSensitive
from sqlalchemy import Engine, text

from coordination.core.db import Tenant, transaction
from coordination.keys import agency_keys, source, token, vault
from coordination.keys import service as keys
from coordination.keys.provider import ConfigurationError, MasterKey
from coordination.keys.token import Address, TokenProvider
from coordination.settings import Settings
from policies.permissions import AgencyKind
from tests.factories.commands import ROOT, environment, run, said_apart
from tests.factories.token import NAME, PIN, SoftToken, soft_token
from tests.factories.world import World

KEY, PLACE = bytes(range(32)), b"keys.agency_key row"


@pytest.fixture(scope="session")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> SoftToken:
    """A token with no key in it yet. The driver is loaded once in a process, and so is its configuration."""
    return soft_token(tmp_path_factory.mktemp("hsm"))


@pytest.fixture
def address(hsm: SoftToken, request: pytest.FixtureRequest) -> Address:
    """The token, with keys under a label of this test's own."""
    return Address.of(hsm.uri())._replace(label=request.node.name[:60])


def test_the_token_wraps_and_unwraps_for_one_place_only(address: Address) -> None:
    token.create(address)
    held = TokenProvider(address).current()

    wrapped = held.wrap(KEY, PLACE)

    assert held.unwrap(wrapped, PLACE) == KEY
    assert KEY not in wrapped
    assert held.wrap(KEY, PLACE) != wrapped
    for other, place in (
        (wrapped, b"another row"),
        (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), PLACE),
        (wrapped[:-1], PLACE),
        (MasterKey.of(KEY).wrap(KEY, PLACE), PLACE),
    ):
        with pytest.raises(vault.CannotOpen):
            held.unwrap(other, place)
    with pytest.raises(ValueError, match="256 bit"):
        held.wrap(KEY[:16], PLACE)


def test_the_key_never_leaves_the_token(address: Address) -> None:
    token.create(address)

    key = TokenProvider(address).use(TokenProvider(address).current().version_id, lambda held: held)

    assert isinstance(key, pkcs11.Object)
    assert (key[Attribute.SENSITIVE], key[Attribute.EXTRACTABLE]) == (True, False)
    with pytest.raises(AttributeSensitive):
        key[Attribute.VALUE]


def test_the_newest_version_wraps_and_every_other_still_opens(address: Address) -> None:
    first = token.create(address)
    provider = TokenProvider(address)
    wrapped = provider.current().wrap(KEY, PLACE)
    time.sleep(0.002)  # versions are named by the millisecond

    second = token.create(address)

    assert provider.version_ids() == (first, second)
    assert provider.current().version_id == second
    assert provider.get(first).unwrap(wrapped, PLACE) == KEY
    with pytest.raises(vault.CannotOpen):
        provider.get(second).unwrap(wrapped, PLACE)
    with pytest.raises(ConfigurationError, match="master key 00000000 is needed but not in token"):
        provider.get("00000000")


def test_a_process_forked_later_is_refused_and_leaves_the_token_to_its_parent(address: Address) -> None:
    token.create(address)
    held = TokenProvider(address).current()
    child = os.fork()
    if child == 0:
        try:
            held.wrap(KEY, PLACE)
        except ConfigurationError as refused:
            os._exit(7 if "before this process was forked" in str(refused) else 1)
        os._exit(0)

    _, ended = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(ended) == 7
    assert held.unwrap(held.wrap(KEY, PLACE), PLACE) == KEY


def test_the_token_is_checked_without_being_opened_here(hsm: SoftToken) -> None:
    program = f"""
import os
from coordination.keys import source, token
from coordination.keys.provider import ConfigurationError
uri = "{hsm.uri(token=f"{NAME};object=checked-{time.time_ns()}")}"
try:
    source.check(None, None, uri)
except ConfigurationError as refused:
    print(refused, flush=True)
child = os.fork()
if child == 0:
    print(len(token.create(token.Address.of(uri))), flush=True)
    os._exit(0)
os.waitpid(child, 0)
source.check(None, None, uri)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    said = done.stdout.splitlines()
    assert said[0].endswith("make one, or restore it")
    assert said[1:] == ["16"]


def test_threads_share_the_token(address: Address) -> None:
    token.create(address)
    held = TokenProvider(address).current()

    with ThreadPoolExecutor(8) as together:
        opened = list(together.map(lambda _: held.unwrap(held.wrap(KEY, PLACE), PLACE), range(64)))

    assert opened == [KEY] * 64


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"token": "another"}, "token another cannot be used"),
        ({"module_path": "/nowhere/driver.so"}, "no PKCS#11 driver"),
    ],
    ids=["token", "driver"],
)
def test_a_token_that_cannot_be_used_is_told_in_one_line(hsm: SoftToken, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as refused:
        source.configured(None, None, hsm.uri(**wrong))

    assert "\n" not in str(refused.value)


def test_a_wrong_pin_or_one_that_others_can_read_is_refused_without_being_shown(
    hsm: SoftToken, settings: Settings, tmp_path: Path
) -> None:
    # In processes of their own: this one is signed in to the token already.
    pin, make = tmp_path / "pin", ("keys", "create-master", "--token", hsm.uri(pin_source=f"file:{tmp_path / 'pin'}"))
    assert said_apart(environment(settings), *make) == (
        1,
        f"Error: {pin} cannot be read: it should hold the token's PIN\n",
    )

    for content, mode, said in (("000000", 0o600, "PinIncorrect"), (PIN, 0o644, "can be read by others")):
        pin.write_text(content, encoding="utf-8")
        pin.chmod(mode)
        code, output = said_apart(environment(settings), *make)

        assert code == 1
        assert said in output
        assert content not in output


def test_an_address_with_a_pin_in_it_or_without_what_it_needs_is_refused_without_being_shown() -> None:
    for uri in ("pkcs11:token=a?module-path=/b&pin-value=1234", "pkcs11:token=a", "https://token", ""):
        with pytest.raises(ConfigurationError, match="should be named as pkcs11:token=NAME") as refused:
            Address.of(uri)
        assert "1234" not in str(refused.value)


@pytest.fixture
def installed(app: Flask, hsm: SoftToken) -> Iterator[str]:
    """An installation whose master key is in the token; the URI."""
    uri = hsm.uri(token=f"{NAME};object=installed-{time.time_ns()}")
    token.create(Address.of(uri))
    before = agency_keys.provider()
    agency_keys.bind(source.configured(None, None, uri))
    yield uri
    agency_keys.bind(before)


def test_an_installation_seals_and_rotates_with_a_token(
    app: Flask, installed: str, settings: Settings, owner_engine: Engine
) -> None:
    world = World(app)
    agency_id = world.agency(AgencyKind.POLICE)
    with app.app_context(), transaction(Tenant(world.municipality_id)):
        note = keys.seal_note(agency_id, world.municipality_id, "Behöver nå mamma")
    env = environment(settings, MASTER_KEY="", MASTER_KEY_PKCS11=installed)
    time.sleep(0.002)

    answer = run(env, "keys", "rotate", "--master")

    assert answer.exit_code == 0, answer.output
    told = json.loads(run(env, "keys", "status", "--json").output)["master"]
    assert len(told["versions"]) == 2
    with owner_engine.connect() as connection:
        used = connection.scalars(text("SELECT DISTINCT master_id FROM keys.agency_key")).all()
    assert used == [told["newest"]]
    with app.app_context(), transaction(Tenant(world.municipality_id)):
        assert keys.open_notes(agency_id, [note]) == {note: "Behöver nå mamma"}


def test_the_first_key_is_made_by_a_command(hsm: SoftToken, settings: Settings, tmp_path: Path) -> None:
    env, label = environment(settings), f"made-{time.time_ns()}"

    made = run(env, "keys", "create-master", "--token", hsm.uri(token=f"{NAME};object={label}"))
    file = run(env, "keys", "create-master", "--file", str(tmp_path / "master.key"))
    again = run(env, "keys", "create-master", "--file", str(tmp_path / "master.key"))

    assert (made.exit_code, file.exit_code, again.exit_code) == (0, 0, 1), made.output + file.output
    [version] = TokenProvider(Address.of(hsm.uri())._replace(label=label)).version_ids()
    assert version in made.output
    assert "not written over" in again.output
