"""How an answer is sent: that of ``wsgiref``, with the rules that it lacks.

No content follows the head of an answer to HEAD, nor one of 1xx, 204 and 304, and
none of these gets a Content-Length that the application didn't give (RFC 9110 §8.6).
"""

import logging
import re
from typing import Any
from wsgiref.handlers import SimpleHandler

__all__ = ["Answer"]

log = logging.getLogger("poorwsgi")

_REQUEST_VARIABLES = re.compile("HTTP_|REMOTE_|AUTH_TYPE$|CONTENT_(?:LENGTH|TYPE)$")
_WITHOUT_CONTENT = re.compile("1|204|304")
_WITHOUT_LENGTH = re.compile("1|204")


class Answer(SimpleHandler):
    """Calls the application and sends what it answers."""

    server_software = "PoorWSGI"
    status: str | None

    outcome = ""
    """Status code and number of bytes, once the answer has ended well."""

    # A variable of the process must not pass for something that a client sent.
    os_environ = {  # noqa: RUF012 - the base class has it so
        name: value
        for name, value in SimpleHandler.os_environ.items()
        if not _REQUEST_VARIABLES.match(name)
    }

    def close(self) -> None:
        """Keep for the log how it went, and close what was sent."""
        self.outcome = self.tell()
        super().close()

    def tell(self) -> str:
        """Return the status code, 000 without one, and the bytes sent so far."""
        answer: Any = self  # typeshed leaves out the attributes used here
        return f"{(self.status or '000').partition(' ')[0]} {answer.bytes_sent}"

    def log_exception(self, exc_info: Any) -> None:
        """Log what the application raised."""
        log.error("The answer broke off", exc_info=exc_info)

    def cleanup_headers(self) -> None:
        """Add the length where it is known, and has a meaning."""
        answer: Any = self
        if self._has_content():
            super().cleanup_headers()
        elif _WITHOUT_LENGTH.match(answer.status):
            del answer.headers["Content-Length"]

    def write(self, data: bytes) -> None:
        """Send a piece of the body, the head before the first one."""
        answer: Any = self
        if self.status is None or self._has_content():
            super().write(data)
        elif not answer.headers_sent:
            answer.send_headers()

    def finish_content(self) -> None:
        """Send the head, if nothing has been sent."""
        answer: Any = self
        if self.status is None:
            return  # declined: the application has answered by itself
        if self._has_content():
            super().finish_content()
        elif not answer.headers_sent:
            answer.send_headers()

    def _has_content(self) -> bool:
        environ: dict[str, Any] = vars(self)["environ"]
        return environ["REQUEST_METHOD"] != "HEAD" and not _WITHOUT_CONTENT.match(
            self.status or ""
        )
