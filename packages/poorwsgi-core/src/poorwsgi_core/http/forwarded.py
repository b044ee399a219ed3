"""What proxies say of the request that they forward.

``X-Forwarded-*`` and ``Forwarded`` (RFC 7239) are lists: each proxy appends an
element, or replaces the field.  Any client can send them too, so an element counts
only as far as a trusted proxy wrote it: with one proxy the last one, with two the
last but one.  What is malformed says nothing.

Which proxies there are, and what they set, is said by the caller.  This is imported
when a proxy is to be believed, or a whole URL to be built.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from poorwsgi_core.http.hosts import DEFAULT_PORTS, parse_port, split_host
from poorwsgi_core.http.parameters import parse_header, split_outside_quotes
from poorwsgi_core.http.proxies import FIELDS

__all__ = ["Address", "list_hosts", "read_address", "read_client"]

_PARTS = {name: name.rpartition("-")[2] for name in FIELDS if name != "forwarded"}
_VARIABLES = {name: "HTTP_" + name.upper().replace("-", "_") for name in FIELDS}

# Expressions as text: they are compiled when a proxy says so much.
_PREFIX = r"""(?ax:(?:/(?!(?:\.|%2[Ee]){1,2}(?:/|\Z))
    (?:[\w.~!$&'()*+;=:@-]|%[\dA-Fa-f]{2})+)*/?)"""
_PAIR = r"""(?x:[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+=
    (?:[!#$%&'*+.^_`|~0-9A-Za-z-]+|"(?:[^"\\]|\\.)*+")[ \t]*)"""

# An address as a proxy may write it: of IPv6 in brackets where a port follows, which
# may be obfuscated (RFC 7239 §6.3).
_NODE = r"""(?ax:(?:\[([\dA-Fa-f:.]+)\]|([\d.]+))(?::(?:\d{1,5}|_[\w.-]+))?
    |([\dA-Fa-f:.]+))"""


class Address(NamedTuple):
    """Where a request was sent to.

    Attributes:
        scheme: ``http`` or ``https``.
        host: host name, an IPv6 address with its brackets.
        port: port, ``None`` for the default one of the scheme.
        prefix: what a proxy has taken off the path, without a slash at its end.
    """

    scheme: str
    host: str | None
    port: int | None
    prefix: str = ""

    def build_url(self, uri: str) -> str:
        """Build a URL; the prefix is put before what is a path."""
        prefix = self.prefix if uri.startswith("/") else ""
        port = self.port
        if port is None or port == DEFAULT_PORTS.get(self.scheme):
            return f"{self.scheme}://{self.host}{prefix}{uri}"
        return f"{self.scheme}://{self.host}:{port}{prefix}{uri}"


def read_address(
    inner: Address, environ: Mapping[str, str], fields: Collection[str], hops: int
) -> Address:
    """Read which address a client has asked the outermost trusted proxy for.

    Args:
        inner: the address that the last proxy has asked for.
        environ: variables of the request.
        fields: names, in lower case, of the fields that the proxies set; where
            there is a Forwarded among them, host and scheme are those in it.
        hops: number of trusted proxies in a row.
    """
    said = {
        part: element
        for field, part in _PARTS.items()
        if field in fields and (element := _pick(environ, field, hops))
    }
    if "forwarded" in fields and _VARIABLES["forwarded"] in environ:
        value = environ[_VARIABLES["forwarded"]]
        said |= {"host": "", "proto": ""} | _parse_forwarded(value, hops)
    scheme = said.get("proto", "").lower()
    is_known = scheme in DEFAULT_PORTS
    host, port = split_host(said.get("host", "")) or (None, None)
    port = port or parse_port(said.get("port", ""))
    if port is None and host is None and not is_known:
        port = inner.port  # nobody says that it was another one
    return Address(
        scheme if is_known else inner.scheme,
        host or inner.host,
        port,
        _check_prefix(said.get("prefix", "")),
    )


def read_client(
    environ: Mapping[str, str], fields: Collection[str], hops: int
) -> str | None:
    """Read whose request the outermost trusted proxy has handed on.

    Args:
        environ: variables of the request.
        fields: names, in lower case, of the fields that the proxies set; where
            there is a Forwarded among them, its address counts.
        hops: number of trusted proxies in a row.

    Returns:
        An IP address, ``None`` where no proxy says one.
    """
    value = ""
    if "x-forwarded-for" in fields:
        value = _pick(environ, "x-forwarded-for", hops)
    if "forwarded" in fields and _VARIABLES["forwarded"] in environ:
        value = _parse_forwarded(environ[_VARIABLES["forwarded"]], hops).get("for", "")
    match = re.fullmatch(_NODE, value)
    return None if match is None else _check_address(match[match.lastindex or 0])


def list_hosts(environ: Mapping[str, str]) -> list[str]:
    """List the hosts of all elements, whoever wrote them."""
    told = environ.get(_VARIABLES["x-forwarded-host"], "").split(",")
    texts = split_outside_quotes(environ.get(_VARIABLES["forwarded"], ""), ",")
    elements = (_parse_element(text) or {} for text in texts)
    return [
        *(host.strip(" \t") for host in told),
        *(e.get("host", "") for e in elements),
    ]


def _check_address(text: str) -> str | None:
    # Imported here: only who has a proxy needs it.
    from ipaddress import ip_address

    try:
        found = ip_address(text)
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)


def _pick(environ: Mapping[str, str], field: str, hops: int) -> str:
    elements = environ.get(_VARIABLES[field], "").split(",")
    return elements[max(0, len(elements) - hops)].strip(" \t")


def _parse_forwarded(value: str, hops: int) -> dict[str, str]:
    """Parse a Forwarded field; nothing of it counts where a part is malformed."""
    elements = [_parse_element(text) for text in split_outside_quotes(value, ",")]
    chosen = elements[max(0, len(elements) - hops)]
    if chosen is None or None in elements:
        return {}
    return {name: chosen[name] for name in ("for", "host", "proto") if name in chosen}


def _parse_element(text: str) -> dict[str, str] | None:
    """Parse an element, which may be empty; ``None`` for a bad or a repeated pair."""
    pairs = [pair for pair in split_outside_quotes(text, ";") if pair.strip(" \t")]
    if not all(re.fullmatch(_PAIR, pair) for pair in pairs):
        return None
    element = parse_header(";" + text)[1]
    return element if len(element) == len(pairs) else None


def _check_prefix(prefix: str) -> str:
    return prefix.rstrip("/") if re.fullmatch(_PREFIX, prefix) else ""
