"""How the benchmarks ask real servers: by wrk, as often as it goes."""

import re
import shutil
import subprocess
from pathlib import Path

__all__ = ["ask", "find_wrk"]


def find_wrk() -> str:
    """Return the program.

    Raises:
        SystemExit: it isn't installed.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk isn't installed: Debian has it under this name")
    return wrk


def ask(command: list[str], url: str, seconds: int, script: Path | None = None) -> int:
    """Ask so long, on eight connections; return the number of answers.

    Args:
        command: how wrk is started.
        url: of the server, or of the only path.
        seconds: how long.
        script: of wrk, in Lua.

    Raises:
        RuntimeError: an answer wasn't a good one.
    """
    options = ["-t1", "-c8", f"-d{seconds}s"]
    if script:
        options += ["-s", str(script)]
    done = subprocess.run(  # noqa: S603 - found by its name
        [*command, *options, url], capture_output=True, check=True, text=True
    )
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{url}: {done.stdout}")
    return int(re.search(r"(\d+) requests in", done.stdout)[1])  # type: ignore[index]
