"""Grade a class: jobs for every answer, each done once, and marks from what they report."""

from dataclasses import dataclass, replace
from pathlib import Path

from refalloc.grader import GraderError
from refalloc.grader.edition import Term
from refalloc.grader.job import Checks, Job
from refalloc.grader.marks import ExerciseMark, LatePolicy, StudentMarks, better, penalised
from refalloc.grader.similarity import similar_pairs
from refalloc.grader.store import key_of


@dataclass(frozen=True)
class Task:
    """One answer of one submission. Attributes: submission; exercise: course.index.Exercise; job: Job."""

    submission: object
    exercise: object
    job: Job


def plan(submissions, exercises, level, term=None, hidden=None):
    """A task for each exercise of each submission.

    Args:    submissions: list of Submission; exercises: list of course.index.Exercise; level: of sandbox.LEVELS;
             term: edition.Term; hidden: Path of a folder laid out as exercises/, or None.
    Returns: list of Task. Tasks of the same job share its key: an answer that nobody handed in is judged once.
    Raises:  GraderError when a file of checks cannot be read.
    """
    term = term or Term()
    checks = {exercise.id: _checks_of(exercise, hidden) for exercise in exercises}
    return [
        Task(submission, exercise, _job(submission, exercise, checks[exercise.id], level, term))
        for submission in submissions
        for exercise in exercises
    ]


def _job(submission, exercise, checks, level, term):
    answer = submission.answer(exercise)
    nobody = answer is None  # its report is everybody's who did not hand in
    job = Job(
        key="",
        student="" if nobody else submission.student,
        exercise=exercise.id,
        answer=answer,
        file_name=Path(exercise.stub).name,
        checks=checks,
        level=level,
        knobs=exercise.knobs | term.knobs.get(exercise.id, {}),
        seed=0 if nobody else term.seed_for(submission.student, exercise.id),
        seconds=exercise.seconds,
    )
    return replace(job, key=key_of(job))


def _checks_of(exercise, hidden):
    files = [(exercise.checks, False)]
    if hidden is not None:
        private = Path(hidden) / Path(exercise.stub).parent / exercise.checks.name
        if private.is_file():
            files.append((private, True))
    try:
        return tuple(Checks(path.name, path.read_text(encoding="utf-8"), is_hidden) for path, is_hidden in files)
    except (OSError, UnicodeDecodeError) as error:
        raise GraderError(f"the checks of exercise {exercise.id} cannot be read: {error}") from None


def grade_all(tasks, store, run, on_done=lambda job, broken: None):
    """Do what is not done yet, and keep each result as it comes.

    Args:    tasks: list of Task; store: store.Store; run: a function of a list of Job that yields (Job, report or
             GraderError), such as pool.run_here; on_done: called after each.
    Returns: {key: GraderError}, of jobs that could not be judged.
    """
    jobs = {task.job.key: task.job for task in tasks if store.get(task.job.key) is None}
    broken = {}
    for job, report in run(sorted(jobs.values(), key=lambda job: job.exercise)):  # a judge keeps an exercise's checks
        if isinstance(report, GraderError):
            broken[job.key] = report
        else:
            store.put(report)
        on_done(job, isinstance(report, GraderError))
    return broken


def marks_of(tasks, store, policy=None, times=None, keep="best"):
    """The marks of every student.

    Args:    tasks: list of Task, all of them graded, but for those that were broken; store: Store; policy: LatePolicy;
             times: {(student, attempt): datetime}; keep: "best" or "last", the attempt that counts.
    Returns: list of StudentMarks, by student.
    """
    policy, times = policy or LatePolicy(), times or {}
    students: dict[str, StudentMarks] = {}
    for task in tasks:
        submission, report = task.submission, store.get(task.job.key)
        student = students.setdefault(submission.student, StudentMarks(submission.student, submission.name))
        student.notes += [note for note in submission.content.notes if note not in student.notes]
        if report is None:
            continue
        late = policy.percent(times.get((submission.student, submission.attempt)), submission.is_marked_late)
        mark = ExerciseMark(
            report=report | {"student": submission.student},
            attempt=submission.attempt,
            late_percent=late,
            points=penalised(report["points"], late),
            max_points=report["max_points"],
            title=task.exercise.title,
        )
        earlier = student.exercises.get(task.exercise.id)
        student.exercises[task.exercise.id] = mark if earlier is None else better(earlier, mark, keep)
    return [students[student] for student in sorted(students)]


def similar_answers(tasks, stub_of):
    """Pairs of students whose answers are alike, over all exercises.

    Args:    stub_of: a function of a course.index.Exercise, the bytes of its stub.
    Returns: list of similarity.Pair, the most alike first.
    """
    answers: dict = {}
    exercises = {task.exercise.id: task.exercise for task in tasks}
    for task in tasks:
        if task.job.answer is not None:  # of several attempts, the last
            answers.setdefault(task.exercise.id, {})[task.submission.student] = task.job.answer
    pairs = [
        pair
        for exercise in sorted(answers)
        for pair in similar_pairs(exercise, answers[exercise], stub_of(exercises[exercise]))
    ]
    return sorted(pairs, key=lambda pair: -pair.share)
