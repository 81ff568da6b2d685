"""Measure the text beside other allocators in real programs, which are preloaded with each.

A program works on what is made from a seed, so all do the same, and what they print must be the same on every
allocator. Times are of the processor and count a program's own children. Peak memory is that of its largest process;
what is below FLOOR_MIB is not seen, since that is what the process weighs that starts it.
"""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from refalloc.bench.peers import Peer
from refalloc.bench.ratios import Sample, choose, compare

FLOOR_MIB = 12
C_TYPES = ("int", "long", "double", "unsigned")


@dataclass(frozen=True)
class Command:
    """A program with all that it works on. Attributes: argv: list of str; stdin: bytes; folder: Path to run it in."""

    argv: list[str]
    stdin: bytes = b""
    folder: Path | None = None


@dataclass(frozen=True)
class Program:
    """A program to run.

    Attributes: name: str; executable, package: str, what it is, and Debian's package of it;
                make: (folder, size) -> Command, once for all runs; size: int, of its work.
    """

    name: str
    executable: str
    package: str
    make: Callable[[Path, int], Command] = field(repr=False)
    size: int


def c_source(function_count, seed=7):
    """A program in C, of functions of loops and arithmetic; enough of them for the compiler's own heap to grow."""
    rng = random.Random(seed)
    lines = []
    for number in range(function_count):
        kind = rng.choice(C_TYPES)
        lines.append(f"{kind} f{number}({kind} *a, int n) {{ {kind} s = {rng.randrange(9)};")
        for _ in range(rng.randrange(2, 6)):
            step = f"s = s * {rng.randrange(2, 9)} + a[i] - a[n - 1 - i] / {rng.randrange(2, 9)};"
            lines.append(f"for (int i = 0; i < n; i += {rng.randrange(1, 4)}) {{ {step} a[i] = s; }}")
        lines.append("return s; }")
    return "\n".join(lines).encode()


def sql_script(row_count):
    """A table of `row_count` rows: filled, indexed, changed, thinned and grouped."""
    return f"""
        create table t (n integer primary key, word text, amount real);
        with recursive c(i) as (select 1 union all select i + 1 from c where i < {row_count})
          insert into t select i, printf('%x-%d', i * 2654435761 % 99991, i % 97), i * 1.5 from c;
        create index by_word on t (word);
        update t set word = word || word where n % 7 = 0;
        delete from t where n % 5 = 0;
        select count(*), sum(amount), min(word), max(word) from t;
        select word, count(*) c, group_concat(n) from t group by substr(word, 1, 2) order by c desc, word limit 50;
    """.encode()


def git_history(commit_count, seed=3):
    """Commits to 20 files of 200 words, for git fast-import."""
    stream, rng = [], random.Random(seed)
    words = [f"word{number}" for number in range(300)]
    for number in range(commit_count):
        stream.append(f"commit refs/heads/main\ncommitter a <a@b> {1_000_000_000 + number} +0000\ndata 6\nchange")
        for file in rng.sample(range(20), 3):
            text = "\n".join(rng.choices(words, k=200))
            stream.append(f"M 100644 inline f{file}\ndata {len(text)}\n{text}")
    return "\n".join(stream).encode()


def perl_script(word_count):
    """Words counted in a hash of arrays, sorted and printed."""
    return (
        f"srand(5); my %h; for my $i (1..{word_count})"
        " { my $w = join '', map { chr(97 + rand 6) } 1..5; push @{$h{$w}}, $i; }"
        'for (sort { @{$h{$b}} <=> @{$h{$a}} || $a cmp $b } keys %h) { (my $v = "@{$h{$_}}") =~ s/(\\d)\\d* /$1/g;'
        'print "$_ $v\\n"; }'
    )


def rows_of_numbers(row_count):
    """Lines that compress well."""
    return b"".join(b"%d %d\n" % (number, number * number % 977) for number in range(row_count))


CXX_SOURCE = b"""#include <map>
#include <regex>
#include <string>
std::map<std::string, std::regex> table;
void add(std::string s) { table.emplace(s, std::regex(s)); }
"""
PYTHON_JSON = """
import json, sys
rows = [{"n": n, "words": [f"{n * k % 997:x}" for k in range(8)], "half": n / 2} for n in range(int(sys.argv[1]))]
for _ in range(4):
    rows = json.loads(json.dumps(rows))
print(len(json.dumps(rows)))
"""
PYTHON_TREES = """
import sys
def tree(depth):
    return (tree(depth - 1), tree(depth - 1)) if depth else ()
def count(node):
    return 1 + sum(count(child) for child in node)
print(sum(count(tree(int(sys.argv[1]))) for _ in range(6)))
"""
PYTHON_SORT = """
import random, sys
rng = random.Random(1)
words = ["".join(rng.choices("abcdef", k=rng.randrange(3, 40))) for _ in range(int(sys.argv[1]))]
by_start = {}
for word in sorted(words):
    by_start.setdefault(word[:4], []).append(word.upper())
print(len(by_start), max(map(len, by_start.values())))
"""


def _python(script):
    return lambda folder, size: Command([sys.executable, "-S", "-c", script, str(size)])


