"""What is known of mail providers: where they put their keys, whom they ask to include, which domains are theirs."""

from __future__ import annotations

SELECTORS = (
    *("default", "dkim", "mail", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "k3", "fm1", "fm2"),
    *("protonmail", "zoho", "zmail", "mx", "smtp", "key1", "mandrill", "amazonses", "dkim1", "2024", "2025", "2026"),
)
"""Under which names providers put their keys; a mail of ours tells the true one, where one was seen."""
PROVIDERS = {
    "gmail.com": "_spf.google.com", "google.com": "_spf.google.com", "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com", "fastmail.com": "spf.messagingengine.com", "zoho.eu": "zohomail.eu",
    "messagingengine.com": "spf.messagingengine.com", "zoho.com": "zohomail.com", "mailgun.org": "mailgun.org",
    "sendgrid.net": "sendgrid.net", "amazonaws.com": "amazonses.com", "ionos.de": "_spf-eu.ionos.com",
    "mailbox.org": "mailbox.org", "postmarkapp.com": "spf.mtasv.net", "gandi.net": "_mailcust.gandi.net",
}  # fmt: skip
"""Whose servers send, by the end of their name, and what they ask to be included."""
FREE = frozenset(
    {
        *(
            "gmail.com",
            "googlemail.com",
            "outlook.com",
            "hotmail.com",
            "live.com",
            "yahoo.com",
            "icloud.com",
            "aol.com",
        ),
        *("gmx.de", "gmx.net", "web.de", "t-online.de", "posteo.de", "mailbox.org", "proton.me", "protonmail.com"),
        *("fastmail.com", "me.com", "mail.com", "zoho.com", "orange.fr", "libero.it", "laposte.net"),
    }
)
"""Domains whose records are their provider's own."""
