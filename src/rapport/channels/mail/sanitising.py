"""A stranger's HTML as it may be shown: an own list of what is allowed, and nothing is fetched from anywhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import nh3

LONGEST = 1_000_000
"""Characters; what is longer is not shown as HTML (its words are there as text)."""
TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "div"),
    *("dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s"),
    *(
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ),
}
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
DROPPED = {
    "script",
    "style",
    "head",
    "title",
    "template",
    "svg",
    "math",
    "object",
    "embed",
    "iframe",
    "form",
    "noscript",
}


def sanitise(source: str) -> str:
    """Safe HTML. Pictures keep their address where it is of the web or of the mail itself (``cid:``)."""
    if len(source) > LONGEST:
        return ""
    return nh3.clean(
        source.replace("\x00", ""),
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def framed(source: str, pictures: Mapping[str, str], *, remote: bool) -> str:
    """What :func:`sanitise` made, for a frame of its own: pictures that came along (by Content-ID, as ``data:``
    addresses) in their places; those of the web only where somebody wants them (``remote``)."""

    def address(tag: str, name: str, value: str) -> str | None:
        if (tag, name) != ("img", "src"):
            return value
        if value.lower().startswith("cid:"):
            return pictures.get(value[4:].strip())
        return value if remote and value.lower().startswith(("https:", "http:")) else None

    return nh3.clean(
        source, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=address,
        url_schemes={"http", "https", "mailto", "tel", "cid"}, link_rel="noopener noreferrer nofollow",
    )  # fmt: skip
