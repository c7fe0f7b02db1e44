from moderation.spam.learning import Learnt, Tally
from moderation.spam.site_signals import find_site_signals

TOTALS = Tally(spam=40, ham=40)


def test_signals_common_in_the_sites_spam_are_named() -> None:
    learnt = Learnt(
        totals=TOTALS, signals={"deep_website": Tally(spam=30), "reply": Tally(ham=2)}
    )

    signal = find_site_signals(frozenset({"deep_website", "reply", "money"}), learnt)

    assert signal is not None
    assert signal.weight > 0
    assert signal.reason == "Commoner in this site's spam: website that is one page."


def test_signals_common_in_approved_comments_speak_for_a_comment() -> None:
    learnt = Learnt(totals=TOTALS, signals={"code": Tally(ham=30)})

    signal = find_site_signals(frozenset({"code"}), learnt)

    assert signal is not None
    assert signal.weight < 0
    assert "approved comments: code" in signal.reason


def test_what_was_never_learnt_is_no_evidence() -> None:
    assert find_site_signals(frozenset({"code"}), Learnt(totals=TOTALS)) is None


def test_steps_of_one_signal_are_named_once() -> None:
    names = ["listed_phrases_1", "listed_phrases_5", "call_to_action_3"]
    learnt = Learnt(totals=TOTALS, signals=dict.fromkeys(names, Tally(spam=30)))

    signal = find_site_signals(frozenset(names), learnt)

    assert signal is not None
    assert signal.reason == (
        "Commoner in this site's spam: call to action, phrases often seen in spam."
    )
