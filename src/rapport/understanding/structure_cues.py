"""Words by which patience shows: that somebody comes back to something, wishes another channel, is put off, is glad.

Apart from ``structure`` because it is a list and no rule. None of these is rude; written for this project, in seven
languages. In any other language the turns themselves (who repeats what, who waits how long) still speak.
"""

from __future__ import annotations

import re
from typing import Final


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")", re.IGNORECASE)


COMES_BACK: Final = _any(
    # en
    r"as (?:i|we) (?:said|mentioned|wrote|explained|told)", r"as (?:mentioned|explained|described|stated|above)",
    r"(?:it'?s|it is|that'?s|see|all|listed|described|stated|quoted) (?:all )?above\b", r"in my (?:first|last|previous|earlier|original)",
    r"(?:i|we)(?: have|'ve)? already", r"already (?:sent|did|done|have|told|gave|given|tried|asked|provided|attached|uploaded)",
    r"(?:second|third|fourth|fifth|\d(?:nd|rd|th)) time\b", r"once more\b", r"(?:write|writing|ask|asking|wrote|try|trying|send|sending|explain) (?:\w+ )?again",
    r"any (?:news|word|update|luck|progress|idea when|sign)", r"follow(?:ing)?[ -]?up", r"(?:just )?(?:checking|check) in\b", r"chas(?:e|ing)\b",
    r"(?:have ?n.t|haven.t|has ?n.t|have not|not) (?:yet )?(?:heard|received|had|got|seen|been)", r"no(?:body| one) has\b", r"heard nothing|nothing (?:yet|so far|has)",
    r"still (?:no|not|waiting|have|has|without|the same|don.t|doesn.t|didn.t|haven.t|hasn.t|isn.t|need|hoping|missing|open|down|shows?|see|unable|can.t|wait)",
    r"(?:have|has) (?:passed|gone by)", r"tried (?:both|that|all|it)", r"did (?:that|this|so)\b", r"i (?:have|did|do)(?:,| that| so| the| one| both| it)? (?:already|thank|that)",
    r"(?:same|that) (?:question|issue|problem) (?:again|remains|as)", r"to come back to", r"coming back to", r"return(?:ing)? to my", r"remind(?:er|ing)?\b",
    r"(?:like|would) (?:just |only )?(?:to|an?) (?:know|answer|reply)", r"(?:my|the) (?:question|request|issue) (?:is|was|remains)", r"what i(?:'m| am) (?:asking|hoping)",
    # de
    r"wie (?:gesagt|erwähnt|geschrieben|bereits|oben|schon)", r"bereits", r"schon (?:einmal|mehrfach|mehrmals|zweimal|dreimal|gesendet|geschickt|gemacht|mitgeteilt|angegeben|wieder)",
    r"noch (?:ein|zwei)mal|nochmals?|abermals|erneut", r"(?:zum )?(?:zweiten|dritten|vierten)(?: ?mal)", r"noch (?:immer|nichts|nicht|keine?n?|kein)", r"immer noch", r"(?:bisher|bislang|seither|seitdem) (?:kam|kein|nicht|nichts|habe|leider)",
    r"nichts (?:mehr )?(?:gehört|bekommen|erhalten|passiert)", r"(?:gibt es|schon) (?:etwas )?neu(?:es|igkeiten)", r"(?:das |dies |es )?(?:habe ich|hatte ich) (?:\w+ ){0,5}(?:getan|gemacht|geschickt|gesendet|versucht|angegeben|hochgeladen)",
    r"steht (?:auch |doch |bereits )?in meine[rm]", r"(?:wie|der) (?:ist der )?(?:aktuelle )?stand\b", r"nachfragen|nachhaken|erinnern\b|erinnerung\b", r"sind (?:um|vergangen|verstrichen)",
    r"warte (?:noch |immer |weiterhin |nun |seit )", r"gemeldet\b",
    # fr
    r"comme (?:je l.ai |indiqué|dit|mentionné|écrit|précisé|déjà)", r"déjà\b", r"toujours (?:pas|rien|aucun|en attente|sans|le même)", r"encore (?:une fois|rien|pas)", r"à nouveau|de nouveau",
    r"(?:deuxième|troisième|quatrième|seconde) fois", r"(?:pas|sans|aucune) (?:eu |reçu |de )?(?:nouvelles?|réponse)", r"(?:avez-vous|du) (?:des nouvelles|nouveau)", r"je (?:me permets de )?(?:relance|reviens vers|rappelle que)",
    r"(?:c.est|je l.ai|cela est) (?:bien )?(?:fait|envoyée?|consultée?|transmise?)", r"(?:n.ai|n.avons) (?:pas|rien|toujours)", r"cela fait (?:plus|déjà|\w+ (?:jours|semaines|mois))", r"où en est", r"attends (?:toujours|encore|depuis)",
    # es
    r"como (?:ya )?(?:le |les |os |te )?(?:dije|dijimos|indiqué|comenté|mencioné|escribí|expliqué)", r"ya (?:lo|la|le|les|os|se|he|hemos|envié|mandé|hice|di|está)", r"(?:sigo|seguimos|sigue|continúo|continuamos) (?:sin|con|esperando|igual)",
    r"todavía|aún (?:no|sin|estoy|estamos)", r"de nuevo|nuevamente|otra vez (?:lo|el|la|le|mi)", r"(?:segunda|tercera|cuarta) vez", r"(?:hay|tienen|saben|sabe|se sabe) (?:algo|alguna (?:novedad|noticia|fecha|respuesta))", r"no (?:me|nos|he|hemos|han|ha) (?:\w+ )?(?:contactado|recibido|tenido|respondido|contestado|llamado|llegado)",
    r"(?:sin|ninguna) (?:respuesta|noticias|novedades)", r"(?:lo|la|los) (?:hice|solicité|envié|mandé|tengo|he (?:mirado|hecho|enviado))", r"desde hace",
    # it
    r"come (?:già )?(?:detto|scritto|indicato|segnalato|anticipato)", r"(?:l.ho|li ho|lo ho|ho) (?:già )?(?:fatto|inviat[oa]|compilat[oa]|mandat[oa]|spedit[oa]|allegat[oa])?.{0,12}(?:già|nuovamente|di nuovo)", r"già\b", r"ancora (?:nulla|niente|nessun|non|in attesa|senza|una volta)", r"(?:di nuovo|nuovamente)\b",
    r"(?:seconda|terza|quarta) volta", r"(?:avete|ci sono|si sa|si hanno) (?:notizie|novità|qualcosa|aggiornamenti|dove)", r"non (?:mi ha|mi hanno|si è|si sono|ho|abbiamo|è) (?:ancora |mai )?(?:contattat|fatt|ricevut|avut|arrivat|sentit|rispost)", r"infatti l.ho|attendo|sto aspettando|sollecit",
    # pt
    r"como (?:já )?(?:disse|referi|mencionei|escrevi|indiquei|expliquei)", r"já (?:enviei|mandei|fiz|dei|tinha|há|o|a|tentei|expliquei)", r"ainda (?:não|sem|estou|estamos|nada)", r"(?:de novo o|novamente|outra vez (?:o|a))", r"(?:segunda|terceira|quarta) vez", r"(?:há|têm|tem|alguma) (?:notícias|novidades?|alguma|resposta)", r"não (?:recebi|tive|obtive|me|nos|houve)", r"continu(?:o|amos|a) (?:sem|à espera|a)", r"estamos sem|estou sem",
    # nl
    r"zoals (?:ik|eerder|gezegd|vermeld|al)", r"(?:heb|had) ik (?:al|reeds|\w+ (?:al )?(?:gedaan|gestuurd|gemeld))", r"nog (?:steeds|geen|niet|altijd|niets|een keer|eens)", r"opnieuw|nogmaals", r"(?:tweede|derde|vierde) keer", r"(?:is er|zijn er|al) (?:al )?(?:nieuws|iets bekend|een datum)", r"niets (?:gehoord|ontvangen|vernomen)", r"al (?:een week|weken|dagen|\w+ (?:dagen|weken))",
)  # fmt: skip
"""They come back to something: asked, sent or done before; waited for; not heard of."""

