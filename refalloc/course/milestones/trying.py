"""How a milestone's checks try pieces: each among refalloc's, and then all together."""

from refalloc.course.expect import WrongAnswerError
from refalloc.student import StudentError


def try_piece(pieces, piece, prove):
    """Prove one of the learner's pieces. Args: prove: function of a list of exercise ids, whose functions are to be the
    learner's; it raises WrongAnswerError or StudentError. Returns: what it does."""
    if piece not in pieces.own:
        raise StudentError("not attempted", f"{piece} is not begun; refalloc's functions stand in for yours")
    return prove([piece])


def try_together(pieces, prove):
    """Prove all that the learner has, and if that goes wrong name the pieces without which it goes right. As above."""
    if not pieces.own:
        raise StudentError("not attempted", "none of the exercises is begun")
    try:
        return prove(list(pieces.own))
    except (WrongAnswerError, StudentError) as error:
        without = [piece for piece in pieces.own if _goes_right(prove, [own for own in pieces.own if own != piece])]
        if without and len(pieces.own) > 1:
            named = f"{str(error).rstrip('.')}. With refalloc's {' or '.join(without)} it goes right"
            raise WrongAnswerError(named, error.lines) from None
        raise


def _goes_right(prove, chosen):
    try:
        prove(chosen)
    except Exception:  # whatever it is, it did not go right
        return False
    return True
