"""README, environment.yml and the rest say what is so."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from refalloc.cli import COMMANDS

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",  # conda-forge's matplotlib brings a desktop toolkit
    "playwright": "playwright-python",  # there, playwright is the one for Node.js
}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name_of(requirement):
    return re.match(r"[A-Za-z0-9_-]+", requirement)[0]


def test_conda_users_get_the_same():
    wanted = [f"python{project()['requires-python']}", *project()["dependencies"]]
    for extra in ("native", "test"):
        wanted += project()["optional-dependencies"][extra]
    renamed = [wish.replace(name_of(wish), CONDA_NAMES.get(name_of(wish), name_of(wish)), 1) for wish in wanted]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge"]
    *packages, pip = environment["dependencies"]
    assert sorted(packages) == sorted([*renamed, "pip"])
    assert pip == {"pip": ["--editable ."]}


def test_every_dependency_is_pinned_and_no_host_is_named():
    pins = (ROOT / "constraints.txt").read_text()
    lines = [line for line in pins.splitlines() if line]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)
    pinned = {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in lines}
    extras = project()["optional-dependencies"]
    wanted = [*project()["dependencies"], *extras["native"], *extras["test"]]
    assert [wish for wish in wanted if name_of(wish).lower() not in pinned] == []


def test_the_readme_lists_every_command_and_no_other():
    listed = re.findall(r"^\| `refalloc ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {*listed} == {*COMMANDS}


def test_the_readmes_example_runs(monkeypatch):
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"## The library\n\n((?:    .*\n|\n)+)", readme)[1]
    code = "\n".join(line[4:] for line in block.splitlines())
    assert "refalloc.alloc(100)" in code
    exec(code, {})


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_links_and_paths_lead_somewhere(document):
    text = (ROOT / document).read_text()
    paths = re.findall(r"\]\(([^):]+)\)", text) + re.findall(r"`([a-z_]+/[a-z0-9_/.]*)`", text)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
