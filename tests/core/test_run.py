"""`make run`'s supervisor over a minimal project: granian, Celery and both servers are real, and killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]

UNDER_TEST = [
    *("manage.py", "jada/run.py", "jada/startup.py", "jada/wsgi.py", "jada/core/embedded.py"),
    *("jada/core/keeper.py", "jada/core/servers.py", "jada/core/processes.py", "jada/core/folder_server.py"),
]

SETTINGS = """
import os
from pathlib import Path
from django.core.exceptions import ImproperlyConfigured
from jada.core.embedded import addresses
VAR = Path(os.environ["JADA_VAR"])
if not os.environ["PORT"].isdigit():
    raise ImproperlyConfigured("PORT: “" + os.environ["PORT"] + "” is not a whole number.")
PORT = int(os.environ["PORT"])
EMBEDDED_DATABASE = EMBEDDED_BROKER = DEBUG = True
BASE_URL = f"http://127.0.0.1:{PORT}"
GUEST_PAGES_FOLDER, GUEST_PAGES_URL, GUEST_PAGES_CACHE_CONTROL = VAR, BASE_URL + "/pages", ""
SECRET_KEY = "scratch"
USE_TZ = True
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "jada.urls"
INSTALLED_APPS = ["jada"]
where = addresses(VAR)
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": where.database_name,
                         "USER": where.database_user, "HOST": str(where.database_host)}}
CELERY_BROKER_URL = f"redis+socket://{where.redis_socket}"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
"""
CELERY = """
from celery import Celery
app = Celery("jada")
app.config_from_object("django.conf:settings", namespace="CELERY")
"""
URLS = """
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("healthz/", lambda request: HttpResponse("ok"))]
"""
SWEEP = """
import time
from django.core.management.base import BaseCommand
class Command(BaseCommand):
    def handle(self, **options):
        time.sleep(3600)
"""
WELCOME = """
from django.core.management.base import BaseCommand
class Command(BaseCommand):
    def handle(self, **options):
        self.stdout.write("admin http://127.0.0.1/admin/ login office password secret")
"""


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    """The files under test, with the least that a Django project needs around them."""
    folder = Path(tempfile.mkdtemp(prefix="jada-run-"))
    commands = folder / "jada" / "management" / "commands"
    commands.mkdir(parents=True)
    (folder / "jada" / "core").mkdir()
    for name in UNDER_TEST:
        shutil.copy(ROOT / name, folder / name)
    texts = {"settings": SETTINGS, "urls": URLS, "celery": CELERY, "__init__": ""}
    for name, text in texts.items():
        (folder / "jada" / f"{name}.py").write_text(text)
    (commands / "sweep.py").write_text(SWEEP)
    (commands / "welcome.py").write_text(WELCOME)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Run:
    """One `python -m jada.run`, up to the line that says it is ready."""

    def __init__(self, project: Path, port: object) -> None:
        own = {"JADA_VAR": str(project / "var"), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "jada.settings"}
        self.project = project
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jada.run"],
            cwd=project,
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_ready(self) -> "Run":
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("Ready"):
                return self
        raise AssertionError("\n".join([*self.lines, self.process.communicate()[1]]))

    def end(self, sign: signal.Signals) -> int:
        self.process.send_signal(sign)
        self.process.communicate(timeout=30)
        return self.process.returncode

    def others(self) -> list[psutil.Process]:
        """Every living process of the project but the supervisor."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                home, words = process.cwd(), " ".join(process.cmdline())
                ours = str(self.project) in words or home.startswith(str(self.project))
                if ours and process.pid != self.process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def pid_of(self, word: str) -> int:
        """The number of the program with this word on its command line, 0 when it is not there."""
        for process in self.others():
            with contextlib.suppress(psutil.Error):
                if word in process.cmdline():
                    return process.pid
        return 0


@pytest.fixture
def start(project: Path, port: int) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(on: object = port) -> Run:
        runs.append(Run(project, on))
        return runs[-1]

    yield begin
    for run in runs:
        for process in run.others():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        with run.process as supervisor:
            supervisor.kill()


def soon(condition: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=2).status == 200)
    return False


def test_it_welcomes_serves_and_ctrl_c_leaves_no_process_behind(start: Callable[..., Run], port: int) -> None:
    run = start().wait_ready()
    assert "admin http://127.0.0.1/admin/ login office password secret" in run.lines
    assert answers(port)
    assert "celery" in psutil.Process(run.pid_of("worker")).cmdline()
    assert run.end(signal.SIGINT) == 0
    assert run.others() == []


def test_whatever_dies_is_back_within_ten_seconds(start: Callable[..., Run], port: int) -> None:
    run = start().wait_ready()
    words = ["granian", "worker", "beat", "sweep", "jada.core.keeper"]
    before = {word: run.pid_of(word) for word in words}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    assert soon(lambda: all(run.pid_of(word) not in (0, before[word]) for word in words))
    assert soon(lambda: answers(port))


def test_a_killed_supervisor_takes_everything_along_and_the_next_start_is_clean(
    start: Callable[..., Run],
) -> None:
    run = start().wait_ready()
    assert len(run.others()) > 10
    run.end(signal.SIGKILL)
    assert soon(lambda: run.others() == [])
    again = start().wait_ready()
    assert again.end(signal.SIGTERM) == 0
    assert again.others() == []


def test_a_port_that_is_taken_is_said_in_one_sentence(start: Callable[..., Run], port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        run = start()
        said = run.process.communicate()[1]
    assert (run.process.returncode, said) == (
        1,
        f"PORT: {port} cannot be had (Address already in use); set another one.\n",
    )
    assert run.others() == []


def test_a_malformed_variable_is_said_in_one_sentence(start: Callable[..., Run]) -> None:
    run = start("eighty")
    assert run.process.communicate() == ("", "PORT: “eighty” is not a whole number.\n")
    assert run.process.returncode == 1
