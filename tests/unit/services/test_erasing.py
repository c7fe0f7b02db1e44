from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from moderation.domain.roles import Role
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.domain.statuses import Action, Status
from moderation.services.access import OPERATOR, load_actor
from moderation.services.disclosing import describe_person
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.erasing import count_erasure, erase_person
from moderation.services.learning import teach_foreign
from moderation.services.mails import queue_mail
from moderation.services.notes import Remark, write_note
from moderation.services.own_changes import change_own, draft_change
from moderation.services.reviews import decide_comments
from moderation.services.rules import add_rule, parse_rule
from moderation.services.submissions import submit_comment
from moderation.services.tokens import TokenWish, add_token
from moderation.spam.context import Context
from moderation.spam.learning import Label, find_fingerprint
from moderation.spam.pipeline import judge
from moderation.spam.submission import Submission
from moderation.storage.backup import copy_database
from moderation.storage.models import (
    Comment,
    Event,
    ForeignLesson,
    KeptAnswer,
    LearntFeature,
    LearntSite,
    Mail,
    Note,
    Revision,
    Rule,
    SignalEvidence,
    SiteChange,
    TextBand,
    Thread,
)
from moderation.storage.session import Database
from moderation.storage.upkeep import tidy_database
from tests.factories import (
    make_comment,
    make_endpoint,
    make_moderator,
    make_site,
    make_thread,
)

EMAIL = "quillon.varnish@wobblemail.example"
NAME = "Quillon Varnish"
WEBSITE = "https://varnishworks.example/about"
# Long enough to be sketched.
REST = "It carried brass bands, jam and rain across the quiet valley before our supper."
FIRST = f"The marmalade zeppelin over Quuxbridge was splendid, as I remember. {REST}"
SECOND = f"The marmalade dirigible over Quuxbridge was splendid, as I recall. {REST}"
IP = "198.18.77.201"
BROWSER = "Frobnicator/12.5 (Quillon)"
# What none of the files may hold afterwards, in small letters.
NEEDLES = (
    "quillon", "varnish", "wobblemail", "marmalade", "zeppelin", "dirigible",
    "quuxbridge", "198.18.77", "198x18x77", "frobnicator",
    find_fingerprint(Submission(body="", email=EMAIL)),
)  # fmt: skip


def fill(session: Session) -> Comment:
    """Leave traces of a person wherever a person leaves any."""
    site = make_site(session)
    thread = make_thread(session, site)
    make_endpoint(session, has_private=True)
    draft = prepare_draft(
        thread=thread.key, name=NAME, email=EMAIL, website=WEBSITE, body=FIRST
    )
    arrival = Arrival(ip=IP, user_agent=BROWSER)
    comment = submit_comment(session, site.key, draft, arrival)
    change = draft_change(session, site.key, comment.id, body=SECOND)
    change_own(session, site.key, comment.id, change, arrival)
    make_comment(session, thread, body="Somebody else wrote this.", email="b@c.example")
    alice = load_actor(session, make_moderator(session, role=Role.OWNER).id)
    why = f"{NAME} is all right"
    decide_comments(
        session, alice, {comment.id: comment.version}, Action.APPROVE, why=why
    )
    remark = Remark(body=f"Ask {EMAIL} about the zeppelin.", version=0)
    write_note(session, alice, comment.id, remark)
    rule = parse_rule(
        action=RuleAction.ALLOW,
        kind=RuleKind.EMAIL,
        scope=RuleScope.EMAIL,
        value=EMAIL,
    )
    add_rule(session, alice, site.key, rule)
    queue_mail(session, to=EMAIL, subject="You were answered", text="Look.")
    queue_mail(session, to="bob@example.org", subject="New", text=f"He said: {SECOND}")
    foreign = Submission(body="Foreign words", email=EMAIL, author=NAME)
    judgement = judge(foreign, Context())
    teach_foreign(session, site.id, foreign, judgement, Label.HAM)
    token, _ = add_token(session, OPERATOR, TokenWish(name="A bot", site_keys=["blog"]))
    answer = KeptAnswer(
        token_id=token.id, key="1", fingerprint=b"", status=200, headers={}
    )
    answer.body = f'{{"email": "{EMAIL}"}}'
    session.add(answer)
    session.flush()
    return comment


def find_traces(folder: Path) -> set[str]:
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes().lower()
            found |= {needle for needle in NEEDLES if needle.encode() in data}
    return found


