"""Owns the weight of every signal, in log-odds.

What the texts, names and addresses of a submission say was measured: those weights are
fitted on labelled comments and come from the shipped prior (docs/model-card.md).
Memory and behaviour could not be measured: their weights are set by hand, on the
careful side. Ham cues stay at -1 or nearer to 0: what is easy to put into a text must
not buy a publication.
"""

from collections.abc import Mapping
from types import MappingProxyType

from moderation.spam.beliefs import BELIEFS
from moderation.spam.prior import SHIPPED

SET: Mapping[str, float] = MappingProxyType(
    {
        # Memory.
        "respun_text_1": 2.5,
        "respun_text_2": 3.5,
        "respun_text_held": 1.0,
        "approved_twin": -1.0,
        # Learnt: times a score. Measured on the streams of four blogs.
        "site_words": 2.0,
        "site_signals": 0.5,
        "site_balance": 0.8,
        "spam_host": 2.0,
        "approved_host": -0.5,
        "author_of_spam": 2.0,
        "author_approved": -0.5,
        "author_confirmed": -1.0,
        # Behaviour.
        "busy_network_3": 0.8,
        "busy_network_10": 1.6,
        "busy_site": 0.4,
        "honeypot": 3.5,
        "fast_form_5": 0.8,
        "fast_form_2": 2.0,
        "disposable_mail": 0.4,
    }
)
# A signal that is newer than the prior weighs nothing until the prior is fitted anew.
POINTS: Mapping[str, float] = MappingProxyType(
    {**dict.fromkeys(BELIEFS, 0.0), **SHIPPED.points, **SET}
)
