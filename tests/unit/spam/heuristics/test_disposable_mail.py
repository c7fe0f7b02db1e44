import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.disposable_mail import DOMAINS, find_disposable_mail
from moderation.spam.points import POINTS
from moderation.spam.signal import Span
from moderation.spam.submission import Submission

FEWEST_DOMAINS = 8_000


@pytest.mark.parametrize(
    "email",
    [
        "a@mailinator.com",
        # Written in capitals, with a dot at the end, with blanks around it.
        "A@MAILINATOR.COM",
        "a@mailinator.com.",
        " a@mailinator.com ",
        # Below a domain of the list.
        "a@box.mailinator.com",
        # In other letters than English ones; the list has it as xn--d-bga.net.
        f"a@{b'xn--d-bga'.decode('idna')}.net",
    ],
)
def test_throw_away_addresses_are_evidence(email: str) -> None:
    signal = find_disposable_mail(Submission(body="Hello", email=email), Context())

    assert signal is not None
    assert signal.weight == POINTS["disposable_mail"]
    assert signal.spans == (Span(field="email", start=0, end=len(email)),)


@pytest.mark.parametrize(
    "email",
    [
        "ada@example.org",
        "",
        "mailinator.com",
        "@",
        # Only alike.
        "a@notmailinator.example",
        "mailinator.com@example.org",
        # No name of a host, and a very long one.
        "a@\u00e9..x",
        "a@" + "\u00e9" * 300,
        "a@" + "a." * 40_000,
        # Those that forward mail for good hide nobody.
        "a@duck.com",
        "a@mozmail.com",
        "a@simplelogin.com",
        "a@privaterelay.appleid.com",
        # Where people who need shelter keep their mail.
        "a@proton.me",
        "a@tuta.io",
        "a@riseup.net",
        "a@gmail.com",
    ],
)
def test_other_addresses_are_no_evidence(email: str) -> None:
    signal = find_disposable_mail(Submission(body="Hello", email=email), Context())

    assert signal is None


def test_the_whole_list_is_shipped() -> None:
    assert len(DOMAINS) > FEWEST_DOMAINS
