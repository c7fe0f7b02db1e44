"""Attacks a real service with corpora of hostile strings, and says what gave way.

Not collected by pytest. Run it from the checkout, with a folder of corpora:
python -m tests.bench.attack DIRECTORY [--seconds 600] [--most 400] [--pages 60]

It starts a service of its own on loopback, sends each string in each field and to
each route, then looks at whatever was stored in Chromium. Exit status 1: something
answered 5xx (but 503 and 507), ran, or grew worse than its input.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from moderation.storage.models import Site, Thread
from tests.bench.attacked import AttackedBlog, open_attacked
from tests.bench.corpora import FIELDS, Corpora, read_corpora
from tests.bench.surfaces import (
    Eye,
    look_as_moderator,
    look_as_reader,
    look_at_mails,
    look_at_previews,
    open_eye,
)
from tests.bench.wire import (
    HELD_SITE,
    ORIGIN,
    SITE,
    Wire,
    list_sends,
    post_bytes,
    post_form,
    post_json,
    post_preview,
)

LOGIN = ("alice@example.org", "a calm reading room")
SCOPES = ("read", "decide", "manage", "submit", "filter")
# Only for addresses: too many, and too much alike, for every other field.
ADDRESS_CORPORA = {"url": ("website", "url"), "email": ("email",)}
HARD_SHAPES = ("[", "*_", "> - ", "a@", "http://", "<b>", "&", "\u0301", "1. ", "(a ")
LEAST_CHARACTERS = 16_000
MOST_GROWTH = 3.0
# Below this a ratio says nothing: a clock tick is 10 ms.
LEAST_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much is done at most."""

    seconds: float
    most: int
    pages: int


