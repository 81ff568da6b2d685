"""Marks for a class, given by a judge that the graded code cannot reach.

    submissions  finds each student's answers            sandbox   starts a worker in the strongest cage there is
    job, judge   trusted pytest, for one answer          worker    runs the learner's code, inside the cage
    court, host  judges, many from one process           protocol  the plain data that crosses between the two
    pool         many of those at once, here             scratch   temporary files, and their end
    store        what has been graded, safe from a kill  report    pages, tables and statistics
    exports      what Canvas, Moodle and others read     cluster   many machines

The learner's code runs in the worker and nowhere else, and the judge believes nothing but values: a worker can claim
what a function returned, never whether that is right.
"""


class GraderError(Exception):
    """The grader cannot do its work; never the fault of a learner. The message says what to do."""
