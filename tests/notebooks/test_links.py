"""Links in notebooks lead somewhere. Those to the outside are never fetched."""

import re
from urllib.parse import urlsplit

import pytest
from lessons import COURSE, GLOSSARY, LESSONS, text_cells

PAGES = pytest.mark.parametrize(
    "notebook", [*(lesson.notebook for lesson in COURSE.lessons), GLOSSARY], ids=lambda path: path.stem
)


def links_in(notebook):
    """Targets of all links: list of str."""
    text = "\n".join(source for _, source in text_cells(notebook))
    assert "<a " not in text, "write links as [words](target)"
    assert re.findall(r"(?<![(\w])https?://", text) == [], "an address without words to click on"
    return re.findall(r"\]\(([^)\s]+)\)", text)


def anchors_of(notebook):
    """What JupyterLab makes of headings."""
    text = "\n".join(source for _, source in text_cells(notebook))
    return {heading.replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@PAGES
def test_links_to_files_and_headings_lead_somewhere(notebook):
    lost = []
    for link in links_in(notebook):
        if urlsplit(link).scheme:
            continue
        path, _, anchor = link.partition("#")
        file = (notebook.parent / path).resolve() if path else notebook
        if not file.exists() or (anchor and anchor not in anchors_of(file)):
            lost.append(link)
    assert lost == []


@PAGES
def test_links_to_the_outside_are_whole_addresses(notebook):
    for link in links_in(notebook):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme == "https", link
            assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", parts.netloc), link
            assert re.fullmatch(r"[\w./~%+,-]*", parts.path), link


@LESSONS
def test_a_lesson_links_to_its_exercises_and_to_the_next_lesson(lesson):
    links = links_in(lesson.notebook)
    files = {(lesson.notebook.parent / link).resolve() for link in links if not urlsplit(link).scheme}
    assert {exercise.file for exercise in lesson.exercises} <= files
    following = [other for other in COURSE.lessons if int(other.id) == int(lesson.id) + 1]
    last_words = text_cells(lesson.notebook)[-1][1].splitlines()[-1]
    for other in following:
        assert last_words == f"Next: [{other.id}, {other.title[0].lower()}{other.title[1:]}]({other.notebook.name})."
