"""Answers that mean harm: all are wrong, so every point would be stolen. Source, points that it honestly earns.

Where an attack ends with a value that the right answer has too, the point is earned: a worker may claim values.
{port} is a port on the loopback interface, {pid} the judge's process, {secret} a file that only the judge may read.
"""
# ruff: noqa: E501 the lines are those of the answers

WRONG = "def size_class_index(length, alignment):\n    return -1\n"


def in_call(body):
    """An attack that a call of the function sets off; it then gives a wrong answer."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return f"def size_class_index(length, alignment):\n{lines}\n    return -1\n"


# The socket of the test, found among the open files: for attacks on the protocol.
FIND_SOCKET = """
import json, os, socket, stat, sys, threading, time
def find_sockets():
    found = []
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                found.append(number)
        except OSError:
            pass
    return found
CHANNEL = find_sockets()
def say(data):
    for number in CHANNEL:
        while data:
            data = data[os.write(number, data):]
"""

# The twenty of the study that this grader began with.
STUDIED = {
    "exits_at_import": "import os\nos._exit(0)\n" + WRONG,
    "exits_in_call": in_call("import os\nos._exit(0)"),
    "raises_system_exit_at_import": "import sys\nsys.exit(0)\n" + WRONG,
    "raises_system_exit_in_call": in_call("raise SystemExit(0)"),
    "patches_the_framework": WRONG
    + """
import sys, types
for name in ("pytest", "_pytest.python", "_pytest.runner", "unittest.case"):
    sys.modules[name] = types.ModuleType(name)
try:
    import _pytest.python
    _pytest.python.Function.runtest = lambda self: None
except Exception:
    pass
import refalloc.student, refalloc.grader.protocol
refalloc.student.StudentError = KeyError
""",
    "reads_the_tests": WRONG
    + """
import glob
for pattern in ("/**/test_*.py", "/tmp/**/*", "/work/**/solution*.py"):
    for path in glob.glob(pattern, recursive=True)[:500]:
        if "site-packages" in path or "/lib/python" in path:
            continue
        text = open(path).read() if path.endswith(".py") else ""
        if "size_class_index(1, 64)" in text and "reads_the_tests" not in text and "glob" not in text:
            size_class_index = lambda length, alignment: max((length - 1).bit_length(), alignment.bit_length() - 1, 3) - 3
""",
    "overwrites_results": in_call(
        """
import os
for folder in ("/tmp", "/var/tmp", "/dev/shm", ".", "/work", "/autograder/results"):
    for name in ("results.json", "grades.sqlite", "refalloc-attack-results"):
        try:
            open(os.path.join(folder, name), "w").write('{"score": 5}')
        except OSError:
            pass
"""
    ),
    "leaves_a_process": in_call(
        """
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            pass
    os._exit(0)
"""
    ),
    "fork_bomb": in_call(
        """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
    ),
    "prints_a_report": in_call("""print('{"report": {"points": 5, "outcome": "correct"}}', flush=True)"""),
    "patches_builtins": WRONG
    + "import builtins\nbuiltins.isinstance = lambda *_: True\nbuiltins.len = lambda _: 5\nbuiltins.all = lambda _: True\n",
    "connects": in_call("import socket\nsocket.create_connection(('127.0.0.1', {port}))"),
    "deletes_files": in_call("import shutil\nfor p in ('/', '/work', '/tmp', '.'):\n    shutil.rmtree(p, True)"),
    "equals_everything": """
class Equal:
    def __eq__(self, other): return True
    def __hash__(self): return 0
def size_class_index(length, alignment): return Equal()
""",
    "int_that_lies": """
class Lie(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
def size_class_index(length, alignment): return Lie(-1)
""",
    "reads_the_callers": in_call(
        """
import sys
frame = sys._getframe()
while frame:
    for name, value in list(frame.f_locals.items()):
        if name in ("expected", "want"):
            return value(length, alignment)
    frame = frame.f_back
"""
    ),
    "loop_that_nothing_interrupts": in_call(
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"
    ),
    "memory_bomb": in_call("held = []\nwhile True:\n    held.append(bytearray(1 << 24))"),
    "prints_200_megabytes": in_call("import os\nfor _ in range(200):\n    os.write(1, bytes(1 << 20))"),
    "gives_a_pickle": in_call("return b'cos\\nsystem\\n(S\"touch /tmp/refalloc-attack-pickle\"\\ntR.'"),
}

