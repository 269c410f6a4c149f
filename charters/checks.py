"""What `manage.py check --deploy` says about the settings of this room."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Objection


@register(Tags.security, deploy=True)
def private_calendar_hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A feed's address is typed by people: on a private network it could point at our own servers."""
    if not settings.ALLOW_PRIVATE_CALENDAR_HOSTS:
        return []
    return [
        Objection(
            "ALLOW_PRIVATE_CALENDAR_HOSTS lets a calendar's address lie on a private network.",
            hint="Unset it in production.",
            id="charters.W001",
        )
    ]
