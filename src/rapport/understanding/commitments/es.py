"""How people bind themselves in Spanish."""

from __future__ import annotations

from typing import Final

from rapport.understanding.commitments.ways import Ways, begun, cased, whole

WAYS: Final = Ways(
    own=begun(
        r"(?:(?:le|les|te|os|lo|la|se lo) )?(?:llamar|enviar|mandar|abonar|devolver|reembolsar|informar|avisar|"
        r"contactar|responder|comprobar|revisar|pagar|entregar|cambiar|reparar|anular|escribir|resolver|"
        r"solucionar|ingresar|subir|publicar|reenviar|tramitar|gestionar)(?:é|emos)(?!\w)|"
        r"(?:voy|vamos) a (?:llamar|enviar|mandar|abonar|devolver|informar|avisar|contactar|responder|"
        r"comprobar|revisar|pagar|cambiar|resolver|escribir)\w*|me encargo|nos encargamos|me ocupo|"
        r"nos ocupamos|(?:le|te|os|les) (?:prometo|garantizo|prometemos|garantizamos|aseguro)|(?:le|te|les|"
        r"os) (?:informo|aviso|mantengo|mantendremos|mantenemos|respondo)(?!\w)"
    ),
    now=begun(
        r"(?:(?:le|les|te|os|lo|la) )?(?:llamo|llamamos|envío|enviamos|mando|mandamos|pago|pagamos|llevo|"
        r"llevamos|transfiero|devuelvo|paso|ingreso|subo|entrego|firmo|respondo|respondemos|escribo|traigo|"
        r"reenvío)(?!\w)"
    ),
    other=begun(
        r"(?:nuestro|nuestra|un|una|el|la|mi|su|señora|señor|alguien)\s[\w ]{2,50}?\s?(?:irá|llamará|escribirá|"
        r"pasará|saldrá|sale|llegará|llega|será|contactará|estará|le \w+rá|se \w+rá)(?!\w)|(?:recibirá|"
        r"recibirás|recibiréis|tendrá|tendrás|le llegará|obtendrá)(?!\w)|alguien (?:le|te) \w+rá"
    ),
    given=begun(
        r"(?:me|nos) (?:prometieron|prometió|prometisteis|prometiste|aseguraron|aseguró|garantizaron|garantizó|"
        r"dijeron que|dijo que)(?!\w)|(?:ustedes|vosotros) (?:me |nos )?(?:prometieron|prometisteis)|"
        r"(?:prometieron|prometisteis)(?!\w)|(?:me|nos) (?:han|ha|habían|habéis) (?:prometido|asegurado|"
        r"garantizado)"
    ),
    never=whole(
        r"si|no (?:podemos|puedo|volver|hay|se|dude)\w*|nunca|jamás|normalmente|en general|quizás?|tal vez|"
        r"podría\w*|vacaciones|quiere que"
    ),
    names=cased(r"(?:[Ss]eñora|[Ss]eñor|Sra\.|Sr\.) (?P<name>[A-ZÁÉÍÓÚÑ]\w+)(?P<name2>(?!))?"),
)
