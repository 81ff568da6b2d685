"""The modules of the widgets: whole, and checked by the tools of their language."""

import os
import subprocess
from pathlib import Path

import pytest

from refalloc.pictures.static_files import joined_module, static_text
from refalloc.trace import Kind

ROOT = Path(__file__).parents[2]
WIDGETS = [
    "check_panel.js",
    "lane_table.js",
    "memory_map.js",
    "prediction.js",
    "progress.js",
    "schedule_player.js",
    "size_classes.js",
    "slab_ruler.js",
]


@pytest.mark.parametrize("name", WIDGETS)
def test_a_joined_module_is_one_that_parses(node, tmp_path, name):
    path = tmp_path / "joined.mjs"
    path.write_text(joined_module(name))
    done = subprocess.run([node, "--check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert path.read_text().count("export ") == path.read_text().count("export default") == 1


def test_kinds_have_the_same_numbers_in_javascript():
    kinds = static_text("events.js").partition("KINDS = [")[2].partition("]")[0].replace('"', "").split(",")
    assert [kind.strip() for kind in kinds if kind.strip()] == [kind.name for kind in Kind]


@pytest.mark.parametrize("script", ["lint", "types", "test"])
def test_javascript_passes(node, script):
    if not (ROOT / "node_modules").exists():
        assert not os.environ.get("CI"), "node_modules is missing: run npm ci"
        pytest.skip("the tools for JavaScript are not installed (npm ci)")
    done = subprocess.run(["npm", "run", "--silent", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
