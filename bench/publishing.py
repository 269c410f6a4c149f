"""Guest pages to a bucket, against `aws s3 sync` of the same pages, ready as files, to the same endpoint.

A request takes 30 ms there (bench/bucket_server.py). AWS's own tool is installed for the run from bench/awscli.txt: it
would hold back boto3's version in our own environment.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.bucket_server import bucket_server, counted
from bench.feeds import CREW, feed
from bench.ground import Row, clock

PAGES, FEW = 1_000, 10
LATENCY = 0.03
LAYERS = frozenset({"page"})
DISTRIBUTION = "EBENCH0000001"
AUDITED, MOST_LISTS = 10_000, 11
TIMES = 5
OFFICE_PHONES = ("+16195550100", "+16195550101")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-west-2"}


def rows(var: Path) -> Iterator[Row]:
    """The rows of docs/benchmarks.md, “Publishing”."""
    _charters(var)
    with bucket_server(latency=LATENCY) as address, _pages_in_the_bucket(address):
        ours, files = Ours(address), Files(var, address)
        ours.change(PAGES)
        ours.look(puts=PAGES)
        files.write(ours.contents())
        files.sync(puts=PAGES)

        yield Row(
            f"{PAGES:,} changed pages read, rendered, put and invalidated, against `aws s3 sync` of ready files",
            *in_turn(
                lambda: ours.look(puts=PAGES), lambda: files.sync(puts=PAGES), changed=(ours, files), number=PAGES
            ),
            2,
        )
        yield Row(
            f"{FEW} changed of {PAGES:,}, a quick look",
            *in_turn(lambda: ours.look(puts=FEW), lambda: files.sync(puts=FEW), changed=(ours, files), number=FEW),
            4,
        )
        yield Row(
            f"nothing changed in {PAGES:,}, a quick look",
            *in_turn(lambda: ours.look(puts=0), lambda: files.sync(puts=0)),
            20,
        )
        yield from _audits(address, files)


class Ours:
    """Our pages in the bucket."""

    def __init__(self, address: str) -> None:
        from charters.models import Brand

        self.address = address
        self.brand = Brand.objects.get(slug="jada")
        self.phones = 0

    def change(self, number: int) -> None:
        """A fact of so many charters: the office's telephone for all, the party's size for a few."""
        from django.db.models import F

        from charters.models import Brand, Charter
        from charters.pages import life

        charters = list(Charter.objects.order_by("starts_at", "pk").values_list("pk", flat=True)[:number])
        if number == PAGES:
            self.phones += 1
            Brand.objects.filter(pk=self.brand.pk).update(phone=OFFICE_PHONES[self.phones % 2])
        else:
            Charter.objects.filter(pk__in=charters).update(guest_count=F("guest_count") + 1)
        life.mark_stale(charters)
        counted(self.address)

    def look(self, *, puts: int) -> None:
        """A quick look, which has to make so many puts, one invalidation of them, and no other request."""
        from charters.models import GuestPage
        from charters.pages import purging
        from jada.core.reconcile import Scope, reconcile

        reconcile(Scope(layers=LAYERS))
        if pages := list(GuestPage.objects.filter(state="published", purge=None)):
            waits = purging.purge(pages, {page.pk: page.fence for page in pages}, until=time.monotonic() + 10)
            if waits:
                raise AssertionError(waits)
        if (made := counted(self.address)) != ({"PUT": puts, "CLOUDFRONT": 1} if puts else {}):
            raise AssertionError(made)

    def contents(self) -> dict[str, bytes]:
        """{path: page} as they lie in the bucket."""
        from charters.models import GuestPage
        from charters.pages import store

        return {path: store.read(path) or b"" for path in GuestPage.objects.values_list("path", flat=True)}


class Files:
    """The same pages in a folder, and AWS's tool that copies what differs."""

    def __init__(self, var: Path, address: str) -> None:
        self.folder, self.address = var / "ready", address
        self.paths: list[Path] = []
        self.tool = _aws_tool(var)

    def write(self, contents: dict[str, bytes]) -> None:
        """The pages as files."""
        for path, content in contents.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            self.paths.append(file)
        counted(self.address)

    def change(self, number: int) -> None:
        """One sign more in so many of them: the tool sees it by the size."""
        for file in self.paths[:number]:
            with file.open("ab") as page:
                page.write(b"\n")
        self._age()
        counted(self.address)

    def sync(self, *, puts: int) -> None:
        """As one would by hand or in a script."""
        self.run("s3", "sync", "--only-show-errors", str(self.folder), "s3://peer/guests")
        if (made := counted(self.address))["PUT"] != puts:
            raise AssertionError(made)

    def run(self, *arguments: str) -> None:
        """The tool, as a process of its own, which is how it is used."""
        subprocess.run([self.tool, *arguments], check=True, env=os.environ | {"AWS_ENDPOINT_URL": self.address})

    def _age(self) -> None:
        """S3 keeps times in whole seconds: a file that is newer by a part of one would be put again for nothing."""
        before = time.time() - 3_600
        for file in self.paths:
            os.utime(file, (before, before))


