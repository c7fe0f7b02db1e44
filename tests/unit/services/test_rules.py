import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from moderation.domain.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from moderation.domain.policy import Policy
from moderation.domain.roles import Role
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.domain.statuses import Action, Status
from moderation.services.access import OPERATOR, Actor, load_actor
from moderation.services.changes import list_changes
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.reports import make_report
from moderation.services.reviews import decide_comments, list_history
from moderation.services.rules import (
    add_rule,
    list_rules,
    load_rules,
    parse_rule,
    remove_rule,
    set_rule_active,
)
from moderation.services.submissions import submit_comment
from moderation.spam.rules import SiteRule
from moderation.storage.models import Comment, LearntFeature, Site
from moderation.storage.session import Database
from tests.factories import make_moderator, make_site

TEXT = "What you wrote helped me through a hard week."


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session, policy=Policy.HOLD_SUSPECT)


@pytest.fixture
def owner(session: Session, site: Site) -> Actor:
    moderator = make_moderator(session, role=Role.OWNER, site_key=site.key)
    return load_actor(session, moderator.id)


def make_rule(
    action: str = "hold", kind: str = "word", value: str = "week", scope: str = "any"
) -> SiteRule:
    return parse_rule(
        action=RuleAction(action),
        kind=RuleKind(kind),
        scope=RuleScope(scope),
        value=value,
    )


def submit(session: Session, body: str = TEXT, *, ip: str = "") -> Comment:
    draft = prepare_draft(
        thread="post-1", name="Ada", email="ada@mail.example", body=body
    )
    return submit_comment(session, "blog", draft, Arrival(ip=ip))


def decide(session: Session, actor: Actor, comment: Comment, action: Action) -> None:
    decide_comments(session, actor, {comment.id: comment.version}, action)


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        (make_rule("hold"), Status.HELD),
        # On a site that has taught the filter nothing.
        (make_rule("spam"), Status.SPAM),
        (make_rule("spam", "email", "@mail.example"), Status.SPAM),
        (make_rule("spam", "network", "203.0.113.0/24"), Status.SPAM),
        (make_rule("spam", value="casino"), Status.APPROVED),
    ],
)
def test_a_comment_goes_where_a_rule_wants_it(
    session: Session, owner: Actor, rule: SiteRule, status: Status
) -> None:
    add_rule(session, owner, "blog", rule)

    comment = submit(session, ip="203.0.113.7")

    assert comment.status is status


def test_an_allowed_comment_is_published_by_any_policy(
    session: Session, site: Site, owner: Actor
) -> None:
    site.policy = Policy.HOLD_ALL
    add_rule(session, owner, "blog", make_rule("allow", "email", "ada@mail.example"))

    comment = submit(session)

    assert comment.status is Status.APPROVED


def test_the_history_names_the_rule_that_decided(
    session: Session, owner: Actor
) -> None:
    add_rule(session, owner, "blog", make_rule("hold"))

    comment = submit(session)

    (arrival,) = list_history(session, comment.id)
    assert arrival.why.endswith("Your rule “hold word: week” matches.")
    assert comment.signals[0].reason == "Your rule “hold word: week” matches."
    assert comment.signals[0].spans == [["body", 40, 44]]


