"""Owns what the fit of the prior starts from: beliefs about each signal, and bounds.

Round numbers, about two thirds of what each signal is worth alone (design, section 6),
because signals overlap. The fit moves them as far as the data insist. None changes
sides, and ham cues are capped: what is easy to put into a text must not buy a
publication.
"""

from collections.abc import Mapping
from types import MappingProxyType

BELIEFS: Mapping[str, float] = MappingProxyType(
    {
        "baseline": -1.0,
        "blog_words": 0.5,
        "video_words": 0.5,
        # Links.
        "link_density_20": 0.6,
        "link_density_40": 0.0,
        "html_anchor": 1.2,
        "unquoted_href": 0.5,
        "short_anchor": 0.5,
        "link_at_start": 0.3,
        "link_at_end": 0.5,
        "bbcode": 1.2,
        "mixed_markup": 0.5,
        "link_to_home": 0.0,
        "shortener": 0.4,
        "risky_tld": 0.9,
        "keyword_host": 0.5,
        "listed_domain": 1.0,
        # Contact data.
        "email_in_text": 1.6,
        "phone_number": 1.2,
        "messenger": 1.2,
        # Author and website fields.
        "camel_case_name": 0.6,
        "keyword_name": 1.0,
        "phrase_name": 0.6,
        "digits_in_name": 0.0,
        "single_long_name": 0.2,
        "address_as_name": 0.5,
        "website": 0.5,
        "website_without_link": 0.8,
        "deep_website": 0.7,
        "risky_website": 0.8,
        # Words and letters.
        "foreign_script": 1.2,
        "confusable_letters": 0.6,
        "few_small_words": 0.5,
        "no_vowels": 0.2,
        "call_to_action": 0.5,
        "call_to_action_3": 0.3,
        "money": 0.3,
        "money_3": 0.5,
        "listed_phrases_1": 0.7,
        "listed_phrases_2": 1.0,
        "listed_phrases_5": 0.8,
        "unlinked_phrases_1": 0.1,
        "unlinked_phrases_2": 0.4,
        "unlinked_phrases_5": 0.4,
        "testimony_3": 0.6,
        "repeated_text": 0.3,
        "wrapped_lines": 1.2,
        "blog_talk": 0.4,
        "praise_of_blog": 0.0,
        "praise_with_link": 0.3,
        # Self-promotion.
        "plea": 0.4,
        "own_work": 0.5,
        "invitation": 0.2,
        "gift": 0.5,
        "pushy": 0.7,
        # Cues for honesty.
        "no_link": -0.6,
        "question": -0.6,
        "reply": -0.8,
        "code": -0.6,
        "known_hosts": -0.6,
    }
)

# A stronger form of a signal stands for the weaker ones as well: the fit learns what
# it adds, which can't be less than nothing.
WEAKER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "link_density_40": ("link_density_20",),
        "website_without_link": ("website",),
        "call_to_action_3": ("call_to_action",),
        "money_3": ("money",),
        "listed_phrases_2": ("listed_phrases_1",),
        "listed_phrases_5": ("listed_phrases_1", "listed_phrases_2"),
        "unlinked_phrases_2": ("unlinked_phrases_1",),
        "unlinked_phrases_5": ("unlinked_phrases_1", "unlinked_phrases_2"),
    }
)

BASELINE_BOUNDS = (-6.0, 2.0)
WORDS_BOUNDS = (0.0, 1.5)
SPAM_BOUNDS = (0.0, 3.0)
HAM_BOUNDS = (-1.0, 0.0)


def find_bounds(name: str) -> tuple[float, float]:
    """Return the least and the most points the fit may give to a signal."""
    if name == "baseline":
        return BASELINE_BOUNDS
    if name in {"blog_words", "video_words"}:
        return WORDS_BOUNDS
    return HAM_BOUNDS if BELIEFS[name] < 0 else SPAM_BOUNDS
