"""Sessions: what is kept of a client from one request to the next.

session          Session, a text in a cookie; PoorSession, encrypted data
aes_session      AESSession, the same without compression
server_session   ServerSession, whose data stay on the server
stores           where these data are: in memory, SQLite, Redis
sealing          encryption of cookies
compression      compression of data, with a limit when it is undone
payload          data as JSON
tokens           tokens that are kept nowhere
"""