def test_the_history_names_no_rule_that_a_failure_overrode(
    session: Session, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rule(session, owner, "blog", make_rule("spam"))

    def fail(_signals: object, _learnt: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("moderation.spam.pipeline.weigh_signals", fail)
    comment = submit(session)

    (arrival,) = list_history(session, comment.id)
    assert (comment.status, comment.failures) == (Status.HELD, ["fail"])
    assert "rule" not in arrival.why


def test_a_rule_that_rests_or_is_gone_does_nothing(
    session: Session, site: Site, owner: Actor
) -> None:
    resting = add_rule(session, owner, "blog", make_rule("spam"))
    gone = add_rule(session, owner, "blog", make_rule("spam", value="hard"))

    set_rule_active(session, owner, "blog", resting.id, is_active=False)
    remove_rule(session, owner, "blog", gone.id)

    assert load_rules(session, site) == ()
    assert submit(session).status is Status.APPROVED
    assert (site.rules_count, len(list_rules(session, owner, "blog"))) == (1, 1)


@pytest.mark.parametrize(("rules", "queries"), [(0, 0), (1, 1), (30, 1)])
def test_rules_cost_one_query_and_none_where_there_are_none(
    session: Session, site: Site, database: Database, rules: int, queries: int
) -> None:
    for number in range(rules):
        add_rule(session, OPERATOR, "blog", make_rule(value=f"word {number}"))
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    loaded = load_rules(session, site)
    event.remove(database.engine, "before_cursor_execute", note)

    assert (len(loaded), len(statements)) == (rules, queries)


def test_ids_of_rules_are_never_reused(session: Session, owner: Actor) -> None:
    first = add_rule(session, owner, "blog", make_rule())
    remove_rule(session, owner, "blog", first.id)

    second = add_rule(session, owner, "blog", make_rule(value="month"))

    assert second.id > first.id


def test_the_same_rule_twice_is_refused_naming_the_first(
    session: Session, owner: Actor
) -> None:
    add_rule(session, owner, "blog", make_rule("hold"))

    with pytest.raises(InvalidInputError, match="hold word: week"):
        add_rule(session, owner, "blog", make_rule("spam", value="WEEK"))


def test_a_site_has_only_so_many_rules(
    session: Session, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.services.rules.MOST_RULES", 1)
    add_rule(session, owner, "blog", make_rule())

    with pytest.raises(InvalidInputError, match="at most 1"):
        add_rule(session, owner, "blog", make_rule(value="month"))


@pytest.mark.parametrize(
    ("role", "key", "refusal"),
    [
        (Role.MODERATOR, "blog", NotAllowedError),
        (Role.VIEWER, "blog", NotAllowedError),
        # Not there, for those of other sites.
        (Role.OWNER, "other", NotFoundError),
    ],
)
def test_only_owners_change_rules(
    session: Session, site: Site, role: Role, key: str, refusal: type[Exception]
) -> None:
    make_site(session, key="other")
    rule = add_rule(session, OPERATOR, site.key, make_rule())
    moderator = make_moderator(session, role=role, site_key="blog")
    actor = load_actor(session, moderator.id)

    with pytest.raises(refusal):
        add_rule(session, actor, key, make_rule(value="month"))
    with pytest.raises(refusal):
        set_rule_active(session, actor, key, rule.id, is_active=False)
    with pytest.raises(refusal):
        remove_rule(session, actor, key, rule.id)


def test_changes_are_recorded_in_words(session: Session, owner: Actor) -> None:
    rule = add_rule(session, owner, "blog", make_rule())
    set_rule_active(session, owner, "blog", rule.id, is_active=False)
    set_rule_active(session, owner, "blog", rule.id, is_active=False)
    remove_rule(session, OPERATOR, "blog", rule.id)

    changes = list_changes(session, owner, "blog")

    assert [(change.text, change.is_by_command) for change in changes] == [
        ("Deleted the rule “hold word: week”.", True),
        ("Switched off the rule “hold word: week”.", False),
        ("Added the rule “hold word: week”.", False),
    ]
    assert changes[1].moderator is not None
    assert changes[1].moderator.email == owner.email
    assert list_changes(session, owner, "blog", before=changes[0].id) == changes[1:]


def test_the_site_learns_from_the_moderator_not_from_the_rule(
    session: Session, owner: Actor
) -> None:
    add_rule(session, owner, "blog", make_rule("hold"))
    comment = submit(session)

    decide(session, owner, comment, Action.APPROVE)

    learnt = {row.key for row in session.query(LearntFeature)}
    assert not any(key.startswith("rule") for key in learnt)
    assert "no_link" in learnt


def test_a_report_card_counts_what_moderators_overruled(
    session: Session, owner: Actor
) -> None:
    rule = add_rule(session, owner, "blog", make_rule("hold"))
    for word, action in (
        ("first", Action.APPROVE),
        ("second", Action.SPAM),
        ("third", Action.REJECT),
    ):
        comment = submit(session, f"{TEXT} It was my {word}.")
        decide(session, owner, comment, action)
    submit(session, f"{TEXT} Nobody looked at this one.")

    report = make_report(session, owner, "blog")

    (card,) = report.rules
    assert (card.rule.id, card.fired, card.overturned) == (rule.id, 3, 1)
    assert report.decisions == 3
    no_link = next(c for c in report.heuristics if c.name == "no_link")
    assert (no_link.is_for_spam, no_link.fired, no_link.overturned) == (False, 3, 1)
    assert not any(card.name.startswith("rule") for card in report.heuristics)
