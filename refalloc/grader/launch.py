"""The last step before the learner's side: give up all that it must not have, then become the worker.

A process that has just been forked for it calls `launch`; a request has the keys

    keep     file descriptors that the worker has too, beside the standard ones
    uid      whom to become, when started as root; or null
    paths    what the worker reads: made reachable to that user, even inside a folder that only root may enter
    landlock whether to close the file system but for `paths` and `system`
    system   folders of the system that the worker reads
    seccomp  a file descriptor to read a filter from; or null (bubblewrap installs its own)
    argv     what to become
"""

import contextlib
import ctypes
import os
import stat
import struct
import traceback

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 38, 22
SECCOMP_MODE_FILTER = 2
SIGKILL = 9
# The same numbers on every machine: they are newer than the common table.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_CREATE_RULESET_VERSION = 1
ACCESS_EXECUTE, ACCESS_WRITE_FILE, ACCESS_READ_FILE, ACCESS_READ_DIR = 1, 2, 4, 8
# What each version of Landlock can deny: accesses to files, to the network, and reach to other processes.
FS_ACCESS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NETWORK_FROM, SCOPES_FROM = 4, 6


def call(name, *args):
    """A function of the C library. Raises OSError with its name."""
    if getattr(libc, name)(*args) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def syscall(number, *args):
    result = libc.syscall(number, *args)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"system call {number}: {os.strerror(code)}")
    return result


def make_reachable(paths):
    """Let every user reach `paths`: in a mount namespace of our own, cover the folders that are closed to others.

    Only these paths remain visible in a folder that is covered.
    """
    blocked: dict[str, list[str]] = {}
    for path in paths:
        parents = [parent for parent in _parents(path) if not os.stat(parent).st_mode & stat.S_IXOTH]
        if parents:
            blocked.setdefault(parents[0], []).append(path)
    if not blocked:
        return
    call("unshare", CLONE_NEWNS)
    call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    for folder, inside in blocked.items():
        sources = [(path, os.open(path, os.O_PATH)) for path in inside]
        call("mount", b"tmpfs", folder.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=755,size=1m")
        for path, opened in sources:
            os.makedirs(path)
            source = f"/proc/self/fd/{opened}".encode()
            call("mount", source, path.encode(), None, MS_BIND | MS_REC, None)
            call("mount", None, path.encode(), None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, None)
            os.close(opened)


def _parents(path):
    """Folders on the way to `path`, outermost first."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:count]) for count in range(1, len(parts))]


def become(uid):
    """Become the user `uid`, for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid):
        raise OSError(f"could not become user {uid}")


def die_with_parent():
    """From now on the parent's end is ours."""
    call("prctl", PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)


def landlock_version():
    """Version of Landlock in this kernel; 0 for none."""
    return max(libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_CREATE_RULESET_VERSION), 0)


def close_file_system(readable, version):
    """Deny all files but those below `readable`, to read, and the null device. With version 4, TCP too; with 6,
    abstract sockets and signals to others."""
    access = (1 << FS_ACCESS[min(version, max(FS_ACCESS))]) - 1
    fields = [access, 3 if version >= NETWORK_FROM else 0, 3 if version >= SCOPES_FROM else 0]
    size = 8 if version < NETWORK_FROM else 16 if version < SCOPES_FROM else 24
    ruleset = syscall(LANDLOCK_CREATE_RULESET, struct.pack("<QQQ", *fields)[:size], ctypes.c_size_t(size), 0)
    rights = dict.fromkeys(readable, ACCESS_EXECUTE | ACCESS_READ_FILE | ACCESS_READ_DIR)
    rights |= {"/dev/null": ACCESS_READ_FILE | ACCESS_WRITE_FILE, "/dev/urandom": ACCESS_READ_FILE}
    for path, right in rights.items():
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            right &= ~ACCESS_READ_DIR
        syscall(LANDLOCK_ADD_RULE, ruleset, 1, struct.pack("<Qi", right, opened), 0)
        os.close(opened)
    syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def filter_calls(descriptor):
    """Install the seccomp filter that is read from a file descriptor."""
    with open(descriptor, "rb") as file:
        program = file.read()
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0)


def launch(request):
    """Become the worker. Does not return: what does not work is told on standard error, and ends the process."""
    try:
        _launch(request)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(1)


def _launch(request):
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in request["keep"]:
            with contextlib.suppress(OSError):  # the one that listed them
                os.set_inheritable(int(name), False)
    if request["uid"] is not None:
        make_reachable(request["paths"])
        become(request["uid"])
    os.chdir("/")
    os.umask(0o077)
    die_with_parent()
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if request["landlock"]:
        close_file_system([*request["paths"], *request["system"]], landlock_version())
    if request["seccomp"] is not None:
        filter_calls(request["seccomp"])
    os.execve(request["argv"][0], request["argv"], {"PATH": "/usr/bin", "LANG": "C.UTF-8"})
