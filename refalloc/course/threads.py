"""Learners' functions in simulated threads, under every schedule.

    def take(thread):
        return student.pop(thread.heap, thread.heap.lanes[0], 3)

    require_safe("Two threads, each pops once", [take, take], prepare=push_two, lane_count=1)

The programs are the check's, and run where it runs, as do heap, schedules and verdicts. Of the learner's code only
calls are made, as everywhere: `student.pop(...)` inside a program may be handed thread.heap and its lanes, beside plain
data, and every step on them comes back to the explorer. A call goes on while calls of other threads do: where the
learner's code is in another process, each call needs a stack of its own there (a greenlet), and an end when its run
ends: the step that it waits for then raises a BaseException that is no Exception.
"""

from refalloc.course.expect import WrongAnswerError
from refalloc.schedule import ProgramError, SteppedHeap, explore
from refalloc.schedule.heap import SteppedLane
from refalloc.student import StudentError, let_cross
from refalloc.trace.recorder import RecordedLane, hide_file

PREEMPTIONS = 2
RUN_LIMIT = 4_000  # runs; a second or two. Of an answer with many more steps than usual not all schedules are tried

let_cross(SteppedHeap, SteppedLane, RecordedLane)
for _module in ("course/threads", "course/expect", "student"):
    hide_file(__file__.replace("course/threads", _module))


def require_safe(story, programs, check=None, traps=None, prepare=None, **options):
    """Stop unless all goes well under every schedule with few preemptions.

    Args:    story: str, what the threads do, up to a colon: "Two threads, each pops once".
             programs: functions of a SteppedThread, one for each thread; they call the learner's functions.
             check: function of the finished Run, see schedule.scenario; run.results is what the programs returned.
             traps: {sentence: words}; the first whose words the verdict holds adds its sentence.
             prepare: function of a SteppedThread, run before the threads start.
             options: as of schedule.explore; here `preemptions` is 2, `limit` RUN_LIMIT and `invariants` None if not
             given. For calls of thread.alloc and thread.free, `text` is an object that has them:
             SimpleNamespace(alloc=student.alloc).
    Raises:  WrongAnswerError, with the account of the smallest schedule that fails as its lines; StudentError.
    """
    errors = []

    def noting(function):
        def noted(thread):
            try:
                return function(thread)
            except (StudentError, WrongAnswerError) as error:
                errors.append(error)
                raise

        return noted

    options = {"preemptions": PREEMPTIONS, "invariants": None, "limit": RUN_LIMIT} | options
    try:
        found = explore(
            [noting(program) for program in programs], check, prepare=prepare and noting(prepare), **options
        )
    except ProgramError as error:
        raise WrongAnswerError(f"{story}: {error}") from None
    if found.failure is None:
        return
    head, *lines = repr(found.failure).splitlines()
    raised = next((error for error in reversed(errors) if found.failure.verdict.message.endswith(str(error))), None)
    if raised is None:
        trap = next((sentence for sentence, words in (traps or {}).items() if words in head), "")
        raise WrongAnswerError(f"{story}: {head}{trap and '. '}{trap}", lines)
    told = head.partition(f"{type(raised).__name__}: ")[2]  # its message, addresses named as in the account
    if isinstance(raised, WrongAnswerError):
        raise WrongAnswerError(f"{story}: {told}", lines)
    raise StudentError(raised.outcome, told, [] if raised.outcome == "not attempted" else [*raised.lines, *lines])
