"""How people bind themselves in Italian."""

from __future__ import annotations

from typing import Final

from rapport.understanding.commitments.ways import Ways, begun, cased, whole

WAYS: Final = Ways(
    own=begun(
        r"(?:(?:la|le|vi|ti|li|lo|gli) )?(?:richiamer|spedir|inviar|mander|invier|accrediter|rimborser|"
        r"informer|avviser|contatter|risponder|verificher|controller|pagher|consegner|cambier|riparer|annuller|"
        r"scriver|risolver|provveder|aggiorner|far|lascer|poster)(?:ò|emo)(?!\w)|"
        r"(?:me ne occupo|ce ne occupiamo|ci pensiamo noi|ci penso io)|(?:le|vi|ti) (?:prometto|garantisco|"
        r"promettiamo|garantiamo|assicuro)|(?:le|vi|ti) (?:faccio sapere|facciamo sapere|rispondo|aggiorno|"
        r"aggiorniamo)(?!\w)"
    ),
    now=begun(
        r"(?:(?:la|le|vi|ti|li|lo) )?(?:richiamo|richiamiamo|chiamo|mando|mandiamo|pago|paghiamo|invio|inviamo|"
        r"spedisco|spediamo|porto|portiamo|verso|bonifico|restituisco|passo|rispondo|rispondiamo|scrivo|"
        r"consegno|firmo)(?!\w)"
    ),
    other=begun(
        r"(?:nostro|nostra|un|una|il|la|mio|mia|signora|signor|qualcuno|l['’])\s?[\w ]{2,50}?\s?(?:passerà|"
        r"chiamerà|scriverà|partirà|parte|arriverà|arriva|sarà|contatterà|verrà|le \w+rà|la \w+rà)(?!\w)|"
        r"(?:riceverà|riceverai|riceverete|avrà|avrai|avrete)(?!\w)"
    ),
    given=begun(
        r"(?:mi|ci) (?:avevate|avete|hanno|ha|aveva|avevano|hai) (?:promesso|assicurato|garantito|"
        r"detto che)(?!\w)|(?:avevate|avete) (?:promesso|garantito|assicurato)|mi (?:promettevate)|"
        r"è stato promesso"
    ),
    never=whole(
        r"se(?!ra)|non (?:possiamo|posso|comprer|esiti|c['’]è)\w*|mai|di solito|normalmente|in genere|forse|"
        r"potrebbe\w*|vacanz\w*|vuole che"
    ),
    names=cased(r"(?:[Ss]ignora|[Ss]ignor|Sig\.ra|Sig\.) (?P<name>[A-Z]\w+)(?P<name2>(?!))?"),
)
