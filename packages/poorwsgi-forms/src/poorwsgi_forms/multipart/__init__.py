"""Multipart bodies: their parts, while they arrive.

parts     parts of a form, their names, and limits (RFC 7578)
framing   where parts begin and end (RFC 2046)
"""
