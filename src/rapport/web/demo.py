"""The demo: its door, and, inside a demo workspace, what is made up, its clock, and a seat for a second browser."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.accounts.models import Member
from rapport.channels import registry
from rapport.channels.addressing import origin
from rapport.inbox import connecting
from rapport.inbox.models import Source
from rapport.ingest import demo as world
from rapport.ingest import pretending
from rapport.web import public
from rapport.web.answering import back, page, wants_fragment
from rapport.web.reach import answers, manages, member_required

SHOP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
@manages
def demo(request: HttpRequest, member: Member) -> HttpResponse:
    """POST: plant the demo world in a workspace of its own, and go there. GET, inside one: what it is."""
    if request.method == "POST":
        return redirect("desk", world.plant(member.user).workspace.slug)
    return _show(request, _inside(member))


@require_POST
@member_required
@answers
def clock(request: HttpRequest, member: Member) -> HttpResponse:
    """Nobody new writes for a while, or they go on."""
    turn = pretending.go_on if request.POST.get("turn") == "on" else pretending.pause
    turn(_inside(member).workspace, by=member)
    if wants_fragment(request, "demo-sign"):
        return page(request, "parts/_demo.html")
    return redirect(back(request, reverse("desk", args=[member.workspace.slug])))


@require_POST
@member_required
@manages
def seat(request: HttpRequest, member: Member, id: int) -> HttpResponse:
    """A one-time link that lets a second browser in as a colleague."""
    colleague = _inside(member).workspace.members.active().exclude(pk=member.pk).filter(pk=id).first()
    if colleague is None:
        raise Http404
    address = request.build_absolute_uri(reverse("welcome", args=[colleague.make_link()]))
    return _show(request, member, invited=colleague, address=address)


@require_POST
@member_required
@manages
def shop(request: HttpRequest, member: Member) -> HttpResponse:
    """To the made-up shop, whose chat this workspace answers; its source is made when it is first wished for."""
    source = _chat(_inside(member), origin(f"{request.scheme}://{request.get_host()}"))
    return redirect("demo_shop", source.token)


@require_safe
def shop_page(request: HttpRequest, token: str) -> HttpResponse:
    """The shop: a page as a customer would see it, with the chat's line in it. Of a demo only."""
    source = Source.objects.filter(token=token, kind="chat", workspace__demo=True).select_related("workspace").first()
    if source is None:
        return public.nothing(request)
    answer = public.page(
        request, "public/shop.html", company=source.workspace.name, door=reverse("chat_door", args=[token])
    )
    answer["Content-Security-Policy"] = SHOP
    return answer


def _chat(member: Member, here: str) -> Source:
    """The chat of the shop, which may stand on pages of the address at which the demo is looked at (``here``; nowhere
    where that is none a browser can be told of: then the chat opens in a tab of its own)."""
    source = Source.objects.filter(workspace=member.workspace, kind="chat").order_by("pk").first()
    if source is None:
        values = {setting.key: setting.default for setting in registry.get("chat").settings} | {"origins": here}
        source, _secrets = connecting.connect(member.workspace, "chat", _("Chat of the shop"), values, by=member)
    elif here and here not in (known := source.settings.get("origins", "").split()):
        source.keep_settings(source.settings | {"origins": "\n".join([*known[-4:], here])})
        source.save(update_fields=["sealed"])
    return source


def _inside(member: Member) -> Member:
    if not member.workspace.demo:
        raise Http404
    return member


def _show(request: HttpRequest, member: Member, **more: Any) -> HttpResponse:
    people = member.workspace.members.active().exclude(pk=member.pk).order_by("name", "pk")
    return page(request, "pages/demo.html", people=people, **({"invited": None, "address": ""} | more))
