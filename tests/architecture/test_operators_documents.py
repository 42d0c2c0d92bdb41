"""What operators read agrees with the code."""

import json

from coordination.settings import Settings
from tests.architecture.source import ROOT


def test_every_setting_is_in_the_manual() -> None:
    manual = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")

    assert [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in manual] == []


def test_lock_files_name_no_host_of_one_machine() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_every_dependency_of_the_front_end_is_locked_with_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
