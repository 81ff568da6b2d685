"""GitHub Classroom's own workflow, for classes that still run on it: the workflow, and what its reporter reads.

Source: runner.ts of classroom-resources/autograding, and autograding-grading-reporter at 1a5a0c4.
"""

import base64
import json
from importlib import resources


def reporter_result(report):
    """The step's output that the reporter reads: base64 of JSON, str."""
    tests = [
        {
            "name": f"{exercise['exercise']} {exercise['title']}: {test['name']}",
            "status": "pass" if test["outcome"] == "correct" else "fail",
            "score": test["points"],
            "message": test["message"],
        }
        for exercise in report["exercises"]
        for test in exercise["tests"]
    ]
    passed = all(test["status"] == "pass" for test in tests)
    most = sum(test["max_points"] for exercise in report["exercises"] for test in exercise["tests"])
    result = {"version": 1, "status": "pass" if passed else "fail", "max_score": most, "tests": tests}
    return base64.b64encode(json.dumps(result).encode()).decode()


def workflow():
    """The text of .github/workflows/classroom.yml."""
    return (resources.files("refalloc.grader") / "templates" / "classroom.yml").read_text(encoding="utf-8")
