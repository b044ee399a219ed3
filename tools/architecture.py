"""Draw the architecture from the code, and see that no import runs up.

Usage::

    python tools/architecture.py            write docs/images/architecture.svg
    python tools/architecture.py --check    say what is wrong; exit status 1 if any

A room is a name at the top of a package: a module, or a wing of several.  It stands
above all rooms that it imports, so every arrow of the picture runs down.  Imports
in functions and under TYPE_CHECKING count.  What can't be drawn so is named with
file and line: rooms that import one another, and a package that imports one above
or beside it.  How the picture looks is known to ``floor_plan`` alone.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from floor_plan import Panel, Room, draw

__all__ = ["Import", "draw_picture", "find_faults", "main", "read_imports"]

_ROOT = Path(__file__).resolve().parent.parent
_PICTURE = "docs/images/architecture.svg"
_STOREYS = (
    ("poorwsgi_core",),
    ("poorwsgi_forms", "poorwsgi_auth", "poorwsgi_openapi"),
    ("poorwsgi",),
)
_STOREY = {name: floor for floor, names in enumerate(_STOREYS) for name in names}
# Sources of rules are for those who read the module.
_ASIDE = re.compile(r" \((?:RFC|PEP)[^)]*\)|``|, RFC \d+|\.$")

_Place = tuple[str, str]
"""A package and a room of it; the package's own ``__init__`` is the room ''."""

_Graph = Mapping[str, frozenset[str]]
"""What each room imports, inside of one package."""


class Import(NamedTuple):
    """An import from one room to another.

    Attributes:
        where: file and line.
        source: package and room that imports.
        target: package and room that is imported.
    """

    where: str
    source: _Place
    target: _Place


def read_imports(root: Path = _ROOT) -> list[Import]:
    """Read all imports that lead from a room to another, by file and line."""
    modules = _find_modules(root)
    found: list[Import] = []
    for module, path in modules.items():
        for node in ast.walk(_parse(path)):
            for name in _imported(node, module, path, modules):
                source, target = _place(module), _place(name)
                if target[0] in _STOREY and source != target:
                    line: int = getattr(node, "lineno", 0)
                    where = f"{path.relative_to(root).as_posix()}:{line}"
                    found.append(Import(where, source, target))
    return sorted(set(found), key=_by_line)


def find_faults(imports: Sequence[Import]) -> list[str]:
    """Name the imports that run up, aside or in a circle; none is well."""
    faults = [
        f"{each.where}: {each.source[0]} imports {each.target[0]}, "
        "which doesn't stand below it"
        for each in imports
        if each.source[0] != each.target[0]
        and _STOREY[each.source[0]] <= _STOREY[each.target[0]]
    ]
    for package in _STOREY:
        graph = _graph(imports, package)
        faults += [
            f"{each.where}: {_dotted(each.source)} imports {_dotted(each.target)}, "
            "which imports it, directly or through others"
            for each in imports
            if each.source[0] == each.target[0] == package
            and each.source[1] in _reach(graph, each.target[1])
        ]
    return faults


def draw_picture(imports: Sequence[Import], root: Path = _ROOT) -> str:
    """Return the picture as SVG, of imports without a fault."""
    modules = _find_modules(root)
    storeys = [
        [_panel(name, modules, imports) for name in names if name in modules]
        for names in reversed(_STOREYS)
    ]
    return draw([storey for storey in storeys if storey])


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        description="Draw the architecture, and see that no import runs up."
    )
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--root", type=Path, default=_ROOT, help="the checkout")
    options = parser.parse_args(arguments)
    picture: Path = options.root / _PICTURE
    imports = read_imports(options.root)
    if faults := find_faults(imports):
        print(*faults, sep="\n")
        return 1
    text = draw_picture(imports, options.root)
    if not options.check:
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(text, "utf-8", newline="\n")
    elif not picture.is_file() or picture.read_text("utf-8") != text:
        print(f"{_PICTURE} isn't what the code gives: run tools/architecture.py")
        return 1
    print("The picture is what the code gives, and no arrow of it runs up.")
    return 0


# --- reading ---------------------------------------------------------------------