WISHES: Final = _any(
    r"(?:could|can|would|might|please|may|will)\b[^.?!\n]{0,40}\b(?:call|phone|ring|telephone|speak|talk|visit)\b", r"(?:call|phone|ring|telephone) (?:me|us|back)\b", r"(?:a|by|on the) (?:phone )?(?:call|phone|telephone|video call)\b(?! (?:line|number|screen|support|case))",
    r"(?:speak|talk) (?:to|with) (?:a|an|some|any)", r"speak (?:for|on)\b", r"(?:a|an actual|a real|some) (?:person|human|body)[^.?!\n]{0,25}(?:look|speak|talk|call|help|can i|i can)", r"(?:reach|reached) (?:me )?(?:on|at) [+\d(]", r"my (?:phone )?number is",
    r"(?:ruf|rufen)\b[^.?!\n]{0,30}\ban\b", r"anruf(?:t|en)?\b", r"zurück(?:ruf|zurufen)\w*", r"telefon(?:isch|ieren|at)\w*", r"mit jemandem (?:sprechen|reden)",
    r"(?:m.appeler|nous appeler|me téléphoner|nous téléphoner|me rappeler|nous rappeler|appelez-moi|rappelez-moi)", r"(?:parler|échanger) (?:à|avec) (?:quelqu|un)", r"quelqu.un à qui (?:je )?(?:pourrais )?parler", r"par téléphone|de vive voix",
    r"ll[aá]m(?:en|arme|arnos|ame|adme|enme|ennos|áis|ar al)\w*", r"llamarme|por teléfono|hablar con (?:alguien|una persona|un)",
    r"(?:chiam|telefon)(?:atemi|ateci|armi|arci|are|ino|atemi)\w*", r"parlare con (?:qualcuno|una persona|un)", r"al telefono",
    r"(?:lig|telefon)(?:uem|ar|arem|ue|ar-me|uem-me|em-me)\w*", r"falar com (?:alguém|uma pessoa|um)", r"por telefone",
    r"(?:mij|me|ons) (?:even )?(?:terug)?bellen|bellen op|bel (?:mij|me|ons)|telefonisch", r"(?:met iemand|iemand) (?:spreken|praten)",
)  # fmt: skip
"""They wish to be called, or to speak to somebody."""

