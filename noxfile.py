"""Sessions of the project: build, tests, checks, documentation, benchmarks.

Everything is tested as it is published: `build` makes the sdists and builds the
wheels from these, and the other sessions install the wheels into fresh environments.
Run them with ``python3 tools/dev.py nox``, which sets nox up first.

They start in the order of this file. Those that take longest come first, so that with
``-j 3`` none is left to run alone; those that are not part of the default come last.
"""

import os
import secrets
import shutil
import tarfile
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2026.4"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False

_ROOT = Path(__file__).parent
_DIST = _ROOT / "dist"
_PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
_IMPORTS = {
    "poorwsgi-core": "poorwsgi_core",
    "poorwsgi-forms": "poorwsgi_forms",
    "poorwsgi-auth": "poorwsgi_auth",
    "poorwsgi-openapi": "poorwsgi_openapi",
    "poorwsgi": "poorwsgi",
}
_PIP = ("-m", "pip", "install", "-q", "--disable-pip-version-check")
_SOURCES = os.pathsep.join(f"packages/{name}/src" for name in _IMPORTS)
_PROJECT = nox.project.load_toml(_ROOT / "pyproject.toml")


def _show_pythons() -> None:
    """Put the Pythons of pyenv before its shims, which refuse all but one."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [str(path) for path in sorted(pyenv.glob("versions/3.1[1-9]*/bin"))]
    path = os.environ.get("PATH", os.defpath)
    if found and not path.startswith(found[0]):
        os.environ["PATH"] = os.pathsep.join([*found, path])


_show_pythons()


@nox.session
def build(session: nox.Session) -> None:
    """Make the sdists, and the wheels from the sdists."""
    session.install(*_group("dist"))
    work = Path(session.create_tmp()) / "sdists"
    for folder in (_DIST, work):
        shutil.rmtree(folder, ignore_errors=True)
    for name in _IMPORTS:
        with session.chdir(f"packages/{name}"):
            session.run("hatchling", "build", "-t", "sdist", "-d", str(_DIST))
    for sdist in sorted(_DIST.glob("*.tar.gz")):
        with tarfile.open(sdist) as archive:
            archive.extractall(work, filter="data")
        with session.chdir(work / sdist.name.removesuffix(".tar.gz")):
            session.run("hatchling", "build", "-t", "wheel", "-d", str(_DIST))


@nox.session(requires=["build"], allow_parallel=True)
def e2e(session: nox.Session) -> None:
    """Test in a real browser; what was seen is kept in build/pictures."""
    pictures = _ROOT / "build" / "pictures"
    shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir(parents=True)
    session.env["POORWSGI_SCREENSHOTS"] = str(pictures)
    _run_folder(session, "tests/e2e", "test", "browser")


@nox.session(requires=["build"], allow_parallel=True)
def tests_root(session: nox.Session) -> None:
    """Test the facts of the whole: pins, imports, README, tools."""
    _install(session, ["poorwsgi"], "test", "scan")
    apart = ("--ignore=tests/servers", "--ignore=tests/e2e")
    session.run("pytest", "-q", "tests", *apart, *session.posargs)


@nox.session(requires=["build"], allow_parallel=True)
def typecheck(session: nox.Session) -> None:
    """Check the types with mypy and pyright, both strict."""
    groups = ("test", "types", "nox", "browser", "screenshots", "scan")
    _install(session, ["poorwsgi"], *groups)
    for name in _IMPORTS:
        session.run("mypy", f"packages/{name}/src", f"packages/{name}/tests")
    tests = map(str, sorted((_ROOT / "tests").glob("*.py")))
    session.run("mypy", "tools", *tests, "noxfile.py")
    # Each of these has a conftest.py, or modules that import one another by name.
    apart = ("servers", "scale_out", "scan", "e2e", "examples", "fuzz")
    for folder in (*(f"tests/{name}" for name in apart), "examples"):
        session.run("mypy", folder)
    session.run("pyright", "--project", "pyproject.toml")


@nox.session(requires=["build"], allow_parallel=True)
def servers(session: nox.Session) -> None:
    """Test on real WSGI servers, and behind nginx, HAProxy and Caddy."""
    chosen = ("-k", "not apache")
    _run_folder(session, "tests/servers", "test", "servers", options=chosen)


@nox.session(requires=["build"], allow_parallel=True)
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    _install(session, ["poorwsgi"], "docs")
    session.run(
        *("sphinx-build", "-W", "--keep-going", "-b", "html"),
        *("-d", "build/doctrees", "docs", "build/docs", *session.posargs),
    )
    session.run("python", "tools/check_docs.py", "build/docs")


@nox.session(python=_PYTHONS, requires=["build"], allow_parallel=True)
@nox.parametrize("package", list(_IMPORTS), ids=list(_IMPORTS))
def tests(session: nox.Session, package: str) -> None:
    """Test one package, installed with nothing but what it depends on."""
    _install(session, [package], "test")
    session.env["COVERAGE_FILE"] = str(Path(session.create_tmp()) / "coverage")
    source = f"--source={_IMPORTS[package]}"
    folder = f"packages/{package}/tests"
    session.run(
        "coverage", "run", source, "-m", "pytest", "-q", folder, *session.posargs
    )
    if not session.posargs:
        session.run("coverage", "report")


@nox.session(requires=["build"], allow_parallel=True)
def optimised(session: nox.Session) -> None:
    """Test core and forms under ``python -O``, which drops assert statements.

    The asserts of the tests stay, because pytest rewrites them into plain code.
    That is shown first: a failing one must fail.
    """
    _install(session, ["poorwsgi-forms"], "test")
    canary = Path(session.create_tmp()) / "test_canary.py"
    canary.write_text("def test_canary():\n    assert False\n", "utf-8")
    allowed = "ignore:assertions not in test modules:pytest.PytestConfigWarning"
    pytest = ("python", "-O", "-m", "pytest", "-q", "-W", allowed)
    session.run(*pytest, "--tb=no", str(canary), success_codes=[1])
    for package in ("poorwsgi-core", "poorwsgi-forms"):
        session.run(*pytest, f"packages/{package}/tests", *session.posargs)


@nox.session(requires=["build"], allow_parallel=True)
def instructions(session: nox.Session) -> None:
    """Count the instructions of requests; ``-- --keep`` keeps the counts of now."""
    _install(session, ["poorwsgi"])
    script = ("python", "bench/instructions.py")
    if not session.posargs:
        reason = session.run(*script, "--why-not", silent=True)
        if isinstance(reason, str) and reason.strip():
            session.skip(reason.strip())
    session.run(*script, *session.posargs)


@nox.session(requires=["build"], allow_parallel=True)
def dist(session: nox.Session) -> None:
    """Check what would be published, and that it works outside the tree."""
    session.install(*_group("dist"))
    session.run("python", "tools/check_dist.py", str(_DIST))
    session.run("twine", "check", "--strict", *_files("*"))
    with tempfile.TemporaryDirectory() as folder, session.chdir(folder):
        # Plain pip here: it has to find the mutual pins in one command, as users do.
        python = str(_make_venv(session, Path(folder, "env")) / "python")
        session.run(python, *_PIP, *_files("*.whl"), external=True)
        smoke = str(_ROOT / "tools" / "smoke.py")
        session.run(python, "-I", smoke, external=True)


@nox.session(requires=["build"], allow_parallel=True)
def servers_apache(session: nox.Session) -> None:
    """Test on Apache with mod_wsgi, which brings a Python of its own, and behind it."""
    _run_folder(session, "tests/servers", "test", options=("-k", "apache"))


@nox.session(allow_parallel=True)
def lint(session: nox.Session) -> None:
    """Check style, formatting, import rules, the picture of these, and versions."""
    session.install(*_group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-logo", env={"PYTHONPATH": _SOURCES})
    session.run("python", "tools/release.py", "--check")
    session.run("python", "tools/architecture.py", "--check")


@nox.session(requires=["build"], default=False)
def shuffled(session: nox.Session) -> None:
    """Test core and forms in random order, in the development mode of Python.

    The seed is in the command that is printed; as an argument it repeats an order.
    """
    _install(session, ["poorwsgi-forms"], "test", "shuffled")
    seed = f"--randomly-seed={secrets.randbelow(2**32)}"
    pytest = ("python", "-X", "dev", "-W", "error", "-m", "pytest", "-q", seed)
    for package in ("poorwsgi-core", "poorwsgi-forms"):
        session.run(*pytest, f"packages/{package}/tests", *session.posargs)


@nox.session(python="3.13", requires=["build"], default=False)
def threads(session: nox.Session) -> None:
    """Run each test of forms, and of core but its server, in 16 threads at once.

    Those that change what a process has once run in one; see tools/in_threads.py.
    Hypothesis asks ast, which threads can share from Python 3.13 on.
    """
    _install(session, ["poorwsgi-forms"], "test", "threads")
    fixtures = "thread_unsafe_fixtures=caplog\nrunaway_guard"
    functions = "thread_unsafe_functions=recording.count_descriptors\ntracemalloc.start"
    options = ["-p", "in_threads", "--parallel-threads=16"]
    options += ["-o", fixtures, "-o", functions]
    wings = ("http", "response", "request", "results", "application")
    folders = [f"packages/poorwsgi-core/tests/{wing}" for wing in wings]
    folders += ["packages/poorwsgi-forms/tests"]
    session.run("pytest", "-q", *options, *folders, *session.posargs)


@nox.session(requires=["build"], default=False)
def fuzz(session: nox.Session) -> None:
    """Fuzz the parsers; arguments are seconds for each, and names of targets."""
    _install(session, ["poorwsgi"], "test")
    # It has wheels for some Pythons alone; Hypothesis does without.
    session.install("--only-binary", ":all:", "atheris", success_codes=[0, 1, 2])
    session.run("python", "tools/fuzz.py", *session.posargs)


@nox.session(requires=["build"], default=False)
def load(session: nox.Session) -> None:
    """Load servers for minutes, with bad clients and faults of Redis; see --help."""
    _install(session, ["poorwsgi"], "test", "servers")
    session.env["PYTHONPATH"] = "tools"
    session.run("python", "tests/servers/load.py", *session.posargs)


@nox.session(requires=["build"], default=False)
def scale_out(session: nox.Session) -> None:
    """Test two hosts behind nginx, and a Redis that fails over; on Linux alone."""
    _install(session, ["poorwsgi"], "test", "servers")
    unshare = ("unshare", "--net", "--map-root-user", "python", "-m", "pytest")
    folder = ("-q", "-rs", "-s", "tests/scale_out")
    session.run(*unshare, *folder, *session.posargs, external=True)
    # Needs no hosts: all nodes of a cluster are on this one.
    session.env["POORWSGI_FAILOVER"] = "yes"
    session.run("pytest", "-q", "-rs", "-s", "tests/servers/test_redis_cluster.py")


@nox.session(requires=["build"], default=False)
def scan(session: nox.Session) -> None:
    """Let httplint and Wapiti look at all examples; ``-- -k tracker`` at one."""
    _install(session, ["poorwsgi"], "test", "scan", "servers")
    # Of its own, because it has its own versions of what the tests need.
    folder = Path(session.create_tmp()).resolve() / "wapiti"
    scripts = _make_venv(session, folder)
    session.run(str(scripts / "python"), *_PIP, "wapiti3>=3.2", external=True)
    session.env.update(POORWSGI_SCAN="all", POORWSGI_WAPITI=str(scripts / "wapiti"))
    session.run("pytest", "-q", "-rs", "tests/scan", *session.posargs)


@nox.session(requires=["build"], default=False)
def axe(session: nox.Session) -> None:
    """Let axe-core look at all pages, also at those of the examples; it needs npm."""
    session.env.update(POORWSGI_AXE="all", POORWSGI_REQUIRE="browser,npm")
    _run_folder(session, "tests/e2e", "test", "browser", options=("-k", "axe"))


@nox.session(requires=["build"], default=False)
def playground(session: nox.Session) -> None:
    """Build the documentation whose tutorial runs in browsers, and try that; by npm."""
    _install(session, ["poorwsgi"], "docs", "test", "browser")
    session.env["POORWSGI_PYODIDE"] = _install_pyodide(session)
    session.env["POORWSGI_PLAYGROUND"] = str(_ROOT / "build" / "playground")
    session.run(
        *("sphinx-build", "-W", "-q", "-b", "html", "-d", "build/playground-trees"),
        *("docs", "build/playground"),
    )
    session.run("python", "tools/check_docs.py", "build/playground")
    session.run("pytest", "-q", "-rs", "tests/e2e/test_playground.py")


@nox.session(requires=["build"], default=False)
def pyodide(session: nox.Session) -> None:
    """Test core and forms on the CPython 3.14 of Pyodide, run by node; by npm.

    Nothing that is compiled can be installed there: see ``tools/on_pyodide.py``.
    """
    session.install("pip")
    site = _ROOT / "build" / "pyodide-site"
    shutil.rmtree(site, ignore_errors=True)
    session.run(
        *("python", "-m", "pip", "install", "-q", "--target", str(site)),
        *("--platform", "any", "--implementation", "py", "--abi", "none"),
        *("--python-version", "3.14", "--only-binary", ":all:"),
        *(*_files("poorwsgi_core-*.whl"), *_files("poorwsgi_forms-*.whl")),
        *("hypothesis", "opentelemetry-sdk", "pytest>=9", "requests"),
    )
    node = ("node", "tools/pyodide.mjs", _install_pyodide(session), str(site))
    for package in ("poorwsgi-core", "poorwsgi-forms"):
        folder = f"packages/{package}/tests"
        options = ("-q", "-rs", folder, *session.posargs)
        session.run(*node, str(_ROOT), *options, external=True)


@nox.session(requires=["build"], default=False)
def screenshots(session: nox.Session) -> None:
    """Make the pictures of the documentation anew; arguments name some of them."""
    _install(session, ["poorwsgi"], "test", "browser", "screenshots")
    session.run("python", "tools/screenshots.py", *session.posargs)


@nox.session(requires=["build"], default=False)
def bench(session: nox.Session) -> None:
    """Run the benchmarks; arguments go to bench/run.py."""
    _install(session, ["poorwsgi"])
    session.run("python", "bench/run.py", *session.posargs)


@nox.session(requires=["build"], default=False)
def bench_servers(session: nox.Session) -> None:
    """Run the benchmark through real servers; arguments name some of them."""
    _install(session, ["poorwsgi"], "servers")
    session.run("python", "bench/servers.py", *session.posargs)


@nox.session(requires=["build"], default=False)
def bench_openapi(session: nox.Session) -> None:
    """Run the benchmark of OpenAPI; arguments go to bench/openapi.py."""
    _install(session, ["poorwsgi"])
    session.run("python", "bench/openapi.py", *session.posargs)


@nox.session(requires=["build"], default=False)
def growth(session: nox.Session) -> None:
    """Measure what a request costs when something grows; arguments name rows."""
    _install(session, ["poorwsgi"], "test", "servers")
    paths = ("tools", "tests/servers", "tests/scale_out")
    session.env["PYTHONPATH"] = os.pathsep.join(paths)
    session.run("python", "bench/growth.py", *session.posargs)
    if not session.posargs:
        session.run("python", "bench/workers.py")
        unshare = ("unshare", "--net", "--map-root-user", "python")
        session.run(*unshare, "bench/two_hosts.py", external=True)


@nox.session(requires=["build"], default=False)
def beside(session: nox.Session) -> None:
    """Compare the answers of an application for 2.x with those of 2.8.1."""
    _install(session, ["poorwsgi"])
    with tempfile.TemporaryDirectory() as folder:
        python = str(_make_venv(session, Path(folder)) / "python")
        session.run(python, *_PIP, "poorwsgi==2.8.1", external=True)
        session.run("python", "bench/beside/compare.py", python)


def _group(*names: str) -> list[str]:
    """Return the requirements of some [dependency-groups]."""
    return list(nox.project.dependency_groups(_PROJECT, *names))


def _files(pattern: str) -> list[str]:
    return [str(path) for path in sorted(_DIST.glob(pattern))]


def _install(session: nox.Session, packages: list[str], *groups: str) -> None:
    """Install wheels of ours, in one command because their pins are mutual.

    They are given as files, so that no index can answer for them.
    """
    names = {"poorwsgi-core", *packages}
    if "poorwsgi" in names:
        names.update(_IMPORTS)
    wheels = [
        wheel for name in sorted(names) for wheel in _files(f"{_IMPORTS[name]}-*.whl")
    ]
    session.install(*wheels, *_group(*groups))


def _make_venv(session: nox.Session, folder: Path) -> Path:
    """Make an environment beside that of a session; returns where its programs are."""
    session.run("python", "-m", "venv", str(folder))
    return folder / ("Scripts" if os.name == "nt" else "bin")


def _install_pyodide(session: nox.Session) -> str:
    """Return the folder of CPython as WebAssembly, 3.14 in this case."""
    npm = ("npm", "install", "--prefix", "build/npm", "--no-save", "--ignore-scripts")
    session.run(*npm, "pyodide@314.0.7", external=True)
    return str(_ROOT / "build/npm/node_modules/pyodide")


def _run_folder(
    session: nox.Session, folder: str, *groups: str, options: tuple[str, ...] = ()
) -> None:
    if not (_ROOT / folder).is_dir():
        session.skip(f"there is no {folder}")
    _install(session, ["poorwsgi"], *groups)
    session.run("pytest", "-q", "-rs", folder, *options, *session.posargs)
