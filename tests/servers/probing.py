"""The command probe, for the tests."""

import re
import subprocess
import sys

__all__ = ["probe"]


def probe(port: int, path: str) -> tuple[int, dict[str, str]]:
    """Run the command; returns its status, and the verdicts by name."""
    url = f"http://127.0.0.1:{port}{path}"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "poorwsgi_core", "probe", url],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = re.findall(r"^  (\S.*?) {2,}(\S+) +(\S+)$", done.stdout, re.MULTILINE)
    assert len(rows) == 57, done.stdout + done.stderr
    return done.returncode, {name: verdict for name, _, verdict in rows}
