"""Small exports of other systems, made up."""

import json
import sqlite3
from pathlib import Path

WXR = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/{version}/">
<channel><title>A blog</title><link>https://old.example</link>
<wp:wxr_version>{version}</wp:wxr_version>
<item><title>First post</title><link>https://old.example/first/</link>
<wp:post_id>7</wp:post_id><wp:comment_status>open</wp:comment_status>
{comments}</item>
<item><title>No comments</title><link>https://old.example/none/</link>
<wp:post_id>8</wp:post_id></item>
</channel></rss>
"""
WXR_COMMENT = """<wp:comment><wp:comment_id>{id}</wp:comment_id>
<wp:comment_author><![CDATA[{name}]]></wp:comment_author>
<wp:comment_author_email>ada@example.org</wp:comment_author_email>
<wp:comment_author_url>https://ada.example/</wp:comment_author_url>
<wp:comment_author_IP>198.51.100.7</wp:comment_author_IP>
<wp:comment_date>2020-01-02 05:04:05</wp:comment_date>
<wp:comment_date_gmt>{date}</wp:comment_date_gmt>
<wp:comment_content><![CDATA[{body}]]></wp:comment_content>
<wp:comment_approved>{approved}</wp:comment_approved>
<wp:comment_type>{type}</wp:comment_type>
<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>
"""
DISQUS = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="1"><id /><forum>blog</forum><link>https://old.example/a/</link>
<title>A</title><isClosed>true</isClosed><isDeleted>false</isDeleted></thread>
<thread dsq:id="2"><id>b</id><forum>blog</forum><link>https://old.example/b/</link>
<title>B</title><isClosed>false</isClosed><isDeleted>true</isDeleted></thread>
{posts}</disqus>
"""
DISQUS_POST = """<post dsq:id="{id}"><message><![CDATA[<p>{body}</p>]]></message>
<createdAt>2020-01-02T03:04:05Z</createdAt><isDeleted>{deleted}</isDeleted>
<isSpam>{spam}</isSpam><author><email>ada@example.org</email><name>Ada</name></author>
<ipAddress>198.51.100.7</ipAddress><thread dsq:id="{thread}" />{parent}</post>
"""


def write_wxr_comment(
    number: int,
    *,
    name: str = "Ada",
    body: str = "Well said.",
    approved: str = "1",
    type_: str = "",
    parent: int = 0,
    date: str = "2020-01-02 03:04:05",
) -> str:
    return WXR_COMMENT.format(
        id=number,
        name=name,
        body=body,
        approved=approved,
        type=type_,
        parent=parent,
        date=date,
    )


def write_wxr(*comments: str, version: str = "1.2") -> str:
    return WXR.format(comments="".join(comments), version=version)


def write_disqus_post(
    number: int,
    *,
    body: str = "Well said.",
    thread: int = 1,
    deleted: str = "false",
    spam: str = "false",
    parent: int | None = None,
) -> str:
    answered = f'<parent dsq:id="{parent}" />' if parent else ""
    return DISQUS_POST.format(
        id=number, body=body, thread=thread, deleted=deleted, spam=spam, parent=answered
    )


def write_disqus(*posts: str) -> str:
    return DISQUS.format(posts="".join(posts))


def write_isso(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR, title VARCHAR);
        CREATE TABLE comments (
            tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
            created FLOAT, modified FLOAT, mode INTEGER, remote_addr VARCHAR,
            text VARCHAR, author VARCHAR, email VARCHAR, website VARCHAR
        );
        INSERT INTO threads VALUES (1, '/a/', 'A'), (2, '/b/', 'B');
        INSERT INTO comments VALUES
            (1, 1, NULL, 1577934245.5, NULL, 1, '198.51.100.0', 'One *two*', 'Ada',
             'ada@example.org', 'https://ada.example'),
            (1, 2, 1, 1577934246.0, NULL, 2, '198.51.100.0', 'Wait', NULL, NULL, NULL),
            (2, 3, NULL, 1577934247.0, NULL, 4, '198.51.100.0', '', NULL, NULL, NULL);
        """
    )
    connection.close()


REMARK42 = "\n".join(
    json.dumps(line)
    for line in (
        {"version": 1, "users": [], "posts": [{"url": "https://old.example/a/"}]},
        {
            "id": "x1",
            "pid": "",
            "text": "<p>One <em>two</em></p>",
            "orig": "One *two*",
            "user": {"name": "Ada", "id": "u", "ip": "0123abcd"},
            "locator": {"site": "s", "url": "https://old.example/a/"},
            "time": "2020-01-02T03:04:05.25-06:00",
            "title": "A",
        },
        {
            "id": "x2",
            "pid": "x1",
            "text": "<p>Gone</p>",
            "user": {"name": "Bo", "id": "v"},
            "locator": {"site": "s", "url": "https://old.example/a/"},
            "time": "2020-01-02T03:05:05-06:00",
            "delete": True,
        },
    )
)
ARTRANS = json.dumps(
    [
        {
            "id": "1",
            "rid": "0",
            "content": "One *two*",
            "ua": "UA/1",
            "ip": "198.51.100.7",
            "created_at": "2020-01-02 11:04:05 +0800",
            "is_pending": "false",
            "nick": "Ada",
            "email": "ada@example.org",
            "link": "https://ada.example",
            "page_key": "/a/",
            "page_title": "A",
            "site_name": "s",
        },
        {
            "id": "2",
            "rid": "1",
            "content": "x",
            "is_pending": "true",
            "site_name": "s",
            "page_key": "/a/",
        },
    ]
)
ISSO_JSON = json.dumps(
    [
        {
            "id": "/a/",
            "title": "A",
            "comments": [
                {
                    "id": 0,
                    "author": "Ada",
                    "email": "ada@example.org",
                    "created": "2020-01-02 03:04:05",
                    "text": text,
                    "website": "",
                    "remote_addr": "198.51.100.0",
                }
                for text in ("One *two*", "One *two*", "Three")
            ],
        }
    ]
)
STATICMAN = {
    "a/entry1.yml": "_id: e1\nname: Ada\nemail: 0123456789abcdef0123456789abcdef\n"
    "message: One *two*\ndate: 2020-01-02T03:04:05Z\n",
    "a/entry2.json": '{"_id":"e2","name":"Bo","message":"Two","date":1577934246,'
    '"replying_to":"1"}',
    "b/entry3.yml": "name: Cy\nmessage: 'Three'\nreplying_to: '9'\ndate: 2020-01-03\n",
}


def write_staticman(folder: Path) -> None:
    for name, text in STATICMAN.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
