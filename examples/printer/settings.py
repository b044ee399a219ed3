"""What the wizard sets, and where the printer keeps its things.

``app_printer`` of the environment is the folder, ``printer-data`` without.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from poorwsgi import Application
from poorwsgi.digest import PasswordMap

__all__ = ["FOLDER", "REALM", "Settings"]

REALM = "Printer"
FOLDER = Path(Application.get_options().get("printer", "printer-data")).absolute()


@dataclass
class Settings:
    """The settings, in two files.

    Attributes:
        users: hashes of passwords.
        name: of the printer.
        api_key: what programs send as X-Api-Key.
    """

    users: PasswordMap
    name: str = ""
    api_key: str = ""

    @classmethod
    def load(cls) -> "Settings":
        """Read what there is."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        settings = cls(PasswordMap(FOLDER / "users.digest"))
        if (FOLDER / "settings.json").exists():
            settings.users.load()
            values = json.loads((FOLDER / "settings.json").read_text("utf-8"))
            settings.name, settings.api_key = values["name"], values["api_key"]
        return settings

    @property
    def ready(self) -> bool:
        """Whether the wizard is through."""
        return bool(self.api_key)

    def set_up(self, name: str, user: str, digest: str) -> None:
        """Finish the wizard: a name, a user with a hash, and a new key."""
        self.users.set(REALM, user, digest)
        self.users.write()
        self.name, self.api_key = name, token_urlsafe(24)
        path = FOLDER / "settings.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps({"name": self.name, "api_key": self.api_key}))
