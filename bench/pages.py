"""A thousand guest pages rendered and stored in a folder, against rendering them alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.feeds import CREW, feed
from bench.ground import Row, clock

PAGES = 1_000


def rows(var: Path) -> Iterator[Row]:
    """The rows of docs/benchmarks.md, “Pages”."""
    from charters.models import Calendar, Charter, CrewMember, GuestPage, Vessel
    from charters.pages.addresses import make_pages
    from charters.pages.facts import digest, page_facts
    from charters.pages.render import qr_svg, render
    from jada.core.clock import now
    from jada.core.reconcile import Scope, reconcile

    Charter.objects.all().delete()
    Calendar.objects.all().delete()
    for name in CREW:
        CrewMember.objects.get_or_create(name=name)
    (var / "demo").mkdir(exist_ok=True)
    file = var / "demo" / "pages.ics"
    file.write_bytes(feed(PAGES))
    Calendar.objects.create(name="pages", ical_address=file.as_uri(), vessel=Vessel.objects.get(slug="jada"))
    reconcile(Scope(layers=frozenset({"calendar"})))
    make_pages(Charter.objects.filter(page=None))
    facts = [page_facts(each) for each in Charter.objects.with_relations().with_waiver_counts()]
    if len(facts) != PAGES:
        raise AssertionError(len(facts))

    moment = now()
    alone = clock(
        lambda: [render(each, digest=digest(each), published_at=moment) for each in facts],
        times=3,
        before=qr_svg.cache_clear,
    )
    pages_only = Scope(layers=frozenset({"page"}))

    def unpublish() -> None:
        GuestPage.objects.update(state="none", digest="", template_version="")
        shutil.rmtree(var / "pages", ignore_errors=True)
        qr_svg.cache_clear()

    layer = clock(lambda: reconcile(pages_only), times=3, before=unpublish)
    published = GuestPage.objects.filter(state="published").count()
    if published != PAGES:
        raise AssertionError(published)
    yield Row(
        f"{PAGES:,} pages: records read, rendered, stored and settled, against rendering alone",
        layer,
        alone,
        3,
        at_most=True,
    )

    stamps = {path: path.stat().st_mtime_ns for path in (var / "pages").rglob("*.html")}
    again = clock(lambda: reconcile(pages_only), times=5)
    if {path: path.stat().st_mtime_ns for path in (var / "pages").rglob("*.html")} != stamps:
        raise AssertionError("a second look stored pages")
    yield Row("a second look with nothing changed, against 50 ms", again, 0.05, 1, at_most=True)
