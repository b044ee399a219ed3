"""Passkeys: a login without a password, by WebAuthn and the library ``webauthn``.

The rules:

* A challenge is random and kept in the session. It serves once, for a few minutes, and
  for the ceremony that it was made for.
* Origin and domain are those of the application's settings, never of the request, and
  the page is in no frame of another origin.
* The device has verified its user, by a PIN or a finger, and keeps the user's id with
  the key: so a login needs no name.
* A sign count that doesn't grow is refused: somebody may have copied the key.

It keeps no keys: the application does.  The library is imported by the first ceremony.
"""

import json
import logging
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from poorwsgi_auth.sessions.session import Session
from poorwsgi_core import HTTPException
from poorwsgi_core.state import HTTP_FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["Passkey", "PasskeyError", "Passkeys"]

log = logging.getLogger("poorwsgi")

_KEY = "poorwsgi.passkey"
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_MAX_USER = 64


class PasskeyError(HTTPException, RuntimeError):
    """A passkey is refused (403).

    Attributes:
        reason: why, for the log; the client isn't told.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(HTTP_FORBIDDEN, error="The passkey was refused")
        self.reason = reason
        log.info("A passkey was refused: %s", reason.encode("unicode_escape").decode())

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """What the application keeps of a passkey; nothing in it is secret.

    Attributes:
        id: of the passkey, base64url; the application finds it by this.
        public_key: in COSE form, base64url.
        user: id of the user whose it is.
        sign_count: how often it has signed, as its device says; 0 where it doesn't.
        is_backed_up: whether other devices of the user have it too.
    """

    id: str
    public_key: str
    user: str
    sign_count: int = 0
    is_backed_up: bool = False


class Passkeys:
    """Registration of passkeys, and login by them.

    Each is a ceremony of two requests: ``begin_*`` gives what the page hands to
    ``navigator.credentials``, ``finish_*`` takes what that returned, as ``toJSON()``
    has it.  Both write to the session, so send it with the answer.

    Args:
        domain: the relying party's id, such as ``example.com``; passkeys are bound to
            it for ever, and work on its subdomains.
        origins: of the pages, such as ``https://example.com``, one or several.
        name: what a device shows; the domain if empty.
        timeout: seconds for a ceremony.

    Raises:
        RuntimeError: ``webauthn`` isn't installed.
        ValueError: a domain or an origin that no browser would accept.
    """

    def __init__(
        self,
        domain: str,
        origins: str | Iterable[str],
        *,
        name: str = "",
        timeout: int = 300,
    ) -> None:
        if find_spec("webauthn") is None:
            raise RuntimeError(
                "Passkeys need webauthn: pip install 'poorwsgi-auth[passkeys]'"
            )
        if not _DOMAIN.fullmatch(domain):
            raise ValueError(
                f"{domain!r} is no domain in lower case, without scheme and port, as "
                "'example.com' is: write 'https://example.com' as an origin"
            )
        self._domain = domain
        self._origins = [origins] if isinstance(origins, str) else [*origins]
        for origin in self._origins:
            _check_origin(origin, domain)
        if not self._origins:
            raise ValueError("Passkeys need an origin: write 'https://example.com'")
        self._name = name or domain
        self._timeout = timeout

    def begin_registration(
        self,
        session: Session,
        user: str,
        name: str,
        *,
        known: Iterable[Passkey] = (),
    ) -> dict[str, Any]:
        """Begin to register a passkey; whose it will be is the application's to know.

        Args:
            session: of the request.
            user: id of the user, 1 to 64 bytes; no name and no address, as devices
                show it to whoever holds them.
            name: what the user is called, for the device to show.
            known: passkeys of the user, whose devices don't get a second one.

        Returns:
            JSON for ``PublicKeyCredential.parseCreationOptionsFromJSON``.

        Raises:
            ValueError: the id is empty or too long.
        """
        import webauthn
        from webauthn.helpers import structs

        if not 1 <= len(user.encode()) <= _MAX_USER:
            raise ValueError(f"The id of a user has 1 to {_MAX_USER} bytes: {user!r}")
        options = webauthn.generate_registration_options(
            rp_id=self._domain,
            rp_name=self._name,
            user_name=name,
            user_id=user.encode(),
            challenge=self._keep_challenge(session, "registration", user),
            timeout=self._timeout * 1000,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                structs.PublicKeyCredentialDescriptor(
                    id=webauthn.base64url_to_bytes(passkey.id)
                )
                for passkey in known
            ],
        )
        return cast("dict[str, Any]", json.loads(webauthn.options_to_json(options)))

    def finish_registration(self, session: Session, answer: object) -> Passkey:
        """Return the new passkey, for the application to keep.

        Args:
            session: of the request.
            answer: JSON value of the credential that the page got.

        Raises:
            PasskeyError: 403, the answer isn't what was asked for.
        """
        import webauthn
        from webauthn.helpers import bytes_to_base64url

        challenge, user = self._take_challenge(session, "registration")
        with _convert_errors():
            verified = webauthn.verify_registration_response(
                credential=_check_answer(answer),
                expected_challenge=challenge,
                expected_rp_id=self._domain,
                expected_origin=self._origins,
                require_user_verification=True,
            )
        return Passkey(
            id=bytes_to_base64url(verified.credential_id),
            public_key=bytes_to_base64url(verified.credential_public_key),
            user=user,
            sign_count=verified.sign_count,
            is_backed_up=verified.credential_backed_up,
        )

    def begin_login(self, session: Session) -> dict[str, Any]:
        """Begin a login of whoever has a passkey of this domain.

        Returns:
            JSON for ``PublicKeyCredential.parseRequestOptionsFromJSON``.
        """
        import webauthn
        from webauthn.helpers import structs

        options = webauthn.generate_authentication_options(
            rp_id=self._domain,
            challenge=self._keep_challenge(session, "login", ""),
            timeout=self._timeout * 1000,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        return cast("dict[str, Any]", json.loads(webauthn.options_to_json(options)))

    def finish_login(
        self,
        session: Session,
        answer: object,
        find: Callable[[str], Passkey | None],
    ) -> Passkey:
        """Return the passkey of who logs in, with its new sign count to be kept.

        Give the session a new id then: ``session.rotate()`` of a ``ServerSession``.

        Args:
            session: of the request.
            answer: JSON value of the credential that the page got.
            find: returns the passkey of an id, ``None`` for an unknown one.

        Raises:
            PasskeyError: 403, nobody is logged in.
        """
        import webauthn

        challenge, _ = self._take_challenge(session, "login")
        with _convert_errors():
            credential = _check_answer(answer)
            passkey = find(str(credential.get("id", "")))
            if passkey is None:
                raise PasskeyError("there is no such passkey")
            verified = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._domain,
                expected_origin=self._origins,
                credential_public_key=webauthn.base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
            handle = webauthn.base64url_to_bytes(credential["response"]["userHandle"])
        if handle != passkey.user.encode():
            raise PasskeyError("the passkey is of another user")
        return replace(
            passkey,
            sign_count=verified.new_sign_count,
            is_backed_up=verified.credential_backed_up,
        )

    def _keep_challenge(self, session: Session, ceremony: str, user: str) -> bytes:
        challenge = token_bytes(32)
        ends = time.time() + self._timeout
        session.data[_KEY] = [ceremony, challenge.hex(), user, ends]
        return challenge

    def _take_challenge(self, session: Session, ceremony: str) -> tuple[bytes, str]:
        """Take the challenge out of the session: there is one try."""
        kept = session.data.pop(_KEY, None)
        if kept is None or kept[0] != ceremony:
            raise PasskeyError("no challenge is waiting for it")
        _, challenge, user, ends = kept
        if time.time() > ends:
            raise PasskeyError("it came too late")
        return bytes.fromhex(challenge), user


def _check_origin(origin: str, domain: str) -> None:
    """Check that a browser would let pages of an origin use the domain."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    is_secure = parts.scheme == "https" or (parts.scheme, host) == ("http", "localhost")
    is_below = host == domain or host.endswith(f".{domain}")
    if not is_secure or not is_below or f"{parts.scheme}://{parts.netloc}" != origin:
        raise ValueError(
            f"{origin!r} is no origin for passkeys of {domain!r}: write "
            f"'https://{domain}', and 'http://localhost:8080' for development alone"
        )


def _check_answer(answer: object) -> dict[str, Any]:
    """Check what the library leaves alone."""
    if not isinstance(answer, Mapping):
        raise PasskeyError("the answer is no JSON object")
    credential = dict(cast("Mapping[str, Any]", answer))
    text = credential["response"]["clientDataJSON"]
    client_data = json.loads(urlsafe_b64decode(text + "=="))
    if client_data.get("crossOrigin"):
        raise PasskeyError("a page of another origin had it asked for, in a frame")
    return credential


@contextmanager
def _convert_errors() -> "Generator[None]":
    """Turn whatever the library thinks of an answer into a refusal."""
    try:
        yield
    except PasskeyError:
        raise
    except Exception as error:
        # It parses what anybody may send, and what it raises then isn't listed.
        raise PasskeyError(f"{type(error).__name__}: {error}") from error
