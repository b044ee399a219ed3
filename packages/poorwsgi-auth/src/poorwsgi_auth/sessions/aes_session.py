"""The documented ``AESSession``: a PoorSession that compresses nothing."""

from typing import TYPE_CHECKING

from poorwsgi_auth.sessions.session import PoorSession, log

if TYPE_CHECKING:
    from poorwsgi_auth.sessions.session import Keys

__all__ = ["AESSession", "log"]


class AESSession(PoorSession):
    """A cookie that holds a dictionary, encrypted and not compressed.

    So its length tells just the length of the data, not their content.

    Args:
        secret_key: see PoorSession.
        expires: see PoorSession.
        max_age: see PoorSession.
        domain: see PoorSession.
        path: see PoorSession.
        secure: see PoorSession.
        same_site: see PoorSession.
        sid: see PoorSession.
        partitioned: see PoorSession.

    Raises:
        SessionError: see PoorSession.
        ValueError: see PoorSession.
    """

    def __init__(
        self,
        secret_key: "Keys | None",
        expires: int = 0,
        max_age: int | None = None,
        domain: str = "",
        path: str | None = "/",
        secure: bool = False,
        same_site: str | bool = False,
        sid: str = "SESSID",
        *,
        partitioned: bool = False,
    ) -> None:
        super().__init__(
            secret_key,
            expires,
            max_age,
            domain,
            path,
            secure,
            same_site,
            None,
            sid,
            partitioned=partitioned,
        )
