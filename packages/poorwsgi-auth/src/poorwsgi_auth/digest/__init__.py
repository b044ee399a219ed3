"""HTTP Digest (RFC 7616): who sends a request, without sending the password.

digest         check_digest: who sent a request, and whether it is new
claims         what a request claims, beside what was offered
challenges     what a server sends: challenges, and its own proof
algorithms     the algorithms, and what is computed with them
nonces         what a nonce is
nonce_stores   which nonces were used: in memory, SQLite, Redis

As a program, ``python -m poorwsgi_auth.digest``, it changes password files.
"""
