"""What a first reading says of sentences written for this test, in the languages it knows."""

from __future__ import annotations

import pytest

from rapport.understanding import Post, Reading, Turn, Us, read

ACME = Us(handles=("@acme",), names=("Acme",), rivals=("@zeta", "Zeta"), terms=("widget",), languages=("en", "de"))


def one(text: str, us: Us = ACME, **about: object) -> Reading:
    (reading,) = read([Post(text=text, **about)], us)  # type: ignore[arg-type]
    return reading


@pytest.mark.parametrize(
    ("text", "valence"),
    [
        ("@acme this is the best service I ever had, thank you!", "positive"),
        ("@acme your service is horrible and nobody answers", "negative"),
        ("@acme not good at all, I am so disappointed", "negative"),
        ("The meeting is at ten in room four.", "neutral"),
        ("Das ist wirklich eine Katastrophe, furchtbarer Service", "negative"),
        ("Vielen Dank, ganz toller Service, ich bin begeistert", "positive"),
        ("C'est vraiment une honte, service nul et personne ne répond", "negative"),
        ("Merci beaucoup, votre équipe est formidable", "positive"),
        ("Es una vergüenza, pésimo servicio y nadie contesta", "negative"),
        ("Muchas gracias, excelente servicio, me encanta", "positive"),
        ("Servizio pessimo, una vergogna, nessuno risponde", "negative"),
        ("Grazie mille, servizio ottimo e personale gentilissimo", "positive"),
        ("Péssimo atendimento, uma vergonha, ninguém responde", "negative"),
        ("Muito obrigado, excelente atendimento, adorei", "positive"),
    ],
)
def test_valence_in_six_languages(text: str, valence: str) -> None:
    assert one(text, Us(handles=("acme",))).valence == valence


@pytest.mark.parametrize(
    ("text", "valence"),
    [
        ("Ich bin so enttäuscht von diesem unzuverlässigen Laden", "negative"),
        ("Nous étions vraiment émerveillés, une soirée magnifique et chaleureuse", "positive"),
        ("Estoy muy decepcionada, se averió otra vez y me duele todo", "negative"),
        ("Che serata emozionante, siete stati gentilissimi e divertentissimi", "positive"),
        ("Que decepção, fiquei frustrada e chorei muito", "negative"),
        ("Der Zug nach Bremen fährt um neun von Gleis drei", "neutral"),
        ("La riunione comincia alle dieci nella sala quattro", "neutral"),
    ],
)
def test_feelings_are_known_by_their_stems(text: str, valence: str) -> None:
    assert one(text, Us(handles=("acme",))).valence == valence


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my parcel? It should have come yesterday", "en"),
        ("Wo bleibt mein Paket? Es sollte gestern kommen", "de"),
        ("Où est mon colis ? Il devait arriver hier", "fr"),
        ("¿Dónde está mi paquete? Tenía que llegar ayer", "es"),
        ("Dov'è il mio pacco? Doveva arrivare ieri", "it"),
        ("Onde está a minha encomenda? Devia ter chegado ontem", "pt"),
        ("荷物はどこですか。昨日届くはずでした", "ja"),
        ("@acme https://example.org 😀", "und"),
        ("", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert one(text, Us()).language == language


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("@acme where is my order", "to_us"),
        (".@Acme where is my order", "to_us"),
        ("Hey @acme, can you help?", "to_us"),
        ("Sitting in a flight with @acme and it is lovely", "about_us"),
        ("RT @acme: our new widget is here", "about_us"),
        ("My Acme widget broke", "about_us"),
        ("Zeta has a new phone", "rival"),
        ("@zeta where is my order", "rival"),
        ("What a lovely sunset", "nearby"),
        ("@somebody good morning", "nearby"),
    ],
)
def test_whom_a_post_addresses(text: str, whom: str) -> None:
    assert one(text).addressed == whom


def test_what_comes_by_mail_is_to_us_whatever_it_says() -> None:
    assert one("Good morning", direct=True).addressed == "to_us"


