"""`manage.py waivers verify`: every signed waiver against its evidence (docs/operations.md)."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from waivers.evidence import verify_all

FAILED = 2


class Command(BaseCommand):
    help = "Checks signed waivers. `verify` exits 2 when one fails, and names it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One action so far."""
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="check every signed waiver against its evidence")
        verify.add_argument(
            "--json", action="store_true", help="print {checked, failed: [{waiver_id, charter, problems}]}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads the chain from its first record to its last; nothing is changed."""
        checked, failed = 0, []
        for waiver, problems in verify_all():
            checked += 1
            if problems:
                charter = waiver.charter.reference
                failed.append({"waiver_id": str(waiver.public_id), "charter": charter, "problems": problems})
        if options["json"]:
            self.stdout.write(json.dumps({"checked": checked, "failed": failed}))
        else:
            for each in failed:
                self.stdout.write(f"{each['waiver_id']} ({each['charter']}): {', '.join(each['problems'])}")
            self.stdout.write(f"{checked} checked, {len(failed)} failed")
        if failed:
            sys.exit(FAILED)
