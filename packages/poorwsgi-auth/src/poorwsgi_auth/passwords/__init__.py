"""Passwords: their hashes, the files they are kept in, and the command for these.

hashing          hashes for all but Digest, and comparing of secrets
password_map     a password file of Digest as a mapping
password_lines   lines of such a file
locked_file      replacing a file that several processes change
command          the command line for password files

Nothing here knows a request.
"""
