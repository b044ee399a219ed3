# What the examples use of simple-websocket, which has no types.
from threading import Thread
from typing import Any, Self

class ConnectionClosed(RuntimeError): ...

class Base:
    thread: Thread
    def send(self, data: str | bytes) -> None: ...
    def receive(self, timeout: float | None = None) -> str | bytes | None: ...
    def close(self, reason: int | None = None, message: str | None = None) -> None: ...

class Server(Base):
    @classmethod
    def accept(
        cls,
        environ: dict[str, Any],
        *,
        ping_interval: float | None = None,
        max_message_size: int | None = None,
    ) -> Self: ...
