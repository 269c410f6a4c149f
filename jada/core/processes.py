"""Processes that end with the one that started them, however it ends; and Postgres, which refuses to be root.

Linux kills a child with its parent when the child asks for it: prctl(2), PR_SET_PDEATHSIG. The wish is lost
at fork and whenever credentials change (PR_SET_PDEATHSIG(2const)), so it has to be made last, in the child.
This file is therefore also a program: it asks, makes sure that the parent is still there, and becomes the
command. It imports the standard library only and runs without site-packages (`-I -S`).
"""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Literal

# What root becomes before it runs a program that refuses root; "" is for everyone else.
Substitute = Literal["", "namespace", "nobody"]

UNREACHABLE = 97  # exit code: the substitute may not write to the folder it was given
_LOG_BYTES = 5_000_000

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522
_CLONE_NEWUSER = 0x10000000
_USER_INSIDE = 1000


def command_dying_with_me(
    command: Sequence[str | Path],
    *,
    by: signal.Signals = signal.SIGKILL,
    substitute: Substitute = "",
    folder: Path | None = None,
) -> list[str]:
    """The command line that runs `command` in `folder` and ends it by a signal when this process has ended.

    Start it from the main thread: the kernel means the *thread* that forked, not the process.
    """
    words = [
        sys.executable,
        "-I",
        "-S",
        __file__,
        str(os.getpid()),
        str(int(by)),
        substitute,
        str(folder or ""),
    ]
    return [*words, "--", *map(str, command)]


def module_dying_with_me(module: str, *arguments: str) -> list[str]:
    """The command line of `python -m module`, killed with this process, and its own forks with it."""
    return [
        sys.executable,
        __file__,
        str(os.getpid()),
        str(int(signal.SIGKILL)),
        "",
        "",
        "-m",
        module,
        *arguments,
    ]


def stop_when_parent_ends() -> None:
    """Send this process a SIGTERM when the one that started it ends. Without effect outside Linux."""
    _ask_for_death(os.getppid(), signal.SIGTERM)


def open_log(path: Path) -> IO[bytes]:
    """A log to append to; what is there moves to `<name>.1` when it has grown past a few megabytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def last_lines(path: Path, count: int = 4, *, since: int = 0) -> str:
    """The last lines of a log after byte `since`, on one line, for a sentence that explains a failure."""
    try:
        with path.open("rb") as log:
            log.seek(max(since, path.stat().st_size - 4096))
            lines = [line.strip() for line in log.read().decode(errors="replace").splitlines()]
    except OSError:
        return ""
    return " / ".join([line for line in lines if line][-count:])


# -- the program -----------------------------------------------------------------------------------------


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _ask_for_death(parent: int, by: int) -> None:
    """Ask to be killed with `parent`; end at once when it is gone already, for then nobody would."""
    if sys.platform != "linux":
        return
    _checked(_libc().prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0), "prctl")
    if os.getppid() != parent:
        os._exit(1)


def _enter_namespace() -> None:
    """Be user 1000 in a user namespace of one's own: root to the files, nobody special to Postgres."""
    user, group = os.geteuid(), os.getegid()
    _checked(_libc().unshare(_CLONE_NEWUSER), "unshare")
    # user_namespaces(7): an unprivileged process may map its own ids only, and its group after giving up
    # setgroups.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_USER_INSIDE} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{_USER_INSIDE} {group} 1")


def _become_nobody() -> None:
    """Be `nobody` for good, who may still walk through folders that only root may enter.

    capabilities(7): an ambient capability survives both the change of user and exec. CAP_DAC_OVERRIDE alone
    lets the data and the wheel's binaries stay where they are.
    """
    libc, nobody = _libc(), pwd.getpwnam("nobody")
    _checked(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl")
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    only = 1 << _CAP_DAC_OVERRIDE
    sets = (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0)  # effective, permitted, inheritable: low, then high
    _checked(libc.capset(header, sets), "capset")
    _checked(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0), "prctl")


def _run_module(module: str, arguments: list[str]) -> None:
    """Run a module in this very process, so that what it forks can be told to end with it."""
    import multiprocessing
    import runpy

    multiprocessing.set_start_method("fork")  # "spawn" would leave the hook below behind
    forking: list[int] = []
    os.register_at_fork(
        before=lambda: forking.append(os.getpid()),
        after_in_parent=forking.pop,
        after_in_child=lambda: _ask_for_death(forking.pop(), signal.SIGKILL),
    )
    sys.path[0] = os.getcwd()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _main(words: list[str]) -> None:
    parent, by, substitute, folder, kind, *command = words
    if substitute == "namespace":
        _enter_namespace()
    elif substitute == "nobody":
        _become_nobody()
    if folder:
        try:
            os.chdir(folder)
        except PermissionError:
            sys.exit(UNREACHABLE)
        if not os.access(".", os.W_OK, effective_ids=True):
            sys.exit(UNREACHABLE)
    _ask_for_death(int(parent), int(by))
    if kind == "-m":
        _run_module(command[0], command[1:])
    else:
        os.execvp(command[0], command)  # noqa: S606 - that is what this program is for


if __name__ == "__main__":
    _main(sys.argv[1:])
