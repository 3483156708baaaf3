"""What the page on fairness calls its traits and their values."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TRAITS = {
    "followers": _("Followers"),
    "courtesy": _("Courtesy"),
    "language": _("Language"),
    "parties": _("How many were tagged"),
    "channel": _("Where they wrote"),
}
TRAIT = {
    "few": _("fewer than 100"),
    "hundreds": _("100 to 999"),
    "thousands": _("1,000 to 9,999"),
    "many": _("10,000 and more"),
    "courteous": _("with a courtesy (please, thanks)"),
    "plain": _("without one"),
    "0": _("nobody"),
    "1": _("one"),
    "2": _("two"),
    "3+": _("three or more"),
    "?": _("not known"),
}
