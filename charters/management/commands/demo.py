"""`manage.py demo`: load the reference weekend."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from charters import demo
from charters.models import Charter
from jada.core.reconcile import FAILED, Scope, reconcile


class Command(BaseCommand):
    help = (
        "Load the reference weekend from its feed, its Saturday on the given date (the Saturday at least a week ahead "
        "when none is given; 2026-05-30 is the original). The feed lies in var/demo and may be edited."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--saturday", metavar="YYYY-MM-DD", type=date.fromisoformat, default=None)

    def handle(self, *args: Any, saturday: date | None, **options: Any) -> None:
        saturday = saturday or demo.saturday_ahead()
        if saturday.weekday() != 5:
            raise CommandError(f"{saturday:%A, %d %B %Y} is no Saturday.")
        calendar = demo.load(saturday)
        report = reconcile(Scope(layers=frozenset({"calendar"}), by_hand=True))
        if report.exit_code == 1:
            reasons = [change.reason for change in report.changes if change.state == FAILED]
            raise CommandError(f"The feed could not be read: {'; '.join([*reasons, *report.failures.values()])}")
        count = Charter.objects.charters().filter(calendar=calendar).count()
        self.stdout.write(f"{count} charters around Saturday {saturday:%d %B %Y}, read from {calendar.ical_address}")
