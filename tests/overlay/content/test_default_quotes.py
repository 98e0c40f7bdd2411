"""The quotes of the default pack: free of copyright, with their source, in two languages, and kind."""

from __future__ import annotations

import pytest

from emoar.labels import FERPLUS
from emoar.overlay import default_content

OWN_TRANSLATION = "EmoAR"
LATEST_DEATH = 1925  # of authors and translators: dead for 100 years
# who wrote in which language: anybody else's words are a translation
AUTHORS = {
    "en": {
        "Alexander Pope", "Alfred, Lord Tennyson", "Charles Darwin", "Charles Dickens", "Christina Rossetti",
        "Edgar Allan Poe", "Ella Wheeler Wilcox", "Emily Dickinson", "Henry David Thoreau",
        "Henry Wadsworth Longfellow", "Herman Melville", "Jane Austen", "John Dryden", "John Greenleaf Whittier",
        "John Keats", "John Milton", "Joseph Conrad", "Lewis Carroll", "Lord Byron", "Mark Twain", "Oscar Wilde",
        "Percy Bysshe Shelley", "Ralph Waldo Emerson", "Richard Lovelace", "Robert Browning", "Robert Louis Stevenson",
        "Samuel Johnson", "Samuel Taylor Coleridge", "Walt Whitman", "William Blake", "William Congreve",
        "William Makepeace Thackeray", "William Shakespeare", "William Wordsworth",
    },
    "de": {
        "Andreas Gryphius", "Annette von Droste-Hülshoff", "Arthur Schopenhauer", "Christian Morgenstern",
        "Eduard Mörike", "Friedrich Hölderlin", "Friedrich Nietzsche", "Friedrich Schiller", "Georg Büchner",
        "Georg Christoph Lichtenberg", "Gotthold Ephraim Lessing", "Gottfried August Bürger", "Heinrich Heine",
        "Heinrich Hoffmann", "Heinrich von Kleist", "Immanuel Kant", "Jacob und Wilhelm Grimm", "Johann Martin Usteri",
        "Johann Nestroy", "Johann Wolfgang von Goethe", "Joseph Victor von Scheffel", "Joseph von Eichendorff",
        "Ludwig Uhland", "Marie von Ebner-Eschenbach", "Matthias Claudius", "Paul Gerhardt", "Theodor Fontane",
        "Theodor Storm", "Wilhelm Busch",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("category", FERPLUS)
def test_quotes(category: str, language: str) -> None:
    quotes = default_content().in_language(language).quotes[category]
    assert len(quotes) >= 12
    for quote in quotes:
        assert quote.language == language
        assert quote.author.strip()
        assert quote.work.strip()
        assert "transl" not in quote.work, "a translator has a field of its own"
        assert quote.died is not None
        assert quote.died <= LATEST_DEATH
        assert 3 <= len(quote.text) <= 120
        assert quote.text.isprintable() or "\n" in quote.text


@pytest.mark.parametrize("category", FERPLUS)
def test_every_translation_names_its_translator(category: str) -> None:
    for quote in default_content().quotes[category]:
        translated = quote.author not in AUTHORS[quote.language]
        assert bool(quote.translator) == translated, quote
        if translated and quote.translator != OWN_TRANSLATION:
            assert quote.translator_died is not None, quote
            assert quote.translator_died <= LATEST_DEATH, quote
        else:
            assert quote.translator_died is None, quote


@pytest.mark.parametrize(
    "insult",
    ["fawning publican", "not handsome enough", "Cowards die", "villainous smell", "fish-like smell",
     "Lilies that fester", "little minds", "cowards of us all", "old wrinkles", "my offence is rank", "damned spot",
     "last refuge"],
)  # fmt: skip
def test_no_quote_mocks_the_person_below_it(insult: str) -> None:
    assert not any(insult in quote.text for quotes in default_content().quotes.values() for quote in quotes)


def test_no_quote_twice() -> None:
    texts = [quote.text.lower() for quotes in default_content().quotes.values() for quote in quotes]
    assert len(texts) >= 2 * 96
    assert len(set(texts)) == len(texts)


def test_an_author_died_only_once() -> None:
    years: dict[str, set[int | None]] = {}
    for quotes in default_content().quotes.values():
        for quote in quotes:
            years.setdefault(quote.author, set()).add(quote.died)
    assert all(len(died) == 1 for died in years.values())
