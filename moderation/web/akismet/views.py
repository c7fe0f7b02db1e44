"""Owns what Akismet's clients ask: in its words, answered by this site's filter."""

import secrets
from collections.abc import Mapping
from datetime import date

from flask import Response, current_app, json, request

from moderation.services.calls import add_calls, find_month, make_call, read_calls
from moderation.services.foreign_comments import form_opinion
from moderation.services.learning import teach_foreign
from moderation.services.meters import METER, Meter
from moderation.spam.learning import Label
from moderation.storage.models import CallKind
from moderation.storage.models.base import now
from moderation.web.akismet.fields import (
    find_set_answer,
    is_test,
    read_fields,
    read_month,
    read_submission,
    require,
)
from moderation.web.akismet.keys import InvalidKeyError, Key, find_key, find_site
from moderation.web.context import reading, unit_of_work

THANKS = "Thanks for making the web a better place."
HELP = "X-akismet-debug-help"
MOST_SITES = 500
TOLD = {Label.SPAM: CallKind.MISSED_SPAM, Label.HAM: CallKind.FALSE_POSITIVE}
COLUMNS = ("site", "api_calls", "spam", "ham", "missed_spam", "false_positives")


def verify_key(path_key: str | None = None) -> Response:
    """Answer whether a key is one."""
    fields = read_fields(request.form)
    find_key(fields, path_key)
    require(fields, "blog")
    return write("valid")


def check_comment(path_key: str | None = None) -> Response:
    """Answer whether a comment is spam."""
    fields = read_fields(request.form)
    key = find_key(fields, path_key)
    require(fields, "blog", "user_ip")
    answer = find_set_answer(fields)
    if answer is None:
        with reading() as session:
            opinion = form_opinion(session, key.site_id, read_submission(fields))
        answer, is_certain = opinion.is_spam, opinion.is_certain
    else:
        is_certain = False
    response = write("true" if answer else "false")
    response.headers["X-akismet-guid"] = secrets.token_hex(16)
    if is_certain:
        response.headers["X-akismet-pro-tip"] = "discard"
    if not is_test(fields):
        _count_check(key, response, is_spam=answer)
    return response


def submit_spam(path_key: str | None = None) -> Response:
    """Learn that a comment was spam."""
    return _learn(Label.SPAM, path_key)


def submit_ham(path_key: str | None = None) -> Response:
    """Learn that a comment was none."""
    return _learn(Label.HAM, path_key)


def show_usage(path_key: str | None = None) -> Response:
    """Answer how many calls the key's site made this month: there is no quota."""
    key = find_key(read_fields(request.values), path_key)
    counted = _read_calls(key.site_id, find_month(now()))
    usage = {
        "limit": "none",
        "usage": sum(counted.values()),
        "percentage": "0.00",
        "throttled": False,
    }
    return Response(json.dumps(usage), mimetype="application/json")


def show_sites(path_key: str | None = None) -> Response:
    """Answer what the key's site asked and told in a month, this one by default."""
    fields = read_fields(request.values)
    key = find_key(fields, path_key)
    month = read_month(fields)
    counted = _read_calls(key.site_id, month)
    with reading() as session:
        site = find_site(session, key)
        address = site.origins[0].origin if site.origins else site.key
    row = {
        "site": address,
        "api_calls": str(sum(counted.values())),
        "spam": str(counted[CallKind.SPAM]),
        "ham": str(counted[CallKind.HAM]),
        "missed_spam": str(counted[CallKind.MISSED_SPAM]),
        "false_positives": str(counted[CallKind.FALSE_POSITIVE]),
        "is_revoked": False,
    }
    if fields.get("format") == "csv":
        return _write_csv(f"{month:%Y-%m}", row)
    sites = {f"{month:%Y-%m}": [row], "limit": MOST_SITES, "offset": 0, "total": 1}
    return Response(json.dumps(sites), mimetype="application/json")


def refuse(error: InvalidKeyError) -> Response:
    """Answer "invalid", and why in the header that Akismet has for it."""
    response = write("invalid")
    response.headers[HELP] = str(error)
    return response


def write(word: str) -> Response:
    """Return an answer in one word, without a line break: clients compare it."""
    return Response(word, mimetype="text/plain")


def _learn(label: Label, path_key: str | None) -> Response:
    fields = read_fields(request.form)
    key = find_key(fields, path_key)
    require(fields, "blog")
    if is_test(fields) or find_set_answer(fields) is not None:
        return write(THANKS)
    submission = read_submission(fields)
    with reading() as session:
        opinion = form_opinion(session, key.site_id, submission)
    call = make_call(key.site_id, TOLD[label], at=now())
    with unit_of_work() as session:
        teach_foreign(session, key.site_id, submission, opinion.judgement, label)
        add_calls(session, {call: 1})
    return write(THANKS)


def _count_check(key: Key, response: Response, *, is_spam: bool) -> None:
    """Count a check; what has to be written for that is once this was answered."""
    kind = CallKind.SPAM if is_spam else CallKind.HAM
    meter = _get_meter()
    if meter.note(make_call(key.site_id, kind, at=now())):
        response.call_on_close(meter.flush)


def _read_calls(site_id: int, month: date) -> Mapping[CallKind, int]:
    _get_meter().flush()
    with reading() as session:
        return read_calls(session, site_id, month)


def _get_meter() -> Meter:
    meter: Meter = current_app.extensions[METER]
    return meter


def _write_csv(month: str, row: Mapping[str, object]) -> Response:
    lines = [f"Active sites for {month}", ",".join(COLUMNS)]
    lines.append(",".join(str(row[name]) for name in COLUMNS))
    return Response("\n".join(lines) + "\n", mimetype="text/csv")
