"""Owns comments in the API: listed, read, decided on one by one or many at once."""

from typing import Any

from moderation.domain.errors import ChangedMeanwhileError
from moderation.services.access import find_visible_site
from moderation.services.finding import find_comments
from moderation.services.listings import read_html
from moderation.services.moves import MOST_AT_ONCE, Outcome
from moderation.services.notes import Remark, write_note
from moderation.services.queues import find_comment
from moderation.services.reviews import decide_comments, lock_comments
from moderation.services.threads import find_thread
from moderation.services.wishes import make_wish
from moderation.storage.models import Audit, Comment, Decision, Scope
from moderation.web.api.fields import Text, Whole
from moderation.web.api.operations import Answer, Call, Operation, require_given
from moderation.web.api.shapes import (
    ACTIONS,
    COMMENT,
    CURSOR,
    SITE_KEY,
    STATUS,
    WHY,
    make_limit,
    make_tag,
    page_shape,
    read_cursor,
    tell_comment,
    write_cursor,
)
from moderation.web.api.structures import Many, Shape, given_shape

TAG = "Comments"
PAGE_LENGTH = 50
LONGEST_NOTE = 4_000
QUERY = Shape(
    members={
        "site": SITE_KEY,
        "status": STATUS,
        "thread": Text(about="The key of a thread; needs `site`.", least=1, most=500),
        "text": Text(about="Words to be found, as on the page Find.", most=500),
        "after": CURSOR,
        "limit": make_limit(PAGE_LENGTH),
    }
)
CHANGE = Shape(
    name="CommentChange",
    members={
        "status": STATUS,
        "note": Text(about="Replaces the note; empty deletes it.", most=LONGEST_NOTE),
        "why": WHY,
    },
)
SEEN = Shape(
    name="SeenComment",
    members={"id": Whole(least=1), "version": Whole(least=1)},
    needed=frozenset({"id", "version"}),
)
BATCH = Shape(
    name="Batch",
    members={
        "status": STATUS,
        "comments": Many(
            of=SEEN,
            least=1,
            most=MOST_AT_ONCE,
            about="Which, and the version of each that was seen.",
        ),
        "why": WHY,
    },
    needed=frozenset({"status", "comments"}),
)
STALE = given_shape(
    "Stale", id=Whole(), version=Whole(about="That of now."), status=STATUS
)
OUTCOME = given_shape(
    "Outcome",
    batch=Text(about="Names what was done."),
    decided=Many(of=Whole(), about="The ids of those that changed."),
    stale=Many(of=STALE, about="Those left alone: somebody else was first."),
)


def list_comments(call: Call) -> Answer:
    """Answer with a page of comments, the newest first."""
    query = call.query
    typed = {"site": query.get("site", ""), "q": query.get("text", "")}
    typed["status"] = query.get("status", "")
    if "thread" in query:
        require_given(query, "site")
        site = find_visible_site(call.session, call.actor, query["site"])
        thread = find_thread(call.session, site, query["thread"])
        if thread is None:
            return Answer(body={"comments": [], "next": None})
        typed["thread"] = str(thread.id)
    found = find_comments(
        call.session,
        call.actor,
        make_wish(typed),
        after=read_cursor(query.get("after")),
        length=query.get("limit", PAGE_LENGTH),
    )
    html = read_html(call.session, [comment.id for comment in found.comments])
    told = [tell_comment(c, call.actor, html[c.id]) for c in found.comments]
    cursor = write_cursor(found.next)
    return Answer(body={"comments": told, "next": cursor}, next=cursor)


def show_comment(call: Call) -> Answer:
    """Answer with one comment."""
    return _tell(call, find_comment(call.session, call.actor, call.path["comment_id"]))


def change_comment(call: Call) -> Answer:
    """Decide on a comment, or change its note, if it is still as it was seen."""
    require_given(call.body, "status", "note")
    comment_id = call.path["comment_id"]
    # Locked first, then looked at: nobody decides in between.
    lock_comments(call.session, call.actor, [comment_id])
    comment = find_comment(call.session, call.actor, comment_id)
    call.require_tag(make_tag(comment))
    if "note" in call.body:
        version = comment.note.version if comment.note else 0
        remark = Remark(body=call.body["note"].strip(), version=version)
        write_note(call.session, call.actor, comment_id, remark)
    if "status" in call.body:
        _decide(call, comment)
    return _tell(call, comment)


def decide_batch(call: Call) -> Answer:
    """Decide on many comments; those that others changed first are left alone."""
    versions = {seen["id"]: seen["version"] for seen in call.body["comments"]}
    outcome = decide_comments(
        call.session,
        call.actor,
        versions,
        ACTIONS[call.body["status"]],
        why=call.body.get("why", ""),
    )
    return Answer(body=tell_outcome(outcome))


def tell_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return what became of an action on some comments."""
    return {
        "batch": outcome.batch,
        "decided": list(outcome.decided),
        "stale": [_tell_stale(decision) for decision in outcome.stale],
    }


def _decide(call: Call, comment: Comment) -> None:
    status = call.body["status"]
    if comment.status is status and comment.audit is not Audit.OPEN:
        return
    outcome = decide_comments(
        call.session,
        call.actor,
        {comment.id: comment.version},
        ACTIONS[status],
        why=call.body.get("why", ""),
    )
    if not outcome.decided:
        raise ChangedMeanwhileError("Somebody else was first. Read it again.")


def _tell(call: Call, comment: Comment) -> Answer:
    body = tell_comment(comment, call.actor, comment.html)
    return Answer(body=body, headers={"ETag": make_tag(comment)})


def _tell_stale(decision: Decision) -> dict[str, Any]:
    comment = decision.comment
    return {"id": comment.id, "version": comment.version, "status": comment.status}


OPERATIONS = (
    Operation(
        name="listComments",
        method="GET",
        path="/comments",
        tag=TAG,
        summary="List comments, the newest first",
        about="Filters narrow each other. Words are looked for as on the page Find.",
        scope=Scope.READ,
        query=QUERY,
        run=list_comments,
        answer=page_shape("CommentPage", comments=Many(of=COMMENT)),
    ),
    Operation(
        name="getComment",
        method="GET",
        path="/comments/{comment_id}",
        tag=TAG,
        summary="Read one comment",
        about="Its ETag is what a change asks for in If-Match.",
        scope=Scope.READ,
        run=show_comment,
        answer=COMMENT,
    ),
    Operation(
        name="changeComment",
        method="PATCH",
        path="/comments/{comment_id}",
        tag=TAG,
        summary="Decide on a comment, or change its note",
        about="Without If-Match it is answered 428; if somebody else was first, 412.",
        scope=Scope.DECIDE,
        body=CHANGE,
        run=change_comment,
        answer=COMMENT,
        is_conditional=True,
    ),
    Operation(
        name="decideBatch",
        method="POST",
        path="/comments:batch",
        tag=TAG,
        summary="Decide on many comments at once",
        about="If one of them is not there for you, nothing is done.",
        scope=Scope.DECIDE,
        body=BATCH,
        run=decide_batch,
        answer=OUTCOME,
    ),
)
