"""The whole application as `make run` starts it, in a folder and on a port of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

READY_SECONDS = 120
ROOT = Path(__file__).parents[1]


@dataclass
class Stage:
    """A running copy; what it printed is read line by line."""

    var: Path
    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def printed(self, pattern: str) -> re.Match[str]:
        """The first printed line that matches."""
        return next(match for line in list(self.lines) if (match := re.search(pattern, line)))

    @property
    def feed(self) -> Path:
        """The reference weekend's feed, open to an editor."""
        return self.var / "demo" / "jada-internal.ics"

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`manage.py …` beside the running copy."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=environment(self.var, self.port), capture_output=True, text=True)

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def environment(var: Path, port: int) -> dict[str, str]:
    """A newcomer's environment: nothing set but the place and the port."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"JADA_VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(var: Path) -> Stage:
    """Start a copy and wait until it says that it is ready."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "jada.run"],
        cwd=ROOT,
        env=environment(var, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    stage = Stage(var, port, process)
    threading.Thread(target=_listen, args=(stage,), daemon=True).start()
    deadline = time.monotonic() + READY_SECONDS
    while not any(line.startswith("Ready.") for line in stage.lines):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError("".join(stage.lines))
        time.sleep(0.1)
    return stage


def _listen(stage: Stage) -> None:
    assert stage.process.stdout is not None
    with stage.process.stdout as output:
        for line in output:
            stage.lines.append(line)
