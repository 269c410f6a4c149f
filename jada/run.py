"""`make run`: everything on one machine, for development and for a look around (`python -m jada.run`).

Starts the embedded servers, the web application, the worker, the clock and the sweep, starts again whatever
dies, and takes all of it along when it ends: gracefully on Ctrl-C or SIGTERM, by the kernel when it is
killed.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from django.conf import settings

from jada.core.embedded import EmbeddedError, Membership
from jada.core.processes import (
    command_dying_with_me,
    last_lines,
    module_dying_with_me,
    open_log,
    stop_when_parent_ends,
)
from jada.startup import join_servers, read_settings

ROOT = Path(__file__).parents[1]
LOOK_SECONDS = 0.1
STEADY_SECONDS = 10  # a process that lived this long did not die of its start
LONGEST_PAUSE = 8.0  # before another start: with the start itself, under ten seconds
GRACE_SECONDS = 8.0
WEB_SECONDS = 120
LOG_BYTES = 10_000_000


class Stop(Exception):  # noqa: N818 - a request, not an error
    """Somebody asked us to end."""


class RunError(Exception):
    """It cannot go on; the text is a plain sentence."""


def say(line: str) -> None:
    """One line for the person at the terminal, if there still is one."""
    with contextlib.suppress(BrokenPipeError):
        print(line, flush=True)


class Program:
    """One of the processes that make up the application, started again whenever it ends."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.log = settings.VAR / "log" / f"{name}.log"
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = 0.5
        self._start_at = 0.0

    def look_after(self) -> None:
        """Start it when it is not running and its pause is over; keep its log within bounds."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            code = self._process.returncode
            self._kill_group()
            self._process = None
            self._pause = 0.5 if now - self._started > STEADY_SECONDS else min(self._pause * 2, LONGEST_PAUSE)
            self._start_at = now + self._pause
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            say(f"The {self.name} ended ({how}); it starts again. Its log is {self.log}")
        if self._process is None and now >= self._start_at:
            self._start(now)
        self._trim_log()

    def ask_to_end(self) -> None:
        """SIGTERM, to the process that leads the others of its group."""
        if self._process is not None:
            self._process.terminate()

    def wait_ended(self, seconds: float) -> None:
        """Wait for the end, then make it."""
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.05, seconds))
        self._kill_group()
        self._process.wait()
        self._process = None

    def _start(self, now: float) -> None:
        self._started = now
        with open_log(self.log) as log:
            self._process = subprocess.Popen(  # the terminal's Ctrl-C is for us: a session of its own
                self._command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _kill_group(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _trim_log(self) -> None:
        """Cut a log that has grown too long; everyone appends to it, so it may be cut under their hands."""
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_BYTES:
                os.truncate(self.log, 0)


class Supervisor:
    """The embedded servers and the programs, from start to end."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.asked_twice = False
        self.membership: Membership | None = None
        self.programs: list[Program] = []

    def the_programs(self) -> list[Program]:
        """What the application consists of; each process and what it forks dies with this one."""
        web = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(settings.PORT), "--no-ws"]
        web += ["--blocking-threads", "16"]  # as many as the database pool has connections
        beat = settings.VAR / f"celerybeat-{settings.PORT}"
        return [
            Program("web", module_dying_with_me("granian", *web, "jada.wsgi:application")),
            Program(
                "worker",
                module_dying_with_me(
                    *["celery", "-A", "jada", "worker", "-P", "threads", "-c", "4", "-l", "INFO"],
                    *["--without-gossip", "--without-mingle"],
                ),
            ),
            Program(
                "beat",
                module_dying_with_me(
                    *["celery", "-A", "jada", "beat", "-l", "INFO", "-s", str(beat), "--pidfile="],
                ),
            ),
            Program("sweep", command_dying_with_me([sys.executable, "manage.py", "sweep"])),
        ]

    def run(self) -> None:
        """Start everything, look after it. Raises Stop when asked to end, RunError when it cannot go on."""
        self.join()
        check_port_is_free(settings.PORT)
        say("Bringing the database up to date")
        self.finish("migrate", "--no-input", "--verbosity", "0")
        if not settings.DEBUG:
            say("Collecting static files")
            self.finish("collectstatic", "--no-input", "--verbosity", "0")
        say(f"Starting web, worker, beat and sweep (logs in {settings.VAR / 'log'})")
        self.programs = self.the_programs()
        self.wait_for_web()
        try:
            self.finish("welcome", quiet=False)
        except RunError as error:
            print(error, file=sys.stderr)  # an application without its demonstration is still one
        say("Ready. Ctrl-C ends it.")
        while True:
            self.look()

    def look(self) -> None:
        """One round: ended programs start again, lost servers are joined again."""
        if self.stopping.wait(LOOK_SECONDS):
            raise Stop
        if self.membership is not None and not self.membership.is_kept():
            say("The embedded servers ended; they start again.")
            self.membership.leave()
            self.membership.wait_gone(20)
            try:
                self.join()
            except RunError as failure:
                say(str(failure))  # the next round tries again
        for program in self.programs:
            program.look_after()

    def join(self) -> None:
        """Be one of those who use the embedded servers, and the one who serves PORT."""
        try:
            self.membership = join_servers(owns_port=settings.PORT, progress=say)
        except EmbeddedError as error:
            raise RunError(str(error)) from error

    def finish(self, *words: str, quiet: bool = True) -> None:
        """Run a command of manage.py to its end. Raises RunError with the last of its words when it fails."""
        log = settings.VAR / "log" / f"{words[0]}.log"
        with open_log(log) as output:
            since = output.tell()
            process = subprocess.Popen(
                command_dying_with_me([sys.executable, "manage.py", *words]),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output if quiet else None,
                stderr=output,
                start_new_session=True,
            )
        try:
            while process.poll() is None:
                self.look()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.returncode != 0:
            said = last_lines(log, since=since)
            raise RunError(f"manage.py {words[0]} failed: {said} (its log is {log}).")

    def wait_for_web(self) -> None:
        """Return when /healthz/ answers, whatever it says of the rest."""
        host = urlsplit(settings.BASE_URL).netloc
        until = time.monotonic() + WEB_SECONDS
        while not web_answers(settings.PORT, host):
            if time.monotonic() > until:
                log = self.programs[0].log
                raise RunError(f"The web application does not answer: {last_lines(log)} (its log is {log}).")
            self.look()

    def end(self) -> None:
        """End the programs, then the servers they need; nothing is left when this returns."""
        until = time.monotonic() + GRACE_SECONDS
        for program in self.programs:
            program.ask_to_end()
        for program in self.programs:
            program.wait_ended(0 if self.asked_twice else until - time.monotonic())
        if self.membership is not None and self.membership.leave():
            self.membership.wait_gone(30)


def web_answers(port: int, host: str) -> bool:
    """Whether something speaks HTTP at /healthz/ and has an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz/", headers={"Host": host})
        return connection.getresponse().status in (200, 503)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def check_port_is_free(port: int) -> None:
    """Raise RunError when somebody has the port; what a killed predecessor left needs a moment to go."""
    until = time.monotonic() + 3
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if time.monotonic() > until:
                    raise RunError(f"PORT: {port} cannot be had ({error.strerror}); set another one.") from error
            else:
                return
        time.sleep(0.1)


def main() -> int:
    """Run until asked to end: 0. 1 with a sentence on stderr when it cannot run.

    `--with-parent` (from the Makefile): end gracefully when `make` is killed.
    """
    if "--with-parent" in sys.argv[1:]:
        stop_when_parent_ends()
    supervisor = Supervisor()

    def stop(number: int, frame: FrameType | None) -> None:
        supervisor.asked_twice = supervisor.stopping.is_set()
        supervisor.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    read_settings()
    try:
        supervisor.run()
    except RunError as failure:
        print(failure, file=sys.stderr)
        return 1
    except Stop:
        say("Stopping")
    finally:
        supervisor.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
