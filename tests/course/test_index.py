import pytest

from refalloc.course import CourseError
from refalloc.course.index import find_course, load_course


def test_the_course_is_found_from_any_folder_inside_it(course):
    inside = course.root / "exercises" / "00_start"
    assert find_course(inside).root == find_course(course.root).root == course.root


def test_outside_of_any_course_the_one_of_the_package_is_found(tmp_path_factory):
    found = find_course(tmp_path_factory.mktemp("elsewhere"))
    assert (found.root / "refalloc" / "allocator.py").exists()


def test_where_there_is_no_course_the_error_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setattr("refalloc.course.index.__file__", str(tmp_path / "lib" / "refalloc" / "course" / "index.py"))
    with pytest.raises(CourseError, match="go to the folder that holds") as caught:
        find_course(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_an_exercise_is_found_by_id_and_by_path(course, monkeypatch):
    exercise = course.exercise("04.2")
    assert exercise.title == "Finer classes"
    monkeypatch.chdir(exercise.file.parent)
    assert course.exercise("exercise_2.py") == course.exercise(str(exercise.file)) == exercise


def test_an_unknown_exercise_is_told_with_those_that_exist(course):
    with pytest.raises(CourseError, match=r"no exercise '04.9'") as caught:
        course.exercise("04.9")
    assert str(caught.value).endswith(", ".join(exercise.id for exercise in course.exercises))


@pytest.mark.parametrize(
    ("damage", "says"),
    [("[[lesson]\n", "cannot be read"), ("lesson = 3", "another kind"), ("[[lesson]]\n", "lacks 'folder'")],
)
def test_a_damaged_index_is_told_with_its_path(course, damage, says):
    path = course.root / "exercises" / "index.toml"
    path.write_text(damage)
    with pytest.raises(CourseError, match=says) as caught:
        load_course(course.root)
    assert str(path) in str(caught.value)
