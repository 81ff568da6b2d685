"""The system calls that a learner's code may not make, as a filter for the kernel.

A deny list: what reaches other processes, the network, mounts, keys, clocks, kernel interfaces with a long history of
holes, and what outlives a process. Two forms: in a process-id namespace, where all that the code starts dies with it;
and alone, where it may start threads and no process, and signal nobody.

Source: numbers from the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h;
instructions from include/uapi/linux/filter.h and seccomp.h.
"""

import errno
import platform
import struct

# name: (x86_64, aarch64); None where the machine has no such call
DENIED = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "fspick": (433, 433),
    "open_by_handle_at": (304, 265),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "acct": (163, 89),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "modify_ldt": (154, None),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "setpriority": (141, 140),  # of all processes of a user, if it is asked so
    "shmget": (29, 194),  # these four leave objects behind that no process owns
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
}
DENIED_ALONE = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "ioprio_set": (251, 30),  # these too take another process's number
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "sched_setaffinity": (203, 122),
    "fork": (57, None),
    "vfork": (58, None),
}
CLONE = (56, 220)
CLONE3 = (435, 435)
PRLIMIT = (302, 261)
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000  # a second table of calls on x86_64, with other numbers
CLONE_NAMESPACES = 0x7E020080  # the CLONE_NEW* flags
CLONE_THREAD = 0x00010000

LOAD, JUMP_EQ, JUMP_GE, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL_PROCESS, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
NR_OFFSET, ARCH_OFFSET, ARG0_OFFSET = 0, 4, 16  # into struct seccomp_data; low half of the argument, little-endian


def machine_is_known():
    """Whether there is a filter for this machine: bool."""
    return platform.machine() in AUDIT_ARCH


def seccomp_filter(alone):
    """The filter as struct sock_filter[], bytes.

    Args:    alone: bool, whether no process-id namespace surrounds the code.
    Raises:  KeyError on a machine of another kind; see machine_is_known.
    """
    column = 0 if platform.machine() == "x86_64" else 1
    denied = DENIED | DENIED_ALONE if alone else DENIED
    program = [
        _op(LOAD, ARCH_OFFSET),
        _op(JUMP_EQ, AUDIT_ARCH[platform.machine()], skip_if_true=1),
        _op(RETURN, KILL_PROCESS),
        _op(LOAD, NR_OFFSET),
        _op(JUMP_GE, X32_BIT, skip_if_false=1),
        _fail(errno.EPERM),
    ]
    for numbers in denied.values():
        if numbers[column] is not None:
            program += [_op(JUMP_EQ, numbers[column], skip_if_false=1), _fail(errno.EPERM)]
    # Flags of clone3 lie in memory, where a filter cannot look; libc falls back to clone.
    program += [_op(JUMP_EQ, CLONE3[column], skip_if_false=1), _fail(errno.ENOSYS)]
    in_clone = [_op(JUMP_SET, CLONE_NAMESPACES, skip_if_false=1), _fail(errno.EPERM)]
    if alone:
        in_clone += [_op(JUMP_SET, CLONE_THREAD, skip_if_true=1), _fail(errno.EPERM)]
        of_others = [_op(JUMP_EQ, 0, skip_if_true=1), _fail(errno.EPERM)]
        program += _only_for(PRLIMIT[column], of_others)
    program += _only_for(CLONE[column], in_clone)
    program.append(_op(RETURN, ALLOW))
    return b"".join(program)


def _only_for(number, checks):
    """`checks` of argument 0 of one system call; what passes them is allowed."""
    body = [_op(LOAD, ARG0_OFFSET), *checks, _op(RETURN, ALLOW)]
    return [_op(JUMP_EQ, number, skip_if_false=len(body)), *body]


def _op(code, operand, skip_if_true=0, skip_if_false=0):
    return struct.pack("<HBBI", code, skip_if_true, skip_if_false, operand)


def _fail(number):
    return _op(RETURN, FAIL | number)
