"""The guests' pictures: who may send them, what is kept of them, and who sees them."""

import io
import threading
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from charters.models import Charter, GuestPage
from jada.core import clock, links
from tests.waivers.samples import THURSDAY, Move
from waivers.models import Photo

pytestmark = pytest.mark.django_db
GONE = "We do not know this code, or it has expired."
GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    """The private storage, a folder."""
    folder = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder},
        },
    }
    return folder


@pytest.fixture
def address(page: GuestPage) -> str:
    return f"/p/{page.photo_code}/"


@pytest.fixture
def phone() -> Client:
    return Client(enforce_csrf_checks=True)


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), colour: Any = "teal", **options: Any) -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new(options.pop("mode", "RGB"), size, colour).save(file, form, **options)
    return file.getvalue()


def with_exif() -> bytes:
    """From a phone held upright: stored lying, with the place where it was taken."""
    image, exif = Image.new("RGB", (80, 40), "teal"), Image.Exif()
    image.paste("red", (0, 0, 40, 40))
    exif[ORIENTATION], exif[MAKE] = 6, "Pocket phone"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (32.0, 43.0, 30.0)
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif, comment=b"32.725 N 117.2 W", quality=95)
    return file.getvalue()


def sent(phone: Client, address: str, *contents: bytes, name: str = "IMG_0001.jpg") -> tuple[int, str]:
    """Status and page in answer to these files."""
    response = phone.post(address, {"photos": [SimpleUploadedFile(name, content) for content in contents]})
    return response.status_code, response.content.decode()


def kept(media: Path) -> list[Path]:
    return sorted((media / "photos").glob("*")) if media.exists() else []


def opened(media: Path) -> Image.Image:
    (file,) = kept(media)
    with Image.open(file) as image:
        image.load()
        return image


# -- the code --------------------------------------------------------------------------------------------------------


def test_the_page_says_which_trip_and_no_more(phone: Client, address: str) -> None:
    response = phone.get(address)
    shown = response.content.decode()
    assert (response.status_code, "Sat 30 May, 6:30–8:30 PM, aboard JADA" in shown) == (200, True)
    assert ("Proposal" in shown, "Quinn" in shown, "set-cookie" in {name.lower() for name in response.headers}) == (
        False,
        False,
        False,
    )


def test_the_page_is_kept_by_no_cache_and_told_to_nobody(phone: Client, address: str) -> None:
    headers = phone.get(address).headers
    assert "no-store" in headers["Cache-Control"]
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"], phone.cookies) == ("no-referrer", "noindex", {})


def test_the_page_has_no_script_or_style_of_its_own(phone: Client, address: str) -> None:
    response = phone.get(address)
    shown = response.content.decode()
    assert ("<style" in shown, "onclick" in shown, shown.count("<script"), shown.count("<script src=")) == (
        False,
        False,
        1,
        1,
    )
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_the_page_works_without_a_script(phone: Client, address: str) -> None:
    shown = phone.get(address).content.decode()
    assert '<input id="photos" type="file" name="photos" multiple accept="image/*"' in shown
    assert 'enctype="multipart/form-data"' in shown
    assert '<button type="submit"' in shown


@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " "), lambda code: f" {code}."],
    ids=["small letters", "no dashes", "spaces", "and a full stop"],
)
def test_a_code_is_understood_however_it_was_typed(phone: Client, page: GuestPage, typed: Any) -> None:
    response = phone.get(reverse("photos", args=[typed(page.photo_code)]))
    assert (response.status_code, response["Location"]) == (302, f"/p/{page.photo_code}/")


def test_pictures_may_be_sent_to_a_code_however_it_was_typed(phone: Client, page: GuestPage) -> None:
    assert sent(phone, f"/p/{page.photo_code.lower()}/", picture())[0] == 200


