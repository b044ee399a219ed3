"""What debug pages don't show: values that are secret, by their name or their look.

A name is taken apart into words first, where an underscore, a hyphen or a capital
letter divides, so that ``AUTH_HEADER`` and ``authHeader`` sound secret and ``author``
doesn't.  Rather too much is masked than too little.
"""

import re

__all__ = ["HIDDEN", "is_secret_name", "mask_text"]

HIDDEN = "\u2026"
"""Stands for what is masked."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET = re.compile(
    r"secret|passw|passphrase|credential|token|authorization|cookie|signature|sess(?:ion)?id"
    r"|(?<!mon)(?<!don)(?<!tur)(?<!hoc)(?<!joc)key(?!board|word|note|stone)"
    r"|\b(?:api|auth|oauth|bearer|csrf|dsn|hmac|jwt|otp|pepper|pin|private|pswd|pw|salt"
    r"|session|sid|sig|sign|sk|totp|webhook|xsrf)\b"
    r"|(?<!com)(?<!by)(?<!tres)(?:pass|pwd)\b"
    r"|\A(?:http |app )?code\Z"
)

_PEM = re.compile(r"(-----BEGIN [^-]{1,60}-----).*?(?:-----END|\Z)", re.DOTALL)
_USER = re.compile(
    r"(://)(?:[^\s/?#]{0,999}@|[^\s/?#@:]{0,999}:(?!\d{1,5}(?:[/?#]|$))\S{0,999}@)"
)
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|Negotiate)[ ]+[^\s,;]{4,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
# Tokens of GitHub, GitLab, Slack and Stripe begin so, that they are found anywhere.
_KNOWN = re.compile(
    r"\b(?:gh[oprsu]_|github_pat_|glpat-|xox[abeoprs]-|[rs]k_(?:live|test)_)[\w-]{8,}"
)
_MEMBER = re.compile(
    r"""(["'])([^"'\\\s]{1,100})\1(\s{0,9}:\s{0,9})
    (?:"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|[^\s,\}\]"'\{\[]++)""",
    re.VERBOSE,
)
_PAIR = re.compile(
    r"""(?<![\w.%-])[\w.%-]++[ ]{0,3}=[ ]{0,3}
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
    names in JSON, queries and connection strings.
    """
    text = _PEM.sub(rf"\1{HIDDEN}", text)
    text = _USER.sub(rf"\1{HIDDEN}@", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _KNOWN.sub(HIDDEN, _JWT.sub(HIDDEN, text))
    text = _MEMBER.sub(_mask_member, text)
    return _PAIR.sub(_mask_pair, text)


def _mask_member(match: re.Match[str]) -> str:
    quote, name, colon = match.groups()
    if not is_secret_name(name):
        return match[0]
    return f"{quote}{name}{quote}{colon}{quote}{HIDDEN}{quote}"


def _mask_pair(match: re.Match[str]) -> str:
    # What follows a plain name may be the next pair: "a= password=1".
    parts = match[0].split("=")
    for index, name in enumerate(parts[:-1], 1):
        if is_secret_name(name):
            blank = parts[index][: len(parts[index]) - len(parts[index].lstrip())]
            return f"{'='.join(parts[:index])}={blank}{HIDDEN}"
    return match[0]
