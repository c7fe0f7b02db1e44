import html
import re

from flask.testing import FlaskClient


def find_frame(page: str) -> str:
    match = re.search(r'<iframe[^>]* src="([^"]+)"', page)
    assert match is not None
    return html.unescape(match[1])


def test_the_post_frames_the_thread_of_the_samples(reader: FlaskClient) -> None:
    page = reader.get("/demo/")
    framed = reader.get(find_frame(page.text))

    assert page.status_code == 200
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert framed.status_code == 200
    assert "I am in week two of sertraline" in framed.text
    assert "Leave a Reply" in framed.text


def test_a_reply_written_in_the_frame_lands_on_the_thread_of_the_samples(
    reader: FlaskClient,
) -> None:
    frame = find_frame(reader.get("/demo/").text)
    page = reader.get(frame).text
    fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page))
    typed = {"name": "Ada", "email": "ada@example.org", "comment": "It helped me."}

    answer = reader.post(
        "/embed/demo/comments",
        data={**{k: html.unescape(v) for k, v in fields.items()}, **typed},
        headers={"Origin": "http://localhost"},
    )

    assert answer.status_code == 303


def test_a_service_that_is_no_demo_has_no_such_page(client: FlaskClient) -> None:
    page = client.get("/demo/")

    assert page.status_code == 404


def test_the_post_has_neither_inline_style_nor_script(reader: FlaskClient) -> None:
    page = reader.get("/demo/").text

    assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", page)
