"""Texts as they come off pages, wires and mail: never an exception, never minutes, and no nonsense taken for news."""

import time

import pytest

from kg.layout import segments
from kg.model import Document

NEWS = "The army of Chad said on Monday that rebels had attacked the town of Faya."
SAYING = [("The army of Chad", "said", "that rebels had attacked the town of Faya")]

PAGES = {
    "byline": f"Rebels attack Faya\nBy Marion Delacroix and Tom Okafor\nN'DJAMENA, May 4 (Reuters) - {NEWS}",
    "byline with its outlet": f"Rebels attack Faya\n\nMarion Delacroix, BBC News, N'Djamena\n4 May 2019\n\n{NEWS}",
    "byline in lower case": f"by MARION DELACROIX, Associated Press\nMay 4, 2019\n\n{NEWS}",
    "byline with a place": f"Rebels attack Faya\n\nMarion Delacroix in Tripoli\nSat 4 May 2019 10.42 BST\n\n{NEWS}",
    "byline of other words": f"Rebels attack Faya\n\nStory by Marion Delacroix, CNN\n\n{NEWS}",
    "byline with bars": f"By Marion Delacroix | The Daily Courier\nPublished 10:42 a.m. ET May 4, 2019\n\n{NEWS}",
    "credits below": f"{NEWS}\n\n(Reporting by Marion Delacroix; editing by Helen Carver)",
    "helpers below": f"{NEWS}\n\nMarion Delacroix in Paris and Tom Okafor in Rome contributed reporting.",
    "helper of an outlet": f"{NEWS}\n\nCNN's Marion Delacroix contributed to this report.",
    "author's account": f"By Marion Delacroix\n\n{NEWS}\n\nMarion Delacroix is a senior correspondent based in Paris.",
    "credits in sentences": f"{NEWS}\n\nAdditional reporting by Marion Delacroix in Rome. Editing by Helen Carver.",
    "section": f"AFRICA NEWS\n\nRebels attack Faya\n\n{NEWS}",
    "caption in brackets": f"[PHOTO: Tom Okafor stands guard near Faya. Desk/Marion Delacroix]\n\n{NEWS}",
    "markdown": f"# Rebels attack Faya\n\n**By Marion Delacroix**\n\n*N'DJAMENA (AP)* — {NEWS}",
    "mail within mail": f"{NEWS}\n\n> On Sat, 4 May 2019, Marion Delacroix wrote:\n> > Is that so?",
    "newsletter": f"{NEWS}\n\nGet our newsletter. Sign up for the Morning Brief.\nOur free newsletter tells you what matters, "
    "every morning.\nYou can unsubscribe at any time.",
    "newsletter within": f"{NEWS} Get our newsletter.",
    "cookies": f"We use cookies to improve your experience. Accept all cookies\n\n{NEWS}\n\nThe Daily Courier says it does not "
    "share your data with third parties.",
    "teasers": f"{NEWS}\n\nREAD MORE: Libya closes its border\nRelated: Egypt's war explained\nFollow us on Twitter @courier",
    "copyright": f"{NEWS}\n\nCopyright 2019 The Daily Courier. All rights reserved.",
    "mail": f"From: Tom Okafor <tom@example.org>\nTo: Desk\nSubject: Fwd: Faya\nDate: Mon, 6 May 2019 10:00:00 +0100\n\n"
    f"{NEWS}\n\n-- \nTom Okafor\nThe Daily Courier\nSent from my phone",
    "quoted mail": f"On Mon, May 6, 2019 at 9:12 AM Marion Delacroix <marion@example.org> wrote:\n> {NEWS}",
    "carriage returns": f"Rebels attack Faya\r\n\r\nBy Marion Delacroix\r\n\r\n{NEWS}\r\n",
    "tabs": NEWS.replace(" ", "\t"),
    "brackets": f"{'(' * 60}{NEWS}{')' * 20}",
}
NO_ACTORS = {
    "Marion Delacroix",
    "Tom Okafor",
    "Helen Carver",
    "Desk",
    "BST",
    "The Daily Courier",
    "Morning Brief",
    "Daily Courier",
}

STRANGE = {
    "no marks": "the army of chad said rebels attacked faya and the minister denied it while people fled to libya " * 20,
    "no letters": "... --- ... . . . 1 2 3 4 5 " * 100,
    "one letter": "x",
    "one long word": "a" * 40_000,
    "a letter a line": "\n".join(NEWS),
    "zero width": "\u200b\ufeff\u00ad".join(NEWS),
    "open quotation marks": f'“We will fight, said the minister. {NEWS} "They lie, he added. “Nobody was hurt. ' * 2,
    "only quotation marks": "“" * 300 + " said the minister of Chad " + '"' * 301,
    "links": "https://example.org/a?b=c " * 150,
    "dates": "Monday Tuesday 2019-05-04 4/5/19 10:00 " * 100,
    "table": "Country\tTanks\tAircraft\nFrance\t406\t1,057\nEgypt | 5,340 | 1,080\nIran | 4,071 | 551",
    "entities": f"&nbsp;&amp; <p>{NEWS}</p> {{{{widget}}}} [[File:x.jpg]] \\u2019",
    "symbols": f"🔥🔥 BREAKING 🔥 {NEWS} 👉 https://t.co/abc #Chad @minister",
    "capitals": f"{NEWS} The minister denied that soldiers had fled.".upper() * 5,
}


def read(annotator, text):
    return annotator.annotate(Document("page", text, published="2019-05-06"))


