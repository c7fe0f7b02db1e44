import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.site_words import find_site_words
from moderation.spam.learning import Learnt, Tally
from moderation.spam.submission import Submission
from moderation.spam.words import hash_token

TOTALS = Tally(spam=40, ham=40)


def know(tallies: dict[str, Tally], *, totals: Tally = TOTALS) -> Context:
    words = {hash_token(word): tally for word, tally in tallies.items()}
    return Context(learnt=Learnt(totals=totals, words=words))


def test_words_of_the_sites_spam_are_named_and_marked() -> None:
    submission = Submission(body="Cheap Rolex here, cheap ROLEX there")

    signal = find_site_words(
        submission, know({"cheap rolex": Tally(spam=30), "there": Tally(ham=9)})
    )

    assert signal is not None
    assert signal.weight > 0
    assert signal.reason == "Words this site's spam uses: “cheap rolex”."
    assert [submission.body[span.start : span.end] for span in signal.spans] == [
        "Cheap Rolex",
        "cheap ROLEX",
    ]


def test_words_of_approved_comments_speak_for_a_comment() -> None:
    submission = Submission(body="The vim plugin")

    signal = find_site_words(submission, know({"vim": Tally(ham=20)}))

    assert signal is not None
    assert signal.weight < 0
    assert signal.reason == "Words approved here: “vim”."


def test_small_words_and_chance_are_not_named() -> None:
    context = know(
        {
            "the": Tally(spam=40),
            "4 words": Tally(spam=9),
            "#4": Tally(spam=40),
            "vim": Tally(spam=1),
        }
    )

    signal = find_site_words(Submission(body="The vim plugin of the year"), context)

    assert signal is not None
    assert signal.reason == "All in all, the words are more like this site's spam."


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        Context(learnt=Learnt()),
        # Nothing is known of these words.
        know({"casino": Tally(spam=9)}),
        # One kind alone teaches no difference.
        know({"vim": Tally(spam=9)}, totals=Tally(spam=40)),
    ],
)
def test_what_was_never_learnt_is_no_evidence(context: Context) -> None:
    assert find_site_words(Submission(body="The vim plugin"), context) is None


def test_a_long_text_is_not_judged_by_one_word() -> None:
    filler = " ".join(f"w{'abcdefghij'[n % 10] * (n // 10 + 1)}" for n in range(200))
    context = know({"casino": Tally(spam=30)})

    short = find_site_words(Submission(body="casino"), context)
    long = find_site_words(Submission(body=f"casino {filler}"), context)

    assert short is not None
    assert long is not None
    assert long.weight < short.weight / 5