def main() -> None:
    """Attack, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--most", type=int, default=400, help="strings of a folder")
    parser.add_argument("--pages", type=int, default=60, help="of each kind of reader")
    given = parser.parse_args()
    bounds = Bounds(seconds=given.seconds, most=given.most, pages=given.pages)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with open_attacked(home) as blog:
            findings = attack(blog, read_corpora(given.directory), bounds)
    for finding in dict.fromkeys(findings):
        print(f"FOUND {finding}")
    print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)


def attack(blog: AttackedBlog, corpora: Corpora, bounds: Bounds) -> list[str]:
    """Attack a service in all ways; return what must not have been."""
    secret = set_up(blog)
    wire = Wire(port=int(blog.service.rpartition(":")[2]), secret=secret)
    deadline = time.monotonic() + bounds.seconds
    send_strings(wire, corpora, bounds, deadline=deadline)
    send_carried(wire, corpora, bounds)
    for body in corpora.bodies:
        post_bytes(wire, body)
    findings = wire.watch.findings
    print(f"{wire.watch.answers.total():,} requests:", dict(wire.watch.answers))
    print(f"slowest {wire.watch.slowest[0]:.2f} s: {wire.watch.slowest[1]}")
    print(f"{len(findings)} findings so far", flush=True)
    findings += import_files(blog, corpora.files)
    findings += measure_growth(wire, blog)
    hosts = ("blog.localhost", "comments.localhost", "127.0.0.1")
    with open_eye(hosts) as eye:
        look_around(eye, blog, corpora, bounds)
        print(f"{eye.looked} pages looked at, {eye.elements:,} elements")
        findings += eye.findings
    return findings


def set_up(blog: AttackedBlog) -> str:
    """Make a site that publishes everything, one that holds; return an API token."""
    for key, policy in ((SITE, "hold_suspect"), (HELD_SITE, "hold_all")):
        command = ["set" if key == SITE else "add", key, "--policy", policy]
        name = [] if key == SITE else ["--name", "A held blog"]
        blog.run("site", *command, *name, "--origin", ORIGIN, "--origin", blog.origin)
    blog.publish_all()
    subprocess.run(
        [sys.executable, "-m", "moderation", "moderator", "add", LOGIN[0],
         "--role", "owner", "--password-stdin"],
        input=f"{LOGIN[1]}\n",
        text=True,
        check=True,
        env={**os.environ, "MODERATION_DATA_DIR": str(blog.home / "data")},
        capture_output=True,
    )  # fmt: skip
    scopes = [part for scope in SCOPES for part in ("--scope", scope)]
    made = blog.run("token", "add", "attack", "--site", SITE, *scopes)
    return made.split()[-1]


def send_strings(
    wire: Wire, corpora: Corpora, bounds: Bounds, *, deadline: float
) -> None:
    """Send strings to all that takes one, as long as time allows, drawn by lot."""
    drawn = random.Random(8)
    waiting = [
        (name, text)
        for name, strings in corpora.strings.items()
        for text in drawn.sample(strings, min(len(strings), bounds.most))
    ]
    drawn.shuffle(waiting)
    sent = Counter[str]()
    for name, text in waiting:
        if time.monotonic() > deadline:
            break
        for place, send in list_sends(text):
            field = place.rpartition(" ")[2]
            if name in ADDRESS_CORPORA and field not in ADDRESS_CORPORA[name]:
                continue
            send(wire)
        sent[name] += 1
    for name, strings in corpora.strings.items():
        print(f"{name}: {sent[name]} of {len(strings)} strings", flush=True)


def send_carried(wire: Wire, corpora: Corpora, bounds: Bounds) -> None:
    """Post scripts in what passes the checks, to be published and to be held."""
    drawn = random.Random(8)
    carried = list(corpora.carried)
    for site in (SITE, HELD_SITE):
        chosen = drawn.sample(carried, min(len(carried), bounds.most * 3))
        taken = sum(post_json(wire, {f: t}, site=site) == 201 for f, t in chosen)
        print(f"{site}: {taken} of {len(chosen)} carried scripts taken", flush=True)
        for text in corpora.strings.get("xss", ()):
            for field in FIELDS:
                post_form(wire, {field: text}, site=site)


def import_files(blog: AttackedBlog, files: Sequence[Path]) -> list[str]:
    """Import each file as what it might be; a refusal is one line, and no traceback."""
    findings = []
    for path in files:
        for format_ in ("wxr", "disqus"):
            done = subprocess.run(
                [sys.executable, "-m", "moderation", "import", format_, str(path),
                 "--site", HELD_SITE],
                env={**os.environ, "MODERATION_DATA_DIR": str(blog.home / "data")},
                capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
            if done.returncode not in {0, 1} or "Traceback" in done.stderr:
                findings.append(f"import {format_} {path.name}: {done.stderr[-200:]}")
    print(f"{len(files)} files imported in two formats, or refused")
    return findings


def measure_growth(wire: Wire, blog: AttackedBlog) -> list[str]:
    """Return which shapes cost more than three times as much at twice the length."""
    findings, worst = [], 0.0
    pid = find_server(blog)
    sends: dict[str, Callable[[str], object]] = {
        "preview": lambda text: post_preview(wire, text),
        "comment": lambda text: post_json(wire, {"comment": text}),
        "name": lambda text: post_json(wire, {"name": text}),
        "website": lambda text: post_json(wire, {"website": f"http://a.bc/{text}"}),
        "email": lambda text: post_json(wire, {"email": f"{text}@a.bc"}),
    }
    for name, send in sends.items():
        for shape in HARD_SHAPES:
            text = shape * (LEAST_CHARACTERS // len(shape))
            once, twice = (read_cost(pid, send, text * times) for times in (1, 2))
            if twice > LEAST_SECONDS:
                growth = twice / max(once, LEAST_SECONDS / 2)
                worst = max(worst, growth)
                if growth > MOST_GROWTH:
                    findings.append(f"{name} of {shape!r}: {once:.2f} → {twice:.2f} s")
    print(f"growth at twice the length: at most x {worst:.1f}")
    return findings


def read_cost(pid: int, send: Callable[[str], object], text: str) -> float:
    """Return the processor time, in seconds, that the service takes over a text."""
    before = read_clock(pid)
    send(text)
    return read_clock(pid) - before


def read_clock(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def find_server(blog: AttackedBlog) -> int:
    """Return the process that serves the blog's service: the one in its folder."""
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            environment = path.read_bytes()
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if str(blog.home).encode() in environment and b"serve" in command:
            return int(path.parent.name)
    raise RuntimeError("The service has gone.")


def look_around(eye: Eye, blog: AttackedBlog, corpora: Corpora, bounds: Bounds) -> None:
    """Look at what was stored as readers and as a moderator; then at mails."""
    with blog.database.read() as session:
        threads = session.scalars(
            select(Thread.key)
            .join(Site, Site.id == Thread.site_id)
            .where(Site.key == SITE, Thread.key.like("attacks-%"))
            .order_by(Thread.approved_count.desc())
        ).all()
    chosen = threads[: bounds.pages]
    for thread in chosen:
        look_as_reader(eye, blog, thread)
    print(f"{len(chosen)} of {len(threads)} threads looked at in six ways", flush=True)
    drawn = random.Random(8)
    raw = [(f, t) for t in corpora.strings.get("xss", ()) for f in FIELDS]
    carried = drawn.sample([*raw, *corpora.carried], min(len(raw), bounds.pages))
    look_at_previews(eye, blog, carried)
    look_as_moderator(eye, replace(blog), LOGIN, pages=bounds.pages * 2)
    quoted = [text for _, text in carried]
    look_at_mails(eye, blog, quoted)
    print(f"{len(carried)} previews, {len(quoted) * 3} mails", flush=True)


if __name__ == "__main__":
    main()