SPEAKS_OF_CALLING: Final = _any(
    r"call(?:s|ed|ing)?\b", r"phon(?:e|ed|ing)\b", r"r(?:i|a|u)ng\b|ringing\b", r"telephon\w*", r"spoke\b|speak\b|talk(?:ed)?\b", r"ruf\w*|rief\w*|an(?:ruf|gerufen)\w*|telefon\w*|zurückruf\w*", r"appel\w*|téléphon\w*|rappel\w*",
    r"llam\w*|teléfono", r"chiam\w*|telefon\w*", r"lig(?:a|á|o|u)\w*|telefon\w*", r"bel(?:len|d|t)?\b|gebeld|telefonisch",
)  # fmt: skip

REFUSES: Final = _any(
    r"(?:do not|don.t|cannot|can.t|unable|not able|no longer|isn.t|are not|is not|not (?:offer|possible|available)|only (?:by|via|through|offer|provide)|by e-?mail only|unfortunately)",
    r"(?:leider|nicht|keine?n?|nur per|ausschließlich)\b", r"(?:ne |n.)\w+ (?:\w+ )?(?:pas|que|plus)\b|uniquement|malheureusement|seulement", r"(?:no (?:es|se|podemos|ofrecemos|disponemos|atendemos|tenemos)|solo|sólo|únicamente|lamentablemente)",
    r"(?:non (?:è|sono|possiamo|offriamo|disponiamo)|solo|soltanto|purtroppo|unicamente)\b", r"(?:não (?:é|podemos|temos|oferecemos|dispomos|fazemos)|apenas|só (?:por|respond)|infelizmente)", r"(?:helaas|niet|alleen|geen|uitsluitend)\b",
)  # fmt: skip

HANDED_ON: Final = _any(
    r"(?:pass|forward|transferr?|escalat|hand|mov|rout|assign|shar)(?:ed|ing) (?:\w+ ){0,5}(?:to|on|over|with)\b", r"(?:i am|i.m) (?:now )?taking over|taken over\b|took over", r"from tier \w+|tier (?:2|two|3|three)", r"is (?:handled|dealt with|managed) by", r"please (?:contact|direct|turn to|get in touch with|reach out to|speak to)\b", r"(?:raised|logged) (?:\w+ ){0,4}with (?:our|the)",
    r"(?:weiter(?:geleitet|gegeben|gereicht)|übergeben|eskaliert|zuständig|wenden sie sich)", r"(?:transmise?|transférée?|confiée?|adressez-vous|contactez le|relève du)", r"(?:trasladado|transferido|derivado|pasado (?:su|tu|el|la)|escalado|diríjase|contacte con|póngase en contacto)",
    r"(?:inoltrat|trasferit|passat[oa] a|si rivolga|contatti (?:il|la|l.)|di competenza)", r"(?:encaminh|transferi|reencaminh|passámos|dirija-se|contacte (?:o|a))", r"(?:doorgezet|doorgestuurd|doorgegeven|overgedragen|neem contact op met|wend u)",
)  # fmt: skip

