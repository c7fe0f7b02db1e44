from tests.cli.running import Run


def test_a_job_is_run_and_listed_with_what_came_of_it(run: Run) -> None:
    before = run("jobs")
    done = run("jobs", "run", "retention")
    again = run("jobs", "run", "retention")
    after = run("jobs")

    assert "retention\tnever ran" in before.out
    assert (done.status, again.status) == (0, 0)
    assert done.out[0].startswith("Forgot the addresses of 0 comments")
    (line,) = [line for line in after.out if line.startswith("retention")]
    assert line.endswith(done.out[0])


def test_a_job_that_is_none_is_wrong_usage(run: Run) -> None:
    answer = run("jobs", "run", "nothing")

    assert answer.status == 2


def test_every_job_can_be_run_on_an_empty_database(run: Run) -> None:
    names = [line.split("\t")[0] for line in run("jobs").out][1:]

    answers = [run("jobs", "run", name) for name in names]

    assert {answer.status for answer in answers} == {0}
    assert len(names) == 7
