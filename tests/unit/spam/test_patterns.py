import pytest

from moderation.spam.heuristics.call_to_action import CALL
from moderation.spam.heuristics.money import TALK
from moderation.spam.heuristics.testimony import TESTIMONY
from moderation.spam.patterns import (
    MOST_MATCHES,
    Beginnings,
    WordPattern,
    make_word_pattern,
)
from moderation.spam.praise import BLOG_TALK
from moderation.spam.promotion import PATTERNS, Promotion
from moderation.spam.submission import Submission

WALK = make_word_pattern("walk, 0", r"\b(?:walk(?:s|ed)?(?:[ ]on)?|0[ ]steps)\b")


def begin(text: str) -> Beginnings:
    return Submission(body=text).beginnings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # In order, whichever way they begin.
        ("0 steps, then he walks", ["0 steps", "walks"]),
        # Words that only begin like one.
        ("walnut walker", []),
        # Inside of words.
        ("catwalk", []),
        # After an apostrophe or a mark, a word begins as well.
        ("he 'walked-walked on", ["walked", "walked on"]),
    ],
)
def test_a_pattern_is_found_where_words_begin(text: str, found: list[str]) -> None:
    places = WALK.find(begin(text))

    assert [text[start:end] for start, end in places] == found


def test_no_match_lies_inside_another() -> None:
    pattern = make_word_pattern("walk", r"\bwalk(?:[ ]walk)?\b")

    assert pattern.find(begin("walk walk walk")) == [(0, 9), (10, 14)]


def test_the_number_of_matches_is_bounded() -> None:
    assert len(WALK.find(begin("walk " * 100))) == MOST_MATCHES


# The words a pattern is said to begin with must be all that it can begin with: a turn
# of each alternative.
@pytest.mark.parametrize(
    ("pattern", "turns"),
    [
        (
            CALL,
            """
            click here, follow this link, visit us, buy now, reach out to him, email
            us, sign up now, act now, feel free to call, here is my site, surf to my
            page, also visit, for more info, more details, check our, get yours,
            watch here, hurry up, our services, see my blog, text me
            """,
        ),
        (
            TALK,
            """
            earn money, making extra cash, loan, bitcoin, casinos, jackpot, payday,
            forex, discounts, cheapest, coupon, promo code, free shipping, best
            price, for sale, wholesale, online store
            """,
        ),
        (
            TESTIMONY,
            """
            my name is, i am mrs, testimony, spell caster, herbal, cure, hacker for
            hire, lottery, illuminati, dr. obi, doctor obi, recovered my, legit,
            loan offer
            """,
        ),
        (
            BLOG_TALK,
            """
            your great blog, this article, the site, a nice write-up, bookmarked,
            rss, this feed, bloggers, web-masters, admin, google, yahoo, bing, search
            engine, this theme, keep it up, thanks for sharing, stumbled, visitor,
            readers, plug-in, captcha
            """,
        ),
        (
            PATTERNS[Promotion.PLEA],
            """
            subscribe to my, suscribe to me, plz sub me, pls subscribe, also
            subscribe, can u subscribe, sub 4, please check, help me get, like this
            video, upvote if, thumbs up, 25 likes, 1 subs, vote for me, share my
            video, sub to me
            """,
        ),
        (PATTERNS[Promotion.OWN_WORK], "my new song, our channel, i am a singer"),
        (
            PATTERNS[Promotion.INVITATION],
            """
            check it out, chek out, chck my, chk our, follow me, visit our, see my,
            watch my, hear our
            """,
        ),
        (
            PATTERNS[Promotion.GIFT],
            """
            gift card, free money, pay pal money, paypal money, earn easy money,
            giveaway, donate to
            """,
        ),
    ],
)
def test_heads_are_those_of_the_whole_expression(
    pattern: WordPattern, turns: str
) -> None:
    text = " ".join(turns.split())

    whole = [match.span() for match in pattern.expression.finditer(text)]

    assert pattern.find(begin(text)) == whole[:MOST_MATCHES]
    assert len(whole) >= len(turns.split(",")) * 0.9