def list_evidence(database: Database, comment_id: int) -> list[str]:
    """Return what hangs on a comment."""
    with database.read() as session:
        return [
            model.__name__
            for model in (Revision, Note, SignalEvidence, TextBand)
            if session.scalars(
                select(model.comment_id).where(model.comment_id == comment_id)
            ).first()
        ]


@pytest.mark.sqlite(reason="reads the file's bytes")
@pytest.mark.parametrize(
    ("is_answered", "erased"),
    [
        # All that hangs on a comment goes with it.
        (False, (1, 0)),
        # It stays, and what hangs on it has to go by itself.
        (True, (0, 1)),
    ],
)
def test_no_byte_of_an_erased_person_is_left_in_any_file(
    database: Database,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    *,
    is_answered: bool,
    erased: tuple[int, int],
) -> None:
    with database.write() as session:
        comment = fill(session)
        if is_answered:
            make_comment(session, comment.thread, parent=comment, email="dan@c.example")
    before, told = find_traces(tmp_path), list_evidence(database, comment.id)

    with database.write() as session:
        done = erase_person(session, OPERATOR, EMAIL.upper())
    tidy_database(database)
    copy_database(tmp_path / "test.sqlite3", tmp_path / "backup.sqlite3")

    assert before == set(NEEDLES)
    assert find_traces(tmp_path) == set()
    assert (done.deleted, done.emptied) == erased
    assert told == ["Revision", "Note", "SignalEvidence", "TextBand"]
    assert list_evidence(database, comment.id) == []
    logged = "".join(capfd.readouterr()).lower()
    assert not [needle for needle in NEEDLES if needle in logged]


def test_who_is_answered_is_emptied_and_the_reply_stays_in_place(
    session: Session,
) -> None:
    thread = make_thread(session, make_site(session))
    first = make_comment(session, thread, status=Status.APPROVED)
    own = make_comment(session, thread, status=Status.APPROVED, parent=first)
    reply = make_comment(
        session, thread, status=Status.APPROVED, parent=own, email="b@c.example"
    )
    version = thread.version
    session.flush()

    done = erase_person(session, OPERATOR, "ada@example.org")

    session.expire_all()
    assert (done.deleted, done.emptied) == (0, 2)
    assert (reply.parent_id, own.parent_id) == (own.id, first.id)
    assert (own.name, own.email, own.status) == ("Deleted", "", Status.APPROVED)
    assert "helped" not in own.body + own.html
    assert reply.body == "What you wrote helped me."
    assert (thread.version, thread.approved_count) == (version + 2, 3)


def test_what_nobody_answered_is_deleted_and_leaves_the_page(session: Session) -> None:
    thread = make_thread(session, make_site(session))
    first = make_comment(session, thread, status=Status.APPROVED)
    make_comment(session, thread, status=Status.APPROVED, parent=first)
    make_comment(session, thread, status=Status.APPROVED, email="b@c.example")
    version = thread.version
    session.flush()

    done = erase_person(session, OPERATOR, "ada@example.org")

    session.expire_all()
    assert (done.deleted, done.emptied) == (2, 0)
    assert session.scalars(select(Comment.email)).all() == ["b@c.example"]
    assert (thread.version, thread.approved_count) == (version + 2, 1)


def test_erasing_twice_does_nothing_more(database: Database) -> None:
    with database.write() as session:
        fill(session)
        erase_person(session, OPERATOR, EMAIL)
        changes = session.scalar(select(func.count()).select_from(SiteChange))

    with database.write() as session:
        again = erase_person(session, OPERATOR, EMAIL)
        after = session.scalar(select(func.count()).select_from(SiteChange))

    assert (again.comments, again.traces) == (0, 0)
    assert after == changes


def test_what_was_learnt_of_a_person_is_taken_back(session: Session) -> None:
    fill(session)
    before = session.scalars(select(LearntSite.ham)).one()

    erase_person(session, OPERATOR, EMAIL)

    session.expire_all()
    assert before == 2
    assert session.scalars(select(LearntSite.ham)).one() == 0
    assert session.scalars(select(ForeignLesson)).all() == []
    authors = select(LearntFeature).where(LearntFeature.kind != "signal")
    assert session.scalars(authors).all() == []


