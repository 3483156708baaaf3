"""The words for days, months, numbers and spans of time in the six languages, and the patterns made of them."""

from __future__ import annotations

import re
from typing import Final

_WEEKDAYS: Final = (
    "monday|montags?|lundi|lunes|lunedì|lunedi|segunda(?:-feira)?",
    "tuesday|tues?|dienstags?|mardi|martes|martedì|martedi|terça(?:-feira)?|terca(?:-feira)?",
    "wednesday|wed|mittwochs?|mercredi|miércoles|miercoles|mercoledì|mercoledi|quarta(?:-feira)?",
    "thursday|thurs?|donnerstags?|jeudi|jueves|giovedì|giovedi|quinta(?:-feira)?",
    "friday|fri|freitags?|vendredi|viernes|venerdì|venerdi|sexta(?:-feira)?",
    "saturday|samstags?|sonnabends?|samedi|sábado|sabado|sabato",
    "sunday|sonntags?|dimanche|domingo|domenica",
)
_MONTHS: Final = (
    "january|jan|januar|jänner|janvier|enero|gennaio|janeiro", "february|feb|februar|février|febrero|febbraio|fevereiro",
    "march|märz|mars|marzo|março", "april|apr|avril|abril|aprile", "may|mai|mayo|maggio|maio",
    "june|jun|juni|juin|junio|giugno|junho", "july|jul|juli|juillet|julio|luglio|julho",
    "august|aug|août|agosto", "september|sept?|septembre|septiembre|settembre|setembro",
    "october|oct|okt|oktober|octobre|octubre|ottobre|outubro", "november|nov|novembre|noviembre|novembro",
    "december|dec|dez|dezember|décembre|diciembre|dicembre|dezembro",
)  # fmt: skip
_NUMBERS: Final = (
    ("a|an|one|ein|eine|einem|einer|un|une|una|uno|um|uma", 1),
    ("a couple of|couple of|two|zwei|deux|dos|due|dois|duas|ein paar", 2),
    ("a few|few|three|drei|trois|tres|tre|três|einigen|quelques|unos|pochi|alguns", 3),
    ("four|vier|quatre|cuatro|quattro|quatro", 4),
    ("five|fünf|cinq|cinco|cinque", 5), ("six|sechs|seis|sei", 6), ("seven|sieben|sept|siete|sette|sete", 7),
    ("ten|zehn|dix|diez|dieci|dez", 10), ("fourteen|vierzehn|quinze|quince|quindici", 14),
)  # fmt: skip
MINUTE, HOUR, DAY, WORKDAY, WEEK, FORTNIGHT, MONTH = "minute", "hour", "day", "workday", "week", "fortnight", "month"
_UNITS: Final = {
    MINUTE: r"minutes?|mins?|minuten?|minutos?|minuti|minuto",
    HOUR: r"hours?|hrs?|h|stunden?|heures?|horas?|ore|ora",
    WORKDAY: r"(?:working|business|work) days?|werktagen?|werktage|arbeitstagen?|jours ouvrés|jours ouvrables|"
             r"días (?:hábiles|laborables)|giorni lavorativi|dias úteis",
    DAY: r"days?|tagen?|tage|jours?|días?|dias?|giorni|giorno",
    FORTNIGHT: r"fortnight",
    WEEK: r"weeks?|wochen?|semaines?|semanas?|settimane|settimana",
    MONTH: r"months?|monaten?|monate|mois|mes(?:es)?|mesi|mese|mês",
}  # fmt: skip


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words})$", re.IGNORECASE)


_ISDAY: Final = tuple(_any(words) for words in _WEEKDAYS)
_ISMONTH: Final = tuple(_any(words) for words in _MONTHS)
_ISUNIT: Final = tuple((unit, _any(words)) for unit, words in _UNITS.items())
_ISNUMBER: Final = tuple((_any(words), count) for words, count in _NUMBERS)


def weekday(word: str) -> int:
    """0 (Monday) .. 6."""
    return next(place for place, pattern in enumerate(_ISDAY) if pattern.match(word))


