"""Facts about what debug pages mask."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.results.masking import HIDDEN, is_secret_name, mask_text

SECRET = """
    db_pass app_smtp_pass app_mysql_pwd app_auth app_api app_signature app_jwt app_pin
    app_salt app_private sentry_dsn PWD X-Auth X-Session X-Signature X-Csrf sig code
    app_code pass HTTP_X_AUTH HTTP_X_SESSION HTTP_CODE poor_SecretKey PGPASSWORD passwd
    passphrase APIKey apikey X-API-Key access_token accessToken csrfmiddlewaretoken
    dbPass DBPASS mysqlpwd pass1 oauth2 OAUTH_STATE PHPSESSID sid Authorization
    Proxy-Authorization Set-Cookie credentials otp ssh-key secretkey KEYFILE hmac X-XSRF
    sessionid bearer sign user_pw aws.secret client%5Fsecret signature_v4
    passcode app_creds cred mfa pword tok Authentication authorisation
    stripe_sk pepper PASSWORD_PEPPER slackWebhook
"""
PLAIN = """
    task risk peppermint
    authentic credit
    author authority co_authors design assign signal monkey keyboard keywords turkey
    passenger compass bypass apiary capital rapid sessions salty pinned spin encoding
    status_code country privately barcode dsnx PATH QUERY_STRING wsgi.version name
    HTTP_ACCEPT page Content-Type REMOTE_ADDR sidebar 123 _
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_secret_names(name: str) -> None:
    """What sounds secret is, however its words are joined."""
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["", *PLAIN.split()])
def test_plain_names(name: str) -> None:
    """Letters alone make no secret: words do."""
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://KEY@sentry.example/1", "https://…@sentry.example/1"),
        ("https://user:hun/ter2@h/", "https://…@h/"),
        ("postgres://u:p@ss@db:5432/x", "postgres://…@db:5432/x"),
        ("redis://:pw@db/0", "redis://…@db/0"),
        ("https://u:p#s?s@h/x", "https://…@h/x"),
        ("amqp://u:1a@h", "amqp://…@h"),
        ("http://h:80/a@b http://h/?mail=a@b", "http://h:80/a@b http://h/?mail=a@b"),
        ("http://h:80", "http://h:80"),
        ("DRIVER={x};UID=sa;PWD=se cret;DB=d", "DRIVER={x};UID=sa;PWD=… cret;DB=d"),
        ("UID=sa;Pwd={a;b};DB=d", "UID=sa;Pwd=…;DB=d"),
        ("host=h password='a b' user=u", "host=h password=… user=u"),
        ("Password = hunter2; x=1", "Password = …; x=1"),
        ("page=1&sig=abc&code=def&pass=ghi&n=2", "page=1&sig=…&code=…&pass=…&n=2"),
        ('{"password": "a b\\"c", "n": 1}', '{"password": "…", "n": 1}'),
        ('{"pin": 1234, "n": "x"}', '{"pin": "…", "n": "x"}'),
        ("{'api_key': 'x', 'n': 'y'}", "{'api_key': '…', 'n': 'y'}"),
        (
            '{"auth": {"user": "u", "pass": "p"}}',
            '{"auth": {"user": "u", "pass": "…"}}',
        ),
        ('{"token": "cut of', '{"token": "…"'),
        ("Bearer abcdef.ghi", "Bearer …"),
        ("say basic dXNlcjpwdw==, more", "say basic …, more"),
        ("x eyJhbGciOi.eyJzdWIi.c2ln y", "x … y"),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- x",
            "-----BEGIN PRIVATE KEY-----… PRIVATE KEY----- x",
        ),
        ("-----BEGIN RSA PRIVATE KEY-----\nMI", "-----BEGIN RSA PRIVATE KEY-----…"),
        ("plain text, a=1; b=2", "plain text, a=1; b=2"),
        ("Basic a", "Basic a"),
        ("x ghp_not_a_token y", "x … y"),
        ("glpat-not-a-token", "…"),
        ("xoxb-not-a-token", "…"),
        ("sk_live_not_a_key,rk_test", "…,rk_test"),
        ("ghp_short", "ghp_short"),
        ("AIza" + "x" * 35, "…"),
        ("hf_" + "x" * 30 + " hf_x", "… hf_x"),
        ("sk-proj-not-a-key, sk-SK", "…, sk-SK"),
        ("pypi-AgE-not-a-token pypi-attestations", "… pypi-attestations"),
        (f"SG.{'x' * 20}.{'y' * 20}", "…"),
        ("AKIAIOSFODNN7EXAMPLE", "…"),
        ("123456789:AA" + "x" * 33, "…"),
        (
            "https://hooks.slack.com/services/T/B/x?",
            "https://hooks.slack.com/services/…?",
        ),
        ("ann:hunter2@db:5432/x", "…@db:5432/x"),
        ("mailto:ann@h, 12:30 @h", "mailto:ann@h, 12:30 @h"),
        ("<password>a b</password><n>1</n>", "<password>…</password><n>1</n>"),
        ('<x:Token t="1">a</x:Token>', '<x:Token t="1">…</x:Token>'),
        ("ALTER USER u PASSWORD 'a b', x", "ALTER USER u PASSWORD '…', x"),
        ("identified by 'a'", "identified by '…'"),
        ("{b'password': b'x', b'n': b'y'}", "{b'password': '…', b'n': b'y'}"),
        (
            '{"b": "{\\"pin\\": \\"x y\\", \\"n\\": 1}"}',
            '{"b": "{\\"pin\\": …\\", \\"n\\": 1}"}',
        ),
        ('{\\"pin\\": 12, \\"n\\": 1}', '{\\"pin\\": …, \\"n\\": 1}'),
        ("[('token', 'x'), ('n', 'y')]", "[('token', …), ('n', 'y')]"),
        ('[["token", "a\\"b"], ["n", 1]]', '[["token", …], ["n", 1]]'),
        ("Headers([(b'cookie', b'x')])", "Headers([(b'cookie', …)])"),
        ("['user', 'password', 'mail']", "['user', 'password', 'mail']"),
        ("mysql --password x -u root", "mysql --password … -u root"),
        ("['mysql', '--password', 'x']", "['mysql', '--password', …]"),
        ("a - key b, top-key c", "a - key b, top-key c"),
        ("X-Api-Key: x\nuser: u", "X-Api-Key: …\nuser: u"),
        ("password: 'a b'\nport: 1", "password: …\nport: 1"),
        ("Authorization: Bearer abcd", "Authorization: Bearer …"),
        ("user[password]=x&a[n]=1", "user[password]=…&a[n]=1"),
        ("%70assword=x&%6E=1", "%70assword=…&%6E=1"),
    ],
)
def test_text(text: str, expected: str) -> None:
    """Secrets inside of a value are masked, what is around them is shown."""
    assert mask_text(text) == expected


