"""Imports point down only (docs/architecture.md, “Floors”); those inside functions count."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = {"jada.core": 1, "charters": 2, "dispatch": 3, "waivers": 4, "campaigns": 4, "jada": 5}
NOT_SHIPPED = {"tests", "bench", "scripts"}


def room(module: str) -> str | None:
    """The room of a dotted name; None for what is not ours."""
    if module == "jada.core" or module.startswith("jada.core."):
        return "jada.core"
    first = module.partition(".")[0]
    return first if first in FLOORS or first in NOT_SHIPPED else None


def ours() -> Iterator[tuple[str, Path]]:
    """Each file that is shipped, by its module's name."""
    for folder in ("jada", "charters", "dispatch", "waivers", "campaigns"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path
    yield "jada.manage", ROOT / "manage.py"


def imports(module: str, path: Path) -> Iterator[str]:
    """Every module a file imports, wherever it does so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def used() -> Iterator[tuple[str, str, str]]:
    """(file, its room, room it imports from), another room of ours each time."""
    for module, path in ours():
        mine = room(module) or ""
        for name in imports(module, path):
            other = room(name)
            if other and other != mine:
                yield f"{path.relative_to(ROOT)} imports {name}", mine, other


def test_imports_point_down_only() -> None:
    shipped = [each for each in used() if each[2] not in NOT_SHIPPED]
    assert [what for what, mine, other in shipped if FLOORS[other] >= FLOORS[mine]] == []


def test_the_core_knows_nothing_of_ours() -> None:
    assert [what for what, mine, _ in used() if mine == "jada.core"] == []


def test_nothing_that_is_shipped_imports_a_test_or_a_benchmark() -> None:
    assert [what for what, _, other in used() if other in NOT_SHIPPED] == []


def test_the_walk_sees_imports() -> None:
    assert len({mine for _, mine, _ in used()}) >= 4
