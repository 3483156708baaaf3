"""Signing in on a network itself: leaving for it, by a link (a form may lead nowhere but here), and coming back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.accounts.models import Member
from rapport.channels.base import Authorises, Backfills, Channel
from rapport.core.refusal import Refused
from rapport.core.saying import said
from rapport.inbox import authorising
from rapport.inbox.models import Source
from rapport.ingest import bringing
from rapport.web.answering import complain, page, say
from rapport.web.reach import manages, member_required

BUTTON = "sign_in"
"""What the connect form says in ``do``."""


def meant(channel: Channel, values: dict[str, str]) -> bool:
    """Does the connect form say so? Not where it brings what signing in would give: Enter presses its first button."""
    given = channel.signing_in if isinstance(channel, Authorises) else ()
    return values.get("do") == BUTTON and not any(values.get(key, "").strip() for key in given)


def leave(
    request: HttpRequest, member: Member, channel: Channel, values: dict[str, str], source: Source | None = None
) -> HttpResponse:
    """The page from which one goes on to the network. Raises Refused."""
    slug = member.workspace.slug
    address = request.build_absolute_uri(reverse("signed_in", args=[slug]))
    begun = authorising.begin(request.session, channel, values, address, by=member, source=source)
    back = reverse("source", args=[slug, source.pk]) if source else reverse("connect", args=[slug, channel.kind])
    answer = page(request, "pages/signing_in.html", begun=begun, back=back)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@member_required
@manages
def come_back(request: HttpRequest, member: Member) -> HttpResponse:
    """They come from the network, with its answer in the address: it is taken, and the address left behind."""
    query = {name: value[:4_000] for name, value in request.GET.items() if isinstance(value, str)}
    slug = member.workspace.slug
    try:
        returned = authorising.come_back(request.session, query, by=member)
        if not returned.source:
            return redirect("source", slug, _connected(request, member, returned).pk)
        source = Source.objects.filter(workspace=member.workspace, pk=returned.source).first()
        if source is None:
            raise Refused("The source is gone: somebody removed it.")
        authorising.renew(source, returned.found, by=member)
    except Refused as refused:
        complain(request, str(refused))
        return redirect("sources", slug)
    say(request, _("Signed in. It goes on where it was."))
    return redirect("source", slug, source.pk)


def _connected(request: HttpRequest, member: Member, returned: authorising.Returned) -> Source:
    """The new source, and what was said before, as far back as its form wished. Raises Refused."""

    def also(source: Source) -> None:
        if isinstance(source.channel, Backfills):
            bringing.start(source, returned.horizon, by=member)

    source = authorising.connect(returned, by=member, also=also)
    say(request, said(source.found) if source.found else _("It is connected."))
    return source
