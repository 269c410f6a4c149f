"""A page's address and codes: they hold the date, a first name and a secret, and are made once."""

import re
import threading

import pytest
from django.db import connection

from charters.models import Charter, GuestPage
from charters.pages.addresses import make_pages
from jada.core import links
from tests.charters.pages.sailing import danika
from tests.charters.pages.samples import at

pytestmark = pytest.mark.django_db


def path(**facts: object) -> str:
    """The new page's path, its token written as `TOKEN`."""
    charter = danika(**facts)
    make_pages(Charter.objects.filter(pk=charter.pk))
    return re.sub(r"-[A-Za-z0-9_-]{22}\.html$", "-TOKEN.html", charter.page.path)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"guest_name": "Danika Alvarez"}, "2026-05-30/danika-TOKEN.html"),
        ({"guest_name": "Ms. Danika Alvarez-Peña"}, "2026-05-30/danika-TOKEN.html"),
        ({"guest_name": "Alvarez, Danika"}, "2026-05-30/danika-TOKEN.html"),
        ({"guest_name": "Zoë Muñoz"}, "2026-05-30/zoe-TOKEN.html"),
        ({"guest_name": "", "party": "O'Brien / Muñoz"}, "2026-05-30/obrien-munoz-TOKEN.html"),
        ({"guest_name": "", "party": ""}, "2026-05-30/your-trip-TOKEN.html"),
        ({"guest_name": "花子", "party": "花子"}, "2026-05-30/your-trip-TOKEN.html"),
        ({"guest_name": "../../etc/passwd"}, "2026-05-30/etc-passwd-TOKEN.html"),
        ({"guest_name": "D" * 90}, f"2026-05-30/{'d' * 40}-TOKEN.html"),
    ],
)
def test_the_path_has_the_date_and_the_first_name_and_no_surname(facts: dict[str, str], expected: str) -> None:
    assert path(**facts) == expected


def test_the_occasion_is_in_no_address() -> None:
    made = path(title="Nguyen Proposal Sunset Sail", guest_name="", party="Nguyen")
    assert made == "2026-05-30/nguyen-TOKEN.html"


def test_the_date_is_the_one_where_it_sails() -> None:
    assert path(starts_at=at("2026-05-30 23:30"), ends_at=at("2026-05-31 01:00")) == "2026-05-30/danika-TOKEN.html"


def test_the_address_does_not_follow_a_later_name_or_day() -> None:
    charter = danika()
    make_pages(Charter.objects.all())
    before = GuestPage.objects.get().path
    Charter.objects.update(guest_name="Robin Vale", starts_at=at("2026-06-02 14:00"), ends_at=at("2026-06-02 18:00"))
    make_pages(Charter.objects.all())
    assert (GuestPage.objects.get().path, GuestPage.objects.get().charter_id) == (before, charter.pk)


def test_two_charters_of_one_name_and_day_have_two_addresses() -> None:
    danika()
    danika()
    assert (make_pages(Charter.objects.all()), len(set(GuestPage.objects.values_list("path")))) == (2, 2)


def test_the_photo_code_is_found_by_what_somebody_types() -> None:
    danika()
    make_pages(Charter.objects.all())
    page = GuestPage.objects.get()
    typed = page.photo_code.replace("-", " ").lower()
    assert bytes(page.photo_lookup) == links.lookup(links.plain_code(typed))
    assert re.fullmatch(r"[2-9A-HJKMNP-TW-Z]{4}(-[2-9A-HJKMNP-TW-Z]{4}){3}", page.photo_code)


def test_the_links_of_a_new_page_are_its_own() -> None:
    charter = danika()
    make_pages(Charter.objects.all())
    page = GuestPage.objects.get()
    assert bytes(page.waiver_lookup) == links.lookup(links.token("waiver-charter", charter.pk))
    assert links.token("page", charter.pk) in page.path


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_page() -> None:
    danika()
    together = threading.Barrier(4)

    def work() -> None:
        together.wait()
        make_pages(Charter.objects.all())
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert GuestPage.objects.count() == 1
