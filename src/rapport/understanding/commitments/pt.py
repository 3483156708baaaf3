"""How people bind themselves in Portuguese."""

from __future__ import annotations

from typing import Final

from rapport.understanding.commitments.ways import Ways, begun, cased, whole

WAYS: Final = Ways(
    own=begun(
        r"(?:vou|vamos|iremos|irei) (?:(?:lhe|te|me) )?(?:ligar|enviar|mandar|verificar|creditar|devolver|"
        r"reembolsar|informar|avisar|responder|pagar|entregar|trocar|resolver|escrever|checar|encaminhar|"
        r"postar|passar|deixar|confirmar|retornar|estornar)(?!\w)|"
        r"(?:ligar|enviar|creditar|devolver|reembolsar|informar|responder|resolver|avisar|contactar|"
        r"verificar)(?:ei|emos)(?!\w)|(?:dou|damos|daremos|darei) retorno|(?:eu )?(?:cuido disso|trato disso|"
        r"tratamos disso|cuidamos disso)|(?:prometo|garanto|prometemos|garantimos)(?!\w)|manteremos (?:você|"
        r"o senhor|a senhora)? ?informad\w+"
    ),
    now=begun(
        r"(?:(?:lhe|te) )?(?:ligo|ligamos|envio|enviamos|mando|mandamos|pago|pagamos|levo|levamos|transfiro|"
        r"devolvo|passo|deposito|entrego|respondo|respondemos|escrevo|trago|assino)(?!\w)"
    ),
    other=begun(
        r"(?:nosso|nossa|um|uma|o|a|meu|minha|seu|sua|senhora|senhor|alguém|dona)\s[\w ]{2,50}?\s?(?:vai|cai|"
        r"sai|chega|irá|ligará|passará|chegará|será|estará|entrará)(?!\w)|(?:receberá|receberão|terá|terão|"
        r"vai receber|vão receber|vai ter)(?!\w)"
    ),
    given=begun(
        r"(?:vocês|você|me|nos|o \w+|a \w+)\s+(?:me |nos )?(?:prometeram|prometeu|garantiram|garantiu|"
        r"asseguraram|disseram que|disse que)(?!\w)|(?:prometeram|garantiram)(?!\w)|me (?:tinham|"
        r"foi) (?:prometido|garantido)"
    ),
    never=whole(
        r"se|não (?:pod|posso|vou|vamos|consig)\w*|nunca|jamais|normalmente|em geral|talvez|poderia\w*|férias|"
        r"quer que|viajo|fique"
    ),
    names=cased(r"(?:[Ss]enhora|[Ss]enhor|Sra\.|Sr\.|[Dd]ona) (?P<name>[A-ZÁÉÍÓÚ]\w+)(?P<name2>(?!))?"),
)
