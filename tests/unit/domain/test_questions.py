import pytest

from moderation.domain.questions import Part, read_question


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # Words each by themselves.
        ("garden rain", [Part(text="garden"), Part(text="rain")]),
        # Words that stand together, closed or not.
        ('"free spins"', [Part(text="free spins")]),
        ('"free spins', [Part(text="free spins")]),
        # A beginning, and what is not to be there.
        ("gard*", [Part(text="gard", is_prefix=True)]),
        ('"free sp"*', [Part(text="free sp", is_prefix=True)]),
        ("-casino", [Part(text="casino", is_unwanted=True)]),
        ('-"free spins"', [Part(text="free spins", is_unwanted=True)]),
        # The name alone.
        ("name:ada", [Part(text="ada", field="name")]),
        # No filter of ours: an address is looked for as it is.
        ("https://a.example/b", [Part(text="https://a.example/b")]),
        # A filter can't be unwanted: it is looked for as a word.
        ("-is:spam", [Part(text="spam", is_unwanted=True)]),
        ("", []),
    ],
)
def test_the_search_box_is_read(text: str, parts: list[Part]) -> None:
    assert read_question(text).parts == parts


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("is:spam", {"status": "spam"}),
        ("STATUS:held rain", {"status": "held"}),
        ('from:"Ada Lovelace"', {"from": "Ada Lovelace"}),
        ("from:a@example.org is:held", {"from": "a@example.org", "status": "held"}),
        # The last counts.
        ("is:spam is:held", {"status": "held"}),
        # Nothing behind the colon.
        ("is: spam", {}),
    ],
)
def test_filters_can_be_typed(text: str, filters: dict[str, str]) -> None:
    assert read_question(text).filters == filters