def month(word: str) -> int:
    """1 (January) .. 12."""
    return next(place for place, pattern in enumerate(_ISMONTH, 1) if pattern.match(word))


def unit(word: str) -> str:
    """One of the units of this module."""
    return next(name for name, pattern in _ISUNIT if pattern.match(word))


def number(word: str) -> int:
    """A count in digits or in words."""
    word = word.strip()
    return int(word) if word.isdigit() else next(count for pattern, count in _ISNUMBER if pattern.match(word))


_DAY: Final = "|".join(_WEEKDAYS)
_MONTH: Final = "|".join(_MONTHS)
_NUMBER: Final = r"\d{1,3}|" + "|".join(words for words, _ in _NUMBERS)
_UNIT: Final = "|".join(_UNITS.values())
_BY: Final = (
    r"(?:(?:by|before|until|till|on|no later than|not later than|am|bis(?: zum| spätestens)?|vor|"
    r"spätestens(?: am)?|zum|"
    r"avant(?: le)?|d'ici(?: au| le)?|le|pour le|antes del?|el(?: día)?|para el|hasta el|entro(?: il)?|il|prima di|"
    r"até(?: o dia| dia| a| à)?|antes de|no dia|na|no|dia)\s+)?"
)
_LAST: Final = r"last|letzten|letzte|vergangenen|dernier|pasado|scorso|scorsa|passada"
_NEXT: Final = r"next|nächsten|nächste|kommenden|prochain|próximo|próxima|prossimo|prossima"


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@#])(?:{words})(?!\w)", re.IGNORECASE)


