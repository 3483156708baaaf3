"""What somebody wrote themselves, and what stands below it from before. Pure, and linear in the text's length.

Cut are: ``>`` lines with the line that announces them, the header block of a forwarded or answered mail, a signature
after ``-- ``, and *Sent from my …*. Whatever is cut is kept. Nothing is ever cut so far that no words are left: an
answer between quoted lines, or below them, stays whole.
"""

from __future__ import annotations

import re

LONGEST = 200_000
"""Characters looked at; what is longer is kept whole."""
_WROTE = (
    "wrote|writes|schrieb|schreibt|a écrit|a ecrit|escribió|escribio|ha scritto|scrisse|escreveu|schreef|"
    "skrev|napisał|napisał\\(a\\)|kirjoitti|написал|написала|пишет|yazdı|さんは書きました|写道|のメッセージ"
)
ANNOUNCES = re.compile(rf"(?:{_WROTE})[^\n]{{0,40}}[::]\s*$", re.IGNORECASE)
BEGINS = re.compile(r"^(?:on|am|le|el|il|em|op|den|w dniu|dnia|在|vào)\b", re.IGNORECASE)
RULE = re.compile(
    r"^\s*(?:-{2,}|_{5,})\s*(?:original message|ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|"
    r"forwarded message|message d'origine|message transféré|mensaje original|messaggio originale|mensagem original|"
    r"oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande)?\s*-*\s*$",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"^\s*\*?(?:from|von|de|da|van|fra|från|od|to|an|à|para|a|aan|til|till|do|sent|gesendet|envoyé|enviado|inviato|"
    r"verzonden|sendt|skickat|wysłano|date|datum|fecha|data|dato|subject|betreff|objet|asunto|oggetto|assunto|"
    r"onderwerp|emne|ämne|temat|cc|kopie)\*?\s?:",
    re.IGNORECASE,
)
FROM = re.compile(r"^\s*\*?(?:from|von|de|da|van|fra|från|od)\*?\s?:\s*\S", re.IGNORECASE)
PHONE = re.compile(
    r"^\s*(?:sent from my|sent from|von meinem|gesendet von meinem|gesendet von|envoyé de mon|envoyé depuis|"
    r"enviado desde mi|enviado do meu|inviato da|verzonden vanaf|skickat från|sendt fra|get outlook for)\b.{0,60}$",
    re.IGNORECASE,
)


def split(text: str) -> tuple[str, str]:
    """(their own words, the rest as it stood below them); the rest is empty where nothing was found to cut."""
    if len(text) > LONGEST:
        return text, ""
    lines = text.split("\n")
    place = _place(lines)
    own, rest = "\n".join(lines[:place]).strip(), "\n".join(lines[place:]).strip("\n")
    if not any(letter.isalnum() for letter in own):
        return text, ""
    return own, rest


def _place(lines: list[str]) -> int:
    """The number of the first line that is not their own; as many as there are where all are."""
    for number, line in enumerate(lines):
        if line.rstrip() == "--" or line == "-- ":
            return number
        if PHONE.match(line) and not _says_more(lines, number + 1):
            return number
        if _announced(lines, number) and not _answers_below(lines, number):
            return number
        if RULE.match(line) and _fields(lines, number + 1) >= 2:
            return number
        if FROM.match(line) and _fields(lines, number) >= 3:
            return number
        if line.startswith(">") and not _answers_below(lines, number):
            return number
    return len(lines)


def _announced(lines: list[str], number: int) -> bool:
    """Does this line (or this with the next one or two, as programs break it) say that somebody wrote?"""
    line = lines[number].strip()
    if not line or len(line) > 300:
        return False
    if ANNOUNCES.search(line):
        return BEGINS.match(line) is not None or _quoted_next(lines, number + 1)
    if not BEGINS.match(line) or not any(sign.isdigit() for sign in line):
        return False
    joined = line
    for more in lines[number + 1 : number + 3]:
        joined = f"{joined} {more.strip()}"
        if len(joined) > 400 or not more.strip():
            return False
        if ANNOUNCES.search(joined):
            return True
    return False


def _quoted_next(lines: list[str], start: int) -> bool:
    return any(line.startswith(">") for line in lines[start : start + 3])


def _fields(lines: list[str], start: int) -> int:
    """How many of the next lines look like fields of a mail's head."""
    return sum(FIELD.match(line) is not None for line in lines[start : start + 8] if len(line) < 400)


def _answers_below(lines: list[str], number: int) -> bool:
    """Do their own words go on below the quoted lines? Then nothing is cut here."""
    quoted = False
    for line in lines[number : number + 2_000]:
        if line.startswith(">"):
            quoted = True
        elif line.rstrip() == "--" or PHONE.match(line):
            return False
        elif quoted and any(letter.isalnum() for letter in line):
            return True
    return False


def _says_more(lines: list[str], start: int) -> bool:
    """Is there anything of theirs after a line in the middle of a text?"""
    for line in lines[start : start + 50]:
        if line.startswith(">") or RULE.match(line) or FROM.match(line) or ANNOUNCES.search(line[:300]):
            return False
        if BEGINS.match(line.strip()) and any(sign.isdigit() for sign in line):
            return False
        if line.strip():
            return True
    return False