def test_an_unknown_code_and_an_expired_one_look_the_same(phone: Client, address: str, charter: Charter) -> None:
    unknown = phone.get("/p/ABCD-2345-EFGH-6789/")
    Charter.objects.update(ends_at=THURSDAY - timedelta(days=31), starts_at=THURSDAY - timedelta(days=32))
    expired = phone.get(address)
    assert (unknown.status_code, GONE in unknown.content.decode()) == (404, True)
    assert (expired.status_code, expired.content) == (404, unknown.content)
    assert sent(phone, address, picture())[0] == 404


def test_thirty_days_after_the_trip_is_the_last_moment(phone: Client, address: str, charter: Charter, at: Move) -> None:
    last = charter.ends_at + timedelta(days=30)
    at(last)
    assert phone.get(address).status_code == 200
    at(last + timedelta(seconds=1))
    assert phone.get(address).status_code == 404


def test_a_cancelled_trip_has_no_pictures(phone: Client, address: str) -> None:
    Charter.objects.update(status="cancelled")
    assert phone.get(address).status_code == 404


def test_a_code_that_was_replaced_opens_nothing(phone: Client, address: str, page: GuestPage) -> None:
    GuestPage.objects.update(photo_lookup=links.lookup("ABCD-2345-EFGH-6789"))
    assert phone.get(address).status_code == 404


def test_nothing_else_is_done_there(phone: Client, address: str) -> None:
    assert [phone.put(address).status_code, phone.delete(address).status_code] == [405, 405]


def test_pictures_are_listed_to_no_guest(phone: Client, address: str, media: Path) -> None:
    _, shown = sent(phone, address, picture())
    (file,) = kept(media)
    assert (file.stem in shown, "<img" in shown) == (False, False)
    assert phone.get(f"/media/photos/{file.name}").status_code == 404


# -- what is kept ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_jpeg_under_a_name_nobody_guesses(
    phone: Client, address: str, media: Path, charter: Charter, form: str
) -> None:
    status, shown = sent(phone, address, picture(form))
    (file,) = kept(media)
    photo = Photo.objects.get()
    assert (status, "1 picture received. Thank you!" in shown, opened(media).format) == (200, True, "JPEG")
    assert (len(file.stem), file.suffix) == (32, ".jpg")
    assert (photo.charter, photo.file, photo.bytes, photo.stored_at) == (
        charter,
        f"photos/{file.name}",
        file.stat().st_size,
        clock.now(),
    )


def test_several_are_kept_at_once_and_counted(phone: Client, address: str) -> None:
    _, shown = sent(phone, address, picture(colour="red"), picture(colour="blue"), picture(colour="white"))
    assert ("3 pictures received. Thank you!" in shown, Photo.objects.count()) == (True, 3)
    assert "<strong>3 pictures</strong> from your party so far" in phone.get(address).content.decode()


def test_the_same_picture_twice_is_one(phone: Client, address: str, media: Path) -> None:
    sent(phone, address, picture())
    status, shown = sent(phone, address, picture())
    assert (status, "1 picture we had already. Thank you!" in shown) == (200, True)
    assert (Photo.objects.count(), len(kept(media))) == (1, 1)


def test_a_picture_stands_upright_and_says_nothing_about_its_place(phone: Client, address: str, media: Path) -> None:
    sent(phone, address, with_exif())
    image = opened(media)
    assert (image.size, dict(image.getexif()), set(image.info) - {"jfif", "jfif_version", "jfif_unit"}) == (
        (40, 80),
        {},
        {"jfif_density"},
    )
    top, bottom = image.getpixel((20, 10)), image.getpixel((20, 70))
    assert (top[0] > 200, bottom[0] < 60) == (True, True)  # type: ignore[index]
    assert b"Pocket phone" not in kept(media)[0].read_bytes()


def test_a_large_picture_is_made_smaller_and_a_small_one_is_not_made_larger(
    phone: Client, address: str, media: Path
) -> None:
    sent(phone, address, picture(size=(4000, 3000)))
    assert opened(media).size == (2560, 1920)


