"""How people bind themselves in French."""

from __future__ import annotations

from typing import Final

from rapport.understanding.commitments.ways import Ways, begun, cased, whole

WAYS: Final = Ways(
    own=begun(
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
    now=begun(
        r"(?:je|j['’]|nous|on) (?:vous |te |le |la |les |lui )?(?:rappelle|rappelons|envoie|envoyons|paie|paye|"
        r"payons|passe|passons|rembourse|remboursons|transmets|livre|livrons|contacte|contactons|vire|règle|"
        r"dépose|ramène|renvoie|rends|signe|appelle|appelons|écris|répond|répondons)(?!\w)|j['’](?:envoie|"
        r"appelle|apporte|écris)(?!\w)"
    ),
    other=begun(
        r"(?:notre|votre|mon|ma|un|une|le|la|l['’]|mme|m\.|madame|monsieur)\s?[\w'’ .]{2,50}?\s(?:passera|sera|"
        r"viendra|appellera|rappellera|écrira|partira|arrivera|part|arrive|contactera|livrera|"
        r"vous \w+ra)(?!\w)|vous (?:recevrez|serez|aurez|allez recevoir|allez être)(?!\w)|"
        r"quelqu['’]un (?:vous )?\w+ra(?!\w)"
    ),
    given=begun(
        r"(?:vous|tu|on|votre \w+|la dame|le monsieur|ils)\s+(?:m['’]|nous |me )?\s?(?:av(?:ez|iez|ait|aient)|"
        r"as|a|ont)\s+(?:bien )?(?:promis|assuré|garanti|dit qu)|(?:on )?m['’]a(?:vait|viez|vez)? (?:promis|"
        r"assuré|garanti)|m['’]av(?:ez|iez) (?:promis|assuré|garanti)|(?:on )?nous a (?:promis|assuré|garanti)"
    ),
    never=whole(
        r"si|ne (?:pouv|peu|sera|command|pourr)\w*|n['’]\w+ pas|plus jamais|jamais|n['’]hésitez|en général|"
        r"généralement|normalement|peut-être|pourrai[st]|vacances|voulez"
    ),
    names=cased(r"(?:Mme|M\.|Madame|Monsieur) (?P<name>[A-ZÉ]\w+)(?P<name2>(?!))?"),
)
