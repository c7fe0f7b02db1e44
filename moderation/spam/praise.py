"""Owns the words of praise, and how those who read nothing talk about a blog.

Flattery alone is no evidence: honest people thank, too. Heuristics ask what it comes
with.
"""

from moderation.spam.patterns import make_word_pattern
from moderation.spam.phrases import split_phrases

PRAISE = split_phrases(
    """
    amazing, appreciate, appreciated, awesome, brilliant, delighted, enjoy, enjoyable,
    enjoyed, enjoying, excellent, fabulous, fantastic, glad, good, great, helpful,
    impressed, impressive, incredible, informative, insightful, inspiring,
    interesting, love, lovely, magnificent, marvelous, marvellous, nice, outstanding,
    perfect, pleased, remarkable, superb, terrific, thank, thanks, useful, valuable,
    wonderful
    """
)

BLOG_TALK = make_word_pattern(
    """
    your, this, the, a, bookmark, rss, blogger, web, admin, google, yahoo, bing,
    search, keep, thanks, stumbled, visitor, reader, plug, captcha
    """,
    r"""
    \b(?:
        (?:your|this|the|a)[ ]
        (?:(?:web|internet|great|nice|amazing|wonderful|excellent|awesome|fantastic
          |own|very|whole|entire|weblog'?s?)[ ]){0,2}
        (?:web[ ]?-?(?:site|log|page|blog)s?|web[ ]?host|blogs?|weblogs?|blog[ ]?posts?
          |sites?|paragraphs?|piece[ ]of[ ]writing|write-?ups?|content|posts?
          |articles?|page)
      | book[ ]?-?mark(?:ed|ing|s)?
      | rss
      | (?:your|this)[ ]feeds?
      | blogg(?:ing|ers?)
      | web[ ]?-?masters?
      | admins?
      | google|yahoo|bing|search[ ]engines?
      | (?:your|this)[ ](?:subject|topic|theme|style|design|layout|browser)
      | keep[ ](?:it[ ])?up
      | thanks?[ ](?:a[ ]lot[ ]|so[ ]much[ ]|you[ ])?for[ ]sharing
      | stumbled|visitors?|readers?|plug-?ins?|captcha
    )\b
    """,
)
