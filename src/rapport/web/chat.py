"""The chat as its visitors meet it: the line for a website, the page in its frame, and the page of one's own without it.

No cookie, no session: who has a talk's key (the same that opens its private page) may read and write there.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from rapport.channels import stamp
from rapport.channels.base import ChannelError
from rapport.channels.chat import asking, parse
from rapport.core.database import now
from rapport.core.saying import said
from rapport.inbox import private, promptness
from rapport.inbox.models import Source
from rapport.inbox.models.outgoing import new_key
from rapport.web import assets, chatting, public, squeezing

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
)


def found(token: str) -> Source | None:
    return Source.objects.filter(token=token, kind="chat").select_related("workspace").first()


def spoken(request: HttpRequest, chat: asking.Chat) -> str:
    """The language of this visitor: what the host's page says, what the chat's owner set, what the browser asks for."""
    for wish in (request.GET.get("lang", ""), request.POST.get("lang", ""), chat.language):
        if wish and translation.check_for_language(wish):
            try:
                return translation.get_supported_language_variant(wish)
            except LookupError:
                continue
    return translation.get_language() or "en"


def mark(source: Source) -> str:
    """The name under which this browser keeps what belongs to this chat."""
    return f"rapport-chat-{source.token}"


@require_safe
def door(request: HttpRequest, token: str) -> HttpResponse:
    """The script of the line: it knows its own address, how its button looks, and nothing else."""
    source = found(token)
    if source is None:
        return public.nothing(request)
    chat = asking.chat_of(source.settings)
    base = request.build_absolute_uri(reverse("chat", args=[token]))
    with translation.override(spoken(request, chat)):
        told = {
            "mark": mark(source),
            "base": base,
            "origin": "{0.scheme}://{0.netloc}".format(urlsplit(base)),
            "button": chat.button or _("Chat"),
            "title": said(chat.title),
            "whole": chat.whole,
            "style": _shape(chat),
        }
    answer = HttpResponse(_script().replace('"TOLD"', json.dumps(told)), content_type="text/javascript; charset=utf-8")
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Cache-Control"] = "public, max-age=3600"
    patch_vary_headers(answer, ["Accept-Language"])
    return answer


@cache
def _script() -> str:
    return squeezing.script((assets.HERE / "chat" / "door.js").read_text("utf-8"))


def _shape(chat: asking.Chat) -> str:
    style = squeezing.style((assets.HERE / "chat" / "door.css").read_text("utf-8"))
    side = "left" if chat.left else "right"
    return style.replace("COLOUR", chat.colour).replace("INK", chat.ink).replace("SIDE", side)


@csrf_exempt  # it has no session to forge: what proves a page here is its stamp
@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the talk's page; POST takes a first message from a browser without scripts."""
    source = found(token)
    if source is None:
        return public.nothing(request)
    settings = source.settings
    shown = asking.chat_of(settings)
    with translation.override(spoken(request, shown)):
        if request.method != "POST":
            return _page(request, source, shown)
        return _without_scripts(request, source, shown)


def _without_scripts(request: HttpRequest, source: Source, shown: asking.Chat) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        taken = chatting.take(request, source)
    except ChannelError as error:
        return _page(request, source, shown, status=error.status, error=said(error.message), text=text)
    link = request.build_absolute_uri(private.link(source, taken.thread))
    thanks = {"thanks": _("Thank you. A person will read this, and answer.")}
    return public.page(request, "public/thanks.html", company=source.workspace.name, form=thanks, link=link, mail="")


def _page(
    request: HttpRequest,
    source: Source,
    shown: asking.Chat,
    *,
    status: int = 200,
    error: str = "",
    text: str = "",
) -> HttpResponse:
    if source.paused_at is not None and not error:
        error = _("Nobody takes messages here at the moment. Come again later.")
    fresh = stamp.new(now()).signed(source.settings.get("secret", ""))
    context: dict[str, Any] = {
        "company": source.workspace.name,
        "chat": shown,
        "soon": soon(source),
        "stamp": fresh,
        "once": new_key(),
        "longest": parse.LONGEST,
        "error": error,
        "text": text,
        "told": _told(shown),
    }
    words = squeezing.page(render_to_string("public/chat.html", context, request))
    answer = HttpResponse(words, status=status)
    answer["Content-Security-Policy"] = POLICY.format(frames=" ".join(shown.origins) or "'none'")
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    patch_vary_headers(answer, ["Accept-Language"])
    if shown.origins:
        answer.xframe_options_exempt = True
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _told(shown: asking.Chat) -> dict[str, Any]:
    """What the talk's script needs to know."""
    return {
        "own": shown.colour,
        "ink": shown.ink,
        "most": parse.MOST_BYTES,
        "words": {
            "wait": _("waiting"),
            "sent": _("sent"),
            "delivered": _("delivered"),
            "read": _("read"),
            "refused": _("This could not be sent."),
            "offline": _("No connection. Your words are kept here, and leave by themselves."),
            "big": _("A file may have 5 MB."),
            "back": _("Take it back"),
        },
    }


def soon(source: Source) -> str:
    """How soon we usually answer at this hour, as a sentence; nothing where the log says nothing."""
    wait = promptness.told(source)
    if wait is None:
        return ""
    if wait < timedelta(minutes=90):
        n = int(wait.total_seconds() // 60)
        return ngettext("We usually answer in about %(n)s minute.", "We usually answer in about %(n)s minutes.", n) % {
            "n": n
        }
    n = int(wait.total_seconds() // 3600)
    return ngettext("We usually answer in about %(n)s hour.", "We usually answer in about %(n)s hours.", n) % {"n": n}
