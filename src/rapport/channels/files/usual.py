"""What exporters call their columns, in lower case without separators; the more telling names first."""

from __future__ import annotations

_WRITTEN = """
text: text body message fulltext content tweet post comment msg review messagebody messagetext tweettext bodytext
    plaintext reviewtext posttext description note inhalt nachricht kommentar texte texto mensaje contenu
    statustext utterance
id: id tweetid messageid postid commentid statusid externalid idstr uid guid uuid reviewid msgid key uri mid kennung
said_at: saidat createdat created date timestamp time datetime sentat postedat publishedat published tweetcreated
    createdtime createdutc messagedate reviewdate senttime sent datum zeitpunkt fecha when ts receivedat
author: author username user screenname userscreenname handle from sender authorid userid authorusername
    authorhandle authorname fromemail email fromaddress useremail accountacct accountusername customer customerid
    authoraddress authoremail by reviewer nick absender konto benutzername verfasser autor nutzer kunde usuario
    auteur autore autor remitente expediteur mittente remetente writer commenter contact client cliente visitor
name: name displayname fullname username2 realname sendername fromname userdisplayname authordisplayname
    customername authorname username accountdisplayname verfasser autor auteur kunde
reply_to: replyto inreplyto inreplytoid inreplytostatusid inreplytostatusidstr inresponsetotweetid parentid parent
    inresponseto replytoid inreplytotweetid inreplytouri responseto
thread: thread threadid conversationid conversation ticketid dialogid caseid chatid ticket
subject: subject title betreff asunto objet headline
url: url link permalink permalinkurl posturl tweeturl weburl
ours: ours fromus isagent outbound outgoing isours isoutbound fromme direction isstaff
inbound: inbound incoming isinbound iscustomer fromcustomer
followers: followers followerscount followercount userfollowerscount userfollowers authorfollowers
    authorfollowerscount authorfollowercount accountfollowerscount numfollowers seguidores seguidor abonnes seguaci
"""


def _read(written: str) -> dict[str, tuple[str, ...]]:
    """``field: name name …``; an indented line goes on with the one above."""
    lines = written.replace("\n    ", " ").strip().split("\n")
    return {field: tuple(names.split()) for field, _, names in (line.partition(":") for line in lines)}


NAMES = _read(_WRITTEN)
