"""`manage.py calendar add|list|watch|stop|resume|confirm`: the calendars the office writes in."""

import json
import shlex
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from charters.calendars.addresses import (
    PUBLIC_FEED,
    CalendarRefused,
    checked_address,
    checked_google_id,
    checked_zone,
    doubt,
)
from charters.calendars.google import push
from charters.calendars.stopping import resume, since, stop, what_stays
from charters.models import Calendar, Charter, Vessel
from charters.overrides import confirm_cancelled
from charters.pages import words
from charters.set_aside import by_calendar
from jada.core.bell import ring_channels


class Command(BaseCommand):
    help = (
        "Add, list and watch calendars, read one no more and again, and confirm that charters gone from them are "
        "cancelled."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        add = commands.add_parser(
            "add",
            help="Add a calendar by the address of its iCal feed, by its id at Google, or by both.",
            description="With both, the calendar is read through Google, and through the feed while Google fails.",
        )
        add.add_argument("name")
        add.add_argument("--ical", default="", metavar="URL", help="The feed's (secret) address, https://…")
        add.add_argument(
            "--google",
            default="",
            metavar="CALENDAR_ID",
            help="Google Calendar › Settings › the calendar › Integrate calendar. `manage.py google login` connects.",
        )
        add.add_argument("--timezone", default=settings.TIME_ZONE, help="Of floating times and whole days.")
        add.add_argument("--vessel", default="jada", metavar="SLUG", help="The vessel its charters sail on.")
        shown = commands.add_parser("list", help="Show the calendars and how their last sync went.")
        watch = commands.add_parser("watch", help="Have Google announce changes; renew what is about to end.")
        for each in (add, shown, watch):
            each.add_argument("--json", action="store_true", help="Print JSON.")
        stopped = commands.add_parser(
            "stop",
            help="Read a calendar no more.",
            description="It is asked and written no more, and Google is told to announce nothing. Its charters stay as "
            "they are. A calendar that has brought charters cannot be deleted: this is done instead.",
        )
        resumed = commands.add_parser(
            "resume",
            help="Read a calendar again that was stopped.",
            description="It is taken up where it was left: what changed in it meanwhile is found by the next look.",
        )
        for each in (stopped, resumed):
            each.add_argument("name", metavar="NAME")
        confirm = commands.add_parser("confirm", help="Confirm that vanished charters are cancelled.")
        confirm.add_argument("references", nargs="*", metavar="REF")
        confirm.add_argument("--all", action="store_true", help="All that wait for a word.")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        getattr(self, f"_{command}")(**options)

    def _add(self, name: str, ical: str, google: str, timezone: str, vessel: str, **options: Any) -> None:
        if not ical and not google:
            raise CommandError("Say where it is: --ical URL, --google CALENDAR_ID, or both.")
        calendar = Calendar(
            name=_checked_name(name),
            ical_address=_checked("--ical", checked_address, ical) if ical else "",
            google_id=_checked("--google", checked_google_id, google) if google else "",
            timezone=_checked("--timezone", checked_zone, timezone),
        )
        try:
            calendar.vessel = Vessel.objects.get(slug=vessel)
        except Vessel.DoesNotExist as error:
            slugs = ", ".join(Vessel.objects.values_list("slug", flat=True))
            raise CommandError(f"--vessel: there is no vessel “{vessel}”; there is {slugs}.") from error
        doubted = _checked("--ical", doubt, ical.strip()) if ical else ""
        calendar.save()
        if google:
            ring_channels()
        if doubted:
            self.stderr.write(f"Warning: {doubted} It is added all the same, and looked for at each look.")
        if calendar.anyone_can_read:
            self.stderr.write(f"Warning: {PUBLIC_FEED}")
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(calendar), ensure_ascii=False))
        else:
            self.stdout.write(f"Added “{calendar.name}”. `manage.py reconcile` reads it now, the clock by itself.")

    def _list(self, **options: Any) -> None:
        calendars = list(Calendar.objects.all())
        aside = by_calendar()
        if options["json"]:
            listed = [_as_json(calendar, aside.get(calendar.pk, "")) for calendar in calendars]
            self.stdout.write(json.dumps(listed, ensure_ascii=False))
            return
        for calendar in calendars:
            read = f"read {calendar.last_sync_at:%Y-%m-%d %H:%M} UTC" if calendar.last_sync_at else "never read yet"
            self.stdout.write(f"{calendar.name}: {_standing(calendar, aside.get(calendar.pk, ''))} ({read})")
        if not calendars:
            self.stdout.write(
                "There is no calendar yet: `manage.py calendar add NAME --ical URL` (or --google CALENDAR_ID)."
            )

    def _watch(self, **options: Any) -> None:
        unreachable = push.why_unreachable()
        if unreachable:
            self.stderr.write(f"{unreachable} Google is asked all the same.")
        watched = push.open_or_renew(by_hand=True)
        if options["json"]:
            self.stdout.write(json.dumps([_watched_as_json(each) for each in watched], ensure_ascii=False))
        else:
            for each in watched:
                self.stdout.write(f"{each.calendar.name}: {_in_words(each)}")
            if not watched:
                self.stdout.write("There is no Google calendar: `manage.py calendar add NAME --google CALENDAR_ID`.")
        shut = [f"“{each.calendar.name}”" for each in watched if each.open_until is None]
        if shut:
            raise CommandError(
                f"Google announces no changes of {words.listed(shut)}. Without it a change waits for the next look."
            )

    def _stop(self, name: str, **options: Any) -> None:
        calendar = _named(name)
        if not stop(calendar):
            self.stdout.write(f"“{calendar.name}” is not read already.")
            return
        again = f"manage.py calendar resume {shlex.quote(calendar.name)}"
        self.stdout.write(f"{what_stays(calendar)} `{again}` takes it up again.")

    def _resume(self, name: str, **options: Any) -> None:
        calendar = _named(name)
        resumed = resume(calendar)
        said = (
            "is read again: `manage.py reconcile` does so now, the clock by itself." if resumed else "is read already."
        )
        self.stdout.write(f"“{calendar.name}” {said}")

    def _confirm(self, references: list[str], **options: Any) -> None:
        waiting = Charter.objects.filter(status=Charter.Status.CANCELLING)
        if not references and not options["all"]:
            raise CommandError("Name the charters, or say --all.")
        chosen = list(waiting if options["all"] else waiting.filter(reference__in=references))
        unknown = set(references) - {charter.reference for charter in chosen}
        if unknown:
            raise CommandError(f"These do not wait for a word: {', '.join(sorted(unknown))}.")
        for charter in chosen:
            confirm_cancelled(charter=charter, by="the command line")
            self.stdout.write(f"{charter.reference} is cancelled.")


