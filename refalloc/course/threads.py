"""Checks of exercises in which threads call the learner's functions: simulated threads, in every order.

The check chooses what is called and what must hold; the learner's functions get the heap and plain data, and give plain
data back, as they do everywhere (refalloc/student.py).
"""

from refalloc.arena import PAGE_LEN
from refalloc.student import Student, StudentError, call_text, own_lines, plain_copy, shorten


class ThreadedStudent(Student):
    """A Student whose functions simulated threads can call."""

    def explore(self, calls, use=None, judge=None, **options):
        """Let threads call the learner's functions, under every schedule with few preemptions.

        Args:    calls: for each thread a list of [name, argument, ...], one or more; the heap goes in front of the
                 arguments. use: function of (heap, answer), what a thread does with the answer of each of its calls;
                 judge: function of (heap, answers), for when all threads have ended; answers: for each thread a list.
                 Both return a sentence if something is wrong, or None. options: as schedule.explore takes them; no
                 invariants unless they are given.
        Raises:  StudentError; its lines are the account of the smallest schedule that goes wrong.
        """
        # Here, as it brings NumPy, which takes longer to import than most checks take.
        from refalloc.schedule import ProgramError, explore

        told = self._current = _told(calls)
        errors: list[Exception] = []

        def check(run):
            return None if judge is None else judge(run.heap, run.results)

        programs = [self._program(thread_calls, use, errors) for thread_calls in calls]
        try:
            failure = explore(programs, check, **{"invariants": None, **options}).failure
        except ProgramError as error:
            raise StudentError("crashed", f"{told}: {error}") from None
        if failure is None:
            return
        found, *account = repr(failure).splitlines()
        if failure.verdict.kind != "exception" or not errors:
            raise StudentError("incorrect", f"{told}: {found}", account)
        cause = errors[-1]  # the failure was replayed last
        if isinstance(cause, NotImplementedError):
            raise StudentError("not attempted", f"{calls[0][0][0]} still raises NotImplementedError")
        if isinstance(cause, StudentError):
            raise StudentError(cause.outcome, f"{told}: {cause}", account)
        raise StudentError("crashed", f"{told}: {found}", [*own_lines(self._file, cause), *account])

    def _program(self, thread_calls, use, errors):
        """What one thread does. Exceptions are noted in `errors` on their way."""
        functions = [(getattr(self, name), args) for name, *args in thread_calls]

        def program(thread):
            try:
                return [_answer(function, thread.heap, args, use) for function, args in functions]
            except Exception as error:
                errors.append(error)
                raise

        return program


def _answer(function, heap, args, use):
    result = function._function(heap, *plain_copy(args))
    try:
        answer = plain_copy(result)
    except TypeError as error:
        raise StudentError("incorrect", f"{function.name} gave {shorten(result)}, {error}") from None
    wrong = None if use is None else use(heap, answer)
    if wrong is not None:
        # The account names addresses by their mapping, and knows them by their form.
        shown = hex(answer) if type(answer) is int and answer >= PAGE_LEN else shorten(answer)
        raise StudentError("incorrect", f"{function.name} gave {shown}: {wrong}")
    return answer


class _Heap:
    def __repr__(self):
        return "heap"


def _told(calls):
    """Who calls what."""
    threads = ["; ".join(call_text(name, [_Heap(), *args]) for name, *args in row) for row in calls]
    if len({*threads}) == 1:
        return f"{len(threads)} thread{'s, each' if len(threads) > 1 else ''} with {threads[0]}"
    return ", ".join(f"T{number} with {text}" for number, text in enumerate(threads))
