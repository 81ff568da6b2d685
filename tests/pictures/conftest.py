import os
import shutil

import pytest


@pytest.fixture(scope="session")
def node():
    """Path of Node.js. Without it a test is skipped, and fails where CI is set."""
    path = shutil.which("node")
    if path is None:
        assert not os.environ.get("CI"), "node is not installed; with CI set it has to be (Debian: apt install nodejs)"
        pytest.skip("node is not installed (Debian: apt install nodejs npm)")
    return path
