"""`manage.py mail import FILE…`: booking mails from .eml files."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from charters.bookings.letters import LARGEST_MAIL, MailUnreadable
from charters.bookings.receive import receive


class Command(BaseCommand):
    help = "Read booking mails of the platforms from .eml files."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        taken = commands.add_parser("import", help="Read .eml files; what is known already changes nothing.")
        taken.add_argument("files", nargs="+", metavar="FILE")
        taken.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        results = [_imported(Path(name)) for name in options["files"]]
        if options["json"]:
            self.stdout.write(json.dumps(results, ensure_ascii=False))
        else:
            for result in results:
                self.stdout.write(f"{result['file']}: {result['words']}")
        if any(result["state"] == "unreadable" for result in results):
            raise SystemExit(1)


def _imported(file: Path) -> dict[str, Any]:
    """One file, whatever is in it: the next one is read all the same."""
    result: dict[str, Any] = {"file": str(file), "state": "unreadable", "code": "", "charter": None}
    try:
        with file.open("rb") as opened:
            received = receive(opened.read(LARGEST_MAIL + 1))
    except MailUnreadable as reason:
        return result | {"words": str(reason)}
    except OSError as error:
        return result | {"words": f"The file cannot be read ({error.strerror})."}
    message = received.message
    if message is None or received.unreadable:
        return result | {"words": received.words}
    return result | {
        "state": message.state,
        "new": received.new,
        "code": message.code,
        "charter": message.charter.reference if message.charter else None,
        "words": received.words,
    }
