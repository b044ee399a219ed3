"""Looking from outside at real servers, alone and behind nginx."""

from collections.abc import Callable
from pathlib import Path

import pytest
from nginx import find_nginx, read_block, run_nginx
from probing import probe
from serving import KINDS, is_there, run_server

FOREIGN = "foreign Host"
FOUND = {
    "wsgiref": {FOREIGN, "foreign host as target"},
    # It believes SCRIPT_NAME of this machine, where proxies are.
    "gunicorn-sync": {FOREIGN, "SCRIPT_NAME"},
    "gunicorn-threads": {FOREIGN, "SCRIPT_NAME"},
}


@pytest.mark.parametrize("name", FOUND)
def test_server(need: Callable[[str, object], None], tmp_path: Path, name: str) -> None:
    """Bodies have one end; the demo has no hosts of its own, and that is found."""
    need("servers", is_there(KINDS[name]))
    with run_server(name, tmp_path) as server:
        status, verdicts = probe(server.port, "/nowhere")
    bad = {case for case, verdict in verdicts.items() if verdict == "BAD"}
    assert (status, bad) == (1, FOUND[name])


def test_behind_nginx(need: Callable[[str, object], None], tmp_path: Path) -> None:
    """The configuration of the guide keeps what clients say of themselves away."""
    nginx = find_nginx()
    need("nginx", nginx)
    block = read_block("    location /app/ {")
    with (
        run_server("wsgiref", tmp_path, app_proxies="127.0.0.1") as server,
        run_nginx(str(nginx), tmp_path, block, server.port) as port,
    ):
        _, verdicts = probe(port, "/app/nowhere")
    bad = {case for case, verdict in verdicts.items() if verdict == "BAD"}
    assert bad == {FOREIGN}
