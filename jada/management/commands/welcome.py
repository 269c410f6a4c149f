"""`manage.py welcome`: what `make run` says when everything is up."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from charters.models import Calendar, Charter, GuestPage
from charters.public_links import waiver_url
from jada.core import env
from jada.core.reconcile import Scope, reconcile

ADMIN = "admin"


class Command(BaseCommand):
    help = "Load the reference weekend into an empty database, make the first login, and print where everything is."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO_DATA and not (Calendar.objects.exists() or Charter.objects.exists()):
            self.stdout.write("Loading the reference weekend …")
            call_command("demo", stdout=self.stdout)
        self.stdout.write("Reconciling every layer …")
        report = reconcile(Scope(by_hand=True))
        for layer, reason in report.failures.items():
            self.stderr.write(f"{layer}: {reason}")
        self.stdout.write(f"admin {settings.BASE_URL}/admin/ login {ADMIN} password {_password()}")
        self.stdout.write(f"board {settings.BASE_URL}/admin/")
        charter = (
            Charter.objects.charters()
            .active()
            .upcoming()
            .filter(page__state=GuestPage.State.VERIFIED)
            .select_related("page")
            .first()
        )
        if charter is None:
            self.stdout.write("guest page: none yet; add a calendar with `manage.py calendar add NAME --ical URL`")
            return
        self.stdout.write(f"guest page {charter.page.url}")
        self.stdout.write(f"waiver {waiver_url(charter, charter.page)}")


def _password() -> str:
    """The first login's password, made once; a person who changed it sees that it is theirs."""
    users = get_user_model()
    made = env.generated_once("ADMIN_PASSWORD", settings.VAR / "secrets", lambda: secrets.token_urlsafe(12))
    user = users.objects.filter(username=ADMIN).first()
    if user is None:
        users.objects.create_superuser(username=ADMIN, email="", password=made)
        return made
    return made if user.check_password(made) else "(the one you set)"