def _standing(calendar: Calendar, aside: str) -> str:
    """“well”, or what is not; `aside` says which of its events could not be read."""
    if calendar.stopped_at:
        return f"read no more, since {since(calendar)}"
    if calendar.error:
        return f"{calendar.error} {aside}".strip()
    return f"well, but {aside}" if aside else "well"


def _error(calendar: Calendar, aside: str) -> str | None:
    """The same for programs: what is read in part, or no more, is not well."""
    if calendar.stopped_at:
        return f"Read no more, since {since(calendar)}."
    return f"{calendar.error} {aside}".strip() or None


def _as_json(calendar: Calendar, aside: str = "") -> dict[str, Any]:
    return {
        "id": calendar.pk,
        "name": calendar.name,
        "source": str(calendar.source),
        "last_sync": calendar.last_sync_at.isoformat() if calendar.last_sync_at else None,
        "error": _error(calendar, aside),
    }


def _watched_as_json(watched: push.Watched) -> dict[str, Any]:
    return {
        "id": watched.calendar.pk,
        "name": watched.calendar.name,
        "open_until": watched.open_until.isoformat() if watched.open_until else None,
        "error": watched.error or None,
    }


def _in_words(watched: push.Watched) -> str:
    if watched.open_until is None:
        return watched.error
    until = timezone.localtime(watched.open_until)
    told = f"Google announces changes until {words.day(until.date())}, {words.clock(until)}."
    return f"{told} It could not be renewed: {watched.error}" if watched.error else told


def _named(name: str) -> Calendar:
    try:
        return Calendar.objects.get(name=name.strip())
    except Calendar.DoesNotExist as error:
        names = words.listed([f"“{each}”" for each in Calendar.objects.values_list("name", flat=True)])
        raise CommandError(f"NAME: there is no calendar “{name}”; there is {names or 'none'}.") from error


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise CommandError("NAME: between 1 and 80 characters.")
    if Calendar.objects.filter(name=name).exists():
        raise CommandError(f"NAME: there is a calendar “{name}” already.")
    return name


def _checked(option: str, check: Callable[[str], str], value: str) -> str:
    try:
        return check(value)
    except CalendarRefused as refusal:
        raise CommandError(f"{option}: {refusal}") from refusal
