"""Owns `moderation jobs`: what is done every so often, and when it was."""

import threading
from datetime import datetime

import click

from moderation.cli.database import open_database
from moderation.config import load_settings
from moderation.delivery.jobs import JOBS, JobRunner
from moderation.services.jobs import WORKER, read_jobs, request_job
from moderation.storage.models import Job
from moderation.storage.models.base import now

NAMES = [job.name for job in JOBS]
ON_REQUEST = [job.name for job in JOBS if job.is_on_request]


@click.group("jobs", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List what the worker does every so often; run one of these jobs now.

    Alone: the name, when it last ended, when it is next due, and what came of it,
    between tabs.
    """
    if context.invoked_subcommand is not None:
        return
    with open_database() as database, database.read() as session:
        found = read_jobs(session)
    for name in [WORKER, *NAMES]:
        click.echo(describe_job(name, found.get(name)))


@command.command("run")
@click.argument("name", type=click.Choice(NAMES))
def run(name: str) -> None:
    """Run the job NAME now, also if it is not due."""
    settings = load_settings()
    (job,) = [job for job in JOBS if job.name == name]
    with open_database() as database:
        with database.write() as session:
            is_ours = request_job(session, name, at=now())
        if not is_ours:
            raise click.ClickException(f"{name} is being run; look again later.")
        runner = JobRunner(database, settings, [job], is_stopping=threading.Event())
        runner.run_due()
        with database.read() as session:
            done = read_jobs(session)[name]
    if done.error:
        raise click.ClickException(f"{name}: {done.error}")
    click.echo(done.result)


def describe_job(name: str, job: Job | None) -> str:
    """Return a job on one line."""
    if job is None:
        return f"{name}\tnever ran"
    if name == WORKER:
        return f"{name}\tlast seen {_write(job.ended_at)}"
    state = f"next {_write(job.next_at)}"
    if job.lease:
        state = "running"
    elif name in ON_REQUEST:
        state = "not by the clock"
    said = job.error or job.result
    return f"{name}\tended {_write(job.ended_at)}\t{state}\t{said}"


def _write(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