PUT_OFF: Final = _any(
    r"(?:thank you|thanks) for (?:contacting|reaching out|your (?:patience|enquiry|inquiry|understanding|order|purchase)|getting in touch|writing in)", r"(?:is|are) important to us|value (?:your|you as)", r"(?:please )?(?:see|visit|check|consult|refer to) (?:our|the) (?:help|faq|guide|website|support|knowledge)", r"(?:anything|something) else (?:we|i) can", r"(?:appreciate|bear with) (?:your patience|us)", r"(?:look(?:ing)? into|working on) (?:this|it|your)", r"(?:will|ll) (?:be in touch|get back|contact you|respond)\b", r"(?:working|business) days",
    r"vielen dank für (?:ihre|deine) (?:nachricht|geduld|anfrage|bestellung|mitteilung|kontaktaufnahme)|danke für (?:deine|ihre) (?:geduld|nachricht|anfrage)", r"in bearbeitung|werktage|finden sie (?:auf|in|unter)|online (?:stellen|melden)|so(?:bald|wie) (?:wir|es|sie)",
    r"merci (?:de nous|pour (?:votre|ton) (?:message|patience|achat|demande|commande))|jours (?:ouvrés|ouvrables)|dans votre espace|en cours de traitement", r"gracias por (?:su|tu) (?:compra|mensaje|paciencia|consulta|contacto)|días (?:hábiles|laborables)|en nuestra web|estamos revisando|en la web", r"(?:la sua|la tua) (?:richiesta|segnalazione) è (?:importante|in)|grazie per (?:averci|la (?:sua|tua) pazienza|il suo)|giorni lavorativi|la contatter", r"agradecemos (?:a sua|o seu|o contacto)|obrigad[oa] (?:pela sua|pelo seu|por (?:contactar|aguardar))|dias úteis|no nosso site", r"bedankt voor (?:uw|je) (?:geduld|bericht|bestelling|aanvraag)|werkdagen|via onze website",
)  # fmt: skip
"""Ours, when it says nothing: kept apart from answers, and weighs little by itself."""

GLAD: Final = _any(
    r"(?:that|it|this|all|which|both)?(?:.s| is| has| have)? ?(?:all )?(?:works?|worked|working|sorted|solved|fixed|resolved|arrived safely) (?:now|again|perfectly|fine|great|!|,? thank)", r"(?:worked|sorted|solved|fixed|resolved|confirmed fixed)\b[.!,]", r"perfect(?:ly)?\b", r"wonderful\w*", r"brilliant", r"lovely\b(?! (?:top|table))", r"fantastic", r"excellent", r"amazing", r"awesome", r"delighted|thrilled|gorgeous|marvellous|hooray|yay|cheers|superb|beautifully", r"(?:so|very|really) (?:kind|helpful|quick|good of you|much)", r"you(?:.re| are| were) (?:right|a star|wonderful|great|the best)", r"great[,!. ](?:thank|!|see|news|stuff)?", r"(?:we|i)(?:.re| are|.m| am)? (?:all )?good\b|all good\b|good news|makes? (?:my|our|me so)", r"runs like new|love (?:it|that|this|the|them|how)|we love|good catch",
    r"perfekt|super\b(?!,? danke\. habt)|toll\b|wunderbar|großartig|prima|bestens|klasse|köstlich|genial|freue? (?:mich|uns)|begeistert|hat geklappt|funktioniert (?:jetzt|wieder|nun|alles)|passt (?:perfekt|gut|super)|sehr aufmerksam|ging ja schnell",
    r"parfait|super\b|génial|merveille|enchant|quelle (?:chance|joie|bonne)|quel bonheur|c.est bon|formidable|volontiers|ravie?s?\b|impeccable|(?:ça|tout) (?:marche|fonctionne)|merci (?:beaucoup|mille)|encore merci",
    r"perfecto|genial|estupend|fantástic|qué (?:alegría|bien)|maravill|encantad|de maravilla|como (?:nueva|nuevo|siempre)|(?:ya )?funciona (?:bien|perfect|todo)|buenísim|muchísimas gracias|guapísim",
    r"perfett|ottim|bellissim|buonissim|fantastic|benissimo|che (?:piacere|bello|meraviglia)|grazie mille|(?:ora|tutto) funziona|mi fido|meravigli",
    r"perfeit|ótim|excelente|maravilh|encantad|que bom|fantástic|(?:já )?funciona (?:bem|perfeit|tudo)|muito obrigad|obrigad[oa] por tudo",
    r"perfect|geweldig|heerlijk|prachtig|\btop\b|super\b|fijn\b|mooie?\b|werkt (?:weer|nu|prima)|bedankt voor alles|hartstikke",
    r"ya+y+|y+e+s{2,}|(?:ha){2,}|wow\b|so good\b", r":-?\)|:D|;-?\)|😀|😊|😍|❤|🎉|😂|🙌|👍",
)  # fmt: skip
"""They are glad: what went before is settled between them and us."""