def test_a_reply_to_us_without_a_handle_is_to_us() -> None:
    assert (
        one("yes, since Monday", before=(Turn(ours=True, author="acme", text="Is it still so?"),)).addressed == "to_us"
    )


def test_with_nothing_known_of_us_the_company_is_the_first_handle_tagged() -> None:
    assert one("@GardenToolsHelp my order never arrived", Us()).addressed == "to_us"
    assert one("@lena_1984 happy birthday my dear, see you tonight", Us()).addressed == "nearby"


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Thanks, Plaxo, for suggesting I connect with my dead friend", "bereavement"),
        ("My mother, who was your customer for years, died in May", "bereavement"),
        ("@acme my dad is in hospital and I cannot come", "illness"),
        ("@acme I lost my job and can't pay the rent and your bill", "hardship"),
        ("@acme the charger you sold me caught fire", "danger"),
        ("@acme you will hear from my lawyer", "legal"),
        ("@acme I can see another customer's orders in my account", "breach"),
        ("Mein Vater ist gestorben, bitte löschen Sie sein Konto", "bereavement"),
        ("Mi madre falleció y siguen llegando cartas", "bereavement"),
        ("Mon mari est décédé, merci de fermer son compte", "bereavement"),
    ],
)
def test_what_may_never_wait_is_flagged_with_its_words(text: str, flag: str) -> None:
    reading = one(text)
    assert flag in reading.flags
    (reason,) = [reason for reason in reading.reasons if reason.code == f"flag.{flag}"]
    assert text[reason.start : reason.end] == reason.evidence


@pytest.mark.parametrize(
    "text",
    [
        "@acme my phone died again",
        "@acme this queue is killing me",
        "@acme you killed it, great show",
        "@acme battery is dead by noon",
        "@acme we were in danger of missing the train",
        "I love my Acme fire tv",
    ],
)
def test_idle_talk_of_death_raises_no_flag(text: str) -> None:
    assert one(text).flags == ()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("@acme how do I reset it?", "question"),
        ("@acme please call me back", "request"),
        ("@acme it doesn't work", "complaint"),
        ("@acme you are the best, amazing crew", "praise"),
        ("@acme thank you so much", "thanks"),
        ("@acme please add a dark mode, it would be great if it had one", "idea"),
        ("@acme I am switching to another provider, cancel my account", "leaving"),
        ("Has anyone used the Acme widget?", "asking_peers"),
        ("Click here to claim your free gift, limited offer", "spam"),
        ("@acme are you hiring?", "job_seeking"),
        ("@acme do you sell it in blue, where can I buy it?", "purchase_interest"),
        ("@acme I'll tweet about it", "promise"),
    ],
)
def test_intents(text: str, intent: str) -> None:
    assert one(text).intents.get(intent, 0.0) >= 0.5


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("Thank you so much, I am really grateful", "gratitude"),
        ("I am so angry, this is outrageous", "anger"),
        ("I am worried that it will never arrive", "worry"),
        ("I don't understand, this makes no sense, so confusing", "confusion"),
        ("I'm so sad, I cried all day", "sadness"),
        ("That is disgusting, there was a hair in my soup", "disgust"),
        ("wow, I can't believe it, what a surprise", "surprise"),
    ],
)
def test_emotions(text: str, emotion: str) -> None:
    assert emotion in one(text).emotions


def test_a_workspace_s_terms_are_named_once() -> None:
    assert one("a widget is a Widget").terms == ("widget",)


def test_reasons_show_the_words_they_rest_on() -> None:
    text = "@acme my widget doesn't work, how do I get a refund?"
    for reason in one(text).reasons:
        if reason.start >= 0:
            assert text[reason.start : reason.end] == reason.evidence


def test_the_same_posts_give_the_same_readings() -> None:
    posts = [Post(text="@acme it is broken"), Post(text="danke"), Post(text="")]
    assert read(posts, ACME) == read(posts, ACME)
    assert read(posts, ACME)[0] == read(posts[:1], ACME)[0]


def test_no_posts_give_no_readings() -> None:
    assert read([], ACME) == []
