"""What ``audit`` proves by requests.

table    the audits by their names
access   guards and verifiers, hosts, origins, the debug page
answers  fields that are missing in answers
secrets  keys, and files with secrets
survey   the requests, and what was answered
tripwire what stops a request before its handler
"""