ISO: Final = _pattern(rf"{_BY}(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)")
NUMERIC: Final = _pattern(rf"{_BY}(?P<day>\d{{1,2}})(?:\.|/)(?P<month>\d{{1,2}})(?:(?:\.|/)(?P<year>(?:20)?\d\d))?\.?")
NAMED: Final = _pattern(
    rf"{_BY}(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:of |de |"
    rf"di )?(?P<named>{_MONTH})(?:,?\s+(?:de )?(?P<year>20\d\d))?|"
    rf"{_BY}(?P<named2>{_MONTH})\.?\s+(?:the )?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year2>20\d\d))?"
)
ORDINAL: Final = _pattern(
    r"(?:(?:by|before|until|till|on)\s+)?(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)|"
    r"(?:am|bis(?: zum)?|zum|vor dem)\s+(?P<day2>\d{1,2})(?:\.|$)|"
    r"(?:le|avant le|el(?: día)?|antes del(?: día)?|il|entro il|(?:até )?(?:o )?dia|día|no dia)\s+(?P<day3>\d{1,2})"
    r"(?!\s*(?:%|€|h|:|\w*(?:jour|día|dia|giorn|heur|hora|or[ae])))"
)
WEEKDAY: Final = _pattern(
    rf"{_BY}(?:close of business on |first thing (?:on )?)?(?:the )?(?:(?P<which>{_LAST}|{_NEXT}|this|coming|"
    rf"diesen|ce|este|questo|esta)\s+)?"
    rf"(?P<weekday>{_DAY})(?:\s+(?P<after>dernier|prochain|pasado|que viene|scorso|prossimo|passada|que vem|próxima))?"
    r"(?!\s+(?:vez|volta|parte|mano|fila))"
)
LATER: Final = _pattern(
    r"(?:the )?day after tomorrow|übermorgen|après-demain|pasado mañana|dopodomani|depois de amanhã"
)
TOMORROW: Final = _pattern(
    r"(?:by |before |until |bis |d'ici |avant |antes de |entro |até )?(?:tomorrow|tmrw|tomoz|2moro|morgen|"
    r"demain|mañana|domani|amanhã|amanha)"
    r"(?: (?:morning|afternoon|evening|night|noon|früh|vormittag|nachmittag|abend|mittag|matin|après-midi|soir|"
    r"por la (?:mañana|tarde|noche)|mattina|pomeriggio|sera|de manhã|à tarde|à noite|before noon|at noon))?"
)
SPAN: Final = _pattern(
    rf"(?P<prep>within(?: the next)?|in(?: about| around)?(?: the next)?|over the next|inside|give (?:me|us)|"
    rf"innerhalb(?: von| der nächsten)?|"
    rf"binnen|sous|dans(?: les)?|d'ici|en(?: unos)?|dentro de|entro|tra|fra|em(?: até)?|até em|nas próximas|"
    rf"nos próximos|"
    rf"in den nächsten)\s+(?P<count>{_NUMBER})\s*(?:to \d+ |bis \d+ |à \d+ |a \d+ )?(?P<unit>{_UNIT})|"
    rf"a (?P<fortnight>fortnight)|"
    rf"(?P<count2>{_NUMBER})\s*(?P<unit2>{_UNIT})(?: from now| later)"
)
END_OF: Final = _pattern(
    r"(?:by |before |until |bis |bis zum |d'ici |avant |antes de |antes del |entro |até )?(?:the |la |le |a |"
    r"o |el |lo )?"
    r"(?:(?P<nextweek>end of next week|ende nächster woche|fin de la semaine prochaine)|"
    r"(?P<week>end of (?:the |this )?week|ende (?:der|dieser) woche|fin de (?:la|cette) semaine|"
    r"final de (?:la )?semana|fine della settimana|"
    r"fim da semana|eow)|(?P<nextmonth>end of next month|ende nächsten monats|fin du mois prochain)|"
    r"(?P<month>end of (?:the |this )?month|monatsende|ende des monats|fin (?:du|de) mois|(?:fin|final|"
    r"finales) de mes|fine (?:del )?mese|"
    r"(?:fim|final) do mês|eom))"
)
NEXT_WEEK: Final = _pattern(
    r"(?:by |some time |in der |la |na |no )?(?:next week|nächste[nr]? woche|kommende[nr]? woche|"
    r"semaine prochaine|próxima semana|semana que viene|"
    r"settimana prossima|prossima settimana|semana que vem)"
)
THIS_WEEK: Final = _pattern(r"(?:later )?this week|diese woche|cette semaine|esta semana|questa settimana")
BEFORE_WEEKEND: Final = _pattern(
    r"(?:by|before|vor dem|avant le|antes del?|prima del?|antes do) (?:the )?(?:weekend|wochenende|week-end|"
    r"fin de semana|fine settimana|fim de semana)"
)
WEEKEND: Final = _pattern(
    r"(?:over |at |on |übers |am |ce |este |nel |no )?(?:the |this )?(?:weekend|wochenende|week-end|"
    r"fin de semana|finde|fine settimana|fim de semana)"
)
TODAY: Final = _pattern(
    r"(?:(?:by |before |later |noch |bis )?(?:the )?(?:end of (?:the )?(?:day|business)|close of business|eod|"
    r"cob))(?: today)?|"
    r"(?:later |by |still |noch )?(?:today|tonight|this (?:morning|afternoon|evening))|right (?:now|away)|"
    r"straight away|immediately|now|"
    r"heute(?: noch| abend| nachmittag| früh)?|sofort|umgehend|aujourd['’]hui(?: même)?|ce (?:soir|matin)|"
    r"cet après-midi|immédiatement|"
    r"hoy(?: mismo)?|esta (?:noche|tarde)|ahora mismo|inmediatamente|oggi(?: stesso)?|stasera|stamattina|"
    r"questa sera|subito|"
    r"hoje(?: mesmo| à noite| à tarde)?|esta noite|agora(?: mesmo)?|imediatamente"
)
CLOCK: Final = re.compile(
    r"\b(?:(?:by|at|before) )?(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s?(?P<half>am|pm)\b", re.IGNORECASE
)
SOON: Final = _pattern(
    r"last (?:week|month|year)|yesterday|letzte woche|gestern|la semaine dernière|hier|la semana pasada|ayer|"
    r"la settimana scorsa|ieri|"
    r"semana passada|ontem|shortly|soon|asap|as soon as [^.,;!?]{2,40}|in the coming days|in due course|"
    r"in a moment|baldmöglichst|in kürze|demnächst|"
    r"so schnell wie möglich|bientôt|sous peu|dès que possible|pronto|en breve|lo antes posible|a breve|presto|"
    r"appena possibile|em breve|logo"
)
