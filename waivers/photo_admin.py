"""The office looks through the guests' pictures, and takes out what should not be there."""

from typing import BinaryIO, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.cache import cache_control
from unfold.admin import ModelAdmin

from charters.pages import words
from waivers import photos, pictures
from waivers.models import Photo

SMALL = 240  # pixels


@admin.register(Photo)
class PhotoAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Read only, but for removal. The files are served to those alone who may see this list."""

    list_display = ("small", "trip", "when", "size")
    list_display_links = None
    list_select_related = ("charter__calendar",)
    list_per_page = 24
    search_fields = ("charter__reference", "charter__title")
    search_help_text = "A charter's title or reference"
    date_hierarchy = "stored_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Guests send them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Photo | None = None) -> bool:
        """A picture is kept or removed."""
        return False

    def delete_model(self, request: HttpRequest, obj: Photo) -> None:
        """The file goes with its row."""
        photos.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Photo]") -> None:
        """The files go with their rows."""
        for photo in queryset:
            photos.remove(photo)

    def get_urls(self) -> list[URLPattern]:
        """With the pictures themselves, whole and small."""
        whole, small = cache_control(private=True, max_age=3600)(self.whole), cache_control(private=True)(self.thumb)
        own = [
            path("<int:key>/picture/", self.admin_site.admin_view(whole, cacheable=True), name="waivers_photo_whole"),
            path("<int:key>/small/", self.admin_site.admin_view(small, cacheable=True), name="waivers_photo_small"),
        ]
        return [*own, *super().get_urls()]

    def whole(self, request: HttpRequest, key: int) -> HttpResponseBase:
        """The picture as kept."""
        return FileResponse(self._file(request, key), content_type="image/jpeg")

    def thumb(self, request: HttpRequest, key: int) -> HttpResponse:
        """The picture as in the list."""
        with self._file(request, key) as file:
            return HttpResponse(pictures.thumbnail(file, SMALL), content_type="image/jpeg")

    def _file(self, request: HttpRequest, key: int) -> BinaryIO:
        if not self.has_view_permission(request):
            raise PermissionDenied
        photo = Photo.objects.filter(pk=key).first()
        try:
            if photo is None:
                raise FileNotFoundError
            return cast("BinaryIO", storages["default"].open(photo.file))
        except FileNotFoundError as error:
            raise Http404 from error

    @admin.display(description="Picture")
    def small(self, photo: Photo) -> str:
        """Small, and a way to the whole."""
        return format_html(
            '<a href="{}"><img src="{}" alt="Picture {}" width="160" loading="lazy"></a>',
            reverse("admin:waivers_photo_whole", args=[photo.pk]),
            reverse("admin:waivers_photo_small", args=[photo.pk]),
            photo.pk,
        )

    @admin.display(description="Charter", ordering="charter__starts_at")
    def trip(self, photo: Photo) -> str:
        """A link to the charter's page."""
        charter = photo.charter
        start, end = (moment.astimezone(charter.zone) for moment in (charter.starts_at, charter.ends_at))
        address = reverse("admin:charters_charter_change", args=[charter.pk])
        said = f"{charter.title}, {words.day_and_hours(start, end)}"
        return format_html('<a class="text-link" href="{}">{}</a>', address, said)

    @admin.display(description="Received", ordering="stored_at")
    def when(self, photo: Photo) -> str:
        """Where the charter sails."""
        moment = photo.stored_at.astimezone(photo.charter.zone)
        return f"{words.day(moment)}, {words.clock(moment)}"

    @admin.display(description="Size", ordering="bytes")
    def size(self, photo: Photo) -> str:
        """In kilobytes, as kept."""
        return f"{max(1, photo.bytes // 1000):,} kB"
