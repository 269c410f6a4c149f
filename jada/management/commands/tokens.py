"""`manage.py tokens create|list|revoke`: which programs may use the API."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jada.core import tokens
from jada.core.models import ApiToken


class Command(BaseCommand):
    help = "Make, list and revoke the tokens that programs use the API with."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        create = commands.add_parser("create", help="Make a token and print it, this once.")
        create.add_argument("name", help="Whose it is, such as the script's name.")
        create.add_argument(
            "--scope",
            action="append",
            choices=tokens.SCOPES,
            metavar="SCOPE",
            help=f"What it may do: {', '.join(tokens.SCOPES)} (default: both). May be given again.",
        )
        shown = commands.add_parser("list", help="Show the tokens, never their text.")
        for each in (create, shown):
            each.add_argument("--json", action="store_true", help="Print JSON.")
        revoke = commands.add_parser("revoke", help="Take a token back.")
        revoke.add_argument("name")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        getattr(self, f"_{command}")(**options)

    def _create(self, name: str, scope: list[str] | None, **options: Any) -> None:
        try:
            text = tokens.create(name, scope or tokens.SCOPES)
        except tokens.TokenRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps({"token": text}) if options["json"] else text)

    def _list(self, **options: Any) -> None:
        every = list(ApiToken.objects.all())
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(token) for token in every], ensure_ascii=False))
            return
        for token in every:
            used = f"last used {token.last_used_at:%Y-%m-%d %H:%M} UTC" if token.last_used_at else "never used"
            state = "revoked" if token.revoked_at else used
            self.stdout.write(f"{token.name}: {', '.join(token.scopes)} ({state})")
        if not every:
            self.stdout.write("There is no token yet: `manage.py tokens create NAME`.")

    def _revoke(self, name: str, **options: Any) -> None:
        if not tokens.revoke(name):
            raise CommandError(f"There is no token “{name}” in force.")
        self.stdout.write(f"“{name}” opens nothing any more.")


def _as_json(token: ApiToken) -> dict[str, Any]:
    moments = {name: getattr(token, name) for name in ("created_at", "last_used_at", "revoked_at")}
    return {"name": token.name, "scopes": token.scopes} | {
        name: moment.isoformat() if moment else None for name, moment in moments.items()
    }
