"""Each term set in bold has an entry in the glossary, and is used only after the lesson that teaches it."""

import re

from lessons import COURSE, GLOSSARY, LESSONS, NOTEBOOKS, prose_of, text_cells

BOLD = re.compile(r"\*\*(.+?)\*\*")
LINK = re.compile(r"\[[^]]+\]\(glossary\.ipynb#([\w-]+)\)")
ENTRY = re.compile(
    r"### (?P<term>.+)\n\n(?P<meaning>[^\n]+) Taught in lesson \[(?P<lesson>\d\d), [^]]+\]\((?P<file>[\w.]+)\)\."
)
FORMS = {  # of terms that are not used as the entry is called, with or without an s
    "alignment": r"align\w*",
    "data race": r"(data )?races?",
    "free": r"freed?|frees|freeing",
    "happens-before": r"happens?[- ]before",
    "pop": r"pop(s|ped)?",
    "preemption": r"preempt\w*",
    "push": r"push(e[sd])?",
    "spinning": r"spin(s|ning)?",
    "thread id": r"(thread )?ids?",
}
EVERYDAY = {  # (lesson, term): the words in which it means something else, which everybody knows
    ("00", "link"): "the link opens it",  # of a page
    ("00", "word"): "a picture in words",  # of a language
}


def entries():
    """{anchor: match of ENTRY}."""
    found = [(cell_id, ENTRY.fullmatch(source)) for cell_id, source in text_cells(GLOSSARY)[1:]]
    assert [cell_id for cell_id, entry in found if entry is None] == [], "entries of another form"
    return {entry["term"].replace(" ", "-"): entry for _, entry in found}


def bold_terms(lesson):
    """[(cell, what stands in bold, anchor or None)] of a lesson, in order."""
    for cell_id, source in text_cells(lesson.notebook):
        for bold in BOLD.findall(source):
            link = LINK.fullmatch(bold)
            yield cell_id, bold, link and link[1]


def test_entries_are_in_alphabetical_order_and_short():
    terms = [entry["term"] for entry in entries().values()]
    assert terms == sorted(terms, key=str.lower)
    for entry in entries().values():
        sentences = re.findall(r"[.!?](?: |$)", entry["meaning"])
        assert 1 <= len(sentences) <= 2, entry["term"]


@LESSONS
def test_what_stands_in_bold_links_to_its_entry(lesson):
    known = entries()
    unknown = [(cell_id, bold) for cell_id, bold, anchor in bold_terms(lesson) if anchor not in known]
    assert unknown == [], "write **[term](glossary.ipynb#term)**, and an entry in notebooks/glossary.ipynb"


def test_each_entry_names_the_lesson_that_sets_its_term_in_bold_first():
    first: dict[str, str] = {}
    for lesson in COURSE.lessons:
        for _, _, anchor in bold_terms(lesson):
            first.setdefault(anchor, lesson.id)
    taught = {anchor: entry["lesson"] for anchor, entry in entries().items()}
    assert taught == first
    files = {lesson.id: lesson.notebook for lesson in COURSE.lessons}
    assert all(files[entry["lesson"]] == NOTEBOOKS / entry["file"] for entry in entries().values())


@LESSONS
def test_a_term_is_used_only_once_it_is_taught(lesson):
    """Not before the lesson of its entry, nor in that lesson before it stands in bold.

    A heading may name what comes below it, objectives and "What to read" what comes later, and so may a sentence that
    says in which lesson that is.
    """
    known, seen, early = entries(), set(), []
    for cell_id, source in text_cells(lesson.notebook):
        seen |= {*LINK.findall(source)}
        if cell_id in ("title", "read"):
            continue
        untaught = [
            entry["term"]
            for anchor, entry in known.items()
            if entry["lesson"] > lesson.id or (entry["lesson"] == lesson.id and anchor not in seen)
        ]
        prose = re.sub(r"^#.*$", "", prose_of(source), flags=re.MULTILINE)
        for sentence in re.split(r"(?<=[.?!:])\s", prose):
            if re.search(r"\blessons? (\d\d|on)\b|\b(later|next) lessons?\b", sentence, re.IGNORECASE):
                continue
            early += [(cell_id, term, sentence) for term in untaught if uses(sentence, lesson.id, term)]
    assert early == []


def uses(sentence, lesson_id, term):
    sentence = sentence.replace(EVERYDAY.get((lesson_id, term), ""), "")
    return re.search(rf"\b({FORMS.get(term, re.escape(term) + 's?')})\b", sentence, re.IGNORECASE)


def test_every_exception_is_needed():
    for (lesson_id, term), words in EVERYDAY.items():
        (lesson,) = [lesson for lesson in COURSE.lessons if lesson.id == lesson_id]
        assert any(words in prose_of(source) for _, source in text_cells(lesson.notebook)), (lesson_id, term)
