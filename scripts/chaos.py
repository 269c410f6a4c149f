"""`make chaos`: the supervisor is killed at moments it does not choose; nothing may survive it, and nothing be lost.

Each round starts `make run`'s program on the same folder, kills it with SIGKILL at a random moment, and looks for
orphans. At the end it must start clean, with the data of the first start.
"""

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from scripts.stage import ROOT, Stage, environment, free_port, start

ROUNDS = 10
LATEST = 12.0  # seconds: well after everything is up
GONE_WITHIN = 10.0


def main() -> int:
    """Exit code 1 when something survived or was lost."""
    var = Path(tempfile.mkdtemp(prefix="jada-chaos-"))
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(10_000)
    moments = random.Random(seed)
    print(f"seed {seed}")
    try:
        stage = start(var)
        before = _charters(stage)
        stage.stop()
        for number in range(1, ROUNDS + 1):
            moment = moments.uniform(0, LATEST)
            _kill_at(var, moment)
            orphans = _orphans(var)
            print(f"{number}/{ROUNDS}: killed after {moment:.1f} s, {len(orphans)} orphans", flush=True)
            if orphans:
                print("\n".join(orphans))
                return 1
        stage = start(var)
        after = _charters(stage)
        code = stage.stop()
        print(f"started again clean: {before} charters before, {after} after, exit code {code}")
        return int(after != before or code != 0 or bool(_orphans(var)))
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _charters(stage: Stage) -> int:
    counted = stage.manage("shell", "-v0", "-c", "from charters.models import Charter; print(Charter.objects.count())")
    return int(counted.stdout.split()[-1])


def _kill_at(var: Path, moment: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "jada.run"],
        cwd=ROOT,
        env=environment(var, free_port()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()


def _orphans(var: Path) -> list[str]:
    """Command lines that still belong to this folder when a few seconds have passed."""
    deadline = time.monotonic() + GONE_WITHIN
    while True:
        found = [" ".join(each.info["cmdline"]) for each in psutil.process_iter(["cmdline"]) if _ours(each, var)]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _ours(process: psutil.Process, var: Path) -> bool:
    try:
        return process.environ().get("JADA_VAR") == str(var) or str(var) in " ".join(process.info["cmdline"] or [])
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


if __name__ == "__main__":
    sys.exit(main())
