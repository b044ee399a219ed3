"""Serve the printer: ``python -m printer [host:port]``."""

from launch import launch

from printer.web import app

launch(app)
