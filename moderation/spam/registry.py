"""Owns the list of heuristics that judge a submission."""

from collections.abc import Callable

from moderation.spam.context import Context
from moderation.spam.heuristics.address_as_name import find_address_as_name
from moderation.spam.heuristics.author_history import find_author_history
from moderation.spam.heuristics.bbcode import find_bbcode
from moderation.spam.heuristics.blog_talk import find_blog_talk
from moderation.spam.heuristics.busy_site import find_busy_site
from moderation.spam.heuristics.call_to_action import find_call_to_action
from moderation.spam.heuristics.camel_case_name import find_camel_case_name
from moderation.spam.heuristics.code import find_code
from moderation.spam.heuristics.confusable_letters import find_confusable_letters
from moderation.spam.heuristics.deep_website import find_deep_website
from moderation.spam.heuristics.digits_in_name import find_digits_in_name
from moderation.spam.heuristics.disposable_mail import find_disposable_mail
from moderation.spam.heuristics.email_in_text import find_email_in_text
from moderation.spam.heuristics.few_small_words import find_few_small_words
from moderation.spam.heuristics.foreign_script import find_foreign_script
from moderation.spam.heuristics.form_time import find_form_time
from moderation.spam.heuristics.gift import find_gift
from moderation.spam.heuristics.honeypot import find_honeypot
from moderation.spam.heuristics.html_anchor import find_html_anchor
from moderation.spam.heuristics.invitation import find_invitation
from moderation.spam.heuristics.keyword_host import find_keyword_host
from moderation.spam.heuristics.keyword_name import find_keyword_name
from moderation.spam.heuristics.known_hosts import find_known_hosts
from moderation.spam.heuristics.link_at_end import find_link_at_end
from moderation.spam.heuristics.link_at_start import find_link_at_start
from moderation.spam.heuristics.link_density import find_link_density
from moderation.spam.heuristics.link_history import find_link_history
from moderation.spam.heuristics.link_to_home import find_link_to_home
from moderation.spam.heuristics.listed_domain import find_listed_domain
from moderation.spam.heuristics.listed_phrases import find_listed_phrases
from moderation.spam.heuristics.messenger import find_messenger
from moderation.spam.heuristics.mixed_markup import find_mixed_markup
from moderation.spam.heuristics.money import find_money
from moderation.spam.heuristics.no_link import find_no_link
from moderation.spam.heuristics.no_vowels import find_no_vowels
from moderation.spam.heuristics.own_work import find_own_work
from moderation.spam.heuristics.phone_number import find_phone_number
from moderation.spam.heuristics.phrase_name import find_phrase_name
from moderation.spam.heuristics.plea import find_plea
from moderation.spam.heuristics.praise_of_blog import find_praise_of_blog
from moderation.spam.heuristics.praise_with_link import find_praise_with_link
from moderation.spam.heuristics.prior_words import find_prior_words
from moderation.spam.heuristics.pushy import find_pushy
from moderation.spam.heuristics.question import find_question
from moderation.spam.heuristics.rate import find_rate
from moderation.spam.heuristics.repeated_text import find_repeated_text
from moderation.spam.heuristics.reply import find_reply
from moderation.spam.heuristics.respun_text import find_respun_text
from moderation.spam.heuristics.risky_tld import find_risky_tld
from moderation.spam.heuristics.risky_website import find_risky_website
from moderation.spam.heuristics.short_anchor import find_short_anchor
from moderation.spam.heuristics.shortener import find_shortener
from moderation.spam.heuristics.single_long_name import find_single_long_name
from moderation.spam.heuristics.site_words import find_site_words
from moderation.spam.heuristics.testimony import find_testimony
from moderation.spam.heuristics.unquoted_href import find_unquoted_href
from moderation.spam.heuristics.website import find_website
from moderation.spam.heuristics.wrapped_lines import find_wrapped_lines
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission

Heuristic = Callable[[Submission, Context], Signal | None]

HEURISTICS: tuple[Heuristic, ...] = (
    # Links.
    find_link_density,
    find_link_at_start,
    find_link_at_end,
    find_link_to_home,
    find_html_anchor,
    find_unquoted_href,
    find_short_anchor,
    find_bbcode,
    find_mixed_markup,
    find_shortener,
    find_risky_tld,
    find_keyword_host,
    find_listed_domain,
    # Contact data in the text.
    find_email_in_text,
    find_phone_number,
    find_messenger,
    # The author's name and website.
    find_camel_case_name,
    find_keyword_name,
    find_phrase_name,
    find_digits_in_name,
    find_single_long_name,
    find_address_as_name,
    find_website,
    find_deep_website,
    find_risky_website,
    # Words and letters.
    find_prior_words,
    find_foreign_script,
    find_confusable_letters,
    find_few_small_words,
    find_no_vowels,
    find_call_to_action,
    find_money,
    find_listed_phrases,
    find_testimony,
    find_repeated_text,
    find_wrapped_lines,
    find_blog_talk,
    find_praise_of_blog,
    find_praise_with_link,
    # Self-promotion.
    find_plea,
    find_own_work,
    find_invitation,
    find_gift,
    find_pushy,
    # What the site remembers.
    find_site_words,
    find_respun_text,
    find_link_history,
    find_author_history,
    # Behaviour.
    find_rate,
    find_busy_site,
    find_honeypot,
    find_form_time,
    find_disposable_mail,
    # Cues for honesty.
    find_no_link,
    find_known_hosts,
    find_question,
    find_reply,
    find_code,
)
