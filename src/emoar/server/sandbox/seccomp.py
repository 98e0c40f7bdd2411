"""seccomp, which refuses system calls to a process and to all threads that it starts from then on (Linux 3.5).

The filter is a program in classic BPF over `struct seccomp_data`. A refused call fails with EPERM; it kills nobody, so
that a library that merely tries goes on.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import Any, Final

__all__ = ["close_system_calls"]

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER_MODE = 22, 38, 2
_ALLOW: Final = 0x7FFF0000
_FAIL: Final = 0x00050000  # with the error number in the lower 16 bits
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # in the data; the lower half of the argument
_X32: Final = 0x4000_0000  # numbers of the x32 interface begin here
_CLONE_THREAD: Final = 0x10000
_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_REFUSED: Final[dict[str, tuple[int, ...]]] = {  # by processor, in this order:
    # socket, execve, execveat, fork, vfork, kill, tkill, pidfd_send_signal, pidfd_getfd, ptrace, kcmp,
    # process_vm_readv, process_vm_writev, io_uring_setup, bpf, perf_event_open, userfaultfd, add_key, request_key,
    # keyctl, unshare, setns, mount, umount2, pivot_root, chroot, open_by_handle_at, setpriority,
    # chmod, fchmod, fchmodat, fchmodat2, chown, fchown, lchown, fchownat, setxattr, lsetxattr, fsetxattr
    "x86_64": (
        *(41, 59, 322, 57, 58, 62, 200, 424, 438, 101, 312, 310, 311, 425, 321, 298, 323, 248, 249),
        *(250, 272, 308, 165, 166, 155, 161, 304, 141),
        *(90, 91, 268, 452, 92, 93, 94, 260, 188, 189, 190),
    ),
    "aarch64": (
        *(198, 221, 281, 129, 130, 424, 438, 117, 272, 270, 271, 425, 280, 241, 282, 217, 218),
        *(219, 97, 268, 40, 39, 41, 51, 265, 140),
        *(52, 53, 452, 55, 54, 5, 6, 7),
    ),
}
_CLONE: Final = {"x86_64": 56, "aarch64": 220}
_CLONE3: Final = 435  # its flags are in memory, where a filter cannot see them: glibc then uses clone
_TGKILL: Final = {"x86_64": 234, "aarch64": 131}
_PRLIMIT: Final = {"x86_64": 302, "aarch64": 261}


def close_system_calls() -> bool:
    """Refuses sockets, new programs and processes, and what reaches into other processes or changes permissions.

    Call it before the first thread starts: it holds for this thread and for those that this thread starts later.

    Returns:
        Whether the kernel did so. It does nothing on systems and processors that it has no numbers for.
    """
    processor = platform.machine()
    if sys.platform != "linux" or processor not in _REFUSED:
        return False
    program = _program(processor, os.getpid())
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    libc: Any = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return libc.prctl(_PR_SET_SECCOMP, _FILTER_MODE, header, 0, 0) == 0


def _program(processor: str, pid: int) -> bytes:
    """The filter. A conditional jump skips so many instructions where its test holds, and so many where not."""
    refuse = _step(_RETURN, _FAIL | errno.EPERM)
    steps = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_IF_EQUAL, _ARCHITECTURES[processor], 1, 0),
        refuse,
        _step(_LOAD, _NUMBER_AT),
    ]
    if processor == "x86_64":
        steps += [_step(_IF_AT_LEAST, _X32, 0, 1), refuse]
    for number in _REFUSED[processor]:
        steps += [_step(_IF_EQUAL, number, 0, 1), refuse]
    steps += [_step(_IF_EQUAL, _CLONE3, 0, 1), _step(_RETURN, _FAIL | errno.ENOSYS)]
    for number, test, value in (
        (_CLONE[processor], _IF_ANY_BIT, _CLONE_THREAD),  # threads, no processes
        (_TGKILL[processor], _IF_EQUAL, pid),  # signals to itself, as `abort` does
        (_PRLIMIT[processor], _IF_EQUAL, 0),  # limits of itself
    ):
        accept = _step(_RETURN, _ALLOW)
        steps += [_step(_IF_EQUAL, number, 0, 4), _step(_LOAD, _FIRST_ARGUMENT_AT), _step(test, value, 0, 1)]
        steps += [accept, refuse]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
