"""What has been graded: RESULTS/grades.sqlite, one row a job, written as soon as it is done.

A row is found by the key of its job, a digest of all that the mark depends on: the answer, the checks, knobs, seed,
limits and cage. So a run that was killed goes on where it stopped, and one after a change grades again what changed.
SQLite commits a row or leaves it out, whenever the process is killed.
"""

import hashlib
import json
import sqlite3
from pathlib import Path


class Store:
    """The results of one folder. Args: folder: Path, made if it is not there. Use it as a context manager."""

    def __init__(self, folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(Path(folder) / "grades.sqlite", timeout=30)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute(
            "CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, exercise TEXT NOT NULL, report TEXT NOT NULL)"
        )
        self._base.commit()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._base.close()

    def get(self, key):
        """The report of the job of this key: dict, or None."""
        row = self._base.execute("SELECT report FROM results WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, report):
        """Keep a report; one of the same key is replaced."""
        with self._base:
            self._base.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?)",
                (report["key"], report["exercise"], json.dumps(report)),
            )

    def forget(self, exercise):
        """Grade an exercise anew next time. Returns int, how many reports that drops."""
        with self._base:
            return self._base.execute("DELETE FROM results WHERE exercise = ?", (exercise,)).rowcount

    def __len__(self):
        return self._base.execute("SELECT count(*) FROM results").fetchone()[0]


def key_of(job):
    """A digest of all that a job's result depends on: str. `job` is one whose own key is ""."""
    return hashlib.sha256(json.dumps(job.as_json(), sort_keys=True).encode()).hexdigest()
