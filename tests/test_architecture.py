"""Arrows between the rooms point down: newsroom > ads > articles. And nothing is called utils."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {"articles": {"ads", "newsroom"}, "ads": {"newsroom"}}
VAGUE = {"utils.py", "helpers.py", "services.py", "managers.py", "common.py", "misc.py"}
CODE = sorted(
    p for floor in ("articles", "ads", "newsroom") for p in (ROOT / floor).rglob("*.py") if "migrations" not in p.parts
)


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports, wherever in it the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_imports_nothing_from_above(floor):
    wrong = {
        str(path.relative_to(ROOT)): sorted(imported(path) & FLOORS[floor])
        for path in CODE
        if path.relative_to(ROOT).parts[0] == floor and imported(path) & FLOORS[floor]
    }
    assert wrong == {}


def test_the_reader_of_imports_finds_an_upward_arrow(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text("def f():\n    from newsroom.settings import DEBUG\n")
    assert imported(planted) & FLOORS["articles"] == {"newsroom"}


def test_no_file_has_a_name_that_says_nothing():
    assert [str(path) for path in CODE if path.name in VAGUE] == []


def test_no_room_is_crowded():
    crowded = {str(p.relative_to(ROOT)): n for p in CODE if (n := len(p.read_text().splitlines())) > 420}
    assert crowded == {}
