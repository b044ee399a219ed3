"""Add somebody, or give them another password and key: ``python -m tracker ann``."""

import sys
from getpass import getpass

from tracker.request import Data
from tracker.settings import Settings

if len(sys.argv) != 2:
    sys.exit("usage: python -m tracker NAME")
password = getpass() if sys.stdin.isatty() else input()
users = Data(Settings.from_environment()).users
print("Key for programs:", users.set(sys.argv[1], password))
