"""Facts about the command line for password files (12.6)."""

import os
import subprocess
import sys
from collections.abc import Callable
from getpass import GetPassWarning
from hashlib import md5, sha256
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias
from warnings import warn

import pytest

from poorwsgi_auth.digest import digest
from poorwsgi_auth.digest.digest import get_re_type, hexdigest, main
from poorwsgi_auth.passwords.password_map import PasswordMap

REALM = "User Zone"
MD5 = hexdigest("ann", REALM, "secret")
SHA = hexdigest("ann", REALM, "secret", sha256)

Run: TypeAlias = Callable[..., int | str | None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return a function that runs ``main`` in a folder of its own.

    It gets the arguments, and passwords to type; it returns the exit status.
    """
    monkeypatch.chdir(tmp_path)

    def run_main(*arguments: str, typed: tuple[str, ...] = ()) -> int | str | None:
        answers = iter(typed)

        def getpass(_: str) -> str:
            return next(answers)

        monkeypatch.setattr(sys, "argv", ["digest", *arguments])
        monkeypatch.setattr(digest, "getpass", getpass)
        try:
            return main()
        except SystemExit as error:
            return error.code

    return run_main


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a password file with one user in it."""
    path = tmp_path / "users"
    path.write_text(f"# ours\nann:{REALM}:{MD5}\n", "utf-8")
    path.chmod(0o600)
    return path


def run_module(*arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the module without a terminal, and with warnings as errors."""
    return subprocess.run(  # noqa: S603 - our own interpreter and module
        [
            sys.executable,
            "-W",
            "error",
            "-m",
            "poorwsgi_auth.digest",
            *arguments,
        ],
        input=text,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )


# --- what is done ------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [((), MD5), (("-m",), MD5), (("-s",), SHA), (("-s", "-m"), MD5)],
)
def test_print(
    run: Run, capsys: pytest.CaptureFixture[str], options: Any, expected: str
) -> None:
    """-n prints the line and needs no file; MD5 wins over SHA-256."""
    assert run("-n", *options, REALM, "ann", typed=("secret", "secret")) == 0
    assert capsys.readouterr() == (f"ann:{REALM}:{expected}\n", "")


def test_print_ignores_the_file(run: Run, path: Path) -> None:
    """With -n a file may be named, and is not touched."""
    assert run("-n", "none", REALM, "ann", typed=("x", "x")) == 0
    assert list(path.parent.iterdir()) == [path]


def test_add(run: Run, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new user comes after the others."""
    assert run("users", REALM, "bob", typed=("x", "x")) == 0
    assert capsys.readouterr() == (f"Adding user bob in realm {REALM}.\n", "")
    line = f"bob:{REALM}:{hexdigest('bob', REALM, 'x')}\n"
    assert path.read_text("utf-8") == f"# ours\nann:{REALM}:{MD5}\n{line}"


def test_change(run: Run, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line of a known user is changed."""
    assert run("users", REALM, "ann", typed=("x", "x")) == 0
    text = f"Changing password of user ann in realm {REALM}.\n"
    assert capsys.readouterr() == (text, "")
    line = f"ann:{REALM}:{hexdigest('ann', REALM, 'x')}\n"
    assert path.read_text("utf-8") == f"# ours\n{line}"


def test_create(run: Run, tmp_path: Path) -> None:
    """-c makes the file, for its owner alone."""
    assert run("-c", "new", REALM, "žofie", typed=("ř", "ř")) == 0
    path = tmp_path / "new"
    line = f"žofie:{REALM}:{hexdigest('žofie', REALM, 'ř')}\n"
    assert path.read_text("utf-8") == line
    assert path.stat().st_mode & 0o777 == 0o600


def test_create_extends(run: Run, path: Path) -> None:
    """-c with a file that is there adds to it."""
    assert run("-c", "users", REALM, "bob", typed=("x", "x")) == 0
    assert len(path.read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("username", "said", "left"),
    [("ann", "deleted", 1), ("eve", "not found; nobody was deleted", 2)],
)
def test_delete(
    run: Run,
    path: Path,
    capsys: pytest.CaptureFixture[str],
    username: str,
    said: str,
    left: int,
) -> None:
    """-D says whether there was such a user; both are no mistake."""
    assert run("-D", "users", REALM, username) == 0
    text = f"User {username} in realm {REALM} {said}.\n"
    assert capsys.readouterr() == (text, "")
    assert len(path.read_text("utf-8").splitlines()) == left


@pytest.mark.parametrize(
    ("username", "password", "expected"),
    [
        ("ann", "secret", ("Valid user.\n", 0)),
        ("ann", "wrong", ("Invalid user.\n", 2)),
        ("eve", "secret", ("Invalid user.\n", 2)),
    ],
)
@pytest.mark.usefixtures("path")
def test_verify(
    run: Run,
    capsys: pytest.CaptureFixture[str],
    username: str,
    password: str,
    expected: tuple[str, int],
) -> None:
    """-v asks once, and answers by text and status."""
    status = run("-v", "users", REALM, username, typed=(password,))
    assert (capsys.readouterr().out, status) == expected


@pytest.mark.parametrize(
    ("typed", "said"),
    [(("a", "b"), "They don't match, sorry."), (("", ""), "The password is empty.")],
)
@pytest.mark.parametrize("option", ["-n", "-c"])
def test_no_new_password(
    run: Run,
    path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    typed: tuple[str, str],
    said: str,
) -> None:
    """Without a password nothing is printed or written."""
    data = path.read_bytes()
    assert run(option, "users", REALM, "ann", typed=typed) == 1
    assert capsys.readouterr().out.splitlines()[-1] == said
    assert path.read_bytes() == data


def test_no_file_is_made_without_a_password(run: Run, tmp_path: Path) -> None:
    """Who mistypes leaves no empty file behind."""
    assert run("-c", "new", REALM, "ann", typed=("a", "b")) == 1
    assert list(tmp_path.iterdir()) == []


def test_options_stand_anywhere(run: Run, path: Path) -> None:
    """Also between the arguments."""
    assert run("users", "-s", REALM, "-v", "ann", typed=("x",)) == 2
    assert path.read_bytes()


def test_another_process_meanwhile(run: Run, path: Path) -> None:
    """Whom somebody else added while the password was typed stays."""

    def typed() -> Any:
        with PasswordMap(path).edit() as users:
            users.set(REALM, "eve", MD5)
        yield "x"
        yield "x"

    # A generator, which is not read before it is asked.
    assert run("users", REALM, "bob", typed=typed()) == 0
    users = PasswordMap(path)
    users.load()
    assert [*users[REALM]] == ["ann", "eve", "bob"]


# --- names that callers replace ----------------------------------------------


def test_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both questions go through the name ``getpass`` of the module (12.3)."""
    prompts: list[str] = []

    def getpass(prompt: str) -> str:
        prompts.append(prompt)
        return "x"

    monkeypatch.setattr(digest, "getpass", getpass)
    assert get_re_type() == "x"
    assert prompts == ["New password: ", "Re-type new password: "]


@pytest.mark.usefixtures("path")
def test_prompt_of_verify(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """-v has a prompt of its own."""
    prompts: list[str] = []

    def getpass(prompt: str) -> str:
        prompts.append(prompt)
        return "secret"

    assert run("-v", "users", REALM, "ann", typed=("x",)) == 2
    monkeypatch.setattr(digest, "getpass", getpass)
    assert main() == 0
    assert prompts == ["Password: "]


def test_replaced_functions(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``get_re_type`` and ``hexdigest`` are looked up in the module (12.6)."""
    calls: list[Any] = []

    def fake(*arguments: Any) -> str:
        calls.append(arguments)
        return "hash"

    monkeypatch.setattr(digest, "get_re_type", lambda: "typed")
    monkeypatch.setattr(digest, "hexdigest", fake)
    assert run("-n", REALM, "ann") == 0
    assert capsys.readouterr().out == f"ann:{REALM}:hash\n"
    assert calls == [("ann", REALM, "typed", md5)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("secret\n", 0), ("secret\r\n", 0), ("secret", 0), ("x\nsecret\n", 2), ("", 2)],
)
@pytest.mark.usefixtures("path")
def test_standard_input(
    run: Run, monkeypatch: pytest.MonkeyPatch, text: str, expected: int
) -> None:
    """-i reads one line, with whatever end; none is a mistake."""
    monkeypatch.setattr(sys, "stdin", StringIO(text))
    assert run("-iv", "users", REALM, "ann") == expected


# --- notes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (("-s", "users", REALM, "bob"), ("x", "x")),
        (("-vs", "users", REALM, "ann"), "x"),
    ],
)
@pytest.mark.usefixtures("path")
def test_note_on_the_algorithm(
    run: Run,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    typed: tuple[str, ...],
) -> None:
    """Who mixes algorithms is told, for no application takes both (A16)."""
    run(*arguments, typed=typed)
    note = "Note: this hash is one of SHA-256, those in the file are of MD5.\n"
    assert capsys.readouterr().err == note


@pytest.mark.usefixtures("path")
def test_note_on_no_hash(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is neither MD5 nor SHA-256 is called unknown."""

    def fake(*_: Any) -> str:
        return "hash"

    monkeypatch.setattr(digest, "hexdigest", fake)
    assert run("users", REALM, "bob", typed=("x", "x")) == 0
    note = "Note: this hash is one of unknown, those in the file are of MD5.\n"
    assert capsys.readouterr().err == note


def test_note_on_the_mode(
    run: Run, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that everybody may read is as good as a list of passwords."""
    path.chmod(0o644)
    assert run("-D", "users", REALM, "eve") == 0
    note = "Note: everybody may read users; chmod o-r would end that.\n"
    assert capsys.readouterr().err == note
    assert path.stat().st_mode & 0o777 == 0o644


# --- mistakes ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "the following arguments are required: realm, username"),
        ((REALM,), "the following arguments are required: username"),
        ((REALM, "ann"), "no password file was given; -n needs none"),
        (("-v", REALM, "ann"), "no password file was given; -n needs none"),
        (("none", REALM, "ann"), "none: no such file; -c makes one"),
        (("-v", "none", REALM, "ann"), "none: No such file or directory"),
        (("-c", "-D", "none", REALM, "ann"), "none: No such file or directory"),
        (("-c", "no/ne", REALM, "ann"), "no/ne: No such file or directory"),
        ((".", REALM, "ann"), ".: Is a directory"),
        (("users", REALM, "a:b"), "':' is not allowed in the username 'a:b'"),
        (("-n", "a\nb", "ann"), r"'\n' is not allowed in the realm 'a\nb'"),
        (("-n", "\udcff", "ann"), r"'\udcff' is not allowed in the realm '\udcff'"),
        (("-n", REALM, ""), "the username is empty"),
        (("bad", REALM, "ann"), "bad, line 1: it is not username:realm:hash"),
        (("-n", "-v", REALM, "ann"), "argument -v: not allowed with argument -n"),
        (("a", "b", "c", "d"), "unrecognized arguments: d"),
    ],
)
@pytest.mark.usefixtures("path")
def test_mistake(
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    """A mistake is told in one line after the usage, with status 2."""
    (tmp_path / "bad").write_text("bad\n", "utf-8")
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("usage: python -m poorwsgi_auth.digest")) == ("", True)
    last = err.splitlines()[-1]
    assert last == f"python -m poorwsgi_auth.digest: error: {said}"


def test_file_that_cannot_be_written(
    run: Run,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The system's reason is told, with the name of the file."""

    def refuse(name: str, *_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr("poorwsgi_auth.passwords.password_map.lock_file", refuse)
    data = path.read_bytes()
    assert run("users", REALM, "ann", typed=("x", "x")) == 2
    assert capsys.readouterr().err.endswith("error: users: Permission denied\n")
    assert path.read_bytes() == data


def test_fault_of_the_program(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only what nobody expected has a traceback, and the same status."""
    monkeypatch.setattr(digest, "get_re_type", lambda: 1 / 0)
    assert run("-n", REALM, "ann") == 2
    err = capsys.readouterr().err
    assert err.startswith("Traceback")
    assert err.endswith("error: ZeroDivisionError: division by zero\n")


def test_interrupted(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl+C at a prompt is no fault; the status is that of shells."""

    def interrupt() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(digest, "get_re_type", interrupt)
    assert run("-n", REALM, "ann") == 130
    assert capsys.readouterr().err == "\n"


def test_warning_of_getpass_is_not_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Getpass itself says that the password may be seen; once is enough."""

    def getpass(_: str) -> str:
        warn("Can not control echo on the terminal.", GetPassWarning, stacklevel=1)
        return "secret"

    def get_re_type() -> str:
        return getpass("")

    monkeypatch.setattr(digest, "get_re_type", get_re_type)
    assert run("-n", REALM, "ann") == 0
    assert capsys.readouterr() == (f"ann:{REALM}:{MD5}\n", "")


# --- the module as a program -------------------------------------------------


def test_program_reads_the_password_once_with_i() -> None:
    """With -i a pipe gives the password, and nothing is asked."""
    answer = run_module("-i", "-n", REALM, "ann", text="secret\n")
    assert (answer.stdout, answer.stderr) == (f"ann:{REALM}:{MD5}\n", "")


def test_program_without_a_terminal() -> None:
    """Without -i getpass reads two lines of standard input, and warns."""
    answer = run_module("-n", REALM, "ann", text="secret\nsecret\n")
    assert (answer.returncode, answer.stdout) == (0, f"ann:{REALM}:{MD5}\n")


@pytest.mark.parametrize("option", ["-n", "-in"])
def test_program_without_a_password(option: str) -> None:
    """An empty input is a mistake, told with its remedy."""
    answer = run_module(option, REALM, "ann")
    assert answer.returncode == 2
    said = "error: no password was given; -i reads one from standard input\n"
    assert answer.stderr.endswith(said)


def test_program_help() -> None:
    """The help has all options, and examples that can be pasted."""
    answer = run_module("--help")
    assert answer.returncode == 0
    for option in ("-c", "-i", "-m", "-s", "-n", "-D", "-v", "--version"):
        assert f"\n  {option}  " in answer.stdout
    command_line = "python -m poorwsgi_auth.digest -c -s users.digest 'User Zone' ann"
    assert command_line in answer.stdout
    assert "printf '%s\\n'" in answer.stdout
    assert answer.stderr == ""


def test_program_version() -> None:
    """The version is that of the distribution (12.6)."""
    answer = run_module("--version")
    version = digest.__name__.partition(".")[0]
    assert answer.stdout.startswith(f"PoorWSGI python -m {version}.digest ")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_name_of_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The usage names the module that was run, the bundle's for instance."""
    spec = SimpleNamespace(name="poorwsgi.digest")
    modules: Any = sys.modules
    monkeypatch.setitem(modules, "__main__", SimpleNamespace(__spec__=spec))
    monkeypatch.setattr(sys, "argv", ["digest"])
    with pytest.raises(SystemExit):
        main()
    usage = "usage: python -m poorwsgi.digest [-h]"
    assert capsys.readouterr().err.startswith(usage)


def test_program_in_an_ascii_locale(tmp_path: Path) -> None:
    """Names are UTF-8, whatever the locale is."""
    path = tmp_path / "users"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and module
        [
            *(sys.executable, "-m", "poorwsgi_auth.digest", "-ic"),
            *(str(path), "Zóna", "žofie"),
        ],
        input="ř\n".encode(),
        capture_output=True,
        env={**os.environ, "LC_ALL": "C"},
        check=True,
    )
    assert answer.stdout.decode() == "Adding user žofie in realm Zóna.\n"
    line = f"žofie:Zóna:{hexdigest('žofie', 'Zóna', 'ř')}\n"
    assert path.read_text("utf-8") == line
