"""The filter of system calls."""

from __future__ import annotations

import errno
import struct

import pytest

from emoar.server.sandbox import seccomp

PID = 77
ALLOW, REFUSE, UNKNOWN = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
X86, ARM = 0xC000003E, 0xC00000B7


def verdict(processor: str, architecture: int, number: int, argument: int = 0) -> int:
    """Runs the filter as the kernel does."""
    data = struct.pack("=IIQQ", number, architecture, 0, argument)
    program = list(struct.iter_unpack("HBBI", seccomp._program(processor, PID)))
    at, value = 0, 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, operand)
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += if_true if holds else if_false


@pytest.mark.parametrize(
    ("processor", "architecture", "number", "argument", "expected"),
    [
        ("x86_64", X86, 0, 0, ALLOW),  # read
        ("x86_64", X86, 41, 0, REFUSE),  # socket
        ("x86_64", X86, 59, 0, REFUSE),  # execve
        ("x86_64", X86, 190, 0, REFUSE),  # fsetxattr, the last of the list
        ("x86_64", X86, 435, 0, UNKNOWN),  # clone3
        ("x86_64", X86, 56, 0x10F00, ALLOW),  # a thread
        ("x86_64", X86, 56, 17, REFUSE),  # a process
        ("x86_64", X86, 234, PID, ALLOW),  # tgkill
        ("x86_64", X86, 234, PID + 1, REFUSE),
        ("x86_64", X86, 302, 0, ALLOW),  # prlimit64
        ("x86_64", X86, 302, 1, REFUSE),
        ("x86_64", X86, 0x40000000 | 41, 0, REFUSE),  # the x32 interface
        ("x86_64", 0x40000003, 102, 0, REFUSE),  # 32-bit socketcall
        ("aarch64", ARM, 63, 0, ALLOW),  # read
        ("aarch64", ARM, 198, 0, REFUSE),
        ("aarch64", ARM, 221, 0, REFUSE),
        ("aarch64", ARM, 220, 0x10000, ALLOW),
        ("aarch64", ARM, 220, 17, REFUSE),
    ],
)
def test_verdicts(processor: str, architecture: int, number: int, argument: int, expected: int) -> None:
    assert verdict(processor, architecture, number, argument) == expected


def test_an_unknown_processor_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "mips")
    assert seccomp.close_system_calls() is False
