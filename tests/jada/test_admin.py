"""What every page of the admin has in common, and the read-only rooms: messages, runs, logins."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dispatch.models import Delivery
from jada.core.clock import now
from jada.core.models import Run, StoredChange
from tests.factories import CharterFactory

pytestmark = pytest.mark.django_db


def delivery(**facts: object) -> Delivery:
    return Delivery.objects.create(
        **(
            {
                "kind": "boarding",
                "charter": CharterFactory(),
                "recipient": "quinn@example.com",
                "facts_digest": "d",
                "subject": "Your trip",
                "text": "Hello <Quinn>",
                "state": "failed",
                "attempts": 8,
            }
            | facts
        )
    )


def test_the_admin_alone_may_evaluate_scripts(admin_client: Client, client: Client) -> None:
    assert "'unsafe-eval'" in admin_client.get("/admin/")["Content-Security-Policy"]
    assert "'unsafe-eval'" in client.get("/admin/login/")["Content-Security-Policy"]
    assert "'unsafe-eval'" not in client.get("/healthz/")["Content-Security-Policy"]


def test_the_sidebar_shows_only_rooms_one_may_enter(client: Client) -> None:
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_charter"))
    client.force_login(user)
    groups = client.get("/admin/").context["sidebar_navigation"]
    seen = [item["title"] for group in groups for item in group["items"] if item["has_permission"]]
    assert seen == ["Board", "Charters"]


def test_a_message_is_read_as_text(admin_client: Client) -> None:
    page = admin_client.get(f"/admin/dispatch/delivery/{delivery().pk}/change/").content.decode()
    assert "Hello &lt;Quinn&gt;" in page


def test_a_refused_message_is_sent_again_and_a_sent_one_is_not(admin_client: Client) -> None:
    refused, sent = delivery(), delivery(state="sent")
    chosen = {"action": "send_again", "_selected_action": [refused.pk, sent.pk]}
    page = admin_client.post("/admin/dispatch/delivery/", chosen, follow=True).content.decode()
    assert "1 message goes out again. 1 was neither refused nor set aside" in page
    states = list(Delivery.objects.order_by("pk").values_list("state", "attempts"))
    assert states == [("pending", 0), ("sent", 8)]


def test_looking_at_messages_is_not_enough_to_send_them(client: Client) -> None:
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_delivery"))
    client.force_login(user)
    client.post("/admin/dispatch/delivery/", {"action": "send_again", "_selected_action": [delivery().pk]})
    assert Delivery.objects.get().state == "failed"


@pytest.mark.parametrize("room", ["dispatch/delivery", "core/run"])
def test_the_lists_take_as_many_queries_for_thirty_rows_as_for_one(
    admin_client: Client, room: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def add() -> None:
        delivery()
        Run.objects.create(started_at=now(), finished_at=now(), depth="quick")

    add()
    admin_client.get(f"/admin/{room}/")
    with django_assert_max_num_queries(8) as one:
        admin_client.get(f"/admin/{room}/")
    for _ in range(29):
        add()
    with django_assert_max_num_queries(8) as thirty:
        admin_client.get(f"/admin/{room}/")
    assert len(thirty) == len(one)


def test_a_run_shows_its_changes_and_cannot_be_edited(admin_client: Client) -> None:
    run = Run.objects.create(
        started_at=now(), finished_at=now(), depth="audit", failed=True, summary={"failures": {"edge": "403"}}
    )
    StoredChange.objects.create(
        run=run,
        layer="edge",
        charter="quinn",
        field="page",
        expected={"a": 1},
        actual=None,
        action="update",
        state="held",
    )
    address = f"/admin/core/run/{run.pk}/change/"
    page = admin_client.get(address).content.decode()
    assert "It could not be looked at: 403" in page
    assert "quinn" in page
    assert admin_client.post(address, {}).status_code == 403


@pytest.mark.parametrize(("chosen", "shown"), [("today", 1), ("week", 2), ("", 3)])
def test_runs_are_found_by_when_they_were(admin_client: Client, chosen: str, shown: int) -> None:
    for days in (0, 3, 30):
        at = now() - timedelta(days=days)
        Run.objects.create(started_at=at, finished_at=at, depth="quick")
    found = admin_client.get("/admin/core/run/", {"when": chosen}).context["cl"].result_count
    assert found == shown


def test_a_run_says_how_long_each_layer_took(admin_client: Client) -> None:
    run = Run.objects.create(
        started_at=now(), finished_at=now(), depth="audit", durations={"calendar": 0.25, "page": 75.4}
    )
    page = admin_client.get(f"/admin/core/run/{run.pk}/change/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert re.findall(r'plan-who">([^<]+)</p><p>([^<]+)<', page) == [
        ("Calendar", "0.2 s"),
        ("Guest pages", "1 min 15 s"),
    ]


def test_a_run_takes_as_many_queries_for_thirty_changes_as_for_one(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    run = Run.objects.create(
        started_at=now(), finished_at=now(), depth="audit", summary={"page": {"applied": 30}}, durations={"page": 1.0}
    )

    def add() -> None:
        StoredChange.objects.create(
            run=run, layer="page", charter=CharterFactory().reference, field="page", action="update", state="applied"
        )

    add()
    address = f"/admin/core/run/{run.pk}/change/"
    admin_client.get(address)
    with django_assert_max_num_queries(9) as one:
        admin_client.get(address)
    for _ in range(29):
        add()
    with django_assert_max_num_queries(9) as thirty:
        admin_client.get(address)
    assert len(thirty) == len(one)


def test_who_may_log_in_is_edited_here(admin_client: Client) -> None:
    assert admin_client.get("/admin/auth/user/add/").status_code == 200
    assert admin_client.get("/admin/auth/group/").status_code == 200
