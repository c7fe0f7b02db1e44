"""Owns posting on behalf of a visitor, and judging without storing."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from email_validator import EmailNotValidError, validate_email

from moderation.domain.errors import InvalidInputError, InvalidURLError, NotFoundError
from moderation.domain.urls import find_host, parse_web_url
from moderation.services.drafts import Arrival, prepare_draft
from moderation.services.judging import decide_arrival, gather_line_context
from moderation.services.sites import find_site
from moderation.services.submissions import submit_comment
from moderation.spam.pipeline import judge
from moderation.spam.submission import Submission
from moderation.spam.verdict import Verdict
from moderation.storage.models import Scope, Site
from moderation.web.api.fields import Choice, Flag, Number, Text, Whole
from moderation.web.api.operations import Answer, Call, Operation
from moderation.web.api.shapes import SIGNAL, SITE_KEY, STATUS, tell_signal
from moderation.web.api.structures import Many, Maybe, Shape, given_shape

LONGEST_COMMENT = 65_525
AUTHOR = {
    "name": Text(least=1, most=245, is_line=True),
    "email": Text(least=3, most=320, is_line=True, form="email"),
    "website": Text(about="An http(s) address.", most=2_000, is_line=True),
    "ip": Text(about="The visitor's, not yours.", most=45, is_line=True),
    "user_agent": Text(about="The visitor's browser.", most=500, is_line=True),
}
SUBMISSION = Shape(
    name="Submission",
    members={
        "site": SITE_KEY,
        "thread": Text(about="The key of the page.", least=1, most=500, is_line=True),
        "url": Text(about="The page's address.", most=2_000, is_line=True),
        "title": Text(about="The page's title.", most=500, is_line=True),
        **AUTHOR,
        "body": Text(least=1, most=LONGEST_COMMENT),
        "parent": Maybe(of=Whole(least=1), about="The id of the one it answers."),
    },
    needed=frozenset({"site", "thread", "name", "email", "body"}),
)
SUBMITTED = given_shape(
    "Submitted", id=Whole(), version=Whole(), status=STATUS, html=Text()
)
QUESTION = Shape(
    name="Question",
    members={
        "site": SITE_KEY,
        **{name: Text(most=field.most, is_line=True) for name, field in AUTHOR.items()},
        "body": Text(most=LONGEST_COMMENT),
        "thread": Text(about="The key of the page.", most=500),
        "is_reply": Flag(),
    },
    needed=frozenset({"site", "body"}),
)
JUDGEMENT = given_shape(
    "Judgement",
    score=Number(about="Probability of spam, 0 to 1."),
    verdict=Choice(of=Verdict, about="What the site's policy would do with it."),
    signals=Many(of=SIGNAL),
)


def submit(call: Call) -> Answer:
    """Take a comment that a visitor wrote elsewhere."""
    body = call.body
    _find_granted_site(call)
    draft = prepare_draft(
        thread=body["thread"],
        url=_read_url(body, "url"),
        title=body.get("title", ""),
        name=_read_name(body),
        email=_read_email(body),
        website=_read_website(body),
        body=_read_body(body),
        parent=body.get("parent"),
    )
    arrival = Arrival(ip=_read_ip(body), user_agent=body.get("user_agent", ""))
    comment = submit_comment(call.session, body["site"], draft, arrival)
    return Answer(
        status=201,
        body={
            "id": comment.id,
            "version": comment.version,
            "status": comment.status,
            "html": comment.html,
        },
    )


def ask(call: Call) -> Answer:
    """Judge a comment as its site would; nothing is stored."""
    body = call.body
    site = _find_granted_site(call)
    submission = Submission(
        body=body["body"],
        author=body.get("name", ""),
        email=body.get("email", ""),
        website=body.get("website", ""),
        ip=_read_ip(body),
        user_agent=body.get("user_agent", ""),
        thread=body.get("thread", ""),
        is_reply=body.get("is_reply", False),
    )
    context = gather_line_context(call.session, site.id, submission)
    judgement = judge(submission, context)
    return Answer(
        body={
            "score": judgement.score,
            "verdict": decide_arrival(site, judgement, context),
            "signals": [tell_signal(signal) for signal in judgement.signals],
        }
    )


def _find_granted_site(call: Call) -> Site:
    """Return the site a body names, told alike whether it is not there or not yours."""
    try:
        site = find_site(call.session, call.body["site"])
        call.grant.require_site(site.id)
    except NotFoundError as error:
        raise NotFoundError(
            "There is no such site, or it is not yours to see."
        ) from error
    return site


def _read_name(body: Mapping[str, Any]) -> str:
    name = " ".join(body["name"].split())
    if not name.strip():
        raise InvalidInputError({"name": ["Give the visitor's name."]})
    return name


def _read_body(body: Mapping[str, Any]) -> str:
    text = str(body["body"]).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InvalidInputError({"body": ["Give what the visitor wrote."]})
    return text


def _read_email(body: Mapping[str, Any]) -> str:
    try:
        return validate_email(body["email"], check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidInputError({"email": [str(error)]}) from error


def _read_website(body: Mapping[str, Any]) -> str:
    url = _read_url(body, "website")
    if url and "." not in find_host(url):
        raise InvalidInputError({"website": ["Give one like https://example.org."]})
    return url


def _read_url(body: Mapping[str, Any], name: str) -> str:
    if not body.get(name):
        return ""
    try:
        return parse_web_url(body[name])
    except InvalidURLError as error:
        raise InvalidInputError({name: [str(error)]}) from error


def _read_ip(body: Mapping[str, Any]) -> str:
    text = body.get("ip", "")
    if not text:
        return ""
    try:
        ip = ip_address(text)
    except ValueError as error:
        raise InvalidInputError({"ip": ["This is no IP address."]}) from error
    if "%" in text:
        raise InvalidInputError({"ip": ["Leave the zone behind the % out."]})
    return str(getattr(ip, "ipv4_mapped", None) or ip)


OPERATIONS = (
    Operation(
        name="submitComment",
        method="POST",
        path="/comments",
        tag="Comments",
        summary="Post a comment on behalf of a visitor",
        about="It is judged by what you say of the visitor: whoever can do this is "
        "trusted. A comment that is there already is answered 409.",
        scope=Scope.SUBMIT,
        body=SUBMISSION,
        run=submit,
        answer=SUBMITTED,
        status=201,
    ),
    Operation(
        name="judge",
        method="POST",
        path="/judgements",
        tag="Filter",
        summary="Judge a comment without storing it",
        scope=Scope.FILTER,
        body=QUESTION,
        run=ask,
        answer=JUDGEMENT,
    ),
)
