"""Finding one person by what somebody types: an id, or an address on any network."""

from __future__ import annotations

from rapport.accounts.models import Workspace
from rapport.core.refusal import Refused
from rapport.people.models import Identity, Person


def find(workspace: Workspace | None, words: str) -> Person:
    """Whoever has this id (``#12``, or ``12``) or address (a leading @ and upper case do not matter).

    The id of somebody who is merged leads to who was kept.

    Digits are an address first where somebody has it: on some networks people are numbers. Raises Refused.
    """
    people = Person.objects.select_related("workspace").order_by("pk")
    people = people.filter(workspace=workspace) if workspace else people
    bare = words.replace("\x00", "").strip().removeprefix("@")
    number = bare.removeprefix("#")
    owners = Identity.objects.filter(address__iexact=bare) | Identity.objects.filter(address__iexact=f"@{bare}")
    found = list(people.filter(pk__in=owners.values("person"))[:6]) if bare else []
    if number.isascii() and number.isdecimal() and not found:
        found = [
            one.kept for one in people.filter(pk=int(number[:18])).select_related("workspace", "merged_into__workspace")
        ]
    if not found:
        raise Refused(
            "There is nobody with the id or address “%(words)s”. Search for them on the desk.", words=words[:80]
        )
    if len(found) > 1:
        known = ", ".join(f"#{person.pk} ({person.name[:40]}, {person.workspace.slug})" for person in found[:5])
        raise Refused(
            "Several people have the address %(words)s. Say which by the id, or name the workspace: %(known)s.",
            words=words[:80],
            known=known,
        )
    return found[0]
