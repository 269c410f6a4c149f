"""Where pages are put: a folder. The bucket is in test_bucket.py."""

import hashlib
import threading
import time

import pytest

from charters.pages import store
from charters.pages.store import Put
from jada.core.errors import AdapterError
from tests.fakes.page_server import PageServer

PAGE = "2026-05-30/danika-token.html"


def test_a_page_is_kept_as_it_was_put(site: PageServer) -> None:
    store.put(PAGE, "<p>Zoë</p>".encode(), digest="d")
    assert store.read(PAGE) == "<p>Zoë</p>".encode()


def test_a_page_replaces_the_one_before(site: PageServer) -> None:
    store.put(PAGE, b"first, and longer", digest="d")
    store.put(PAGE, b"second", digest="d")
    assert [file.read_bytes() for file in site.folder.rglob("*") if file.is_file()] == [b"second"]


def test_a_page_that_is_not_there_is_none(site: PageServer) -> None:
    assert store.read(PAGE) is None


def test_a_web_server_may_read_the_page(site: PageServer) -> None:
    store.put(PAGE, b"page", digest="d")
    assert (site.folder / PAGE).stat().st_mode & 0o777 == 0o644


def test_a_folder_that_refuses_is_told_in_words(site: PageServer) -> None:
    (site.folder / "2026-05-30").write_text("no folder")
    with pytest.raises(AdapterError, match=r"^The pages' folder refused \(File exists\)\.$"):
        store.put(PAGE, b"page", digest="d")


def test_a_put_that_breaks_leaves_the_old_page_and_no_draft(site: PageServer) -> None:
    (site.folder / PAGE).mkdir(parents=True)
    with pytest.raises(AdapterError):
        store.put(PAGE, b"page", digest="d")
    assert [file.name for file in (site.folder / "2026-05-30").iterdir()] == ["danika-token.html"]


def test_a_half_written_page_is_never_seen(site: PageServer) -> None:
    versions = {letter * 400_000 for letter in (b"a", b"b", b"c")}
    store.put(PAGE, b"a" * 400_000, digest="d")
    over, seen = threading.Event(), set()

    def phone() -> None:
        while not over.is_set():
            seen.add((site.folder / PAGE).read_bytes())

    reader = threading.Thread(target=phone)
    reader.start()
    for _ in range(20):
        for version in versions:
            store.put(PAGE, version, digest="d")
    over.set()
    reader.join()
    assert seen <= versions


def test_a_folder_names_an_etag_as_a_bucket_would(site: PageServer) -> None:
    assert store.put(PAGE, b"page", digest="d") == hashlib.md5(b"page").hexdigest()


def test_the_folder_lists_pages_and_strangers_but_no_drafts(site: PageServer) -> None:
    etag = store.put(PAGE, b"page", digest="d")
    (site.folder / "2026-05-30" / ".page-draft").write_bytes(b"half")
    (site.folder / "notes.txt").write_bytes(b"notes")
    assert store.listing() == {PAGE: etag, "notes.txt": hashlib.md5(b"notes").hexdigest()}


def test_a_folder_that_is_not_there_yet_holds_no_pages(site: PageServer) -> None:
    site.folder.rmdir()
    assert store.listing() == {}


def test_too_many_files_are_refused_in_words(site: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_LISTED", 1)
    store.put(PAGE, b"page", digest="d")
    (site.folder / "notes.txt").write_bytes(b"notes")
    with pytest.raises(AdapterError) as refused:
        store.listing()
    assert (str(refused.value), refused.value.permanent) == (
        "More than 1 files lie where pages are kept: too many to be looked through. "
        "Give the pages a place of their own (GUEST_PAGES_PREFIX).",
        True,
    )


def test_pages_are_removed_from_the_folder_and_absent_ones_are_fine(site: PageServer) -> None:
    store.put(PAGE, b"page", digest="d")
    store.remove([PAGE, "2026-05-30/nobody.html", "2026-06-14/nobody.html"])
    assert store.listing() == {}


def test_pages_are_put_one_after_the_other_into_a_folder(site: PageServer) -> None:
    puts = [Put(f"{name}.html", name.encode, "d") for name in ("one", "two")]
    progress: list[int] = []
    outcomes = list(store.put_many(puts, broken_off=time.monotonic() + 60, progress=progress.append))
    assert outcomes == [(put, hashlib.md5(put.make()).hexdigest()) for put in puts]
    assert progress == [1, 2]


def test_after_the_time_for_a_batch_no_more_pages_are_begun(site: PageServer) -> None:
    puts = [Put("one.html", b"one".upper, "d")]
    [(_, outcome)] = store.put_many(puts, broken_off=time.monotonic() - 1, progress=lambda done: None)
    assert (str(outcome), store.listing()) == ("The page was not put: those before it took too long.", {})
