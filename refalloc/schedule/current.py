"""Which run each real thread is in the middle of."""

import threading

_runs: dict = {}  # ident of a real thread -> its Run


def enter_run(run):
    """Make `run`, or None, the one that this real thread is in. Returns the one before, or None."""
    ident = threading.get_ident()
    before = _runs.get(ident)
    if run is None:
        _runs.pop(ident, None)
    else:
        _runs[ident] = run
    return before


def current_run(ident=None):
    """The run that a real thread is in, or None. ident: int; None for this thread's."""
    return _runs.get(threading.get_ident() if ident is None else ident)
