"""Command line: ``python -m poorwsgi_openapi check module:app``."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from poorwsgi_core import Application
from poorwsgi_core.command import end_quietly
from poorwsgi_core.results import escape_controls
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.sources import dump_yaml
from poorwsgi_openapi.extension import OpenAPI
from poorwsgi_openapi.neighbours import find_owners
from poorwsgi_openapi.tools.difference import compare_documents
from poorwsgi_openapi.tools.export import build_document
from poorwsgi_openapi.tools.lint import Line, lint_document
from poorwsgi_openapi.tools.loading import UsageError, load_application, load_document
from poorwsgi_openapi.tools.route_check import (
    Difference,
    check_routes,
    format_differences,
)
from poorwsgi_openapi.tools.skeleton import build_skeleton
from poorwsgi_openapi.tools.typed_skeleton import build_typed_skeleton

__all__ = ["main"]

_SUFFIXES = (".json", ".yaml", ".yml")
_PROG = "python -m poorwsgi_openapi"
_TARGET = (
    "module:application, such as example:app; a file, or a function that builds one"
)
_STATUS = "exit status:\n  0  {}\n  1  {}\n  2  wrong use, or a file can't be read"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = _build_parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except UsageError as error:
        sys.stderr.write(f"poorwsgi_openapi: {error}\n")
        return 2
    return status


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROG,
        description="Keep an OpenAPI document and an application together.",
        epilog=f"'{_PROG} COMMAND --help' tells more of each.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_check(commands)
    _add_skeleton(commands)
    _add_export(commands)
    _add_diff(commands)
    return parser


def _add(
    commands: Any,
    name: str,
    text: str,
    more: str,
    statuses: tuple[str, str],
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.\n\n{more}",
        epilog=_STATUS.format(*statuses),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return command


# --- check ---------------------------------------------------------------------


def _add_check(commands: Any) -> None:
    command = _add(
        commands,
        "check",
        "compare the routes of an application with its document",
        "Names operations without a route, routes without an operation, and where\n"
        "methods, names or types in a path differ. For a document alone it lists all\n"
        "that is wrong with it, all that it asks for and that isn't done, and samples\n"
        "that its own schemas refuse.",
        ("they agree", "they differ"),
    )
    command.add_argument("target", help=f"{_TARGET}; or a JSON or YAML document")
    text = "the document; that of the installed OpenAPI by default"
    command.add_argument("--document", metavar="FILE", help=text)
    text = "routes that aren't documented, and other warnings, are errors too"
    command.add_argument("--strict", action="store_true", help=text)
    text = "look at the document as well, as for one alone"
    command.add_argument("--lint", action="store_true", help=text)
    _add_no_check(command)
    command.set_defaults(run=_check)


def _add_no_check(command: argparse.ArgumentParser) -> None:
    text = "take documents that break the specification"
    command.add_argument("--no-check", action="store_true", help=text)
    text = "folder of all files that a document refers to; its own by default"
    command.add_argument("--refs-below", metavar="FOLDER", help=text)


def _load(path: str, options: argparse.Namespace, *, check: bool = True) -> Document:
    check = check and not options.no_check
    return load_document(path, check=check, refs_below=options.refs_below)


def _check(options: argparse.Namespace) -> int:
    if options.target.lower().endswith(_SUFFIXES):
        document = _load(options.target, options, check=False)
        return _report(document, [], lint_document(document), options)
    app = load_application(options.target)
    if options.document:
        document = _load(options.document, options)
        return _report_routes(document, check_routes(document, app), options)
    found = _find_apis(app)
    if not found:
        raise UsageError(
            f"{options.target} has no OpenAPI installed: name its --document"
        )
    return max(
        _report_routes(api.document, api.find_differences(app), options)
        for api in found
    )


def _report_routes(
    document: Document, differences: list[Difference], options: argparse.Namespace
) -> int:
    lines = lint_document(document) if options.lint else []
    return _report(document, differences, lines, options)


def _report(
    document: Document,
    differences: list[Difference],
    lines: list[Line],
    options: argparse.Namespace,
) -> int:
    for line in lines:
        text = f"{line.level:7}  {line.where}: {line.message}"
        sys.stdout.write(f"{escape_controls(text)}\n")
    if differences:
        sys.stdout.write(f"{format_differences(differences)}\n")
    levels = [each.level for each in differences] + [each.level for each in lines]
    errors = sum(options.strict or level == "error" for level in levels)
    sys.stdout.write(
        f"{_count(len(document.operations), 'operation')}, {_count(errors, 'error')}, "
        f"{_count(len(levels) - errors, 'warning')}\n"
    )
    return 1 if errors else 0


def _find_apis(app: Application[Any]) -> list[OpenAPI]:
    """List the extensions that are installed in an application."""
    return [each for each in find_owners(app) if isinstance(each, OpenAPI)]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


# --- skeleton --------------------------------------------------------------------


def _add_skeleton(commands: Any) -> None:
    command = _add(
        commands,
        "skeleton",
        "write an application for a document",
        "The Python goes to standard output. It runs: operations answer 501, and\n"
        "security schemes refuse everybody, until you write them.",
        ("it is written", "not used"),
    )
    command.add_argument("document", help="OpenAPI document, JSON or YAML")
    _add_no_check(command)
    text = "answer from the examples of the document instead of 501"
    command.add_argument("--examples", action="store_true", help=text)
    text = "write the types too, so that the application makes the document"
    command.add_argument("--types", action="store_true", help=text)
    command.set_defaults(run=_skeleton)


def _skeleton(options: argparse.Namespace) -> int:
    document = _load(options.document, options)
    if options.types:
        text = build_typed_skeleton(document)
    else:
        text = build_skeleton(document, options.document, examples=options.examples)
    sys.stdout.write(text)
    return 0


# --- export ----------------------------------------------------------------------


def _add_export(commands: Any) -> None:
    command = _add(
        commands,
        "export",
        "write a document for an application",
        "It goes to standard output. With an OpenAPI installed it is its document,\n"
        "whole, although it may be in several files. Else it is made of the routes:\n"
        "paths, methods and types as they have them, texts from the docstrings.\n"
        "Bodies and answers are yours to write. Routes that are regular expressions\n"
        "are named on standard error.",
        ("it is written", "not used"),
    )
    command.add_argument("target", help=_TARGET)
    text = "write JSON instead of YAML"
    command.add_argument("--json", action="store_true", help=text)
    text = "which of several documents: the one with this prefix"
    command.add_argument("--prefix", help=text)
    command.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    app = load_application(options.target)
    found = {api.document.prefix: api for api in _find_apis(app)}
    skipped: list[str] = []
    if options.prefix is not None or len(found) > 1:
        if options.prefix not in found:
            known = ", ".join(map(repr, found)) or "none"
            raise UsageError(
                f"{options.target} has documents with the prefixes {known}: name one "
                "as --prefix"
            )
        found = {options.prefix: found[options.prefix]}
    if found:
        document = {**next(iter(found.values())).document.raw}
    else:
        document, skipped = build_document(app)
    for rule in skipped:
        text = escape_controls(f"{rule} has no path template")
        sys.stderr.write(f"poorwsgi_openapi: {text}\n")
    if options.json:
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    else:
        text = dump_yaml(document).decode()
    sys.stdout.write(text)
    return 0


# --- diff --------------------------------------------------------------------------


def _add_diff(commands: Any) -> None:
    command = _add(
        commands,
        "diff",
        "compare two versions of a document",
        "A change is breaking if a client of the old version may fail: what it sends\n"
        "may be refused, or what it gets may be something else.",
        ("no change breaks clients", "some change does"),
    )
    command.add_argument("old", help="the document as it was")
    command.add_argument("new", help="the document as it is")
    _add_no_check(command)
    command.set_defaults(run=_diff)


def _diff(options: argparse.Namespace) -> int:
    old, new = (_load(name, options) for name in (options.old, options.new))
    changes = compare_documents(old.raw, new.raw)
    for change in changes:
        kind = "breaking  " if change.is_breaking else "compatible"
        text = escape_controls(f"{kind}  {change.where}: {change.message}")
        sys.stdout.write(f"{text}\n")
    breaking = sum(change.is_breaking for change in changes)
    compatible = len(changes) - breaking
    sys.stdout.write(
        f"{_count(breaking, 'breaking change')}, "
        f"{_count(compatible, 'compatible change')}\n"
    )
    return 1 if breaking else 0


if __name__ == "__main__":
    sys.exit(end_quietly(main))