@pytest.mark.parametrize(
    "piece",
    [
        "://",
        "://a:",
        "a=",
        '"a":',
        "-----BEGIN A-----",
        "eyJaaaaa.",
        "ghp_",
        "sk_live_-",
        "Basic ",
        "a b=",
        "a:",
        "a: ",
        "a:b@",
        "<a>",
        "<a ",
        "('a', ",
        "--a ",
        "-",
        "\\",
        '\\"a\\":',
        "PASSWORD '",
        "hooks.slack.com/services/",
        "a[",
        "SG.",
        "'",
    ],
)
@pytest.mark.usefixtures("runaway_guard")
def test_long_texts(piece: str) -> None:
    """The time is in proportion to the length."""
    text = piece * (100_000 // len(piece))
    assert isinstance(mask_text(text), str)


@pytest.mark.parametrize("before", ["0= ", "a=", "a=b=", "a='b "])
def test_pair_in_the_value_of_another(before: str) -> None:
    """A secret is masked where another pair without a value comes before it."""
    assert mask_text(f"{before}password=t0ps3cret") == f"{before}password={HIDDEN}"


@given(st.text(), st.text(alphabet="abcXYZ019", min_size=8))
def test_any_text(before: str, secret: str) -> None:
    """Nothing raises, and a secret behind its name doesn't show."""
    text = f"{before} password={secret}"
    assert not re.search(rf"password={secret}\Z", mask_text(text))
