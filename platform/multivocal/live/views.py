"""The socket's plain twin: GET gives the state, POST acts and answers with the same events as lines of JSON."""

import asyncio
from collections.abc import AsyncIterator

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from multivocal.errors import Invalid, Refused, TooLarge, WrongType
from multivocal.live.consumer import LONGEST_FRAME
from multivocal.live.hub import Event, hub
from multivocal.live.session import LiveSession


# A JSON body cannot be posted across origins without asking, and the session cookie is SameSite=Lax; the
# content type and the Origin are checked below in place of a token.
@csrf_exempt
async def live(request: HttpRequest, slug: str, stage: str) -> HttpResponse | StreamingHttpResponse:
    """GET: {"type": "state", …}. POST {"do": …}: application/x-ndjson of events until due work has ended."""
    session = LiveSession(request.COOKIES, slug, stage)
    try:
        if request.method in ("GET", "HEAD"):
            return JsonResponse({"type": "state", "state": await session.state()})
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "GET, POST"})
        data = _body(request)
        topic = await session.open()
        events: asyncio.Queue[Event] = asyncio.Queue()
        hub().listen(topic, events.put_nowait)
        try:
            state = await session.act(data)
            if data.get("do") not in ("draft", "ping"):
                hub().tell_others(topic, {"type": "state", "state": state}, events.put_nowait)
        except BaseException:
            hub().leave(topic, events.put_nowait)
            raise
        first = {"type": "state", "state": state, "key": data.get("key")}
        return StreamingHttpResponse(
            _lines(session, topic, events, first), content_type="application/x-ndjson; charset=utf-8"
        )
    except Refused as refusal:
        return JsonResponse(refusal.as_json(), status=refusal.status)


async def _lines(
    session: LiveSession, topic: str, events: "asyncio.Queue[Event]", first: Event
) -> AsyncIterator[bytes]:
    try:
        yield orjson.dumps(first) + b"\n"
        conversation = first["state"]["conversation"]
        while conversation and conversation["phase"] == "answering":
            event = await events.get()
            if event["type"] == "turn":
                event = {"type": "state", "state": await session.state()}
                conversation = event["state"]["conversation"]
            yield orjson.dumps(event) + b"\n"
    finally:
        hub().leave(topic, events.put_nowait)


def _body(request: HttpRequest) -> dict[str, object]:
    if request.content_type != "application/json":
        raise WrongType(_("Send application/json."), code="wrong_type")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.get_host()}":
        raise Invalid(_("This request comes from another site."), code="foreign_origin")
    if int(request.headers.get("Content-Length") or 0) > LONGEST_FRAME:
        raise TooLarge(
            _("This message is too long."),
            fields={"text": _("at most {count} bytes").format(count=LONGEST_FRAME)},
        )
    try:
        data = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise Invalid(_("This message is not JSON."), code="not_json") from None
    if not isinstance(data, dict):
        raise Invalid(_("A message is a JSON object."), code="not_an_object")
    return data
