"""What differs from one edition of the course to the next, as checks see it."""


class Edition:
    """The knobs of one edition of the course: `edition("min_slot", 16)` is what it sets, or else the default.

    Attributes: seed: int, for the inputs that a check draws.
    """

    def __init__(self, knobs):
        self._knobs = knobs
        self.seed = knobs.get("seed", 0)

    def __call__(self, name, default):
        return self._knobs.get(name, default)
