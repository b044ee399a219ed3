"""Guards: what stands before a handler and refuses requests.

basic     user and password with every request (RFC 7617)
bearer    tokens in the Authorization header (RFC 6750)
api_key   keys in a header of their own
guard     what those three have in common
csrf      tokens for forms, against requests that other sites forge
"""
