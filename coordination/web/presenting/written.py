"""Words that somebody typed, apart from the page's own: they are Swedish whatever the language of the page (WCAG 3.1.2)."""

from markupsafe import Markup, escape


class Written(str):
    """Words that somebody typed. What is made of them is plain again: mark it anew, or put them ``within`` a sentence."""

    __slots__ = ()


def marked(words: str) -> Markup:
    """Return words as the page writes them: those that somebody typed say that they are Swedish."""
    return Markup('<span lang="sv">{}</span>').format(words) if isinstance(words, Written) else escape(words)


def within(sentence: str, **words: str | int) -> Markup:
    """Return a sentence of the page's own with words in it that somebody typed."""
    return escape(sentence) % {name: marked(word) if isinstance(word, str) else word for name, word in words.items()}
