"""Owns the page of how the service runs: its jobs, its database, its backups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.delivery.jobs import JOBS
from moderation.domain.errors import InvalidInputError
from moderation.services.access import load_actor, require_owner
from moderation.services.backups import Backup, list_backups
from moderation.services.figures import read_figures
from moderation.services.health import check_service
from moderation.services.imports.uploads import list_all_uploads
from moderation.services.jobs import WORKER, read_jobs, request_job
from moderation.storage.models import Job, UploadState
from moderation.storage.models.base import now
from moderation.storage.upkeep import measure_bytes
from moderation.web.context import (
    get_database,
    get_settings,
    reading,
    unit_of_work,
)
from moderation.web.moderator.inputs import read_single

ABOUT = {
    "forget-sent": "Mails and webhooks that arrived long ago are forgotten.",
    "forget-expired": "Logins, links and kept answers end when their time is over.",
    "retention": "Addresses become hashes; old spam and rejected comments go.",
    "backup": "A checked copy of the database is written.",
    "tidy": "The database’s file is written anew if much was deleted.",
    "digest": "Moderators are told by mail of what waits: at once, or in digests. What "
    "is due is looked for each minute, and only what was done is told here.",
    "scrub": "The same, whatever was deleted: after somebody was erased.",
}
MOST_SITES = 5
UPLOADS = {
    UploadState.ARRIVING: "is being sent",
    UploadState.LOOKING: "is read by the worker",
    UploadState.LOOKED: "waits for “Import now”",
    UploadState.STORING: "is moved in by the worker",
    UploadState.FAILED: "failed",
}
NOTICES = {
    "asked": "The worker does it within a minute. Load the page again then.",
    "busy": "The worker is at it already.",
}


@dataclass(frozen=True, kw_only=True)
class JobCard:
    """A job as it is shown; `job` is None before it ran.

    `is_on_request`: it is not run by the clock.
    """

    name: str
    about: str
    job: Job | None
    is_on_request: bool


def show_operations() -> str:
    """Show how the service is, what waits, its jobs, its database and its backups."""
    database, settings, at = get_database(), get_settings(), now()
    checks = check_service(database, data_dir=settings.data_dir, at=at)
    with reading() as session:
        actor = load_actor(session, current_user.id)
        require_owner(actor, None)
        jobs = read_jobs(session)
        seen = jobs[WORKER].ended_at if WORKER in jobs else None
        return render_template(
            "moderator/settings/operations.html",
            actor=actor,
            cards=_make_cards(jobs),
            seen=seen,
            checks=checks,
            figures=read_figures(session, at=at, most_sites=MOST_SITES),
            uploads=list_all_uploads(session, at=at),
            upload_words=UPLOADS,
            megabytes=measure_bytes(database) / 1_000_000,
            backups=_list_backups(settings.backup_dir),
            has_backups=bool(settings.backup_dir),
            settings=settings,
            notice=NOTICES.get(read_single(request.args, "done"), ""),
        )


def run_job() -> Response:
    """Make a job due now."""
    name = read_single(request.form, "job")
    if name not in ABOUT:
        raise InvalidInputError({"job": ["There is no such job."]})
    with unit_of_work() as session:
        require_owner(load_actor(session, current_user.id), None)
        is_due = request_job(session, name, at=now())
    done = "asked" if is_due else "busy"
    place = url_for(".show_operations", done=done)
    return redirect(place, HTTPStatus.SEE_OTHER)


def _make_cards(jobs: Mapping[str, Job]) -> Sequence[JobCard]:
    return [
        JobCard(
            name=job.name,
            about=ABOUT[job.name],
            job=jobs.get(job.name),
            is_on_request=job.is_on_request,
        )
        for job in JOBS
    ]


def _list_backups(folder: str) -> Sequence[Backup]:
    return list_backups(Path(folder)) if folder else ()
