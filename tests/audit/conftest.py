"""The verifier, as a reviewer runs it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.audit.logs import Answer, Verify

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_access_log.py"


@pytest.fixture(scope="session")
def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_access_log", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def verify(verifier: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    def run(content: bytes | list[bytes], *options: str, kept: str | None = None) -> Answer:
        file, note = tmp_path / "log.jsonl", tmp_path / "kept.note"
        file.write_bytes(content if isinstance(content, bytes) else b"".join(content))
        if kept is not None:
            note.write_text(kept, "utf-8")
            options = (*options, "--checkpoint", str(note))
        exit_code = verifier.main([str(file), "--jobs", "1", *options])
        return Answer(exit_code, capsys.readouterr().out)

    return run
