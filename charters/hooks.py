"""What others tell us without being asked. An announcement says *when* to look, never *what* to do."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from charters.calendars.google import push
from jada.core.bell import ring_soon


@csrf_exempt
@never_cache
@require_POST
def google(request: HttpRequest) -> HttpResponse:
    """`POST /hooks/google/`: something changed in a calendar (developers.google.com/calendar/api/guides/push).

    All is said in the headers; the body is never read. 204 at once, before anybody looks; 403 to who is not on one of
    our channels. The first announcement of a channel, `sync`, is about no change, and a channel that is about to be
    stopped is about none of our calendars.
    """
    said = request.headers
    channel = push.recognise(
        channel_id=said.get("X-Goog-Channel-ID", ""),
        token=said.get("X-Goog-Channel-Token", ""),
        resource_id=said.get("X-Goog-Resource-ID", ""),
    )
    if channel is None:
        return HttpResponse(status=403)
    if channel.calendar_id is not None and said.get("X-Goog-Resource-State") != "sync":
        ring_soon()
    return HttpResponse(status=204)
