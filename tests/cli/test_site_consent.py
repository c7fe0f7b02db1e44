import pytest

from tests.cli.running import Run

URL = "https://blog.example/privacy"


@pytest.fixture(autouse=True)
def site(run: Run) -> None:
    run("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")


def test_what_the_form_says_is_set_and_taken_off(run: Run) -> None:
    given = run("site", "consent", "blog", "--text", "We keep it.", "--url", URL)
    taken = run("site", "consent", "blog")

    assert given.out == [f"blog\tWe keep it.\t{URL}"]
    assert taken.out == ["blog\tno text\tno page"]


def test_what_is_no_page_is_refused(run: Run) -> None:
    answer = run("site", "consent", "blog", "--url", "javascript:alert(1)")

    assert answer.status == 1
    assert "privacy_url" in answer.err[0]
