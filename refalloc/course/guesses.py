"""What this learner guessed before a result was shown: COURSE/.refalloc/guesses.json.

    {"version": 1, "guesses": {"00 distance": {"guess": 100, "shown": true, "late": false}}}

`shown` is whether the result has been shown since, `late` whether it had been shown before there was a guess.
"""

from refalloc.course.record import Record


class Guesses:
    """The guesses made in one course folder. Args: course: index.Course."""

    def __init__(self, course):
        self._record = Record(course, "guesses", "guesses.json", "go on: only your guesses were in it")
        self.path = self._record.path

    def entry(self, name):
        """The guess of that name: dict of guess (int, float, str or None), shown (bool) and late (bool)."""
        return {"guess": None, "shown": False, "late": False} | self._record.read().get(name, {})

    def keep(self, name, guess):
        """Keep a guess. One made after the result was shown is late."""
        with self._record.changing() as guesses:
            entry = guesses.setdefault(name, {"shown": False})
            guesses[name] = {**entry, "guess": guess, "late": entry["shown"]}

    def show(self, name):
        """Note that the result is shown."""
        with self._record.changing() as guesses:
            guesses.setdefault(name, {"guess": None, "late": False})["shown"] = True
