"""A hardware token in software (SoftHSM), as an operator would set one up."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

DRIVERS = (
    os.environ.get("SOFTHSM2_MODULE", ""),
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
NAME, PIN = "samverkan", "481516"


@dataclass(frozen=True, slots=True)
class SoftToken:
    """A token with its driver, and the file that holds its PIN."""

    driver: str
    pin_file: Path

    def uri(self, **changed: str) -> str:
        """Return the token's address, or one that is wrong in some way."""
        said = {"token": NAME, "module-path": self.driver, "pin-source": f"file:{self.pin_file}"}
        said |= {name.replace("_", "-"): value for name, value in changed.items()}
        token = said.pop("token")
        return f"pkcs11:token={token}?" + "&".join(f"{name}={value}" for name, value in said.items())


def soft_token(folder: Path) -> SoftToken:
    """Set up a token in a folder, whose place this process and its children learn from the environment."""
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(config)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", NAME, "--pin", PIN, "--so-pin", PIN],
        check=True,
        capture_output=True,
    )
    pin_file = folder / "pin"
    pin_file.write_text(PIN + "\n", encoding="utf-8")
    pin_file.chmod(0o600)
    return SoftToken(next(driver for driver in DRIVERS if driver and Path(driver).is_file()), pin_file)
