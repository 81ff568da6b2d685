"""Run a program on a text's library, and say what the library did in it and in the processes it started."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from refalloc.native.export import cached_library
from refalloc.native.linking import ExportError

COLUMNS = (
    *("pid", "mallocs", "frees", "reallocs", "slabs", "large_peak", "peak_mapped_len", "lanes_used", "lanes"),
    "own_lanes",
)


@dataclass(frozen=True)
class RunReport:
    """What the processes of a run did that came to their end; lengths in bytes."""

    exit_code: int  # the program's; 128 and the signal's number if one ended it
    processes: int
    mallocs: int
    frees: int
    reallocs: int
    peak_mapped_len: int  # from here on: of the process that had the highest peak
    slabs: int
    lanes_used: int
    lanes: int
    own_lanes: int  # of threads; 0 for a text that has none

    def __str__(self):
        if self.processes == 0:
            return (
                "refalloc: no process reported. One that a signal ends does not, nor one that leaves by _exit, as sh "
                "does; nor is the library in one that is linked statically, runs as another user, or is started with "
                "an environment without LD_PRELOAD and REFALLOC_NUMBERS, as by env -i"
            )
        own = f", and of threads' own, without a lock: {self.own_lanes}" if self.own_lanes else ""
        return (
            f"refalloc: {self.processes} {'process' if self.processes == 1 else 'processes'}; "
            f"{self.mallocs:,} mallocs, {self.frees:,} frees, {self.reallocs:,} reallocs; "
            f"at most {self.peak_mapped_len:,} bytes mapped, in {self.slabs:,} slabs and large blocks; "
            f"lanes used: {self.lanes_used} of {self.lanes} "
            "(a lane is a lock with slots of its own; one for each CPU, at least two)"
            f"{own}"
        )


def run_preloaded(text, command, on_export=lambda: None):
    """Run `command`, a sequence of str, on the library of `text`. Returns RunReport.

    Args:    on_export: called before the library is made, unless it is there from before.
    Raises:  as export; ExportError when there is no such program.
    """
    if shutil.which(command[0]) is None:
        raise ExportError(f"no program {command[0]!r}; pass one that is on PATH, or a path to one")
    return run_on(cached_library(text, on_export), command)[1]


def run_on(library, command, settings=None, **options):
    """Run `command`, a sequence of str, on a library.

    Args:    library: Path; settings: {str: str}, environment variables to add; options: of subprocess.run.
    Returns: (subprocess.CompletedProcess, RunReport). Raises as subprocess.run does.
    """
    with tempfile.TemporaryDirectory(prefix="refalloc-") as folder:
        numbers = Path(folder) / "numbers"
        env = preloading(library, **(settings or {}), REFALLOC_NUMBERS=str(numbers))
        done = subprocess.run(command, env=env, **options)
        lines = numbers.read_text().splitlines() if numbers.exists() else []
    code = done.returncode
    return done, _report(code if code >= 0 else 128 - code, [_row(line) for line in lines])


def preloading(library, **settings):
    """An environment in which programs run on `library`: this one's, and `settings`."""
    preload = " ".join(filter(None, [str(library), os.environ.get("LD_PRELOAD")]))
    return {**os.environ, "LD_PRELOAD": preload, **settings}


def _row(line):
    return dict(zip(COLUMNS, map(int, line.split()), strict=True))


def _report(exit_code, rows):
    highest = max(rows, key=lambda row: row["peak_mapped_len"], default=dict.fromkeys(COLUMNS, 0))
    totals = {name: sum(row[name] for row in rows) for name in ("mallocs", "frees", "reallocs")}
    same = {name: highest[name] for name in ("peak_mapped_len", "slabs", "lanes_used", "lanes", "own_lanes")}
    return RunReport(exit_code=exit_code, processes=len(rows), **totals, **same)
