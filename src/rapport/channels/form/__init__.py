"""A contact form of one's own: a page and a snippet in, the answer by e-mail or on a private page."""

from rapport.channels.form.channel import FormChannel

__all__ = ["FormChannel"]
