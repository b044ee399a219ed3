"""What differs from one place to another: variables ``app_*`` of the environment."""

from dataclasses import dataclass
from pathlib import Path

from poorwsgi import Application

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """The settings.

    Attributes:
        data: folder of the database and the attachments.
        redis: address of Redis; without it sessions are in SQLite, and each process
            counts logins for itself.
        hosts: names that the tracker is reached by; all of them when empty.
        proxies: addresses of the proxies in front.
        origins: whose pages may use the API.
        max_upload: bytes of an upload.
    """

    data: Path = Path("tracker-data")
    redis: str = ""
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    origins: tuple[str, ...] = ("http://localhost:5173",)
    max_upload: int = 50 * 1024**2

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the variables; what isn't set has its default."""
        options = Application.get_options()
        lists = {
            name: tuple(options[name].split())
            for name in ("hosts", "proxies", "origins")
            if name in options
        }
        return cls(
            data=Path(options.get("data", cls.data)),
            redis=options.get("redis", cls.redis),
            max_upload=int(options.get("max_upload", cls.max_upload)),
            **lists,
        )
