"""The demonstration under a profiler: its start, and then each request.

::

    python examples/profiled.py [host:port]
    gunicorn --chdir examples profiled:app

The files go into ``log`` in the working directory; docs/guide/debugging.md says how to
read them.
"""

import cProfile
from pathlib import Path
from typing import Any

from launch import launch

Path("log").mkdir(exist_ok=True)
names: dict[str, Any] = {}
# This imports the application, and the framework with it.
cProfile.runctx("from simple import app", names, names, filename="log/init.profile")

app = application = names["app"]
app.set_profile(cProfile.runctx, "log/req")

if __name__ == "__main__":
    launch(app)
