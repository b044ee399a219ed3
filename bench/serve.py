"""The application of one contender, for a server to import."""

import os
from importlib import import_module
from typing import Any

__all__ = ["application"]

application: Any = import_module(f"with_{os.environ['BENCH_APP']}").build()
