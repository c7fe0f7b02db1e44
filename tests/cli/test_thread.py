from tests.cli.running import Run

ADDED = ("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")


def test_a_thread_is_closed_before_it_has_comments_and_opened_again(run: Run) -> None:
    run(*ADDED)

    closed = run("thread", "close", "blog", "post-1")
    listed = run("thread", "list", "blog")
    opened = run("thread", "open", "blog", "post-1")

    assert closed.out == listed.out == ["post-1\t\t0\tclosed"]
    assert opened.out == run("thread", "list", "blog").out == ["post-1\t\t0"]


def test_the_threads_of_an_unknown_site_are_not_there(run: Run) -> None:
    done = run("thread", "list", "blog")

    assert (done.status, len(done.err)) == (1, 1)


def test_what_can_be_no_thread_is_refused(run: Run) -> None:
    run(*ADDED)

    done = run("thread", "close", "blog", "")

    assert (done.status, run("thread", "list", "blog").out) == (1, [])
