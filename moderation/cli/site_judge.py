"""Owns judging lines as a site of the database would."""

from moderation.cli.judges import Answer
from moderation.services.judging import decide_arrival, gather_line_context
from moderation.services.learning import teach_submission
from moderation.services.sites import find_site
from moderation.spam.learning import Label
from moderation.spam.pipeline import Judgement, judge
from moderation.spam.submission import Submission
from moderation.storage.session import Database


class SiteJudge:
    """The filter as a site has taught it, by the site's policy and thresholds.

    Each label is learnt in a transaction of its own; nothing else is stored.
    """

    def __init__(self, database: Database, site_key: str) -> None:
        """Find the site. :raises NotFoundError: if there is none."""
        self._database = database
        with database.read() as session:
            self._site = find_site(session, site_key)

    def judge(self, submission: Submission) -> Answer:
        """Return the answer by what the site has learnt so far."""
        with self._database.read() as session:
            context = gather_line_context(session, self._site.id, submission)
        judgement = judge(submission, context)
        return Answer(judgement, decide_arrival(self._site, judgement, context))

    def learn(self, submission: Submission, judgement: Judgement, label: Label) -> None:
        """Add a label to what the site has learnt."""
        with self._database.write() as session:
            teach_submission(session, self._site.id, submission, judgement, label)
