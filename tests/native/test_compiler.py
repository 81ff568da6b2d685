import os
import time

import pytest

from refalloc.native import compiler


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """The folder of kept code, in a cache of its own."""
    monkeypatch.setattr(compiler.platformdirs, "user_cache_path", lambda name: tmp_path / name)
    compiler._make.cache_clear()
    yield tmp_path / "refalloc" / "native"
    compiler._make.cache_clear()


def _made_before(folder, seconds):
    folder.mkdir(parents=True)
    (folder / "code").write_bytes(b"code")
    before = time.time() - seconds
    os.utime(folder, (before, before))
    return folder


def test_code_that_nobody_asked_for_in_a_day_goes_when_there_is_much(cache):
    old = [_made_before(cache / f"old{number}", 2 * compiler.KEPT_SECONDS + number) for number in range(70)]
    folder = compiler.cache_folder("something new")
    assert folder.is_dir()
    assert sorted(path.name for path in cache.iterdir() if path != folder) == sorted(
        path.name for path in old[: compiler.KEPT_DIGESTS - 1]
    )


def test_code_asked_for_within_the_day_stays_however_much_there_is(cache):
    recent = [_made_before(cache / f"recent{number}", 3600 + number) for number in range(2 * compiler.KEPT_DIGESTS)]
    compiler.cache_folder("something new")
    assert all(folder.is_dir() for folder in recent)


def test_asking_for_code_keeps_it_for_another_day(cache):
    folder = compiler.cache_folder("something")
    long_ago = time.time() - 2 * compiler.KEPT_SECONDS
    os.utime(folder, (long_ago, long_ago))
    compiler._make.cache_clear()  # as in another process
    assert compiler.cache_folder("something") == folder
    assert folder.stat().st_mtime > long_ago + compiler.KEPT_SECONDS