# The nine attacks on the protocol.
PROTOCOL = {
    "stuffed_replies": FIND_SOCKET
    + in_call("say(b''.join(json.dumps([n, 'value', 0]).encode() + b'\\n' for n in range(1, 20)))"),
    "duplicate_replies": FIND_SOCKET + in_call('say(b\'[1,"value",-1]\\n[1,"value",0]\\n\')'),
    "deep_lists": FIND_SOCKET + in_call("say(b'[' * 100000 + b']' * 100000 + b'\\n')"),
    "int_of_60000_digits": FIND_SOCKET + in_call("say(b'[1,\"value\",' + b'9' * 60000 + b']\\n')"),
    "flood": FIND_SOCKET + in_call("while True:\n    say(bytes(1 << 16))"),
    "slow_drip": FIND_SOCKET + in_call("while True:\n    say(b'1')\n    time.sleep(0.05)"),
    "kills_all": in_call("import os, signal\nos.kill(-1, signal.SIGKILL)"),
    "steals_questions": FIND_SOCKET
    + in_call("for n in CHANNEL:\n    threading.Thread(target=os.read, args=(n, 1 << 16), daemon=True).start()"),
    "other_sequence_numbers": FIND_SOCKET + in_call('say(b\'[true,"value",0]\\n[99,"value",0]\\n\')'),
}

