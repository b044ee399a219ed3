"""The web interface of a printer; README.md tells what is where."""