def in_turn(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    changed: "tuple[Ours, Files] | None" = None,
    number: int = 0,
) -> tuple[float, float]:
    """The medians of both, each run followed by the other's: what else the machine does, it does to both."""
    taken = []
    for _ in range(TIMES):
        for each in changed or ():
            each.change(number)
        taken.append((clock(ours), clock(peer)))
    return median(each[0] for each in taken), median(each[1] for each in taken)


def _audits(address: str, files: Files) -> Iterator[Row]:
    """What an audit asks of the bucket: all names and ETags, a thousand a request."""
    from charters.pages import store
    from charters.pages.store import Put
    from jada.core.errors import AdapterError

    counted(address)
    listed = store.listing()
    made = counted(address)
    if len(listed) != PAGES or made != {"LIST": 1}:
        raise AssertionError((len(listed), made))
    dry = ("s3", "sync", "--dryrun", "--only-show-errors", str(files.folder), "s3://peer/guests")
    yield Row(
        f"{PAGES:,} pages listed with their ETags for an audit, against `aws s3 sync --dryrun`",
        *in_turn(store.listing, lambda: files.run(*dry)),
        4,
    )
    more = [Put(f"2026-05-30/{number}.html", lambda: b"A page", "") for number in range(AUDITED - PAGES)]
    for _, outcome in store.put_many(more, broken_off=time.monotonic() + 120, progress=lambda done: None):
        if isinstance(outcome, AdapterError):
            raise outcome
    counted(address)
    if len(store.listing()) != AUDITED:
        raise AssertionError(len(store.listing()))
    asked = counted(address)["LIST"]
    yield Row(f"{AUDITED:,} pages listed for an audit: requests", asked, MOST_LISTS, 1, "requests", at_most=True)


def _charters(var: Path) -> None:
    from charters.models import Calendar, Charter, CrewMember, Vessel
    from jada.core.reconcile import Scope, reconcile

    Charter.objects.all().delete()
    Calendar.objects.all().delete()
    for name in CREW:
        CrewMember.objects.get_or_create(name=name)
    (var / "demo").mkdir(exist_ok=True)
    file = var / "demo" / "publishing.ics"
    file.write_bytes(feed(PAGES))
    Calendar.objects.create(name="publishing", ical_address=file.as_uri(), vessel=Vessel.objects.get(slug="jada"))
    reconcile(Scope(layers=frozenset({"calendar"})))
    if (made := Charter.objects.charters().count()) != PAGES:
        raise AssertionError(made)


@contextmanager
def _pages_in_the_bucket(address: str) -> Iterator[None]:
    """STORAGES as GUEST_PAGES_BUCKET would have set it."""
    from django.conf import settings
    from django.test import override_settings

    from charters.pages import cloudfront
    from jada.settings import pages_bucket

    before = dict(os.environ)
    os.environ |= CREDENTIALS | {"AWS_ENDPOINT_URL": address}
    storages = {**settings.STORAGES, "pages": pages_bucket("pages", "guests")}
    try:
        with override_settings(
            STORAGES=storages,
            GUEST_PAGES_FOLDER=None,
            GUEST_PAGES_URL=f"{address}/pages/guests",
            CLOUDFRONT_DISTRIBUTION_ID=DISTRIBUTION,
        ):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        cloudfront.forget_client()


def _aws_tool(var: Path) -> str:
    """AWS's command line, exact and hashed, in an environment of its own."""
    uv, home = str(Path(sys.executable).with_name("uv")), var / "awscli"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
    wanted = Path(__file__).with_name("awscli.txt")
    install = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(home / "bin" / "python"), str(wanted)]
    subprocess.run(install, check=True)
    return str(home / "bin" / "aws")
