"""Multipart bodies: their parts, while they arrive.

parts         parts of a form, and limits (RFC 7578)
disposition   how their names are written (RFC 8187, RFC 2047)
framing       where parts begin and end (RFC 2046), imported when used
events        what a body is read as, in which blocks
"""