ANSWERS: Final = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hiya|dear|good (?:morning|afternoon|evening)|morning|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|bonjour|bonsoir|hola|buenos días|buenas(?: tardes)?|buongiorno|buonasera|salve|ciao|olá|bom dia|boa tarde|hoi|goedemorgen|goedemiddag|dag)\b[^.,!:\n]{0,40}[.,!:\n]\s*)?(?:as (?:promised|agreed|discussed)|wie (?:besprochen|versprochen)|"
    r"yes|yep|yeah|no,|not yet|sure|certainly|absolutely|of course|gladly|with pleasure|will do|done|booked|fixed|sorted|corrected|noted|ready|sent|merged|replaced|arranged|attached|confirmed|approved|kept|found it|good (?:eye|catch|point|idea)|no (?:problem|trouble|worries|bother)|lovely|wonderful|great|perfect|easily|"
    r"ja\b|nein\b|natürlich|gern|sehr gern|klar|sicher|kein (?:problem|ding)|erledigt|notiert|gebucht|fertig|korrigiert|mach(?:e|en)? (?:ich|wir)|unterwegs|ist (?:raus|notiert|unterwegs)|"
    r"oui|bien sûr|certainement|avec plaisir|volontiers|aucun souci|pas de (?:souci|problème)|c.est (?:fait|noté|réservé|envoyé)|parfait|"
    r"sí\b|claro|por supuesto|sin problema|hecho|listo|perfecto|recibid[oa]|reservad[oa]|estupendo|"
    r"sì\b|certo|certamente|volentieri|senz.altro|fatto|perfetto|arrivat[oa]|prenotat[oa]|nessun problema|"
    r"sim\b|com certeza|claro|sem problema|feito|perfeito|reservad[oa]|tudo certo|"
    r"zeker|natuurlijk|geen probleem|gedaan|geregeld|geboekt|doen we|prima|graag gedaan)",
    re.IGNORECASE,
)
"""Ours, when it begins as an answer does: yes, of course, done."""

ASKS: Final = _any(
    r"(?:please|kindly|could|would|can|may|might) (?:you|i|we|some|any|the|it|send|let|tell|confirm|check)", r"(?:i|we)(?:.d| would| should) (?:like|prefer|be (?:grateful|glad)|appreciate|need|love)", r"(?:i|we) (?:need|wonder|hope|ask)", r"let (?:me|us) know",
    r"(?:bitte|könnt|würd|wäre es|können sie|kannst du|ich (?:bräuchte|brauche|möchte|hätte|bitte))", r"(?:pourri|pouvez|serait-il|merci de|je (?:voudrais|souhaite|aimerais)|il me (?:faut|faudrait)|s.il vous pla)", r"(?:podr[ií]|pueden?|necesit|quisiera|me gustar|por favor)", r"(?:potete|potrebbe|vorrei|è possibile|può|per favore|attendo)", r"(?:pod(?:em|e|eria)|gostaria|preciso|por favor|queria)", r"(?:kunt u|kan iemand|kan u|graag|zou u|weet u|wilt u)",
)  # fmt: skip

THANKS: Final = _any(r"thank|thx|cheers|grateful|please|kind|dank|bitte|merci|s.il vous pla|gracias|por favor|grazie|per favore|obrigad|bedankt|alstublieft|graag|gern")  # fmt: skip
"""Courtesies, to be counted."""

