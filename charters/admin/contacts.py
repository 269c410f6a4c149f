"""Contacts, each person once: two are merged after a look at what comes out, and any merge can be undone."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from charters.admin.saving import KeptAdmin
from charters.bookings.mail import BY_SLUG
from charters.contacts import MergeRefused, merge, undo
from charters.models import Contact, ContactMerge
from charters.pages import words

_UNDO = (
    '<button type="submit" formaction="{}" formmethod="post" formnovalidate class="border border-base-200 bg-white'
    " cursor-pointer font-medium px-2.5 py-1.5 rounded-default shadow-xs text-important whitespace-nowrap"
    ' dark:border-base-700 dark:bg-transparent">Undo</button>'
)


class _Rolled(Exception):  # noqa: N818 no error: it takes a rehearsal back
    """Raised to take back what was done to see what would come of it."""


@admin.register(Contact)
class ContactAdmin(KeptAdmin):
    """Everybody the office may need to reach, once."""

    list_display = ["name_or_address", "email", "phone_in_words", "met_at", "for_marketing", "since"]
    list_filter = ["marketplace", "origin"]
    search_fields = ["name", "email", "phone"]
    date_hierarchy = "created_at"
    actions = ["merge_two"]
    list_before_template = "admin/charters/contact/merged.html"
    readonly_fields = ["origin", "created_at"]

    def get_urls(self) -> list[URLPattern]:
        """And the page on which two become one."""
        view = self.admin_site.admin_view(self.merge_view)
        return [path("<int:kept>/merge/<int:lost>/", view, name="charters_contact_merge"), *super().get_urls()]

    @display(description="Name", ordering="name")
    def name_or_address(self, contact: Contact) -> str:
        """A name, or what we have instead."""
        return str(contact)

    @display(description="Phone", ordering="phone")
    def phone_in_words(self, contact: Contact) -> str:
        """As it is read out."""
        return words.phone(contact.phone) or "–"

    @display(description="First met", ordering="origin")
    def met_at(self, contact: Contact) -> str:
        """“Boatsetter”, “Calendar”."""
        return _origin(contact.origin)

    @display(description="Marketing", ordering="marketplace", label={"marketplace": "warning", "direct": "success"})
    def for_marketing(self, contact: Contact) -> tuple[str, str]:
        """A marketplace's guest is written to only after opting in with us (docs/domain.md)."""
        return ("marketplace", "Marketplace’s guest") if contact.marketplace else ("direct", "Ours")

    @display(description="Since", ordering="created_at")
    def since(self, contact: Contact) -> str:
        """“Fri 29 May 2026”."""
        day = timezone.localdate(contact.created_at)
        return f"{words.day(day)} {day.year}"

    @admin.action(description="Merge two", permissions=["change"])
    def merge_two(self, request: HttpRequest, queryset: "QuerySet[Contact]") -> HttpResponse | None:
        """Shows both, and what comes out, before anything is done."""
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(keys) != 2:
            self.message_user(request, "Choose the two contacts that are one person.", messages.INFO)
            return None
        return HttpResponseRedirect(reverse("admin:charters_contact_merge", args=keys))

    def merge_view(self, request: HttpRequest, kept: int, lost: int) -> HttpResponse:
        """GET shows what would come of it; POST does it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = Contact.objects.in_bulk([kept, lost])
        if kept == lost or len(found) < 2:
            raise Http404
        by = request.user.get_username()
        back = HttpResponseRedirect(reverse("admin:charters_contact_changelist"))
        try:
            if request.method == "POST":
                merge(found[kept], found[lost], by)
                self.log_change(request, found[kept], "Merged with another contact")
                self.message_user(request, f"{found[kept]} is one contact now.", messages.SUCCESS)
                return back
            outcome = _rehearsed(found[kept], found[lost], by)
        except MergeRefused as refusal:
            self.message_user(request, str(refusal), messages.INFO)
            return back
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Are these one person?",
            "columns": [
                ("Stays", _card(found[kept])),
                ("Becomes part of it", _card(found[lost])),
                ("What comes out", _card(outcome)),
            ],
            "swapped": reverse("admin:charters_contact_merge", args=[lost, kept]),
        }
        return TemplateResponse(request, "admin/charters/contact/merge.html", context)


@admin.register(ContactMerge)
class ContactMergeAdmin(ModelAdmin):
    """What was made one, newest first. Written by `charters.contacts` alone."""

    list_display = ["who", "into", "when", "by", "state"]
    list_display_links = None
    list_per_page = 50
    search_fields = ["lost__name", "lost__email", "lost__phone"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Among the contacts."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ContactMerge | None = None) -> bool:
        """There is nothing to edit."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ContactMerge | None = None) -> bool:
        """The trail is kept."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: ContactMerge | None = None) -> bool:
        """Whoever may see contacts."""
        return bool(request.user.has_perm("charters.view_contact") or request.user.has_perm("charters.change_contact"))

    def get_urls(self) -> list[URLPattern]:
        """And the way back."""
        view = self.admin_site.admin_view(require_POST(self.undo_view))
        return [path("<int:key>/undo/", view, name="charters_contactmerge_undo"), *super().get_urls()]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the contacts that the page's rows went into, in one query."""
        found = super().get_changelist_instance(request)
        winners = Contact.objects.in_bulk({merged.winner_key for merged in found.result_list})
        may_undo = request.user.has_perm("charters.change_contact")
        for merged in found.result_list:
            merged.winner, merged.may_undo = winners.get(merged.winner_key), may_undo
        return found

    @display(description="Was", header=True)
    def who(self, merged: ContactMerge) -> tuple[str, str]:
        """Name and address of what was merged away."""
        lost = merged.lost
        return str(merged), str(lost.get("email") or words.phone(lost.get("phone") or ""))

    @display(description="Is part of")
    def into(self, merged: ContactMerge) -> str | SafeString:
        """The contact that stayed."""
        winner: Contact | None = getattr(merged, "winner", None)
        if winner is None:
            return "a contact that is gone"
        address = reverse("admin:charters_contact_change", args=[winner.pk])
        return format_html(
            '<a class="text-primary-600 underline dark:text-primary-500" href="{}">{}</a>', address, winner
        )

    @display(description="When", ordering="at")
    def when(self, merged: ContactMerge) -> str:
        """“Fri 29 May, 5:10 PM”."""
        local = timezone.localtime(merged.at)
        return f"{words.day(local.date())}, {words.clock(local)}"

    @display(description="")
    def state(self, merged: ContactMerge) -> str | SafeString:
        """The button, while there is something to undo."""
        if merged.undone_at is not None:
            return "Undone"
        if not getattr(merged, "may_undo", False):
            return "–"
        return format_html(_UNDO, reverse("admin:charters_contactmerge_undo", args=[merged.pk]))

    def undo_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Two contacts again."""
        if not request.user.has_perm("charters.change_contact"):
            raise PermissionDenied
        merged = ContactMerge.objects.filter(pk=key).first()
        if merged is None:
            raise Http404
        try:
            contact = undo(merged)
        except MergeRefused as refusal:
            self.message_user(request, str(refusal), messages.INFO)
        else:
            self.log_change(request, contact, "Parted again")
            self.message_user(request, f"{contact} is a contact of its own again.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:charters_contactmerge_changelist"))


def _rehearsed(kept: Contact, lost: Contact, by: str) -> Contact:
    """What a merge would make of `kept`; nothing is written. Raises MergeRefused."""
    outcome = kept
    try:
        with transaction.atomic():
            merge(kept, lost, by)
            outcome = Contact.objects.get(pk=kept.pk)
            raise _Rolled
    except _Rolled:
        return outcome


def _card(contact: Contact) -> list[tuple[str, str]]:
    return [
        ("Name", contact.name or "–"),
        ("E-mail", contact.email or "–"),
        ("Phone", words.phone(contact.phone) or "–"),
        ("First met", _origin(contact.origin)),
        ("Marketing", "a marketplace’s guest" if contact.marketplace else "ours"),
    ]


def _origin(slug: str) -> str:
    return BY_SLUG[slug].name if slug in BY_SLUG else slug.replace("_", " ").capitalize() or "–"
