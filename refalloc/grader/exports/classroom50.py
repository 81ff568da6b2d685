"""Classroom 50: result.json of one submission, in its runner.

Source: the wiki of foundation50/classroom50, Advanced-Autograding. The runner sets the variables of the environment,
and stamps owner and assignment_type itself.
"""

import datetime

from refalloc.grader import GraderError

SCHEMA = "classroom50/result/v1"
# Field -> variable of the runner.
FIELDS = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}


def require_runner(environment):
    """The fields of result.json that the runner tells: {field: str}. Raises GraderError when it does not."""
    environment = {"REVIEW_URL": environment.get("COMMIT_URL", "")} | {k: v for k, v in environment.items() if v}
    missing = [name for name in FIELDS.values() if not environment.get(name)]
    if missing:
        raise GraderError(f"Classroom 50's runner sets {', '.join(missing)}, and here it has not; run this in it")
    return {field: environment[name] for field, name in FIELDS.items()}


def result(report, environment):
    """result.json as plain data. Scores are whole numbers there: a part of a point is not given.

    Args:    report: of one student; environment: {name: value}, of the runner.
    Raises:  GraderError when the runner's variables are not there.
    """
    fields = require_runner(environment)
    tests = [
        {
            "test-name": f"{exercise['exercise']} {test['name']} {number}",
            "passed": test["outcome"] == "correct",
            "score": int(test["points"]),
            "max-score": int(test["max_points"]),
            "message": test["message"],
        }
        for exercise in report["exercises"]
        for number, test in enumerate(exercise["tests"], start=1)
    ]
    return {
        "schema": SCHEMA,
        **fields,
        "datetime": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
