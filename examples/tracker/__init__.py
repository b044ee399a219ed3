"""An issue tracker; README.md tells what is where."""

from tracker.web import create_app

__all__ = ["create_app"]
