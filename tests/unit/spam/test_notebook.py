from moderation.spam.learning import Evidence, Label, Tally
from moderation.spam.notebook import Notebook
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text

TEXT = (
    "The quiet river behind our old house carried a small wooden boat past the mill "
    "every single morning while my brother counted the herons on the far bank."
)
ADA = Submission(body=TEXT, author="Ada", email="ada@example.org")
EVE = Submission(body=TEXT, author="Eve", email="eve@example.org")


def test_what_was_learnt_is_read_for_those_it_concerns() -> None:
    notebook = Notebook()
    evidence = Evidence(
        words=frozenset(ADA.hashes),
        signals=frozenset({"no_link"}),
        author="",
    )

    notebook.learn(evidence, (), Label.HAM)

    known = notebook.read(ADA)
    unknown = notebook.read(Submission(body="Quite another thing"))
    assert known.totals == unknown.totals == Tally(ham=1)
    assert set(known.words.values()) == {Tally(ham=1)}
    assert len(known.words) == len(ADA.hashes)
    assert unknown.words == {}


def test_texts_are_remembered_with_label_and_author() -> None:
    notebook = Notebook()
    sketch = sketch_text(TEXT)
    notebook.note_text(ADA, sketch, Label.HAM)
    notebook.note_text(EVE, sketch, Label.SPAM)

    twins = notebook.find_twins(ADA, sketch)

    assert (twins.spam, twins.approved) == (1, 1)
    assert (twins.by_same_author, twins.approved_by_same_author) == (1, 1)


def test_another_text_has_no_twin() -> None:
    notebook = Notebook()
    notebook.note_text(ADA, sketch_text(TEXT), Label.SPAM)
    other = "We never had a river, only a dusty road and two lemon trees by the well."

    twins = notebook.find_twins(EVE, sketch_text(other))

    assert twins.spam == 0
