import pytest

from moderation.services.wishes import make_wish
from moderation.web.moderator.hits import mark_hits
from moderation.web.moderator.marking import Piece


def show(pieces: list[Piece]) -> str:
    """Return pieces as text, what was found in brackets."""
    return "".join(f"[{p.text}]" if p.is_hit else p.text for p in pieces)


@pytest.mark.parametrize(
    ("question", "text", "shown"),
    [
        ("rain", "Rain, rainy RAIN.", "[Rain], rainy [RAIN]."),
        ("rain*", "Rain, rainy.", "[Rain], [rainy]."),
        # As it was written, however it was typed.
        ("garten", "Im Gärten", "Im [Gärten]"),
        ("gärten", "Im Garten", "Im [Garten]"),
        # Each word of a phrase.
        ('"the rain"', "The rain", "[The] [rain]"),
        # What is not wanted is not marked.
        ("sun -rain", "sun, rain", "[sun], rain"),
        ("日本", "これは日本語", "これは[日本]語"),
        ("日本語", "日本語と日本", "[日本語]と日本"),
        ("語", "日本語", "日本[語]"),
        # Nothing was typed.
        ("", "rain", "rain"),
    ],
)
def test_what_was_searched_for_is_marked(question: str, text: str, shown: str) -> None:
    terms = make_wish({"q": question}).terms

    assert show(mark_hits([Piece(text=text)], terms)) == shown


def test_evidence_stays_evidence() -> None:
    terms = make_wish({"q": "cheap"}).terms
    piece = Piece(text="very cheap pills", reasons=("Pushy.",), is_for_spam=True)

    cut = mark_hits([piece], terms)

    assert [part.is_hit for part in cut] == [False, True, False]
    assert all(part.reasons == ("Pushy.",) and part.is_for_spam for part in cut)
