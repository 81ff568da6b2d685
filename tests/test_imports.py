"""Imports point down only. The table is the house's plan: what a part may import of the others."""

import ast
import graphlib
from pathlib import Path

import pytest

import refalloc

PACKAGE = Path(refalloc.__file__).parent
TEXT = {"allocator", "arena", "resident", "heap", "specialize", "trim", "check", "checked"}
MACHINES = {"trace", "schedule", "native"}
HOUSES = {"course", "pictures", "bench", "grader"}
MAY_IMPORT = {
    "allocator": set(),
    "arena": {"resident"},
    "resident": set(),
    "heap": {"arena"},
    "specialize": set(),
    "trim": {"allocator"},
    "check": {"allocator"},
    "checked": {"allocator", "heap", "specialize", "trim"},
    "improved": set(),
    "refalloc": {"checked"},
    **dict.fromkeys(MACHINES, TEXT | MACHINES),
    "student": {"arena", "heap"},
    "edition": set(),
    "atomic": set(),
    **{house: TEXT | MACHINES | {"refalloc", "student", "edition", "atomic"} for house in HOUSES},
    "lab": TEXT | MACHINES | HOUSES | {"refalloc", "student"},
    "commands": TEXT | MACHINES | HOUSES | {"refalloc", "atomic"},
    "cli": {"commands"},
    "__main__": {"cli"},
}
# Libraries that only these parts may import; None for any part.
ONLY = {
    "numba": {"native"},
    "llvmlite": {"native"},
    "greenlet": {"schedule", "grader"},
    "ipywidgets": {"pictures"},
    "anywidget": {"pictures"},
    "matplotlib": {"pictures"},
    "prompt_toolkit": {"commands"},
    "pytest": {"course", "grader"},
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if PACKAGE / "data" not in path.parents)  # stubs are data


def part_of(module):
    """The part of the package that a dotted name below refalloc belongs to."""
    names = module.split(".")
    return names[1] if len(names) > 1 else "refalloc"


def imports_of(path):
    """(dotted module, line) of each import anywhere in a file, in functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; write the whole name"
            if node.module == "refalloc":
                for alias in node.names:
                    is_module = (PACKAGE / f"{alias.name}.py").exists() or (PACKAGE / alias.name).is_dir()
                    yield (f"refalloc.{alias.name}" if is_module else "refalloc"), node.lineno
            else:
                yield node.module, node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    names = path.relative_to(PACKAGE).with_suffix("").parts
    part = "refalloc" if names == ("__init__",) else names[0]
    assert part in MAY_IMPORT, f"{path} is no part of the plan; add it to MAY_IMPORT"
    for module, line in imports_of(path):
        library = module.split(".")[0]
        if library == "refalloc":
            other = part_of(module)
            assert other == part or other in MAY_IMPORT[part], f"{path}:{line}: {part} must not import {other}"
        else:
            assert part in ONLY.get(library, {part}), f"{path}:{line}: only {ONLY[library]} may import {library}"


def test_the_plan_has_no_circle():
    order: list[str] = []
    while len(order) < len(MAY_IMPORT):
        ready = [part for part in MAY_IMPORT if part not in order and MAY_IMPORT[part] - MACHINES <= {*order}]
        assert ready, "these parts import each other in a circle"
        order += ready


def test_no_modules_import_each_other_in_a_circle():
    """Not even inside functions. What a package's __init__ gathers is its own modules': that is not followed."""
    imports = {}
    for path in MODULES:
        names = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if names[-1] != "__init__":
            imports[".".join(names)] = {module for module, _ in imports_of(path)}
    graphlib.TopologicalSorter(imports).prepare()