def _git_repository(folder, size):
    folder = folder / "repository"
    git = ["git", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q", str(folder)], check=True, capture_output=True, env=_environment())
    history = git_history(size)
    subprocess.run([*git, "fast-import", "--quiet"], input=history, cwd=folder, check=True, env=_environment())
    return Command([*git, "repack", "-adfq", "--threads=2"], folder=folder)


def _git_log(folder, size):
    return replace(_git_repository(folder / "log", size), argv=["git", "log", "-p", "--stat"])


PROGRAMS = (
    # CPython with PYTHONMALLOC=malloc: else it has an allocator of its own for what is small.
    Program("CPython json", sys.executable, "python3", _python(PYTHON_JSON), 20_000),
    Program("CPython trees", sys.executable, "python3", _python(PYTHON_TREES), 16),
    Program("CPython sort", sys.executable, "python3", _python(PYTHON_SORT), 150_000),
    Program(
        "gcc -O2", "gcc", "gcc", lambda _, n: Command(["gcc", "-x", "c", "-O2", "-S", "-o", "-", "-"], c_source(n)), 150
    ),
    Program(
        "g++ headers",
        "g++",
        "g++",
        lambda _, n: Command(["g++", "-x", "c++", f"-O{n}", "-S", "-o", "-", "-"], CXX_SOURCE),
        1,
    ),
    Program("sqlite3", "sqlite3", "sqlite3", lambda _, n: Command(["sqlite3", ":memory:"], sql_script(n)), 150_000),
    Program("git repack", "git", "git", _git_repository, 1500),
    Program("git log -p", "git", "git", _git_log, 1000),
    Program("perl", "perl", "perl", lambda _, n: Command(["perl", "-e", perl_script(n)]), 250_000),
    Program(
        "xz -T2",
        "xz",
        "xz-utils",
        lambda _, n: Command(["xz", "-T2", "-2", "--block-size=600KiB", "-c"], rows_of_numbers(n)),
        500_000,
    ),
)

# A process's peak counts what it was before exec, so what starts a program has to be small.
LAUNCHER = """
import os, sys, time
preload, out, stdin, folder, *command = sys.argv[1:]
env = {**os.environ, "LD_PRELOAD": preload} if preload else dict(os.environ)
os.chdir(folder)
files = [(os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0)]
files += [(os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]
start = time.monotonic_ns()
_, status, usage = os.wait4(os.posix_spawnp(command[0], command, env, file_actions=files), 0)
wall = time.monotonic_ns() - start
print(os.waitstatus_to_exitcode(status), int((usage.ru_utime + usage.ru_stime) * 1e9), wall, usage.ru_maxrss)
"""


def measure(texts, repetitions=7, only="", seed=1, on_progress=lambda done, total: None):
    """Run the programs; see compare.

    Args:    only: str, in the names of programs to run.
    Returns: as compare; programs that are not installed are among what is missing.
    Raises:  as compare; ValueError when no program is chosen or installed; RuntimeError for one that fails, or that
             does not print the same on two allocators.
    """
    chosen = choose(PROGRAMS, only)
    there = [program for program in chosen if shutil.which(program.executable)]
    absent = [f"{program.name}: apt install {program.package}" for program in chosen if program not in there]
    if not there:
        raise ValueError(f"none of the programs is installed: {'; '.join(absent)}")
    printed: dict[str, tuple[str, str]] = {}
    with tempfile.TemporaryDirectory(prefix="refalloc-") as name:
        folder = Path(name)
        commands = {}
        for program in there:
            (folder / program.name).mkdir()
            commands[program.name] = program.make(folder / program.name, program.size)

        def run_once(workload, peer):
            sample, digest = run(commands[workload.name], peer)
            first_peer, first_digest = printed.setdefault(workload.name, (peer.name, digest))
            if digest != first_digest:
                raise RuntimeError(f"{workload.name} prints something else on {peer.name} than on {first_peer}")
            return sample

        workloads = [Workload(program.name, program.size) for program in there]
        report = compare(workloads, run_once, texts, repetitions, seed, on_progress)
    return {**report, "missing": [*report["missing"], *absent]}


@dataclass(frozen=True)
class Workload:
    """A program as a report has it."""

    name: str
    size: int


def run(command, peer: Peer):
    """Run a Command on an allocator.

    Returns: (Sample, str, the digest of what it printed).
    Raises:  RuntimeError when it fails.
    """
    with tempfile.TemporaryDirectory(prefix="refalloc-") as name:
        stdin, out = Path(name) / "stdin", Path(name) / "stdout"
        stdin.write_bytes(command.stdin)
        library = str(peer.library) if peer.library else ""
        launch = [
            sys.executable,
            "-I",
            "-S",
            "-c",
            LAUNCHER,
            library,
            str(out),
            str(stdin),
            str(command.folder or name),
        ]
        done = subprocess.run([*launch, *command.argv], env=_environment(), capture_output=True, text=True)
        numbers = done.stdout.split()
        if done.returncode != 0 or numbers[:1] != ["0"]:
            ended = f"ended with {numbers[0]}" if numbers else "did not start"
            raise RuntimeError(f"{peer.name}: {' '.join(command.argv)[:80]} {ended}: {done.stderr.strip()[-300:]}")
        cpu_ns, wall_ns, peak_kib = map(int, numbers[1:])
        return Sample(cpu_ns, wall_ns, 1, peak_kib), hashlib.sha256(out.read_bytes()).hexdigest()


def _environment():
    who = {f"GIT_{role}_{what}": "a@b" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    same = {"PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0", "PERL_HASH_SEED": "0", "LC_ALL": "C.UTF-8"}
    return {**os.environ, **who, **same, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_PAGER": "cat"}
