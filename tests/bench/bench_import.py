"""Measures an import beside a bare INSERT loop: rate, processor time and memory.

Run: python tests/bench/bench_import.py [COMMENTS]
"""

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from xml.sax.saxutils import escape

COMMENTS = 20_000
PER_PAGE = 40
SPAM_SHARE = 0.2
ROWS_PER_COMMIT = 500
SECONDS_BETWEEN_LOOKS = 0.2
TICKS = os.sysconf("SC_CLK_TCK")
# Of /proc/PID/stat behind the name: its time in the program, and in the system.
USER, SYSTEM = 11, 12
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://blog.example</wp:base_blog_url>
"""
COMMENT = """<wp:comment><wp:comment_id>{id}</wp:comment_id>
<wp:comment_author><![CDATA[{name}]]></wp:comment_author>
<wp:comment_author_email>{email}</wp:comment_author_email>
<wp:comment_author_url>{url}</wp:comment_author_url>
<wp:comment_author_IP>198.51.100.7</wp:comment_author_IP>
<wp:comment_date_gmt>{at:%Y-%m-%d %H:%M:%S}</wp:comment_date_gmt>
<wp:comment_content><![CDATA[{body}]]></wp:comment_content>
<wp:comment_approved>{status}</wp:comment_approved>
<wp:comment_type></wp:comment_type>
<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>
"""
Fields = dict[str, object]


def make_comments(count: int) -> Iterator[Fields]:
    """Yield comments of about 60 words, as seldom and as often as in a language."""
    chance = random.Random(7)
    letters = "etaoinshrdlucmfwypvbg"
    words = [
        "".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(30_000)
    ]
    # Added up once: for each comment that would take longer than to import it.
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    start = datetime(2010, 1, 1, tzinfo=UTC)
    for number in range(1, count + 1):
        is_spam = chance.random() < SPAM_SHARE
        text = chance.choices(words, cum_weights=weights, k=chance.randint(10, 110))
        if is_spam:
            link = f"http://{chance.choice(words)}{chance.randint(1, 999)}.example/"
            text.insert(len(text) // 2, f'<a href="{link}">{chance.choice(words)}</a>')
        author = chance.randint(1, count // 3 + 1)
        is_reply = number % PER_PAGE > 1 and chance.random() < 0.4
        yield {
            "id": number,
            "name": f"{words[author % len(words)]} {author}",
            "email": f"a{author}@mail{author % 50}.example.org",
            "url": "http://shop.example.com/" if is_spam else "",
            "at": start + timedelta(minutes=number),
            "body": " ".join(text),
            "status": "spam" if is_spam else "1",
            "parent": number - 1 if is_reply else 0,
        }


def write_export(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for place, fields in enumerate(make_comments(count)):
            if place % PER_PAGE == 0:
                page = place // PER_PAGE
                file.write("</item>\n" if place else "")
                file.write(
                    f"<item><title>{escape(f'Post {page}')}</title>"
                    f"<link>https://blog.example/post-{page}/</link>"
                    f"<wp:post_id>{page}</wp:post_id>\n"
                )
            file.write(COMMENT.format(**fields))
        file.write("</item></channel></rss>\n")


def insert_bare(path: Path, count: int) -> float:
    """Return the seconds that a loop of INSERTs takes for the same rows."""
    names = ("id", "name", "email", "url", "at", "body", "status", "parent")
    rows = [
        tuple(str(value) for value in fields.values())
        for fields in make_comments(count)
    ]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"CREATE TABLE comments ({', '.join(names)})")
    begun = time.perf_counter()
    for start in range(0, count, ROWS_PER_COMMIT):
        connection.execute("BEGIN IMMEDIATE")
        for row in rows[start : start + ROWS_PER_COMMIT]:
            connection.execute("INSERT INTO comments VALUES (?,?,?,?,?,?,?,?)", row)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


class Watch:
    """What a program and those it starts take: processor time, and memory at most.

    By process: "storing" the program itself, "preparing" what it started. `shared` is
    what all of them take together, what they share counted once (PSS).
    """

    def __init__(self, pid: int) -> None:
        self.seconds: dict[str, float] = {}
        self.memory: Counter[str] = Counter()
        self._pid = pid

    def look(self) -> None:
        """Look once."""
        both = 0
        for pid in [self._pid, *list_children(self._pid)]:
            name = "storing" if pid == self._pid else "preparing"
            try:
                found = read_memory(pid)
                self.seconds[name] = max(self.seconds.get(name, 0), read_seconds(pid))
            except (OSError, KeyError):
                # It has ended, or is about to.
                continue
            self.memory[name] = max(self.memory[name], found["Rss"])
            both += found["Pss"]
        self.memory["shared"] = max(self.memory["shared"], both)


def list_children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def read_seconds(pid: int) -> float:
    text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    fields = text.rpartition(")")[2].split()
    return (int(fields[USER]) + int(fields[SYSTEM])) / TICKS


def read_memory(pid: int) -> Mapping[str, int]:
    """Return kinds of memory of a process in bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    fields = [line.split() for line in lines[1:]]
    return {name.rstrip(":"): int(size) * 1024 for name, size, *_ in fields}


def run(folder: Path, *arguments: str) -> Watch:
    with subprocess.Popen(
        [sys.executable, "-m", "moderation", *arguments],
        env={**os.environ, "MODERATION_DATA_DIR": str(folder / "data")},
    ) as process:
        watch = Watch(process.pid)
        while process.poll() is None:
            watch.look()
            time.sleep(SECONDS_BETWEEN_LOOKS)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, arguments)
    return watch


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COMMENTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export = folder / "export.xml"
        write_export(export, count)
        print(f"{count} comments, {export.stat().st_size / 2**20:.0f} MiB of WXR")
        bare = insert_bare(folder / "bare.sqlite3", min(count, 100_000))
        print(f"bare INSERT loop: {min(count, 100_000) / bare:,.0f} a second")
        site = ("site", "add", "blog", "--name", "B")
        run(folder, *site, "--origin", "https://blog.example")
        begun = time.perf_counter()
        watch = run(folder, "import", "wxr", str(export), "--site", "blog")
        seconds = time.perf_counter() - begun
        rate = count / seconds
        share = rate / (min(count, 100_000) / bare)
        print(f"import: {rate:,.0f} a second, {seconds:.0f} s, {share:.1%} of bare")
        for process, spent in watch.seconds.items():
            print(
                f"{process}: {spent / count * 1e6:,.0f} µs of processor a comment, "
                f"at most {watch.memory[process] / 2**20:.0f} MiB"
            )
        print(f"together: at most {watch.memory['shared'] / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
