"""nginx for the tests: the configurations of the guide, and how to run it."""

import os
import re
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from serving import find_port, run_process

__all__ = ["UPSTREAM", "find_nginx", "read_block", "run_nginx"]

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "deployment.md"
UPSTREAM = "http://127.0.0.1:8000;"
CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    {server}
}}
"""


def find_nginx() -> str | None:
    """Return the program, if there is one."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def build_configuration(
    folder: Path, server: str, port: int, replaced: Mapping[str, str]
) -> str:
    """Put a server of the guide into a configuration; it says that it has TLS."""
    for old, new in {"listen 80;": f"listen 127.0.0.1:{port};", **replaced}.items():
        assert old in server
        server = server.replace(old, new)
    server = server.replace("$scheme", "https")
    return CONFIGURATION.format(folder=folder, server=server)


def read_block(line: str, page: Path = PAGE) -> str:
    """Return the block of a page that has a line."""
    blocks = re.findall(r"```nginx\n(.+?)```", page.read_text("utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if f"{line}\n" in block]
    return str(block)


@contextmanager
def run_nginx(
    nginx: str,
    folder: Path,
    server: str,
    upstream: int,
    replaced: Mapping[str, str] | None = None,
) -> Generator[int]:
    """Run nginx in front of another server; gives its port.

    Args:
        nginx: the program.
        folder: where its files are.
        server: the block of the guide.
        upstream: port of the other server.
        replaced: what else is to be replaced in the block.
    """
    port, file = find_port(), folder / "nginx.conf"
    everything = {UPSTREAM: f"http://127.0.0.1:{upstream};", **(replaced or {})}
    file.write_text(build_configuration(folder, server, port, everything))
    command = [nginx, "-e", "stderr", "-p", str(folder), "-c", str(file)]
    with run_process(command, port, folder / "nginx.log", os.environ):
        yield port
