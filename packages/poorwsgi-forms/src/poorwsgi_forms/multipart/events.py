"""What a multipart body is read as, and in which blocks."""

from typing import TypeAlias

__all__ = ["BLOCK_SIZE", "Event", "Headers"]

# PERF: larger blocks are mapped anew for each read by the malloc of glibc.
BLOCK_SIZE = 98304

Headers: TypeAlias = list[tuple[str, str]]
"""Headers of a part, as pairs of name, in title case, and value."""

Event: TypeAlias = Headers | bytes | None
"""Headers when a part begins, chunks of its content, ``None`` at its end."""
