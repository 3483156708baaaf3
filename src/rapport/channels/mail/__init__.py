"""E-mail: a mailbox read by IMAP, answers sent by SMTP."""

from rapport.channels.mail.channel import MailChannel

__all__ = ["MailChannel"]
