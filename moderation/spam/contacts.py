"""Owns how people are asked to get in touch elsewhere: letter, call or messenger."""

import re
from collections.abc import Mapping
from enum import StrEnum
from itertools import islice

from moderation.spam.patterns import (
    Beginnings,
    Ranges,
    make_pattern,
    make_word_pattern,
)


class Contact(StrEnum):
    """A way to get in touch that a text can name."""

    EMAIL = "email"
    PHONE = "phone"
    MESSENGER = "messenger"


EMAIL = make_pattern(
    "@, (at), [at]",
    r"""
    (?<![\w.+-])[\w.+-]{1,64}+[ ]?(?:@|\(at\)|\[at\])[ ]?
    (?:[a-z0-9-]{1,63}+\.){1,4}[a-z]{2,24}+
    """,
)
MESSENGER = make_word_pattern(
    """
    whatsapp, telegram, viber, wechat, weixin, skype, kik, icq, ватсап, вотсап,
    телеграм, вайбер, скайп
    """,
    r"""
    \b(?:
        whats?[ ]?app?|telegram|viber|wechat|weixin|skype|kik|icq
      | в[ао]тсап|телеграмм?|вайбер|скайп
    )\b
    """,
)
# Chinese puts no spaces between words. "Add my WeChat", "WeChat number", "QQ group":
# where people just talk about WeChat, they don't say so.
CHINESE_MESSENGER = make_pattern(
    "微信, 薇信, 威信, qq, 扣扣, 加v",
    r"""
    加我?(?:微信|薇信|威信|qq|扣扣|v信?)
    | (?:微信|薇信|qq)(?:[号群]|[ ]{0,2}[:：]?[ ]{0,2}[a-z0-9])
    """,
)
# Digits and what is put between them; whether they are a number to call is decided by
# how they begin, how they are grouped, or the words before them.
DIGITS = re.compile(r"(?<![\w.+-])[+(]{0,2}[0-9][0-9 ().-]{6,18}[0-9](?![0-9])")
# What all numbers have; quickly looked for.
MANY_DIGITS = re.compile(r"[0-9][0-9 ().-]{6}")
NORTH_AMERICAN = re.compile(r"(?:1[ .-])?\(?[0-9]{3}\)?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4}")
ANNOUNCED = re.compile(
    r"\b(?:whats\s?app|phone|mobile|call|text|viber|telegram|tel|sms)"
    r"[^\w+]{1,4}(?:(?:us|me|him|her|number|no|now|at|on)[^\w+]{1,3}){0,3}\Z",
)
LONGEST_ANNOUNCEMENT = 40
# A table of figures is not searched to its end: it bounds the time.
MOST_CANDIDATES = 200


def find_contacts(low_prose: Beginnings) -> Mapping[Contact, Ranges]:
    """Return where prose in lower case names each way to get in touch."""
    found = {
        Contact.EMAIL: EMAIL.find(low_prose.text),
        Contact.PHONE: _find_phones(low_prose.text),
        Contact.MESSENGER: [
            *MESSENGER.find(low_prose),
            *CHINESE_MESSENGER.find(low_prose.text),
        ],
    }
    return {contact: ranges for contact, ranges in found.items() if ranges}


def _find_phones(low_prose: str) -> Ranges:
    if not MANY_DIGITS.search(low_prose):
        return []
    candidates = islice(DIGITS.finditer(low_prose), MOST_CANDIDATES)
    return [match.span() for match in candidates if _is_phone(match)]


def _is_phone(match: re.Match[str]) -> bool:
    digits = match[0]
    if digits.startswith(("+", "(+")) or NORTH_AMERICAN.fullmatch(digits):
        return True
    start = match.start()
    before = match.string[max(0, start - LONGEST_ANNOUNCEMENT) : start]
    return ANNOUNCED.search(before) is not None