def _find_modules(root: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for package in _STOREY:
        source = root / "packages" / package.replace("_", "-") / "src"
        for path in sorted((source / package).rglob("*.py")):
            parts = path.relative_to(source).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def _imported(
    node: ast.AST, module: str, path: Path, modules: Mapping[str, Path]
) -> Iterator[str]:
    """Yield the modules that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = module.split(".")
            last = len(package) - node.level + (path.name == "__init__.py")
            base = ".".join([*package[:last], *([base] if base else [])])
        for alias in node.names:
            name = f"{base}.{alias.name}"
            yield name if name in modules else base


def _place(module: str) -> _Place:
    package, _, rest = module.partition(".")
    return package, rest.partition(".")[0]


def _dotted(place: _Place) -> str:
    return ".".join(filter(None, place))


def _by_line(each: Import) -> tuple[str, int, _Place]:
    file, _, line = each.where.rpartition(":")
    return file, int(line), each.target


# --- reckoning -------------------------------------------------------------------


def _graph(imports: Iterable[Import], package: str) -> dict[str, frozenset[str]]:
    graph: dict[str, frozenset[str]] = {}
    for each in imports:
        if each.source[0] == each.target[0] == package:
            old = graph.get(each.source[1], frozenset())
            graph[each.source[1]] = old | {each.target[1]}
    return graph


def _reach(graph: _Graph, start: str) -> set[str]:
    """Return a room and all that it imports, directly or through others."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph.get(name, ())
    return seen


def _without_door(graph: _Graph) -> dict[str, frozenset[str]]:
    """Return a graph where who imports the package imports what it hands on."""
    behind = graph.get("", frozenset())
    return {
        name: (targets - {""}) | (behind - {name} if "" in targets else frozenset())
        for name, targets in graph.items()
        if name
    }


def _reduce(graph: _Graph) -> list[tuple[str, str]]:
    """Return the arrows that no way over other rooms makes needless."""
    return sorted(
        (name, target)
        for name, targets in graph.items()
        for target in targets
        if not any(target in _reach(graph, other) for other in targets - {target})
    )


def _stack(graph: _Graph, names: Iterable[str]) -> dict[str, int]:
    """Set each room on a floor above all that it imports, the ground being 0.

    As many floors as the longest way down has rooms.  Rooms that could stand on
    several are spread, so that each floor holds few; the highest one is taken.
    """
    users = {name: [each for each in graph if name in graph[each]] for name in names}
    floors: dict[str, int] = {}

    def lowest(name: str) -> int:
        below = (lowest(target) for target in graph.get(name, ()))
        return floors.get(name, max(below, default=-1) + 1)

    def highest(name: str) -> int:
        above = (highest(user) for user in users[name])
        return floors.get(name, min(above, default=top + 1) - 1)

    top = max(map(lowest, users), default=0)
    for name in sorted(users, key=lambda name: (highest(name) - lowest(name), name)):
        taken = list(floors.values())
        choice = range(lowest(name), highest(name) + 1)
        floors[name] = min(choice, key=lambda floor: (taken.count(floor), -floor))
    return floors


def _panel(
    package: str, modules: Mapping[str, Path], imports: Sequence[Import]
) -> Panel:
    """Return a package with its rooms, the highest floor first."""
    graph = _without_door(_graph(imports, package))
    places = {_place(module) for module in modules}
    names = sorted(name for owner, name in places if owner == package and name)
    floors: dict[int, list[Room]] = {}
    for name, floor in _stack(graph, names).items():
        dotted = f"{package}.{name}"
        inside = {
            each.split(".")[2] for each in modules if each.startswith(f"{dotted}.")
        }
        room = Room(name, _about(modules[dotted]), sorted(inside))
        floors.setdefault(floor, []).append(room)
    ordered = [sorted(floors[key]) for key in sorted(floors, reverse=True)]
    return Panel(package, _about(modules[package]), ordered, _reduce(graph))


def _about(path: Path) -> str:
    """Return what the first line of a docstring says."""
    text = ast.get_docstring(_parse(path)) or ""
    return _ASIDE.sub("", text.partition("\n")[0])


if __name__ == "__main__":
    sys.exit(main())
