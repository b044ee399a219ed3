"""An application with a Request of its own, for mypy and pyright."""

from typing import assert_type

from poorwsgi import Application, BaseResponse, Extension, Request
from poorwsgi.digest import check_digest
from poorwsgi_auth.guards.basic import check_basic
from poorwsgi_auth.guards.csrf import check_csrf
from poorwsgi_auth.guards.guard import build_guard
from poorwsgi_core.extensions.compression import Compression
from poorwsgi_core.extensions.rate_limit import RateLimit
from poorwsgi_core.extensions.redis_buckets import RedisBuckets
from poorwsgi_forms.uploads import FileUploads, ResumableUploads, UploadedFile


class OwnRequest(Request):
    """A request that knows who is logged in."""

    login: str = ""


class OwnApplication(Application[OwnRequest]):
    """An application with that request."""

    request_class = OwnRequest


app = OwnApplication(__name__)


# --- extensions: for any application, for this request, for this class -------------


class Logins:
    """An extension for applications with this request."""

    def install(self, app: Application[OwnRequest]) -> None:
        """Register a hook."""
        app.add_before_response(self.find)

    def find(self, req: OwnRequest) -> None:
        """Set who is logged in."""
        req.login = "jana"


class Protection:
    """An extension for this application alone."""

    def install(self, app: OwnApplication) -> None:
        """Register a hook that any request suits."""
        app.add_before_response(check_csrf)


extension: Extension = RateLimit(5)
own_extension: Extension[OwnApplication] = Logins()
for each in (extension, own_extension, Logins(), Protection()):
    app.install(each)


# --- what extensions and guards ask about a request --------------------------------


def find_login(req: OwnRequest) -> str | None:
    """Return who is logged in."""
    return req.login or None


def is_private(req: OwnRequest, response: BaseResponse) -> bool:
    """Tell what is for one person."""
    return bool(req.login) and response.status_code == 200


def keep(req: OwnRequest, file: UploadedFile) -> str:
    """Take an upload."""
    return f"{req.login}: {file.filename}"


buckets = RedisBuckets.from_url("redis://localhost", timeout=0.2)
app.install(RateLimit(5, key=find_login, buckets=buckets))
app.install(RateLimit(5, key=lambda req: req.remote_addr))
app.install(Compression(private=is_private))
app.install(ResumableUploads("/up", FileUploads("up"), keep, owner=find_login))


# --- handlers ----------------------------------------------------------------------


@app.get("/guarded")
@build_guard(find_login)
def guarded(req: OwnRequest) -> str:
    """Answer with what the guard has found."""
    return assert_type(req.login, str)


@app.get("/basic")
@check_basic("Realm", lambda name, password: name == password)
def basic(req: OwnRequest) -> str:
    """Answer with the user."""
    return f"{req.user}"


@app.get("/digest")
@check_digest("Realm")
def digest(req: OwnRequest) -> str:
    """Answer with the user."""
    return f"{req.user}"
