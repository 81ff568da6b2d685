import subprocess
import sys

import pytest

from refalloc.course.doctor import examine


def finding(name):
    return next(found for found in examine() if found.name == name)


def test_here_nothing_is_broken():
    assert [found for found in examine() if found.state == "broken"] == []


def test_what_does_not_work_has_a_remedy_and_what_works_has_none():
    for found in examine():
        assert (found.state == "works") == (found.remedy == ""), found


def test_a_missing_linker_is_told_with_the_lesson_that_needs_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert finding("C linker").state == "missing"
    assert "lesson 14" in finding("C linker").remedy


def test_a_missing_course_is_told(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("refalloc.course.index.__file__", str(tmp_path / "a" / "b" / "c" / "index.py"))
    assert finding("course").state == "broken"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds to RLIMIT_AS")
def test_too_little_address_space_is_told():
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30));"
        "from refalloc.course.doctor import examine; print([f.remedy for f in examine() if f.name == 'address space'])"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "['ulimit -v unlimited']"