EMPTY: Final = frozenset((
    "about above after again against already also although always another anything around away back because been before being below best better between both came cannot come could dear does doing done down each either else even ever every example find from further gave give given glad going gone good great have having hello help here hope however into just kind kindly know last later least less like little long look made make many might more most much must need needs never next nothing once only other otherwise ours over perhaps please possible quite rather really regards right said same says seem sent shall should since some somebody someone something soon sorry still such sure take tell than thank thanks that their them then there these they thing think this those though through time today together told took true until upon used using very want week well went were what when where whether which while will wish with within without would write yesterday your yours sincerely morning afternoon evening hiya haven hasn didn doesn don isn wasn aren couldn wouldn days weeks month months"
    " aber alle allem allen aller alles also andere auch auf aus bei beim bereits besten bisher bitte bräuchte brauche damit dann darf dass dein deine dem denn der des dies diese diesem diesen dieser doch dort durch eine einem einen einer eines einmal etwa etwas euch euer eure für ganz geehrte geehrter gegen gern gerne gibt grüße grüßen guten habe haben hallo hatte hatten heute hier hätte hätten ihnen ihre ihrem ihren ihrer immer jede jetzt jemand kann kein keine keinen können könnte könnten leider liebe lieber machen mehr mein meine meinem meinen meiner melden mich möchte möglich morgen nach nachricht nicht nichts noch nochmals oder ohne schon sehr seit seither sich sie sind sollte sonst tag tage team über und uns unser unsere unserem unseren vielen viel vom von wann warum weil welche wenn werde werden wieder wird woche wochen wurde würde würden wäre zeit zum zur zwei danke dank damen herren frau herr"
    " alors aussi autre avec avez avoir avons aura bien bonjour bonsoir cela cette ceux chez comme comment cordialement dans depuis deux dire dois donc elle elles encore entre est-ce êtes été être fait faire fois hier ici jour jours leur leurs lors madame mais malheureusement même merci mieux moins monsieur notre nous nouvelles où par pas peut peut-être plus pour pourquoi pourrait pourriez pouvez pouvoir quand quelle quelles quelqu quels quoi rien sans sera serait seulement si sont sous suis sur tous tout toute toutes très trop une vers voici voir vos votre vous vraiment semaine semaines"
    " ahora algo alguien alguna alguno antes aquí así aunque aún bien buenas buenos cada claro como con contra cosa cuál cuando cuándo de del desde días donde dónde ella ellos entonces entre eran esa ese eso esta está están este esto estoy favor fecha fue gracias haber había hace hacer hacia hago hasta hay hola hoy igual les llevamos los mañana más me mejor menos mi mis misma mismo mucho muchas muy nada ni ninguna no nos nosotros nuestra nuestro nunca otra otro para pero poco podría podrían porque posible pueden puede qué que queda quién saber saben sabe se sea según ser si sí siempre sin sobre son su sus también tan tanto tarde tengo tiene tienen toda todavía todo todos tras una unas uno unos usted ustedes vez ya semana semanas tardes"
    " abbiamo adesso alla alle allora altra altro anche ancora avere avete bene buona buonasera buongiorno che chi come con cosa così cui dalla dalle dei del della delle dello deve dopo dove dovrei ecco era essere fare fatto forse fra già gentile gentili giorno giorni grazie hanno infatti invece loro mai meglio meno mio molto nella nelle nessun niente noi non nostra nostro nulla oggi ogni oltre ora per perché però più poi possibile posso potete potrebbe prima proprio può qual quale quali qualcosa qualcuno quando quanto quella quello questa questo qui quindi sarà sarebbe se sempre senza si sia signori sono sta stato su sua sue sui suo tra troppo tutte tutti tutto una uno vi vorrei volta settimana settimane"
    " agora ainda algo alguém alguma algum antes aqui assim até bem boa bom bons cada caso com como conta contra da das de depois desde dia dias disse dos ela ele eles em entre era essa esse esta está estamos estão este estou eu favor foi há hoje isso isto já lá lhe lhes mais mas me melhor menos mesmo meu meus minha muito nada nem não nos nossa nosso nunca obrigada obrigado olá onde ontem ou outra outro para pela pelo pode podem podemos poderia por porque possível pouco pouca qual quando quanto que quem quero saber se sem sempre ser seu seus sim sob sobre sua suas também tarde tem temos tenho ter teve toda todo todos tudo uma umas vez você vocês semana semanas"
    " alleen alles alstublieft andere bedankt beste bij daar daarom dag dagen dan dank dat deze die dit doen door een eens elke geen geweest goed goedemorgen goedemiddag graag had heb hebben heeft helaas hele hem hier hoe hoi iemand iets ik jij jullie kan kunnen kunt laat later maar meer mijn misschien moet moeten morgen naar niet niets nog nogmaals nu ons onze ook over sinds steeds te toch tot uit uur van vandaag veel via voor waar waarom wanneer was wat weer weet wel welke werd weten wie wij wilt wordt worden zijn zo zonder zou week weken"
).split())  # fmt: skip
"""Words that carry no matter: what is left of a sentence without them is what it is about."""
