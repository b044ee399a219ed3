"""What changed since PoorWSGI 2, and which lines of an application it touches.

The differences stand in TOML files, one for each table of the page *Coming from
PoorWSGI 2.x*, which is made from them.  ``python -m poorwsgi.upgrade`` looks for their
``uses`` in the sources of an application.

This package reads and never runs: neither the application nor anything that it imports.
"""
