"""Facts about users and their hashes, in memory and in a file."""

import logging
import os
import pty
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from poorwsgi_auth.digest.digest import hexdigest
from poorwsgi_auth.passwords.password_map import PasswordMap

MD5 = "0123456789abcdef" * 2
SHA = MD5 * 2

htdigest = pytest.mark.skipif(
    not shutil.which("htdigest")
    and "servers" not in os.environ.get("POORWSGI_REQUIRE", ""),
    reason="htdigest, of apache2-utils, is not there",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a file with users and comments."""
    path = tmp_path / "users"
    path.write_text(f"# ours\nann:A:{MD5}\n\nbob:B:{SHA}\n", "utf-8")
    return path


def run_htdigest(path: Path, realm: str, username: str, password: str) -> None:
    """Add a user, or change one, by the tool of Apache."""
    main, sub = pty.openpty()
    command = ["htdigest", str(path), realm, username]
    with subprocess.Popen(  # noqa: S603 - a program that the test is about
        command, stdin=sub, stdout=sub, stderr=sub, start_new_session=True
    ) as process:
        os.close(sub)
        read = b""
        for _ in range(2):
            while not read.endswith(b"password: "):
                read += os.read(main, 1)
            os.write(main, f"{password}\n".encode())
            read += os.read(main, 1)
    os.close(main)
    assert process.returncode == 0


# --- in memory ---------------------------------------------------------------


def test_set_and_find() -> None:
    """What is set is found, and is there as in any mapping."""
    users = PasswordMap()
    users.set("R", "u", MD5)
    assert users.find("R", "u") == MD5
    assert users == {"R": {"u": MD5}}


def test_realm_comes_into_being() -> None:
    """The map is written to as the documentation of 2.x shows it."""
    users = PasswordMap()
    users["R"]["u"] = MD5
    assert users.find("R", "u") == MD5


def test_looking_creates_nothing() -> None:
    """A question leaves no realm behind (bar 89)."""
    users = PasswordMap()
    assert users.find("R", "u") is None
    assert not users.verify("R", "u", MD5)
    assert not users.delete("R", "u")
    assert users == {}


@pytest.mark.parametrize("bad", ["a:b", "a\n", "#a", ""])
def test_set_refuses(bad: str) -> None:
    """No user is set that the file would not give back (bar 89)."""
    users = PasswordMap()
    with pytest.raises(ValueError, match="username"):
        users.set("R", bad, MD5)
    assert users == {}


def test_set_of_no_hash(caplog: pytest.LogCaptureFixture) -> None:
    """A password in place of a hash is warned of, and not shown."""
    PasswordMap().set("R", "u", "secret")
    message = "What is set for 'u' is no hash"
    assert caplog.record_tuples == [("poorwsgi", logging.WARNING, message)]


def test_delete() -> None:
    """It tells whether the user was there."""
    users = PasswordMap()
    users.set("R", "u", MD5)
    assert [users.delete("R", "u"), users.delete("R", "u")] == [True, False]


@pytest.mark.parametrize(
    ("username", "digest", "expected"),
    [
        ("u", MD5, True),
        ("u", SHA, False),
        ("u", "", False),
        ("u", "ž\udc80", False),
        ("empty", "", False),
        ("none", "", False),
    ],
)
def test_verify(username: str, digest: str, expected: bool) -> None:
    """Only the hash of the user is right, and an empty one never is."""
    users = PasswordMap()
    users["R"] = {"u": MD5, "empty": ""}
    assert users.verify("R", username, digest) is expected


# --- the file ----------------------------------------------------------------


def test_without_pathname() -> None:
    """There is nothing to read or write then (12.5)."""
    users = PasswordMap()
    for method in (users.load, users.write):
        with pytest.raises(RuntimeError, match="No pathname"):
            method()
    with pytest.raises(RuntimeError, match="No pathname"), users.edit():
        pass


def test_load_adds(path: Path) -> None:
    """Users of the file are added to those who are there."""
    users = PasswordMap(path)
    users.set("A", "eve", MD5)
    users.load()
    assert users == {"A": {"eve": MD5, "ann": MD5}, "B": {"bob": SHA}}


def test_load_of_a_file_that_others_may_write(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They could make themselves any user."""
    path.chmod(0o622)
    PasswordMap(path).load()
    assert ["can be written" in record.message for record in caplog.records] == [True]


def test_load_of_a_missing_file(tmp_path: Path) -> None:
    """A missing file is an error of its own (12.5)."""
    with pytest.raises(FileNotFoundError):
        PasswordMap(tmp_path / "none").load()


def test_map_that_was_never_loaded_reminds_of_it(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, when somebody is looked for in vain and there is a file."""
    users = PasswordMap(path)
    assert users.find("A", "ann") is None
    assert not users.verify("A", "ann", MD5)
    assert caplog.messages == [f"No user of {path} is known: call load() first"]


def test_map_that_needs_no_load_reminds_of_nothing(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It was loaded, edited or filled, or there is no file."""
    missing, empty = path.with_name("missing"), path.with_name("empty")
    empty.touch()
    loaded, edited, filled = PasswordMap(empty), PasswordMap(empty), PasswordMap(path)
    loaded.load()
    with edited.edit():
        pass
    filled.set("A", "bob", MD5)
    for users in (loaded, edited, filled, PasswordMap(), PasswordMap(missing)):
        assert users.find("A", "ann") is None
    assert caplog.messages == []


def test_first_line_of_a_user_counts(path: Path) -> None:
    """That is what Apache does, and the one that htdigest changes."""
    path.write_text(f"u:R:{MD5}\nu:R:{SHA}\n", "utf-8")
    users = PasswordMap(path)
    users.load()
    assert users.find("R", "u") == MD5


def test_bad_line_leaves_all_as_it_is(path: Path) -> None:
    """Neither the map nor the file is changed (bar 89)."""
    data = path.read_bytes() + b"bad\n"
    path.write_bytes(data)
    users = PasswordMap(path)
    users.set("R", "u", MD5)
    message = r"users, line 5: it is not username:realm:hash"
    for method in (users.load, users.write):
        with pytest.raises(ValueError, match=message):
            method()
    with pytest.raises(ValueError, match=message), users.edit():
        pass
    assert (users, path.read_bytes()) == ({"R": {"u": MD5}}, data)


def test_load_warns_of_no_hash(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A password in the file is warned of by the number of its line."""
    path.write_text("# users\nu:R:secret\n", "utf-8")
    PasswordMap(path).load()
    message = f"{path}, line 2: this is no hash"
    assert caplog.record_tuples == [("poorwsgi", logging.WARNING, message)]


def test_write(tmp_path: Path) -> None:
    """A new file has the users in order, and is its owner's alone (12.5, bar 89)."""
    path = tmp_path / "new"
    users = PasswordMap(str(path))
    users.set("R", "ž", MD5)
    users.set("S", "u", SHA)
    users.set("R", "a", SHA)
    users.write()
    assert path.read_text("utf-8") == f"ž:R:{MD5}\na:R:{SHA}\nu:S:{SHA}\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_write_is_of_these_users_alone(path: Path) -> None:
    """Others of the file go, its comments stay."""
    users = PasswordMap(path)
    users.set("A", "new", MD5)
    users.write()
    assert path.read_text("utf-8") == f"# ours\n\nnew:A:{MD5}\n"


def test_write_refuses_before_it_creates(tmp_path: Path) -> None:
    """Nothing is written of a map with a bad name in it (A12)."""
    users = PasswordMap(tmp_path / "new")
    users["R"]["a:b"] = MD5
    with pytest.raises(ValueError, match="a:b"):
        users.write()
    assert list(tmp_path.iterdir()) == []


def test_edit(path: Path) -> None:
    """The file is read before, and written after."""
    users = PasswordMap(path)
    users.set("gone", "u", MD5)
    with users.edit() as same:
        assert same is users
        assert users == {"A": {"ann": MD5}, "B": {"bob": SHA}}
        users.set("A", "new", SHA)
        users.delete("B", "bob")
    assert path.read_text("utf-8") == f"# ours\nann:A:{MD5}\n\nnew:A:{SHA}\n"


def test_edit_of_a_missing_file(tmp_path: Path) -> None:
    """A file is made only where that is asked for."""
    users = PasswordMap(tmp_path / "new")
    with pytest.raises(FileNotFoundError), users.edit():
        pass
    with users.edit(create=True):
        users.set("R", "u", MD5)
    assert (tmp_path / "new").read_text("utf-8") == f"u:R:{MD5}\n"


def test_edit_that_fails(path: Path) -> None:
    """When the block raises, file and map are what the file was."""
    users, data = PasswordMap(path), path.read_bytes()
    editing = users.edit()
    editing.__enter__()
    users.set("A", "new", MD5)
    assert not editing.__exit__(KeyError, KeyError("u"), None)
    assert users == {"A": {"ann": MD5}, "B": {"bob": SHA}}
    assert path.read_bytes() == data


def test_edit_is_not_nested(path: Path) -> None:
    """It would wait for itself for ever, so it says so instead."""
    users = PasswordMap(path)
    with users.edit():
        with pytest.raises(RuntimeError, match="edit"):
            users.write()
        with pytest.raises(RuntimeError, match="edit"), users.edit():
            pass


def test_no_user_is_missing_while_another_thread_edits(path: Path) -> None:
    """Who is in memory and in the file is found all the time."""
    users = PasswordMap(path)
    users.load()
    done = threading.Event()
    missing: list[object] = []

    def ask() -> None:
        while not done.is_set():
            if not users.verify("A", "ann", MD5):
                missing.append(users.find("A", "ann"))

    thread = threading.Thread(target=ask)
    thread.start()
    for n in range(30):
        with users.edit():
            users.set("A", f"u{n}", MD5)
    done.set()
    thread.join()
    assert missing == []


_ADD_USERS = """
import sys
from poorwsgi_auth.passwords.password_map import PasswordMap

users = PasswordMap(sys.argv[1])
for n in range(20):
    with users.edit(create=True):
        users.set("R", f"{sys.argv[2]}-{n}", "0" * 32)
"""


def test_processes_that_add_users_lose_none(tmp_path: Path) -> None:
    """Four processes add 20 users each to a file that none of them has seen."""
    path = tmp_path / "users"
    command = [sys.executable, "-c", _ADD_USERS, str(path)]
    processes = [subprocess.Popen([*command, f"p{n}"]) for n in range(4)]  # noqa: S603
    assert [process.wait() for process in processes] == [0] * 4
    users = PasswordMap(path)
    users.load()
    assert len(users["R"]) == 80
    assert [item.name for item in tmp_path.iterdir()] == ["users"]


# --- htdigest ----------------------------------------------------------------


@htdigest
def test_what_we_write_htdigest_changes(tmp_path: Path) -> None:
    """A file of ours is one of Apache's: users are found, changed and added."""
    path, realm = tmp_path / "users", "Zóna 1"
    users = PasswordMap(path)
    users.set(realm, "kůň", MD5)
    users.set("B", "bob", SHA)
    users.write()
    run_htdigest(path, realm, "kůň", "Heslo ž")
    run_htdigest(path, realm, "new", "pass")
    assert path.read_text("utf-8").splitlines() == [
        f"kůň:{realm}:{hexdigest('kůň', realm, 'Heslo ž')}",
        f"bob:B:{SHA}",
        f"new:{realm}:{hexdigest('new', realm, 'pass')}",
    ]


@htdigest
def test_what_htdigest_writes_we_change(path: Path) -> None:
    """A file of Apache's is one of ours; and back again."""
    run_htdigest(path, "A", "new", "pass")
    users = PasswordMap(path)
    with users.edit():
        assert users.verify("A", "new", hexdigest("new", "A", "pass"))
        users.set("A", "new", hexdigest("new", "A", "other"))
    run_htdigest(path, "A", "ann", "hers")
    users.load()
    assert users.verify("A", "new", hexdigest("new", "A", "other"))
    assert users.verify("A", "ann", hexdigest("ann", "A", "hers"))
    assert path.read_text("utf-8").startswith("# ours\nann:A:")


def test_file_that_cannot_be_looked_for_reminds_of_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody is found, and the request that asked doesn't fail."""
    assert PasswordMap("/" + "x" * 300).find("A", "ann") is None
    assert not caplog.messages


def test_text_of_a_map_has_no_hashes() -> None:
    """Who has one can sign in with it, and maps get into logs."""
    users = PasswordMap("users.digest")
    users.set("Zone", "jana", "0" * 32)
    users.set("Zone", "petr", "0" * 32)
    expected = "<PasswordMap 'users.digest': 2 users, 1 realms>"
    assert repr(users) == str(users) == f"{users}" == expected