def test_what_is_clear_becomes_white(phone: Client, address: str, media: Path) -> None:
    sent(phone, address, picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), name="logo.png")
    assert opened(media).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(("mode", "form"), [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("1", "PNG"), ("LA", "PNG")])
def test_a_picture_in_any_colours_is_kept(phone: Client, address: str, media: Path, mode: str, form: str) -> None:
    sent(phone, address, picture(form, mode=mode, colour=0))
    assert opened(media).mode == "RGB"


def test_a_picture_is_known_by_its_content_and_not_by_its_name(phone: Client, address: str, media: Path) -> None:
    assert sent(phone, address, picture("PNG"), name="notes.txt")[0] == 200
    assert opened(media).format == "JPEG"


# -- what is not -----------------------------------------------------------------------------------------------------


def bomb() -> bytes:
    """A few kilobytes that would be 60 million pixels."""
    return picture("PNG", (10_000, 6_000), mode="1", colour=0)


def monster() -> bytes:
    """A header that says 60,000 by 60,000, and nothing after it."""
    small = picture("PNG")
    size = (60_000).to_bytes(4, "big") * 2
    header = b"IHDR" + size + small[24:29]
    return small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a picture at all", "is no picture that we can read. Please send it as JPEG, PNG or WebP."),
        (b"", "is no picture that we can read. Please send it as JPEG, PNG or WebP."),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "is no picture that we can read. Please send it as JPEG, PNG or WebP.",
        ),
        (picture("GIF"), "is no picture that we can read. Please send it as JPEG, PNG or WebP."),
        (picture("TIFF"), "is no picture that we can read. Please send it as JPEG, PNG or WebP."),
        (picture(size=(300, 300))[:400], "is damaged or incomplete. Please send it once more."),
        (picture("PNG", (300, 300))[:80], "is damaged or incomplete. Please send it once more."),
        (bomb(), "has too many pixels. Please send a smaller copy."),
        (monster(), "has too many pixels. Please send a smaller copy."),
        (picture() + bytes(15_000_000), "is larger than 15 MB. Please send a smaller copy."),
    ],
    ids=["text", "empty", "svg", "gif", "tiff", "half a JPEG", "half a PNG", "bomb", "monster", "15 MB"],
)
def test_what_cannot_be_kept_is_named_and_leaves_nothing(
    phone: Client, address: str, media: Path, content: bytes, words: str
) -> None:
    status, shown = sent(phone, address, content, name="IMG_0007.jpg")
    assert (status, f"“IMG_0007.jpg” {words}" in shown) == (422, True)
    assert (Photo.objects.count(), kept(media)) == (0, [])


def test_one_bad_file_does_not_keep_the_others_back(phone: Client, address: str) -> None:
    status, shown = sent(phone, address, b"text", picture())
    assert (status, Photo.objects.count()) == (200, 1)
    assert ("1 picture received" in shown, "Not everything could be kept" in shown) == (True, True)


def test_a_files_name_cannot_write_html(phone: Client, address: str) -> None:
    _, shown = sent(phone, address, b"text", name="<b>x.jpg")
    assert ("<b>" in shown, "&lt;b&gt;x.jpg" in shown) == (False, True)


def test_nothing_chosen_is_said(phone: Client, address: str) -> None:
    response = phone.post(address)
    assert (response.status_code, "Please choose one picture or more first." in response.content.decode()) == (
        422,
        True,
    )


def test_the_eleventh_at_a_time_is_left_for_the_next(phone: Client, address: str) -> None:
    _, shown = sent(phone, address, *(picture("PNG", colour=(number, 0, 0)) for number in range(11)))
    assert Photo.objects.count() == 10
    assert "was left out: at most 10 pictures at a time. Please send it next." in shown


def test_too_much_at_a_time_is_refused_before_it_is_read(phone: Client, address: str) -> None:
    response = phone.post(address, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="152000000")
    assert (response.status_code, "That is too much at a time." in response.content.decode()) == (413, True)


