"""The master key is read from where the operator put it, or the one line says what is wrong and what to do."""

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from coordination.keys import provider, source, vault
from coordination.keys.provider import ConfigurationError, FileProvider, MasterKey, from_environment

ONE, TWO = MasterKey.of(bytes(range(32))), MasterKey.of(bytes(range(32, 64)))


def _key_file(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return _key_file(tmp_path / "master.keys", f"{ONE.as_text(' ')}\n{TWO.as_text(' ')}\n")


def test_a_master_key_is_named_by_its_own_hash_and_never_shows_itself() -> None:
    key = MasterKey.new()

    assert key == MasterKey.of(key.key)
    assert ONE.version_id == "630dcd29"  # sha256 of the bytes 00..1f
    assert repr(ONE) == "MasterKey(version_id='630dcd29')"


def test_the_last_line_of_the_file_is_the_current_version(key_file: Path) -> None:
    keys = FileProvider(key_file)

    assert keys.current() == TWO
    assert keys.get(ONE.version_id) == ONE
    assert keys.version_ids() == (ONE.version_id, TWO.version_id)


def test_the_last_entry_of_the_setting_is_the_current_version() -> None:
    keys = from_environment(f"{ONE.as_text()}, {TWO.as_text()}")

    assert keys.current() == TWO
    assert keys.get(ONE.version_id) == ONE
    assert keys.version_ids() == (ONE.version_id, TWO.version_id)


def test_neither_provider_shows_a_key(key_file: Path) -> None:
    shown = repr(FileProvider(key_file)) + repr(from_environment(ONE.as_text()))

    assert base64.b64encode(ONE.key).decode() not in shown
    assert repr(ONE.key) not in shown


def test_a_version_that_is_not_there_is_named_with_what_to_do(key_file: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"deadbeef is needed but not in .*master\.keys: put that version back"
    ):
        FileProvider(key_file).get("deadbeef")


def test_comments_and_empty_lines_are_skipped(tmp_path: Path) -> None:
    path = _key_file(tmp_path / "keys", f"# Kopia i kassaskåpet\n\n{ONE.as_text(' ')}\n")

    assert FileProvider(path).current() == ONE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o777])
def test_a_file_that_others_can_reach_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)

    with pytest.raises(ConfigurationError, match="run chmod 600"):
        FileProvider(key_file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no master key"),
        ("# only a comment\n", "holds no master key"),
        (f"{ONE.as_text(' ')}\n{ONE.as_text(' ')}\n", "the same master key twice"),
        (f"{ONE.as_text(' ')}\nnonsense\n", "line 2: not an id and 32 bytes"),
        (f"# note\n{ONE.as_text(' ')}AAAA\n", "line 2: not an id and 32 bytes"),
        (f"{ONE.as_text(':')}\n", "line 1: not an id and 32 bytes"),
        (f"{TWO.version_id} {base64.b64encode(ONE.key).decode()}\n", "line 1: key and id do not belong together"),
        ("nyckel på svenska\n", "line 1: not an id and 32 bytes"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line_and_without_the_key(tmp_path: Path, text: str, said: str) -> None:
    path = _key_file(tmp_path / "keys", text)

    with pytest.raises(ConfigurationError) as refused:
        FileProvider(path)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert base64.b64encode(ONE.key).decode()[:12] not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "MASTER_KEY, entry 1: not an id"),
        (f"{ONE.as_text()},", "MASTER_KEY, entry 2: not an id"),
        (f"{ONE.as_text()},{ONE.as_text()}", "MASTER_KEY holds the same master key twice"),
        (ONE.as_text(" "), "MASTER_KEY, entry 1: not an id"),
        (ONE.as_text()[:-4], "MASTER_KEY, entry 1: not an id"),
        ("00000000" + ONE.as_text()[8:], "MASTER_KEY, entry 1: key and id do not belong together"),
    ],
)
def test_a_malformed_setting_is_refused_with_its_entry_and_without_the_key(value: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        from_environment(value)

    assert said in str(refused.value)
    assert base64.b64encode(ONE.key).decode()[:12] not in str(refused.value)


def test_the_settings_name_one_of_the_two(key_file: Path) -> None:
    assert source.configured(ONE.as_text(), None).current() == ONE
    assert source.configured(None, key_file).current() == TWO
    for value, path in ((None, None), (ONE.as_text(), key_file)):
        with pytest.raises(
            ConfigurationError, match="exactly one of MASTER_KEY, MASTER_KEY_FILE and MASTER_KEY_PKCS11"
        ):
            source.configured(value, path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.keys does not exist"):
        FileProvider(tmp_path / "nowhere.keys")


def test_a_directory_is_not_a_key_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be used: Is a directory"):
        FileProvider(tmp_path)


def test_a_file_of_other_bytes_is_not_a_key_file(key_file: Path) -> None:
    key_file.write_bytes(ONE.key + b"\xff")

    with pytest.raises(ConfigurationError, match="is not a key file"):
        FileProvider(key_file)


def test_a_new_file_is_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key = provider.create(tmp_path / "keys")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    assert FileProvider(tmp_path / "keys").current() == key


def test_a_key_file_is_never_written_over(key_file: Path) -> None:
    before = key_file.read_bytes()

    with pytest.raises(ConfigurationError, match="exists already"):
        provider.create(key_file)

    assert key_file.read_bytes() == before


def test_a_key_file_is_not_made_in_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="missing does not exist: make it"):
        provider.create(tmp_path / "missing" / "keys")


def test_a_running_process_sees_a_version_that_is_added(key_file: Path) -> None:
    running = FileProvider(key_file)

    added = provider.add_version(key_file)

    assert running.current() == added
    assert running.version_ids() == (ONE.version_id, TWO.version_id, added.version_id)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert list(key_file.parent.iterdir()) == [key_file]


def test_what_stood_in_the_file_still_stands_when_a_version_is_added(tmp_path: Path) -> None:
    path = _key_file(tmp_path / "keys", f"# first\n{ONE.as_text(' ')}")  # an editor left out the last newline

    provider.add_version(path)

    assert path.read_text(encoding="utf-8").startswith(f"# first\n{ONE.as_text(' ')}\n")
    assert FileProvider(path).get(ONE.version_id) == ONE


def test_no_version_is_lost_when_two_are_added_at_once(key_file: Path) -> None:
    with ThreadPoolExecutor(8) as together:
        added = list(together.map(lambda _: provider.add_version(key_file), range(16)))

    assert set(FileProvider(key_file).version_ids()) == {key.version_id for key in (ONE, TWO, *added)}


def test_a_version_added_through_a_link_lands_in_the_file_it_points_to(key_file: Path, tmp_path: Path) -> None:
    link = tmp_path / "current.keys"
    link.symlink_to(key_file)

    added = provider.add_version(link)

    assert link.is_symlink()
    assert FileProvider(key_file).current() == added


def test_no_version_is_added_to_a_file_that_cannot_be_used(key_file: Path) -> None:
    key_file.chmod(0o644)
    before = key_file.read_bytes()

    with pytest.raises(ConfigurationError, match="run chmod 600"):
        provider.add_version(key_file)

    assert key_file.read_bytes() == before


def test_a_file_that_breaks_while_running_is_refused_not_forgotten(key_file: Path) -> None:
    running = FileProvider(key_file)
    key_file.unlink()

    with pytest.raises(ConfigurationError, match="does not exist"):
        running.current()


def test_a_master_key_wraps() -> None:
    place = b"agency_key row"

    assert vault.unwrap(ONE.key, vault.wrap(ONE.key, TWO.key, place), place) == TWO.key