def test_receivers_are_told_and_nothing_more_of_the_person(session: Session) -> None:
    fill(session)

    erase_person(session, OPERATOR, EMAIL)

    session.expire_all()
    events = session.scalars(select(Event).order_by(Event.id)).all()
    assert events[-1].type == "comment.deleted"
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert {event.payload["name"] for event in events} == {"Deleted"}
    assert not any(any(event.private.values()) for event in events)


def test_it_is_logged_without_saying_who(session: Session) -> None:
    fill(session)

    erase_person(session, OPERATOR, EMAIL)

    log = session.scalars(select(SiteChange.text).order_by(SiteChange.id)).all()
    assert log[-1].startswith("Erased a person: 1 comment deleted")
    assert not any(EMAIL in text or NAME in text for text in log)


def test_somebody_with_nearly_the_same_address_is_left_alone(session: Session) -> None:
    site = make_site(session)
    thread = make_thread(session, site)
    make_comment(session, thread, email="a_b@c.example")
    other = make_comment(session, thread, email="axb@c.example")
    for value in ("axb@c.example", "aa_b@c.example.org", "a_b@c.example"):
        rule = parse_rule(
            action=RuleAction.HOLD,
            kind=RuleKind.EMAIL,
            scope=RuleScope.EMAIL,
            value=value,
        )
        add_rule(session, OPERATOR, site.key, rule)
    queue_mail(session, to="aa_b@c.example", subject="Hello", text="axb@c.example")

    erase_person(session, OPERATOR, "a_b@c.example")

    assert session.scalars(select(Comment)).all() == [other]
    assert len(session.scalars(select(Rule)).all()) == 2
    assert site.rules_count == 2
    assert len(session.scalars(select(Mail)).all()) == 1


def test_what_others_wrote_about_the_address_is_counted_not_touched(
    session: Session,
) -> None:
    thread = make_thread(session, make_site(session))
    make_comment(session, thread)
    body = "Write to ada@example.org, she knows."
    make_comment(session, thread, email="b@c.example", body=body)

    done = erase_person(session, OPERATOR, "ada@example.org")

    assert done.mentions == 1
    assert session.scalars(select(Comment.body)).all() == [body]


def test_an_owner_erases_on_sites_of_their_own_alone(session: Session) -> None:
    for key in ("blog", "other"):
        thread = make_thread(session, make_site(session, key=key))
        make_comment(session, thread)
    owner = make_moderator(session, role=Role.OWNER, site_key="blog")
    alice = load_actor(session, owner.id)

    counted = count_erasure(session, alice, "ada@example.org")
    done = erase_person(session, alice, "ada@example.org")

    assert counted.comments == done.comments == 1
    left = session.scalars(select(Thread.site_id).join(Comment)).all()
    assert len(left) == 1


@pytest.mark.parametrize(
    ("role", "key", "error"),
    [
        # Erasing is for owners.
        (Role.MODERATOR, "blog", NotAllowedError),
        (Role.VIEWER, None, NotAllowedError),
        # The site of somebody else is not there.
        (Role.OWNER, "other", NotFoundError),
    ],
)
def test_who_does_not_own_the_site_erases_nothing(
    session: Session, role: Role, key: str | None, error: type[Exception]
) -> None:
    make_comment(session, make_thread(session, make_site(session)))
    make_site(session, key="other")
    someone = make_moderator(session, role=role, site_key="blog")
    actor = load_actor(session, someone.id)

    with pytest.raises(error):
        erase_person(session, actor, "ada@example.org", site_key=key)
    with pytest.raises(error):
        describe_person(session, actor, "ada@example.org", site_key=key)

    assert len(session.scalars(select(Comment)).all()) == 1


@pytest.mark.parametrize(
    "email", ["", "ada", "@example.org", "a b@c.example", "a@\x00"]
)
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    make_site(session)

    with pytest.raises(InvalidInputError, match="whole e-mail address"):
        erase_person(session, OPERATOR, email)


def test_somebody_who_asks_gets_all_that_is_kept(session: Session) -> None:
    comment = fill(session)

    found = describe_person(session, OPERATOR, EMAIL)

    (told,) = found["comments"]
    assert (told["name"], told["text"], told["ip"]) == (NAME, SECOND, IP)
    assert told["earlier_texts"][0]["text"] == FIRST
    assert told["note"].endswith("zeppelin.")
    assert told["decisions"][-1]["why"].endswith("all right")
    assert found["rules"] == [{"site": "blog", "action": "allow", "value": EMAIL}]
    assert comment.site.key == told["site"]
