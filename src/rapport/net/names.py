"""What stands in the DNS under a name, as text: asked of the name servers of this machine, bounded in time and size."""

from __future__ import annotations

import dns.exception
import dns.name
import dns.resolver

from rapport.net.errors import NeverLeft

PATIENCE = 4.0
"""Seconds for one name, all tries together."""
MOST, LONGEST = 50, 4_000
"""Records of one name, and characters of one record; no honest domain has more."""


def texts(name: str, *, at: tuple[str, int] | None = None, patience: float = PATIENCE) -> tuple[str, ...]:
    """The TXT records of a name, each with its pieces put together; none where the name has none, or is not there.

    ``at``: the address of the server to ask, else the machine's own. Raises NeverLeft where nobody answers.
    """
    resolver = dns.resolver.Resolver(configure=at is None)
    if at is not None:
        resolver.nameservers, resolver.port = [at[0]], at[1]
    resolver.lifetime = patience
    resolver.timeout = min(2.0, patience)
    try:
        found = resolver.resolve(dns.name.from_text(name), "TXT", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel, dns.name.BadEscape, UnicodeError):
        return ()  # no domain can be called so, hence nothing stands there
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise NeverLeft(f"The name servers did not say what stands under {name[:100]}.") from error
    rows = [b"".join(row.strings).decode("ascii", "replace")[:LONGEST] for row in list(found)[:MOST]]
    return tuple(" ".join(row.split()) for row in rows)
