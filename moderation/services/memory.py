"""Owns the memory of texts: which earlier comments of a site are nearly the same."""

import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import BigInteger, TextClause, column, exists, or_, select, text
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.spam.context import Twins
from moderation.spam.submission import Submission
from moderation.spam.twins import (
    FEWEST_SHARED_KEYS,
    PAIR_BINS,
    SKELETON_BINS,
    Sketch,
    are_twins,
    measure_likeness,
    sketch_text,
)
from moderation.storage.bulk import insert_rows
from moderation.storage.lookups import find_connection, look_up
from moderation.storage.models import Comment, Decision, TextBand

# What everybody writes ("thank you for") stands in very many texts: of each band
# only the newest are read, so that the cost does not grow with the site.
MOST_PER_BAND = 60
# Texts compared word by word; those that share most bands come first.
MOST_COMPARED = 40

# Whether a person decided on a comment: the filter can't be its own proof. Every
# decision but the arrival of a comment is a person's, and so is that of an import
# which teaches.
_IS_DECIDED = exists().where(
    Decision.comment_id == Comment.id,
    or_(Decision.from_status.is_not(None), Decision.label.is_not(None)),
)
# Given as one JSON list, for each database in its words.
_IDS = {
    "sqlite": "SELECT value FROM json_each(:ids)",
    "postgresql": "SELECT CAST(value AS bigint)"
    " FROM json_array_elements_text(CAST(:ids AS json))",
}
# Composed once: that takes longer than to run it.
_READ_EARLIER = {
    database: select(
        Comment.id,
        Comment.body,
        Comment.status,
        Comment.name,
        Comment.email,
        _IS_DECIDED.label("is_decided"),
    ).where(Comment.id.in_(text(ids).columns(column("value", BigInteger))))
    for database, ids in _IDS.items()
}


def find_twins(
    session: Session, site_id: int, submission: Submission, sketch: Sketch
) -> Twins:
    """Return how many earlier comments of the site say the same in other words.

    Spam and approved are those that moderators called so.

    Reads at most `MOST_PER_BAND` rows for each band of the `sketch`, and compares at
    most `MOST_COMPARED` texts.
    """
    candidates = _find_candidates(session, site_id, sketch)
    if not candidates:
        return Twins()
    query = _READ_EARLIER[find_connection(session).dialect.name]
    earlier = look_up(session, query, {"ids": json.dumps(candidates)})
    sketches = {row.id: sketch_text(row.body) for row in earlier}
    twins = [row for row in earlier if are_twins(sketch, sketches[row.id])]
    alike = {row.id: measure_likeness(sketch, sketches[row.id]) for row in twins}
    decided = Counter(row.status for row in twins if row.is_decided)
    author = submission.author, submission.email
    own = [row for row in twins if (row.name, row.email) == author]
    known = decided[Status.SPAM] + decided[Status.APPROVED]
    return Twins(
        spam=decided[Status.SPAM],
        approved=decided[Status.APPROVED],
        other=len(twins) - known,
        by_same_author=len(own),
        approved_by_same_author=sum(
            row.is_decided and row.status is Status.APPROVED for row in own
        ),
        # Of those that are as much alike the first.
        nearest=max(alike, key=lambda id_: (alike[id_], -id_), default=None),
    )


def find_nearest(session: Session, comment: Comment, sketch: Sketch) -> int | None:
    """Return the id of the stored comment most like another one, None if none is.

    Bounded as `find_twins`. It may have come later.
    """
    candidates = _find_candidates(session, comment.site_id, sketch)
    others = session.execute(
        select(Comment.id, Comment.body).where(
            Comment.id.in_(candidates), Comment.id != comment.id
        )
    ).all()
    sketches = {row.id: sketch_text(row.body) for row in others}
    alike = {
        id_: measure_likeness(sketch, other)
        for id_, other in sketches.items()
        if are_twins(sketch, other)
    }
    return max(alike, key=lambda id_: (alike[id_], -id_), default=None)


def remember_text(session: Session, comment: Comment, sketch: Sketch) -> None:
    """Index a stored comment by the bands of its sketch."""
    rows = [
        {"site_id": comment.site_id, "band": band, "comment_id": comment.id}
        for band in sketch.keys
    ]
    insert_rows(session, TextBand, rows)


def _find_candidates(session: Session, site_id: int, sketch: Sketch) -> Sequence[int]:
    """Return the ids of comments that share bands enough, the likeliest first."""
    bands = sketch.keys
    if not bands:
        return ()
    values = {f"band_{place}": band for place, band in enumerate(bands)}
    bounds = {
        "most": MOST_PER_BAND,
        "fewest": FEWEST_SHARED_KEYS,
        "compared": MOST_COMPARED,
    }
    found = look_up(
        session, _compose_search(len(bands)), {**values, **bounds, "site_id": site_id}
    )
    return [row.comment_id for row in found]


@lru_cache(maxsize=PAIR_BINS + SKELETON_BINS)
def _compose_search(bands: int) -> TextClause:
    """Return the query for the newest comments in each of a number of bands.

    Those that are in most of them come first, the newest of as many; counted by the
    database, since in a flood of one text there are thousands to be counted. Written
    out: built from parts, 48 selects take longer to compose than to run.
    """
    # The only thing inserted is a number; the bands themselves are parameters.
    one = (
        "SELECT comment_id FROM (SELECT comment_id FROM text_bands"
        " WHERE site_id = :site_id AND band = :band_{} ORDER BY comment_id DESC"
        " LIMIT :most) AS newest_{}"
    )
    all_of_them = " UNION ALL ".join(one.format(n, n) for n in range(bands))
    return text(
        f"SELECT comment_id FROM ({all_of_them}) AS found"  # noqa: S608 as said
        " GROUP BY comment_id HAVING count(*) >= :fewest"
        " ORDER BY count(*) DESC, comment_id DESC LIMIT :compared"
    )
