"""How people bind themselves in six languages, as patterns over one clause; ``promises.py`` says what follows of each.

Four ways: ``own`` (I will, we shall: binds by itself), ``now`` (the present tense of a deed: binds where a time stands
beside it), ``other`` (somebody or something of ours will, you will get: binds us, where a time stands beside it) and
``given`` (you promised, I was told you would: reminds of what the other side owes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple


class Ways(NamedTuple):
    """The patterns of one language. ``never``: what unbinds a clause; ``names`` catches who else will do it."""

    own: re.Pattern[str]
    now: re.Pattern[str]
    other: re.Pattern[str]
    given: re.Pattern[str]
    never: re.Pattern[str]
    names: re.Pattern[str]
    hints: Mapping[str, tuple[str, ...]] = {}
    """Way → words of which one stands in every text that its pattern meets; not told: every text is searched."""


def _re(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE)


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def _cased(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})")


_EN_DO: Final = (
    r"(?:get (?:back|in touch|(?:this|that|it|your \w+|the \w+) (?:\w+ed|sent|done|out|over)|someone|somebody|"
    r"(?:a|an) \w+ (?:to|out))|come (?:back|by|over|round|out)|be (?:back|in touch|with you|home|sure to|"
    r"there (?:on|at|by)|"
    r"here on|around|calling|sending|contacting|in contact|emailing|getting|processing|refunding|replacing|"
    r"shipping|posting|looking|checking|"
    r"having|picking|delivering|tweeting|reaching)|follow up|look into|check|find out|let (?:you|them|u|y'all|"
    r"him|her) know|send|call(?! it)|ring|phone|"
    r"e?-?mail|dm|message|text|write|tweet|post|share|tell|pay|transfer|wire|return|ship|deliver|refund|"
    r"reimburse|replace|fix|sort|solve|resolve|"
    r"repair|update|report|forward|reply|respond|answer|arrange|escalate|raise|contact|reach out|credit|waive|"
    r"remove|cancel|delete|correct|change|"
    r"adjust|apply|bring|drop|pick|collect|do (?:that|so|it|this|my best)|confirm|keep (?:you|an eye)|"
    r"pass (?:it|this|that|your|the|on)|make sure|"
    r"ensure|see to|take care|have (?:a|an|someone|somebody|it|this)|hold|reserve|book|schedule|set (?:up|"
    r"aside)|process|issue|put|"
    r"test|try (?:it|this|again|tonight|tomorrow)|sign|submit|upload|fill|give (?:you|it|them|u|this)|show|"
    r"order|provide|prepare|offer you|investigate|"
    r"speak (?:to|with)|talk to|ask|remind|leave (?:you|a review|a|it)|review|recommend|visit|personally|match|"
    r"compensate|extend|stay in touch|"
    r"buy (?:it|one|another)|hand|be (?:paying|returning))"
)
_EN_BIND: Final = (
    r"(?:['’]ll|\s+will|\s+shall|['’](?:m|re) going to|\s+(?:am|are) going to|\s+(?:am |are )?gonna|['’](?:m|"
    r"re) gonna|\s+promise (?:to|(?:that )?(?:i|we)(?:['’]ll| will))|\s+(?:commit|undertake|pledge) to|"
    r"\s+guarantee)"
)
_EN_PEOPLE: Final = (
    r"(?:(?:our|my|the|a|an)\s+(?:\w+\s+){0,2}?(?:engineer|technician|colleague|team|manager|specialist|driver|"
    r"courier|advisor|adviser|agent|plumber|"
    r"electrician|accountant|husband|wife|boss|assistant|supervisor|department|warehouse|store|shop|expert|"
    r"developer|developers|support|fitter|"
    r"sister|brother|mother|father|son|daughter|lawyer|bank|partner|parcel|replacement|refund|battery|order|"
    r"package|letter|contract|voucher|"
    r"invoice|credit|update|fix|part|parts|money|card|item|document|documents|payment)|someone|somebody|"
    r"one of (?:us|our \w+)|he|she|they|it|"
    r"(?:mr|mrs|ms|miss|dr)\.? \w+|your (?:\w+\s){0,2}?(?:refund|money|order|parcel|card|replacement|account|"
    r"package|credit|new \w+))"
)
_EN: Final = Ways(
    own=_re(
        rf"(?:i|we|both of us)(?:\s+(?:personally|also|just|then|now))?{_EN_BIND}\s+(?:\w+ly\s+|also\s+|just\s+|"
        rf"definitely\s+|try and\s+|go and\s+)?{_EN_DO}(?!\w)|"
        r"(?:i|we) (?:commit|undertake|pledge) to \w+ing|"
        rf"(?:will|gonna|going to)\s+(?:also |definitely )?{_EN_DO}(?!\w)|"
        r"(?:i|we)(?:['’]ll| will| shall) guarantee|(?:i|we) (?:can )?(?:guarantee|"
        r"promise)(?: you)?(?: that)? (?:i|we|you|it|to|the|your|nobody|no)(?!\w)|you have (?:my|our) word|"
        r"consider it done|"
        r"let me (?:check|look|find|see what|speak|ask|get|have a)[^.!?]{0,60}(?:get back|come back|let you know)|"
        r"give (?:me|us) (?:a|an|\d+|until|till) [^.!?]{0,30}(?:and (?:i|we)(?:['’]ll| will))"
    ),
    now=_re(
        r"(?:i|we)(?:['’](?:m|re)| am| are) (?:now |just |currently )?(?:forward|escalat|send|refund|ship|look|"
        r"transfer|pay|call|email|mail|post|dispatch|replac|"
        r"bring|return|cancel|arrang|credit|process|com|drop|pick|put|sort|get|hav|issu|check)\w*ing|"
        r"(?:forward|escalat|send|refund|shipp|transferr|pay|call|email|mail|sign|bring|return|dropp|post|"
        r"upload)\w*ing (?!is |was |the same)|(?:payment|money|refund|transfer|parcel|docs|documents|cash|"
        r"order|it)(?:['’]s| is| are)? (?:coming|going out|on its way|on the way)|"
        r"expect (?:a|an|to hear|it|your|the|our) [^.!?]{1,60}"
    ),
    other=_re(
        rf"{_EN_PEOPLE}\s+(?:[\w ]{{0,30}}?\s)?(?:will|['’]ll|shall|is going to|are going to|"
        rf"is (?:now )?(?:picking|coming|calling|on (?:its|the) way|due|booked|scheduled|being)|goes out|go out|"
        rf"leaves|arrives|gets|comes|ships)(?!\w)|"
        rf"(?:he|she|they|it)['’]ll\s|you(?:['’]ll| will| shall| should|"
        rf" are going to)\s+(?:\w+ly\s+)?(?:receive|get|have|hear|be (?:refunded|contacted|called|credited|"
        rf"reimbursed|compensated))(?!\w)|"
        rf"the [\w ]{{2,40}} will (?:be|go|reach|arrive|come)(?!\w)|a [\w ]{{2,30}} (?:will|"
        rf"is on its way)(?!\w)|[A-Z]\w+ (?:from|of|in) (?:our|the|my) [\w ]{{2,30}} will(?!\w)"
    ),
    given=_re(
        r"(?:you|u|you guys|they|your (?:\w+ ){1,3}|the (?:\w+ ){1,4}|(?:mr|mrs|ms|miss)\.? \w+ |"
        r"\w+ )(?:from your \w+ )?\s?(?:had |have |has |'ve |'d )?(?:already )?"
        r"(?:promised|guaranteed|guarantee me|assured|swore|undertook|pledged|agreed to|committed to|"
        r"(?:told|said to) (?:me|us)(?: on the phone)?(?: that)? (?:i|you|u|we|it|they|he|she|someone|somebody|"
        r"the \w+|my \w+)\s?(?:['’]?d|['’]?ll| ?would| ?will|was going to|were going to|(?:am|is|are) getting)|"
        r"said (?:that )?(?:you|u|it|i|we|they|he|she|someone|somebody|the \w+|my \w+)\s?(?:['’]?d|['’]?ll|"
        r" ?would| ?will|was going to|were going to))(?!\w)|"
        r"(?:i|we)(?:['’](?:ve|d)|\s+was|\s+were|\s+am|\s+are|\s+have|\s+had|\s+got|\s+have been|"
        r"['’]ve been)\s*(?:been )?(?:promised|guaranteed|assured|"
        r"told (?:that )?(?:you|it|i|we|they|someone|somebody|he|she|the \w+|my \w+)\s?(?:['’]?d|['’]?ll|"
        r" ?would| ?will|was|were))(?!\w)|"
        r"was (?:promised|guaranteed)(?!\w)"
    ),
    never=_whole(
        r"rest assured|if|unless|provided (?:that|you)|won['’]?t|wont|will not|['’]ll (?:not|never)|shall not|"
        r"never|not going to|unable|unfortunately|can(?:no|['’])?t|will (?:you|u)|"
        r"i(?:['’]ll| will) (?:be honest|have to|need to|see|think|admit|say|take my|assume|wait|"
        r"keep everything crossed)|i think|maybe|perhaps|probably|might|usually|normally|typically|"
        r"most customers|in general|generally|i thought|thought you|as you promised|will depend|"
        r"your (?:site|website|terms|app|policy|ad|advert) (?:says?|said)|says \"?we|no way|it says|policy"
    ),
    names=_cased(
        r"(?:(?:[Mm]y|[Oo]ur|[Yy]our) (?:colleague|engineer|technician|manager|agent|advisor|adviser|driver|"
        r"specialist|boss|team ?mate)\s+)(?P<name>[A-Z]\w+)|(?P<name2>[A-Z]\w+) (?:from|of|in) (?:our|my|"
        r"your) \w+"
    ),
    hints={
        "own": (
            "will",
            "’ll",
            "'ll",
            "shall",
            "going to",
            "gonna",
            "promise",
            "guarant",
            "commit",
            "undertak",
            "pledg",
            "word",
            "consider it",
            "let me",
            "give me",
            "give us",
        ),
        "now": (
            "forward",
            "escalat",
            "sending",
            "refunding",
            "shipping",
            "transferring",
            "paying",
            "calling",
            "mailing",
            "posting",
            "dispatch",
            "replacing",
            "bringing",
            "returning",
            "cancelling",
            "arranging",
            "crediting",
            "processing",
            "coming",
            "dropping",
            "picking",
            "putting",
            "sorting",
            "issuing",
            "checking",
            "signing",
            "uploading",
            "looking",
            "getting",
            "having",
            "expect",
            "going out",
            "on its way",
            "on the way",
        ),
        "given": (
            "promis",
            "guarant",
            "assured",
            "swore",
            "undertook",
            "pledged",
            "agreed",
            "committed",
            "told",
            "said",
        ),
    },
)
_DE_ICH: Final = (
    r"(?:rufe|melde|schicke|sende|überweise|bringe|gebe|kümmere|erstatte|zahle|bezahle|frage|prüfe|kläre|leite|"
    r"informiere|schreibe|maile|komme|liefere|reiche|"
    r"besorge|bestelle|ersetze|storniere|veranlasse|teile|poste|hole|reserviere|sorge|unterschreibe|antworte|erledige)"
)
_DE_WIR: Final = (
    r"(?:rufen|melden|schicken|senden|überweisen|bringen|geben|kümmern|erstatten|zahlen|fragen|prüfen|klären|"
    r"leiten|informieren|schreiben|kommen|liefern|"
    r"besorgen|bestellen|ersetzen|stornieren|veranlassen|teilen|holen|reservieren|sorgen|antworten|erledigen|"
    r"verrechnen|schreiben)"
)
_DE: Final = Ways(
    own=_re(
        r"(?:ich|wir) (?:werde|werden) (?!nie|nicht|mich beschweren)|(?:werde|werden) (?:ich|wir) (?!nie|nicht|"
        r"mich beschweren)|(?:ich|wir) (?:verspreche|versprechen|garantiere|garantieren|sichere|sichern)|"
        r"(?:ich|wir) (?:melde|melden) (?:mich|uns)|(?:melde mich|melden uns)|(?:ich|wir) (?:kümmere mich|"
        r"kümmern uns)|(?:kümmere mich|kümmern uns)|gebe (?:ihnen|dir|euch) (?:\w+ ){0,5}bescheid|halte (?:sie|"
        r"dich) auf dem laufenden|halten (?:sie|dich) auf dem laufenden"
    ),
    now=_re(rf"(?:ich|wir) (?:{_DE_ICH}|{_DE_WIR})(?!\w)|(?:{_DE_ICH}|{_DE_WIR}) (?:ich|wir)(?!\w)|{_DE_ICH}(?!\w)"),
    other=_re(
        r"(?:unser|unsere|mein|meine|ein|eine|der|die|das|ihr|ihre|frau|herr|kollege|"
        r"kollegin)\s+[\w ]{2,50}?\s?(?:kommt|ruft|meldet|schreibt|wird|ist|geht|liefert|bringt|kontaktiert|"
        r"erscheint|trifft)(?!\w)|"
        r"(?:ist|kommt|ruft|meldet sich|schreibt|geht|wird) (?:ein|eine|unser|unsere|der|die|das|ihr|ihre|"
        r"jemand)(?!\w)|sie (?:erhalten|bekommen|hören|haben|werden)(?!\w)|(?:erhalten|bekommen|"
        r"hören) sie(?!\w)|(?:er|sie|es|jemand) (?:ruft|meldet|kommt|schreibt|bringt|wird|liefert)(?!\w)|"
        r"(?:wird|ist|kommt|werden) (?:bis|am|spätestens|heute|morgen|in) "
    ),
    given=_re(
        r"(?:sie|ihr|du|man|ihr \w+|ihre \w+|der \w+|die \w+|herr \w+|frau \w+)\s+(?:\w+ ){0,3}?(?:haben|habt|"
        r"hast|hat|hatten|hatte|hattet)\s+(?:\w+ ){0,3}?(?:versprochen|zugesagt|zugesichert|garantiert|"
        r"gesagt, (?:dass )?(?:sie|ich|es|das))|"
        r"(?:mir|uns) (?:wurde|wurden|war) (?:\w+ ){0,4}?(?:versprochen|zugesagt|zugesichert|garantiert)|"
        r"hieß es,? |versprachen (?:sie|mir)|(?:haben|hat) (?:mir|uns) (?:\w+ ){0,3}?(?:versprochen|zugesagt|"
        r"zugesichert)|(?:versprochen|zugesagt) (?:wurde|war|haben)"
    ),
    never=_whole(
        r"wenn|falls|sofern|würde|würden|könnte|könnten|können|nicht|nie|niemals|nichts|leider|in der regel|"
        r"normalerweise|meistens|vielleicht|urlaub"
    ),
    names=_cased(r"(?:Frau|Herr|Herrn|Kollege|Kollegin|Techniker) (?P<name>[A-ZÄÖÜ]\w+)(?P<name2>(?!))?"),
)
_FR: Final = Ways(
    own=_re(
        r"(?:je|nous) (?:vous |te |le |la |les |lui )?(?!ne )(?:rappeler|enverr|transmettr|remboursr|"
        r"rembourser|contacter|tiendr|fer|créditer|vérifier|passer|paier|payer|répondr|reviendr|livrer|"
        r"remplacer|mettr|veiller|donner|expédier|corriger|annuler|réparer|appeler|écrir|prendr|virer|poster|"
        r"laisser)\w*(?:ai|ons)(?!\w)|"
        r"(?:je m['’]en occupe|nous nous en occupons|on s['’]en occupe)|je (?:vous |te )?(?:promets|garantis|"
        r"assure)|nous (?:vous )?(?:promettons|garantissons|assurons|engageons)|(?:vous|te) tiens au courant|"
        r"(?:vous|te) tenons (?:au courant|informé\w*)|(?:je )?reviens vers vous|revenons vers vous|(?:je vais|"
        r"nous allons|on va) (?:vous |te |le |la )?(?:rappeler|envoyer|rembourser|contacter|vérifier|"
        r"transmettre|faire|payer|répondre|regarder|livrer|remplacer|réparer|appeler|annuler|créditer)"
    ),
    now=_re(
        r"(?:je|j['’]|nous|on) (?:vous |te |le |la |les |lui )?(?:rappelle|rappelons|envoie|envoyons|paie|paye|"
        r"payons|passe|passons|rembourse|remboursons|transmets|livre|livrons|contacte|contactons|vire|règle|"
        r"dépose|ramène|renvoie|rends|signe|appelle|appelons|écris|répond|répondons)(?!\w)|j['’](?:envoie|"
        r"appelle|apporte|écris)(?!\w)"
    ),
    other=_re(
        r"(?:notre|votre|mon|ma|un|une|le|la|l['’]|mme|m\.|madame|monsieur)\s?[\w'’ .]{2,50}?\s(?:passera|sera|"
        r"viendra|appellera|rappellera|écrira|partira|arrivera|part|arrive|contactera|livrera|"
        r"vous \w+ra)(?!\w)|vous (?:recevrez|serez|aurez|allez recevoir|allez être)(?!\w)|"
        r"quelqu['’]un (?:vous )?\w+ra(?!\w)"
    ),
    given=_re(
        r"(?:vous|tu|on|votre \w+|la dame|le monsieur|ils)\s+(?:m['’]|nous |me )?\s?(?:av(?:ez|iez|ait|aient)|"
        r"as|a|ont)\s+(?:bien )?(?:promis|assuré|garanti|dit qu)|(?:on )?m['’]a(?:vait|viez|vez)? (?:promis|"
        r"assuré|garanti)|m['’]av(?:ez|iez) (?:promis|assuré|garanti)|(?:on )?nous a (?:promis|assuré|garanti)"
    ),
    never=_whole(
        r"si|ne (?:pouv|peu|sera|command|pourr)\w*|n['’]\w+ pas|plus jamais|jamais|n['’]hésitez|en général|"
        r"généralement|normalement|peut-être|pourrai[st]|vacances|voulez"
    ),
    names=_cased(r"(?:Mme|M\.|Madame|Monsieur) (?P<name>[A-ZÉ]\w+)(?P<name2>(?!))?"),
)
_ES: Final = Ways(
    own=_re(
        r"(?:(?:le|les|te|os|lo|la|se lo) )?(?:llamar|enviar|mandar|abonar|devolver|reembolsar|informar|avisar|"
        r"contactar|responder|comprobar|revisar|pagar|entregar|cambiar|reparar|anular|escribir|resolver|"
        r"solucionar|ingresar|subir|publicar|reenviar|tramitar|gestionar)(?:é|emos)(?!\w)|"
        r"(?:voy|vamos) a (?:llamar|enviar|mandar|abonar|devolver|informar|avisar|contactar|responder|"
        r"comprobar|revisar|pagar|cambiar|resolver|escribir)\w*|me encargo|nos encargamos|me ocupo|"
        r"nos ocupamos|(?:le|te|os|les) (?:prometo|garantizo|prometemos|garantizamos|aseguro)|(?:le|te|les|"
        r"os) (?:informo|aviso|mantengo|mantendremos|mantenemos|respondo)(?!\w)"
    ),
    now=_re(
        r"(?:(?:le|les|te|os|lo|la) )?(?:llamo|llamamos|envío|enviamos|mando|mandamos|pago|pagamos|llevo|"
        r"llevamos|transfiero|devuelvo|paso|ingreso|subo|entrego|firmo|respondo|respondemos|escribo|traigo|"
        r"reenvío)(?!\w)"
    ),
    other=_re(
        r"(?:nuestro|nuestra|un|una|el|la|mi|su|señora|señor|alguien)\s[\w ]{2,50}?\s?(?:irá|llamará|escribirá|"
        r"pasará|saldrá|sale|llegará|llega|será|contactará|estará|le \w+rá|se \w+rá)(?!\w)|(?:recibirá|"
        r"recibirás|recibiréis|tendrá|tendrás|le llegará|obtendrá)(?!\w)|alguien (?:le|te) \w+rá"
    ),
    given=_re(
        r"(?:me|nos) (?:prometieron|prometió|prometisteis|prometiste|aseguraron|aseguró|garantizaron|garantizó|"
        r"dijeron que|dijo que)(?!\w)|(?:ustedes|vosotros) (?:me |nos )?(?:prometieron|prometisteis)|"
        r"(?:prometieron|prometisteis)(?!\w)|(?:me|nos) (?:han|ha|habían|habéis) (?:prometido|asegurado|"
        r"garantizado)"
    ),
    never=_whole(
        r"si|no (?:podemos|puedo|volver|hay|se|dude)\w*|nunca|jamás|normalmente|en general|quizás?|tal vez|"
        r"podría\w*|vacaciones|quiere que"
    ),
    names=_cased(r"(?:[Ss]eñora|[Ss]eñor|Sra\.|Sr\.) (?P<name>[A-ZÁÉÍÓÚÑ]\w+)(?P<name2>(?!))?"),
)
_IT: Final = Ways(
    own=_re(
        r"(?:(?:la|le|vi|ti|li|lo|gli) )?(?:richiamer|spedir|inviar|mander|invier|accrediter|rimborser|"
        r"informer|avviser|contatter|risponder|verificher|controller|pagher|consegner|cambier|riparer|annuller|"
        r"scriver|risolver|provveder|aggiorner|far|lascer|poster)(?:ò|emo)(?!\w)|"
        r"(?:me ne occupo|ce ne occupiamo|ci pensiamo noi|ci penso io)|(?:le|vi|ti) (?:prometto|garantisco|"
        r"promettiamo|garantiamo|assicuro)|(?:le|vi|ti) (?:faccio sapere|facciamo sapere|rispondo|aggiorno|"
        r"aggiorniamo)(?!\w)"
    ),
    now=_re(
        r"(?:(?:la|le|vi|ti|li|lo) )?(?:richiamo|richiamiamo|chiamo|mando|mandiamo|pago|paghiamo|invio|inviamo|"
        r"spedisco|spediamo|porto|portiamo|verso|bonifico|restituisco|passo|rispondo|rispondiamo|scrivo|"
        r"consegno|firmo)(?!\w)"
    ),
    other=_re(
        r"(?:nostro|nostra|un|una|il|la|mio|mia|signora|signor|qualcuno|l['’])\s?[\w ]{2,50}?\s?(?:passerà|"
        r"chiamerà|scriverà|partirà|parte|arriverà|arriva|sarà|contatterà|verrà|le \w+rà|la \w+rà)(?!\w)|"
        r"(?:riceverà|riceverai|riceverete|avrà|avrai|avrete)(?!\w)"
    ),
    given=_re(
        r"(?:mi|ci) (?:avevate|avete|hanno|ha|aveva|avevano|hai) (?:promesso|assicurato|garantito|"
        r"detto che)(?!\w)|(?:avevate|avete) (?:promesso|garantito|assicurato)|mi (?:promettevate)|"
        r"è stato promesso"
    ),
    never=_whole(
        r"se(?!ra)|non (?:possiamo|posso|comprer|esiti|c['’]è)\w*|mai|di solito|normalmente|in genere|forse|"
        r"potrebbe\w*|vacanz\w*|vuole che"
    ),
    names=_cased(r"(?:[Ss]ignora|[Ss]ignor|Sig\.ra|Sig\.) (?P<name>[A-Z]\w+)(?P<name2>(?!))?"),
)
_PT: Final = Ways(
    own=_re(
        r"(?:vou|vamos|iremos|irei) (?:(?:lhe|te|me) )?(?:ligar|enviar|mandar|verificar|creditar|devolver|"
        r"reembolsar|informar|avisar|responder|pagar|entregar|trocar|resolver|escrever|checar|encaminhar|"
        r"postar|passar|deixar|confirmar|retornar|estornar)(?!\w)|"
        r"(?:ligar|enviar|creditar|devolver|reembolsar|informar|responder|resolver|avisar|contactar|"
        r"verificar)(?:ei|emos)(?!\w)|(?:dou|damos|daremos|darei) retorno|(?:eu )?(?:cuido disso|trato disso|"
        r"tratamos disso|cuidamos disso)|(?:prometo|garanto|prometemos|garantimos)(?!\w)|manteremos (?:você|"
        r"o senhor|a senhora)? ?informad\w+"
    ),
    now=_re(
        r"(?:(?:lhe|te) )?(?:ligo|ligamos|envio|enviamos|mando|mandamos|pago|pagamos|levo|levamos|transfiro|"
        r"devolvo|passo|deposito|entrego|respondo|respondemos|escrevo|trago|assino)(?!\w)"
    ),
    other=_re(
        r"(?:nosso|nossa|um|uma|o|a|meu|minha|seu|sua|senhora|senhor|alguém|dona)\s[\w ]{2,50}?\s?(?:vai|cai|"
        r"sai|chega|irá|ligará|passará|chegará|será|estará|entrará)(?!\w)|(?:receberá|receberão|terá|terão|"
        r"vai receber|vão receber|vai ter)(?!\w)"
    ),
    given=_re(
        r"(?:vocês|você|me|nos|o \w+|a \w+)\s+(?:me |nos )?(?:prometeram|prometeu|garantiram|garantiu|"
        r"asseguraram|disseram que|disse que)(?!\w)|(?:prometeram|garantiram)(?!\w)|me (?:tinham|"
        r"foi) (?:prometido|garantido)"
    ),
    never=_whole(
        r"se|não (?:pod|posso|vou|vamos|consig)\w*|nunca|jamais|normalmente|em geral|talvez|poderia\w*|férias|"
        r"quer que|viajo|fique"
    ),
    names=_cased(r"(?:[Ss]enhora|[Ss]enhor|Sra\.|Sr\.|[Dd]ona) (?P<name>[A-ZÁÉÍÓÚ]\w+)(?P<name2>(?!))?"),
)
WAYS: Final = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES, "it": _IT, "pt": _PT}