def test_a_body_that_cannot_be_read_is_said(phone: Client, address: str) -> None:
    response = phone.post(address, b"nonsense", content_type="multipart/form-data")
    assert (response.status_code, "did not arrive whole" in response.content.decode()) == (400, True)


def test_a_trips_album_holds_200(phone: Client, address: str, charter: Charter) -> None:
    Photo.objects.bulk_create(
        Photo(charter=charter, digest=number.to_bytes(32, "big"), file=f"photos/{number}.jpg", bytes=1)
        for number in range(199)
    )
    _, shown = sent(phone, address, picture(colour="red"), picture(colour="blue"), name="IMG_0200.jpg")
    assert Photo.objects.count() == 200
    assert "“IMG_0200.jpg” was not kept: there are 200 pictures of this trip already. Thank you." in shown
    assert "This trip’s album is full." in phone.get(address).content.decode()


def test_a_storage_that_refuses_is_said_and_no_row_is_left(phone: Client, address: str, media: Path) -> None:
    media.mkdir()
    (media / "photos").write_text("A file where the folder should be.")
    status, shown = sent(phone, address, picture())
    assert (status, "could not be kept at this moment. Please send it once more." in shown) == (422, True)
    assert Photo.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_picture_at_once_is_one(address: str, media: Path) -> None:
    together, statuses = threading.Barrier(4), []

    def send() -> None:
        together.wait()
        statuses.append(sent(Client(), address, picture())[0])
        connection.close()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert (statuses, Photo.objects.count(), len(kept(media))) == ([200] * 4, 1, 1)


# -- the office ------------------------------------------------------------------------------------------------------


def ana(*permissions: str) -> Client:
    """Somebody of the staff, who may do this."""
    user = User.objects.create_user("ana", password="pass-word-1", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def photo(phone: Client, address: str) -> Photo:
    sent(phone, address, picture(size=(1000, 500)))
    return Photo.objects.get()


def test_the_office_sees_the_pictures_small_and_whole(photo: Photo) -> None:
    office = ana("view_photo")
    listed = office.get("/admin/waivers/photo/").content.decode()
    small, whole = (office.get(f"/admin/waivers/photo/{photo.pk}/{name}/") for name in ("small", "picture"))
    assert f'src="/admin/waivers/photo/{photo.pk}/small/"' in listed
    sizes = [Image.open(io.BytesIO(b"".join(each))).size for each in (small, whole.streaming_content)]
    assert ([small["Content-Type"], whole["Content-Type"]], sizes) == (["image/jpeg"] * 2, [(240, 120), (1000, 500)])


@pytest.mark.parametrize("name", ["small", "picture"])
def test_who_may_not_see_pictures_sees_none(photo: Photo, name: str) -> None:
    where = f"/admin/waivers/photo/{photo.pk}/{name}/"
    assert (ana("view_charter").get(where).status_code, Client().get(where).status_code) == (403, 302)


def test_a_picture_whose_file_is_gone_is_not_found(photo: Photo, media: Path) -> None:
    kept(media)[0].unlink()
    assert ana("view_photo").get(f"/admin/waivers/photo/{photo.pk}/picture/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_removed_picture_is_gone_with_its_file(photo: Photo, media: Path) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [photo.pk], "post": "yes"}
    ana("view_photo", "delete_photo").post("/admin/waivers/photo/", chosen)
    assert (Photo.objects.count(), kept(media)) == (0, [])


def test_the_list_costs_the_same_for_1_and_for_20(photo: Photo, django_assert_num_queries: Any) -> None:
    office = ana("view_photo")
    with CaptureQueriesContext(connection) as one:
        office.get("/admin/waivers/photo/")
    Photo.objects.bulk_create(
        Photo(charter=photo.charter, digest=bytes([number]) * 32, file=f"photos/{number}.jpg", bytes=1)
        for number in range(19)
    )
    with django_assert_num_queries(len(one)):
        office.get("/admin/waivers/photo/")
