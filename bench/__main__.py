"""`make bench`: every comparison of docs/benchmarks.md in one run, each against its peer, as ratios."""

import importlib
import sys

from bench.ground import own_servers

SCRIPTS = ("calendar_sync", "descriptions", "google_calendar", "pages", "publishing", "saving", "api")


def main() -> int:
    """Run the named scripts, or all; exit code 1 when a bar is missed."""
    missed = 0
    with own_servers() as var:
        print("| what | ours | peer | ratio | bar | |\n| --- | --- | --- | --- | --- | --- |", flush=True)
        for name in sys.argv[1:] or SCRIPTS:
            for row in importlib.import_module(f"bench.{name}").rows(var):
                print(row.line(), flush=True)
                missed += not row.passed
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
