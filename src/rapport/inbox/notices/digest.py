"""The digest: what a member was to be told by e-mail, hourly or each morning, in one letter; none when nothing is new."""

from __future__ import annotations

from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from rapport import net
from rapport.accounts.models import Member
from rapport.channels.text import one_line
from rapport.core import work
from rapport.core.database import now, write
from rapport.inbox import automatic
from rapport.inbox.models import Notification, Wishes
from rapport.inbox.notices import sender, wording
from rapport.inbox.notices.choosing import KINDS
from rapport.inbox.notices.wording import Told

AT_ONCE = 100
_SALT = "rapport.notices.stop"
_POLICY = SMTP.clone(cte_type="7bit")


@work.job("notice.digest")
def send(row: work.Claimed) -> None:
    """One letter with what is new and unread. Marked before it leaves: a letter nobody can say of is not sent twice."""
    members = Member.objects.active().filter(pk=row.payload["member"], user__is_active=True)
    member = members.select_related("workspace", "user").first()
    relay = net.relay()
    if member is None or member.user is None or relay is None:
        return  # without a relay they stay unsent; the page of wishes says so
    waiting = Notification.objects.filter(member=member, mailed=True, mailed_at=None, read_at=None)
    rows = list(waiting.select_related("by").order_by("pk")[:AT_ONCE])
    told = wording.tell(member, rows)
    ids = [one.pk for one in rows]
    if told and automatic.claim(
        member.workspace_id, member.user.email, f"digest {member.pk}", automatic.NOTICES, marks=frozenset()
    ):
        return  # what is new waits for the next one
    Notification.objects.filter(pk__in=ids).update(mailed_at=now())
    if not told or not member.user.email.isascii():
        return
    try:
        net.carry(relay, sender.address(), member.user.email, compose(member, told))
    except net.Unknown:
        return
    except net.Rejected as error:
        raise work.Dead(error.message) from error
    except net.NeverLeft as error:
        Notification.objects.filter(pk__in=ids).update(mailed_at=None)
        automatic.give_back(member.workspace_id, member.user.email, f"digest {member.pk}")
        raise work.Again(error.message) from error


def compose(member: Member, told: list[Told]) -> bytes:
    """The letter, plain and as simple HTML, with CRLF line ends. Sentences and links; never what anybody wrote."""
    stop = absolute(reverse("notices_stop", args=[stop_token(member)]))
    wishes = absolute(reverse("wishes", args=[member.workspace.slug]))
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address("Rapport", addr_spec=sender.address())
    mail["To"] = Address(addr_spec=member.user.email if member.user else "")
    mail["Subject"] = one_line(f"{member.workspace.name}: {wording.summary(len(told))}", 200)
    mail["Date"] = format_datetime(now().astimezone(UTC))
    mail["Message-ID"] = make_msgid(domain=sender.address().rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{stop}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    lines = [f"{one_line(one.sentence, 300)}\n{absolute(one.path)}" for one in told]
    foot = _("You chose to be told by e-mail. Choose anew: %(wishes)s") % {"wishes": wishes}
    none = _("No more of these: %(stop)s") % {"stop": stop}
    mail.set_content("\n\n".join([*lines, f"-- \n{foot}\n{none}"]) + "\n", cte="quoted-printable")
    items = format_html_join("", '<li><a href="{}">{}</a></li>', ((absolute(one.path), one.sentence) for one in told))
    feet = ((wishes, _("Choose anew what you are told")), (stop, _("No more e-mails")))
    links = format_html_join(" · ", '<a href="{}">{}</a>', feet)
    mail.add_alternative(format_html("<ul>{}</ul><p>{}</p>", items, links), subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def absolute(path: str) -> str:
    return f"{settings.RAPPORT_URL}{path}"


def stop_token(member: Member) -> str:
    """What proves, in the address of *no more of these*, that the letter went to this member."""
    return signing.dumps(member.pk, salt=_SALT)


def stop(token: str) -> Member | None:
    """Whose letters this address stops; None for an address that is none."""
    try:
        id = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Member.objects.active().filter(pk=id).select_related("workspace").first() if isinstance(id, int) else None


def stop_mail(member: Member) -> None:
    """No kind comes by e-mail any more; what was waiting is not sent."""
    from rapport.inbox.notices.announcing import choice_of

    with write():
        row = Wishes.objects.filter(member=member).first() or Wishes(member=member, zone=member.workspace.zone)
        row.ways = {kind: sorted(choice_of(row).of(kind) - {"mail"}) for kind in KINDS}
        row.save()
        Notification.objects.filter(member=member, mailed_at=None).update(mailed=False)
