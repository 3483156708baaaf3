"""How people bind themselves in German."""

from __future__ import annotations

from typing import Final

from rapport.understanding.commitments.ways import Ways, begun, cased, whole

_ICH: Final = (
    r"(?:rufe|melde|schicke|sende|überweise|bringe|gebe|kümmere|erstatte|zahle|bezahle|frage|prüfe|kläre|leite|"
    r"informiere|schreibe|maile|komme|liefere|reiche|"
    r"besorge|bestelle|ersetze|storniere|veranlasse|teile|poste|hole|reserviere|sorge|unterschreibe|antworte|erledige)"
)
_WIR: Final = (
    r"(?:rufen|melden|schicken|senden|überweisen|bringen|geben|kümmern|erstatten|zahlen|fragen|prüfen|klären|"
    r"leiten|informieren|schreiben|kommen|liefern|"
    r"besorgen|bestellen|ersetzen|stornieren|veranlassen|teilen|holen|reservieren|sorgen|antworten|erledigen|"
    r"verrechnen|schreiben)"
)
WAYS: Final = Ways(
    own=begun(
        r"(?:ich|wir) (?:werde|werden) (?!nie|nicht|mich beschweren)|(?:werde|werden) (?:ich|wir) (?!nie|nicht|"
        r"mich beschweren)|(?:ich|wir) (?:verspreche|versprechen|garantiere|garantieren|sichere|sichern)|"
        r"(?:ich|wir) (?:melde|melden) (?:mich|uns)|(?:melde mich|melden uns)|(?:ich|wir) (?:kümmere mich|"
        r"kümmern uns)|(?:kümmere mich|kümmern uns)|gebe (?:ihnen|dir|euch) (?:\w+ ){0,5}bescheid|halte (?:sie|"
        r"dich) auf dem laufenden|halten (?:sie|dich) auf dem laufenden"
    ),
    now=begun(rf"(?:ich|wir) (?:{_ICH}|{_WIR})(?!\w)|(?:{_ICH}|{_WIR}) (?:ich|wir)(?!\w)|{_ICH}(?!\w)"),
    other=begun(
        r"(?:unser|unsere|mein|meine|ein|eine|der|die|das|ihr|ihre|frau|herr|kollege|"
        r"kollegin)\s+[\w ]{2,50}?\s?(?:kommt|ruft|meldet|schreibt|wird|ist|geht|liefert|bringt|kontaktiert|"
        r"erscheint|trifft)(?!\w)|"
        r"(?:ist|kommt|ruft|meldet sich|schreibt|geht|wird) (?:ein|eine|unser|unsere|der|die|das|ihr|ihre|"
        r"jemand)(?!\w)|sie (?:erhalten|bekommen|hören|haben|werden)(?!\w)|(?:erhalten|bekommen|"
        r"hören) sie(?!\w)|(?:er|sie|es|jemand) (?:ruft|meldet|kommt|schreibt|bringt|wird|liefert)(?!\w)|"
        r"(?:wird|ist|kommt|werden) (?:bis|am|spätestens|heute|morgen|in) "
    ),
    given=begun(
        r"(?:sie|ihr|du|man|ihr \w+|ihre \w+|der \w+|die \w+|herr \w+|frau \w+)\s+(?:\w+ ){0,3}?(?:haben|habt|"
        r"hast|hat|hatten|hatte|hattet)\s+(?:\w+ ){0,3}?(?:versprochen|zugesagt|zugesichert|garantiert|"
        r"gesagt, (?:dass )?(?:sie|ich|es|das))|"
        r"(?:mir|uns) (?:wurde|wurden|war) (?:\w+ ){0,4}?(?:versprochen|zugesagt|zugesichert|garantiert)|"
        r"hieß es,? |versprachen (?:sie|mir)|(?:haben|hat) (?:mir|uns) (?:\w+ ){0,3}?(?:versprochen|zugesagt|"
        r"zugesichert)|(?:versprochen|zugesagt) (?:wurde|war|haben)"
    ),
    never=whole(
        r"wenn|falls|sofern|würde|würden|könnte|könnten|können|nicht|nie|niemals|nichts|leider|in der regel|"
        r"normalerweise|meistens|vielleicht|urlaub"
    ),
    names=cased(r"(?:Frau|Herr|Herrn|Kollege|Kollegin|Techniker) (?P<name>[A-ZÄÖÜ]\w+)(?P<name2>(?!))?"),
)
