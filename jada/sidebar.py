"""The admin's sidebar, in the office's words."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

# (heading, ((title, icon, view, permission), …))
_ROOMS: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...] = (
    (
        "",
        (
            ("Board", "dashboard", "index", ""),
            ("Charters", "sailing", "charters_charter_changelist", "charters.view_charter"),
            ("Messages", "mail", "dispatch_delivery_changelist", "dispatch.view_delivery"),
            ("Waivers", "ink_pen", "waivers_waiver_changelist", "waivers.view_waiver"),
            ("Photos", "photo_library", "waivers_photo_changelist", "waivers.view_photo"),
        ),
    ),
    (
        "People",
        (
            ("Crew", "groups", "charters_crewmember_changelist", "charters.view_crewmember"),
            ("Contacts", "contacts", "charters_contact_changelist", "charters.view_contact"),
        ),
    ),
    (
        "Set up",
        (
            ("Calendars", "calendar_month", "charters_calendar_changelist", "charters.view_calendar"),
            ("Vessels", "directions_boat", "charters_vessel_changelist", "charters.view_vessel"),
            ("Docks", "anchor", "charters_dock_changelist", "charters.view_dock"),
            ("Brands", "sell", "charters_brand_changelist", "charters.view_brand"),
        ),
    ),
    (
        "Behind the scenes",
        (
            ("Plan", "rule", "plan", "core.view_run"),
            ("Runs", "history", "core_run_changelist", "core.view_run"),
            ("Booking mails", "forward_to_inbox", "charters_bookingmessage_changelist", "charters.view_bookingmessage"),
            ("API tokens", "vpn_key", "core_apitoken_changelist", "core.view_apitoken"),
            ("People who may log in", "key", "auth_user_changelist", "auth.view_user"),
            ("What they may do", "shield_person", "auth_group_changelist", "auth.view_group"),
        ),
    ),
)


def sidebar(request: HttpRequest, registered: set[str]) -> list[dict[str, Any]]:
    """Unfold's navigation for this person; `registered` are the "app_model" names the site has pages for."""
    index = reverse("admin:index")
    groups = []
    for heading, rooms in _ROOMS:
        items = []
        for title, icon, view, permission in rooms:
            if view.endswith("_changelist") and view.removesuffix("_changelist") not in registered:
                continue
            link = reverse(f"admin:{view}")
            items.append(
                {
                    "title": title,
                    "icon": icon,
                    "link": link,
                    "active": request.path == link if link == index else request.path.startswith(link),
                    "has_permission": not permission or request.user.has_perm(permission),
                }
            )
        groups.append({"title": heading, "items": items, "separator": bool(heading)})
    return groups