def said(annotation):
    """Give (source, cue, content) of what others say, without what stands around the words."""
    text = annotation.document.text

    def words(spans):
        return " ".join(" ".join(text[span.start : span.end].split()) for span in spans)

    return [(words(c.source), words(c.cue), words(c.content)) for c in annotation.claims if not c.is_own_voice]


def whole(annotation):
    text = annotation.document.text
    assert all(mention.text == text[mention.span.start : mention.span.end] for mention in annotation.mentions)
    return annotation


@pytest.mark.parametrize("name", PAGES)
def test_what_belongs_to_the_page_is_no_news(annotator, name):
    annotation = whole(read(annotator, PAGES[name]))
    assert said(annotation) == SAYING
    assert not NO_ACTORS & {label for entity in annotation.entities for label in (entity.label, *entity.aliases)}
    assert {event.type for event in annotation.events} == {"Attack"}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_texts_are_read_soon_and_whole(annotator, name):
    start = time.perf_counter()
    whole(read(annotator, STRANGE[name]))
    assert time.perf_counter() - start < 20


@pytest.mark.slow
def test_a_sentence_of_thousands_of_words_takes_time_in_proportion(annotator):
    def seconds(parts):
        clauses = (f"soldiers in town {number} attacked rebels and took {number} trucks" for number in range(parts))
        start = time.process_time()
        annotation = whole(read(annotator, f"The minister said that {', and that '.join(clauses)}."))
        assert len(annotation.events) > 0.9 * parts
        return time.process_time() - start

    seconds(20)
    assert seconds(1200) < 12 * max(0.2, seconds(300))


def test_a_list_is_read_item_by_item(annotator):
    items = (
        "- Rebels attacked Faya on Monday",
        "- 14 soldiers were killed",
        "- Chad's army denies losses",
        "1. The UN urged calm",
    )
    text = "\n".join(("What we know:", *items))
    annotation = read(annotator, text)
    assert ("Chad's army", "denies", "losses") in said(annotation)
    assert {"Attack", "Killing"} <= {event.type for event in annotation.events}
    assert all("\n" not in mention.text for mention in annotation.mentions)


def test_a_headline_told_twice_states_its_event_once(annotator):
    text = (
        f"Rebels attack town of Faya - The Daily Courier\n\nRebels attack town of Faya\n\nRebels attack town of Faya\n\n{NEWS}"
    )
    kinds = [segment.kind for segment in segments(text)]
    assert kinds == ["boilerplate", "headline", "boilerplate", "paragraph"]
    assert said(read(annotator, text)) == SAYING


def test_headlines_that_share_words_are_all_kept():
    text = f"Faya\n\nThe war in Faya - a timeline\n\nFaya\n\nWhat next for Faya - and Chad?\n\n{NEWS}"
    assert "boilerplate" not in {segment.kind for segment in segments(text)}


@pytest.mark.parametrize(
    "caption",
    [
        "Soldiers stand guard near Faya, Chad, on May 3, 2019. REUTERS/Idris Moussa",
        "Soldiers stand guard near Faya, Chad, on May 3, 2019. (AP Photo/Idris Moussa, File)",
        "FILE - Soldiers stand guard near Faya, Chad, on May 3, 2019. (AP Photo/Idris Moussa, File)",
        "Image copyright Getty Images Image caption Soldiers stand guard near Faya, Chad",
    ],
)
def test_a_caption_is_read_without_its_credit(annotator, caption):
    annotation = read(annotator, f"{NEWS}\n\n{caption}")
    told = {label for entity in annotation.entities for label in (entity.label, *entity.aliases)}
    assert not {"Idris Moussa", "Reuters", "REUTERS", "Associated Press", "Getty Images", "AP"} & told
    assert said(annotation) == SAYING


def test_a_transcript_has_its_speakers_and_no_stage_directions(annotator):
    text = (
        "MODERATOR: Good morning.\nMR. IDRISS: Libya attacked us.\n(APPLAUSE)\n"
        "JOHN SMITH, HOST: Libya denied that.\n(END VIDEO CLIP)\n"
    )
    assert [(segment.kind, text[segment.span.start : segment.span.end]) for segment in segments(text)] == [
        ("speaker", "MODERATOR:"),
        ("paragraph", "Good morning."),
        ("speaker", "MR. IDRISS:"),
        ("paragraph", "Libya attacked us."),
        ("boilerplate", "(APPLAUSE)"),
        ("speaker", "JOHN SMITH, HOST:"),
        ("paragraph", "Libya denied that."),
        ("boilerplate", "(END VIDEO CLIP)"),
    ]
    sources = [source for source, _, _ in said(read(annotator, text))]
    assert sources[:3] == ["MODERATOR", "MR. IDRISS", "JOHN SMITH, HOST"]


@pytest.mark.parametrize(
    "line",
    [
        "From: the people. To: the king.",
        "Subject to approval, the deal takes effect in May.",
        "Islamic State in Libya",
        "The editor of the Times said that Reuters had erred.",
        "Marion Delacroix is a nurse in Paris.",
        "On Monday the minister wrote to the president.",
    ],
)
def test_news_that_looks_like_a_page(line):
    text = f"The war in Chad\n\n{line}\n\n{NEWS}"
    assert {segment.kind for segment in segments(text)} <= {"headline", "paragraph"}


def test_capitals_are_read_like_a_sentence(annotator):
    text = "The government of Chad denied on Monday that its soldiers had attacked the town of Faya."
    assert [cue for _, cue, _ in said(read(annotator, text.upper()))] == ["DENIED"]
    assert [event.type for event in read(annotator, text.upper()).events] == ["Attack"]
