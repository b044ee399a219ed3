"""HTTP Digest and cookie sessions for applications on ``poorwsgi_core``.

The distribution is under construction: in this release it fixes the name, the
version and the dependencies, and offers nothing else yet.
"""

from typing import TYPE_CHECKING

__all__ = ["__version__"]

__version__: str

if not TYPE_CHECKING:  # or else every misspelt name would be a str to checkers

    def __getattr__(name: str) -> str:
        # importlib.metadata is slow to import, and the version is seldom asked for.
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version("poorwsgi-auth")
