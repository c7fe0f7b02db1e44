import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/nothing", "Not found"),
        ("/embed/nobody?thread=a", "Not found"),
        # Nothing of its own to say: it takes a program to get there.
        ("/logout", "That did not work"),
    ],
)
def test_a_page_says_what_happened_in_words(
    client: FlaskClient, path: str, heading: str
) -> None:
    page = client.get(path)

    assert f"<h1>{heading}</h1>" in page.text


def test_a_problem_document_keeps_the_phrase_of_its_status(client: FlaskClient) -> None:
    problem = client.get("/nothing", headers={"Accept": "application/json"})

    assert problem.get_json()["title"] == "Not Found"
