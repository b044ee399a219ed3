"""What debug pages don't show: values that are secret, by their name or their look.

A name is taken apart into words first, where an underscore, a hyphen or a capital
letter divides, so that ``AUTH_HEADER`` and ``authHeader`` sound secret and ``author``
doesn't.  Rather too much is masked than too little.
"""

import re
from urllib.parse import unquote

__all__ = ["HIDDEN", "is_secret_name", "mask_text"]

HIDDEN = "\u2026"
"""Stands for what is masked."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET = re.compile(
    r"secret|passw|passphrase|passcode|credential|token|authori[sz]ation|authentication"
    r"|cookie|signature|sess(?:ion)?id"
    r"|(?<!mon)(?<!don)(?<!tur)(?<!hoc)(?<!joc)key(?!board|word|note|stone)"
    r"|\b(?:api|auth|oauth|bearer|creds?|csrf|dsn|hmac|jwt|mfa|otp|pepper|pin|private"
    r"|pswd|pw|pword|salt|session|sid|sig|sign|sk|tok|totp|webhook|xsrf)\b"
    r"|(?<!com)(?<!by)(?<!tres)(?:pass|pwd)\b"
    r"|\A(?:http |app )?code\Z"
)

_PEM = re.compile(r"(-----BEGIN [^-]{1,60}-----).*?(?:-----END|\Z)", re.DOTALL)
_USER = re.compile(
    r"(://)(?:[^\s/?#]{0,999}@|[^\s/?#@:]{0,999}:(?!\d{1,5}(?:[/?#]|$))\S{0,999}@)"
)
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|Negotiate)[ ]+[^\s,;]{4,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
# Tokens of well-known services are told by how they begin, wherever they stand.
_KNOWN = re.compile(
    r"""\b(?:(?:gh[oprsu]_|github_pat_|gl(?:pat|rt|dt|ptt|cbt|ft)-|xox[abeoprs]-|xapp-
    |[rs]k_(?:live|test)_|whsec_|sk-(?:ant|proj)-|do[opr]_v1_|shp(?:at|ca|pa|ss)_|hv[bs]\.
    |dckr_pat_|pypi-AgE)[\w-]{8,}|(?:AIza|hf_|npm_|sk-|ya29\.)[\w-]{24,}
    |SG\.[\w-]{16,}\.[\w-]{16,}|A[KS]IA[0-9A-Z]{16}|\d{8,10}:AA[\w-]{30,})""",
    re.VERBOSE,
)
_WEBHOOK = re.compile(r"(\bhooks\.slack\.com/services/|/api/webhooks/)[\w/-]+")
_LOGIN = re.compile(
    r"(?<![\w.+/@:%-])(?!mailto:)[\w.+-]{1,64}:[^\s@/:'\",;&]{1,200}@(?=[\w\[])"
)
_ELEMENT = re.compile(r"<([\w:.-]{1,100}+)(>|\s[^<>]{0,999}>)[^<>]++(?=</)")
_SQL = re.compile(r"\b(PASSWORD|IDENTIFIED BY)[ ]+'[^']*+'?", re.IGNORECASE)

_QUOTED = r"""b?"(?:[^"\\]|\\.)*+"?|b?'(?:[^'\\]|\\.)*+'?"""
_VALUE = rf"""(?:{_QUOTED}|[^\s,;\}}\]\)"'\{{\[\(]++)"""
_MEMBER = re.compile(
    rf"""(["'])([^"'\\\s]{{1,100}})\1(\s{{0,9}}:\s{{0,9}})
    (?:{_QUOTED}|[^\s,\}}\]"'\{{\[]++)""",
    re.VERBOSE,
)
# JSON inside of JSON.
_ESCAPED = re.compile(
    r"""(\\{1,7}["'])([^"'\\\s]{1,100})(\\{1,7}["']\s{0,9}:\s{0,9})
    (?:\\{1,7}["'][^"'\\]*+|[^\s,\}\]"'\\\{\[]++)""",
    re.VERBOSE,
)
_ITEMS = re.compile(
    rf"""([(\[]b?["'])([^"'\\\s]{{1,100}})(["'],\s{{0,9}}){_VALUE}(?=\s{{0,9}}[)\]])"""
)
_OPTION = re.compile(rf"""(?<![\w-])(--?)([\w-]{{1,100}}+)(["']?,?[ ]+){_VALUE}""")
_FIELD = re.compile(
    rf"""(?<![\w.%"'-])()([\w.-]{{1,100}}+)(:[ \t]+)(?!\w+[ ]{HIDDEN}){_VALUE}"""
)
_PAIR = re.compile(
    r"""(?<![\w.%\[\]-])[\w.%\[\]-]++[ ]{0,3}=[ ]{0,3}
    (?:\{[^\}]*+\}?|"[^"]*+"?|'[^']*+'?|[^&;\s]++)""",
    re.VERBOSE,
)


def is_secret_name(name: str) -> bool:
    """Tell whether a name sounds as if its value were secret."""
    words = " ".join(_WORDS.findall(name)).lower()
    return _SECRET.search(words) is not None


def mask_text(text: str) -> str:
    """Mask the secrets inside of a text.

    These are keys in PEM, users and passwords in URLs, credentials behind the name of
    their scheme, tokens of JWT and of well-known services, and the values of secret
    names: in JSON, XML, queries, header fields, pairs, options of commands, connection
    strings and SQL.
    """
    text = _PEM.sub(rf"\1{HIDDEN}", text)
    text = _USER.sub(rf"\1{HIDDEN}@", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _KNOWN.sub(HIDDEN, _JWT.sub(HIDDEN, text))
    text = _WEBHOOK.sub(rf"\1{HIDDEN}", text)
    text = _LOGIN.sub(f"{HIDDEN}@", text)
    text = _SQL.sub(rf"\1 '{HIDDEN}'", text)
    text = _ELEMENT.sub(_mask_element, text)
    text = _MEMBER.sub(_mask_member, text)
    for pattern in (_ESCAPED, _ITEMS, _OPTION, _FIELD):
        text = pattern.sub(_mask_value, text)
    return _PAIR.sub(_mask_pair, text)


def _mask_element(match: re.Match[str]) -> str:
    name, rest = match.groups()
    return f"<{name}{rest}{HIDDEN}" if is_secret_name(name) else match[0]


def _mask_member(match: re.Match[str]) -> str:
    quote, name, colon = match.groups()
    if not is_secret_name(name):
        return match[0]
    return f"{quote}{name}{quote}{colon}{quote}{HIDDEN}{quote}"


def _mask_value(match: re.Match[str]) -> str:
    before, name, between = match.groups()
    return f"{before}{name}{between}{HIDDEN}" if is_secret_name(name) else match[0]


def _mask_pair(match: re.Match[str]) -> str:
    # What follows a plain name may be the next pair: "a= password=1".
    parts = match[0].split("=")
    for index, name in enumerate(parts[:-1], 1):
        if is_secret_name(unquote(name)):
            blank = parts[index][: len(parts[index]) - len(parts[index].lstrip())]
            return f"{'='.join(parts[:index])}={blank}{HIDDEN}"
    return match[0]