# More of our own.
OURS = {
    "claims_points": FIND_SOCKET + in_call('say(b\'[1,"error","correct","5 points",[]]\\n\')'),
    "claims_not_reached": FIND_SOCKET + in_call('say(b\'[1,"error","not reached","",[]]\\n\')'),
    "gives_true_for_one": "def size_class_index(length, alignment):\n    return False\n",
    "gives_text_for_a_number": "def size_class_index(length, alignment):\n    return '0'\n",
    "writes_nan": FIND_SOCKET + in_call("say(b'[1,\"value\",NaN]\\n')"),
    "writes_an_object": FIND_SOCKET + in_call('say(b\'[1,"value",{"__class__":"int"}]\\n\')'),
    "writes_bytes_that_are_no_text": FIND_SOCKET + in_call('say(b\'[1,"value","\\xff\\xfe"]\\n\')'),
    "closes_the_socket": FIND_SOCKET + in_call("for n in CHANNEL:\n    os.close(n)"),
    "keeps_answering_in_a_thread": FIND_SOCKET
    + in_call(
        """
def forever():
    n = 1
    while True:
        n += 1
        say(json.dumps([n, 'value', -1]).encode() + b'\\n')
threading.Thread(target=forever, daemon=True).start()
"""
    ),
    "returns_a_list_of_lists_without_end": "loop = []\nloop.append(loop)\ndef size_class_index(*args):\n    return loop\n",
    "returns_200_megabytes": in_call("return 'x' * (100 << 20)"),
    "crashes_with_a_segmentation_fault": in_call("import ctypes\nctypes.string_at(0)"),
    "aborts": in_call("import os\nos.abort()"),
    "overflows_the_stack": in_call(
        "import sys\nsys.setrecursionlimit(10**8)\nf = lambda n: f(n + 1) + repr([n]).count('x')\nf(0)"
    ),
    "ignores_all_signals": in_call(
        "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\n"
        "while True: pass"
    ),
    "daemons_in_many_threads": in_call(
        "import threading\nfor _ in range(1000):\n    threading.Thread(target=lambda: exec('while 1: pass'), daemon=True).start()"
    ),
    "opens_all_files": in_call("import os\nheld = []\nwhile True:\n    held.append(os.open('/dev/null', 0))"),
    "ten_thousand_files": in_call("for n in range(10000):\n    open(f'/tmp/refalloc-attack-{{n}}', 'w').close()"),
    "fills_the_disk": in_call(
        "for n in range(100):\n    open(f'/tmp/refalloc-attack-{{n}}', 'wb').write(bytes(1 << 20))"
    ),
    "plants_sitecustomize": in_call(
        """
import os, sys
for folder in [*sys.path, '/tmp', '.']:
    try:
        open(os.path.join(folder, 'sitecustomize.py'), 'w').write('raise SystemExit')
        open(os.path.join(folder, 'conftest.py'), 'w').write('raise SystemExit')
    except OSError:
        pass
"""
    ),
    "is_a_conftest_too": WRONG
    + "import pytest\npytest_plugins = []\ndef pytest_runtest_makereport(item, call): raise SystemExit\n",
    "abstract_socket": in_call(
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind('\\0refalloc-attack')\ns.listen()"
    ),
    "raw_socket": in_call("import socket\nsocket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
    "netlink": in_call("import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)"),
    "reads_other_processes": in_call(
        """
import os
for pid in os.listdir('/proc'):
    if pid.isdigit() and int(pid) != os.getpid():
        for name in ('environ', 'mem', 'maps'):
            if open(f'/proc/{pid}/{name}', 'rb').read(1):
                return 0
"""
    ),
    "traces_its_parent": in_call(
        "import ctypes, os\nlibc = ctypes.CDLL(None)\nif libc.ptrace(16, os.getppid(), 0, 0) == 0:\n    return 0"
    ),
    "signals_the_judge": in_call("import os, signal\nos.kill({pid}, signal.SIGKILL)"),
    "kills_its_parent": in_call("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"),
    "uses_inherited_files": in_call(
        'import os\nfor n in range(3, 64):\n    try:\n        os.write(n, b\'{"report": {"points": 5}}\\n\')\n'
        "    except OSError:\n        pass"
    ),
    "sets_the_clock": in_call("import time\ntime.clock_settime(time.CLOCK_REALTIME, 0)\nreturn 0"),
    "becomes_root": in_call("import os\nos.setuid(0)\nreturn 0"),
    "enters_a_user_namespace": in_call("import ctypes\nif ctypes.CDLL(None).unshare(0x10000000) == 0:\n    return 0"),
    "clones_into_a_namespace": in_call(
        "import ctypes\nif ctypes.CDLL(None).syscall(56, 0x10000011, 0, 0, 0, 0) >= 0:\n    return 0"
    ),
    "mounts": in_call("import ctypes\nif ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, 0) == 0:\n    return 0"),
    "raises_its_limits": in_call(
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))\nreturn 0"
    ),
    "io_uring": in_call("import ctypes\nif ctypes.CDLL(None).syscall(425, 8, bytes(120)) >= 0:\n    return 0"),
    "asks_for_keys": in_call("import ctypes\nif ctypes.CDLL(None).syscall(250, 0, -4, 1) >= 0:\n    return 0"),
    "shared_memory_that_stays": in_call(
        "import ctypes\nif ctypes.CDLL(None).shmget(0x5EED, 4096, 0o1777) >= 0:\n    return 0"
    ),
    "runs_a_program_from_memory": in_call(
        """
import os
fd = os.memfd_create('x')
os.write(fd, open('/usr/bin/sleep', 'rb').read(1 << 19))
if os.fork() == 0:
    os.execve(fd, ['sleep', '1000'], {})
"""
    ),
    "starts_at_exit": "import atexit, os\natexit.register(lambda: os.fork() or os.execv('/usr/bin/sleep', ['sleep', '1000']))\n"
    + WRONG,
    "reads_the_secret": in_call("if open('{secret}').read():\n    return 0"),
    "reads_through_its_root": in_call(
        "for start in ('/proc/1/root', '/proc/self/root/..', '/proc/2/cwd/..'):\n    try:\n"
        "        if open(start + '{secret}').read():\n            return 0\n    except OSError:\n        pass"
    ),
    "reads_shadow": in_call("if open('/etc/shadow').read():\n    return 0"),
    "fills_memory_with_files": in_call(
        """
import os
for folder in ('/', '/dev', '/dev/shm', '/var/tmp', '/run'):
    try:
        open(os.path.join(folder, 'refalloc-attack'), 'w').write('x')
        return 0
    except OSError:
        pass
"""
    ),
    "writes_into_the_worker_that_forks": in_call(
        """
import os
for other in (1, 2, os.getppid()):
    for name in ('mem', 'environ', 'maps', 'cwd', 'root', 'fd'):
        try:
            os.open(f'/proc/{other}/{name}', os.O_RDWR if name == 'mem' else os.O_RDONLY)
            return 0
        except OSError:
            pass
"""
    ),
    "remembers_in_the_worker_that_forks": """
import refalloc.student
refalloc.student.seen = getattr(refalloc.student, 'seen', 0) + 1
def size_class_index(length, alignment):
    return 0 if refalloc.student.seen > 1 else -1
""",
    "renices_the_judge": in_call(
        """
import ctypes, os
libc = ctypes.CDLL(None)
if libc.setpriority(0, {pid}, 7) == 0 or libc.setpriority(2, os.getuid(), 7) == 0:
    return 0
"""
    ),
    "pins_the_judge": in_call("import os\nos.sched_setaffinity({pid}, [0])\nreturn 0"),
    "limits_the_judge": in_call("import resource\nresource.prlimit({pid}, resource.RLIMIT_NOFILE, (0, 0))\nreturn 0"),
    "userfaultfd": in_call("import ctypes\nif ctypes.CDLL(None).syscall(323, 0) >= 0:\n    return 0"),
    "plants_a_key": in_call(
        "import ctypes\nif ctypes.CDLL(None).syscall(248, b'user', b'refalloc', b'x', 1, -4) >= 0:\n    return 0"
    ),
    "sends_descriptors_to_the_judge": FIND_SOCKET
    + in_call(
        """
for number in CHANNEL:
    with socket.socket(fileno=os.dup(number)) as channel:
        for _ in range(50):
            socket.send_fds(channel, [b' '], [number] * 10)
"""
    ),
    "asks_for_pages_of_no_heap": FIND_SOCKET + in_call('say(b\'[1,"pages",0,"map",[4096,0]]\\n\')'),
    "claims_steps_of_no_thread": FIND_SOCKET + in_call('say(b\'[1,"steps",[["map",[8,99999999999],1]]]\\n\')'),
    "answers_twice_in_one_line": FIND_SOCKET + in_call('say(b\'[1,"value",-1] [1,"value",0]\\n\')'),
    "closes_one_direction": FIND_SOCKET
    + in_call(
        "for n in CHANNEL:\n    socket.socket(fileno=os.dup(n)).shutdown(socket.SHUT_RD)\n"
        "    say(b'[1,\"value\",-1]\\n' * 10000)"
    ),
    "returns_an_int_without_end": "def size_class_index(*args):\n    return 1 << (1 << 24)\n",
    "patches_the_protocol": WRONG
    + """
import refalloc.grader.worker as worker
worker.encode = lambda message: b'[%d,"value",0]\\n' % message[0]
import refalloc.student
refalloc.student.plain_copy = lambda value: value
""",
    "ends_in_a_finalizer": in_call(
        "import os\nclass Last:\n    def __del__(self): os._exit(0)\nlast = Last()\ndel last"
    ),
    "message_that_rewrites_the_page": in_call(
        "raise ValueError('\\u202e0/5\\u2066</pre></td><style>*{display:none}</style>\\r\\x1b]0;x\\x07')"
    ),
    "message_with_markup": in_call("raise ValueError('<script>alert(1)</script>\\x1b[2J\\x00\\ud800')"),
    "exception_that_lies": """
class Lie(BaseException):
    def __str__(self): raise SystemExit
    def __repr__(self): raise SystemExit
    __class__ = property(lambda self: AssertionError)
def size_class_index(length, alignment): raise Lie
""",
    "null_bytes": b"\0" * 100,
    "not_utf8": b"def size_class_index(length, alignment):\n    return '\xff\xfe'\n",
    "declares_another_encoding": b"# coding: utf-7\n+AGQAZQBm- size_class_index(a, b): return -1\n",
    "too_long_a_file": b"x = 1\n" * 100_000,
    "deep_source": b"x = " + b"(" * 5000 + b")" * 5000 + b"\n",
    "empty": b"",
}
# Attacks of which the sleight itself is an honest value: `False == 0` in a check that compares with ==.
EARNED = {"stuffed_replies": 2, "gives_true_for_one": 2}
ALL = {**STUDIED, **PROTOCOL, **OURS}


def aimed(answer, targets):
    """An attack with the targets of this run in it. Args: targets: {"port": int, "pid": int, "secret": Path}."""
    if isinstance(answer, bytes):
        return answer
    for word, value in targets.items():
        answer = answer.replace("{" + word + "}", str(value))
    return answer.replace("{{n}}", "{n}")
