from tests.cli.running import Run

ADDED = ("site", "add", "blog", "--name", "A blog", "--origin", "https://blog.example")


def test_a_site_is_added_and_listed(run: Run) -> None:
    added = run(*ADDED, "--origin", "https://www.blog.example/", "--policy", "hold_all")
    listed = run("site", "list")

    line = "blog\tA blog\thold_all\thttps://blog.example https://www.blog.example"
    assert (added.status, added.out) == (0, [line])
    assert (listed.status, listed.out) == (0, [line])


def test_what_is_given_of_a_site_is_changed_and_nothing_else(run: Run) -> None:
    run(*ADDED)

    done = run("site", "set", "blog", "--origin", "https://new.example", "--closed")

    assert done.out == ["blog\tA blog\thold_first\thttps://new.example\tclosed"]
    assert run("site", "list").out == done.out


def test_a_key_that_is_taken_is_refused(run: Run) -> None:
    run(*ADDED)

    done = run(*ADDED)

    assert (done.status, len(done.err)) == (1, 1)
    assert "There is a site blog already." in done.err[0]


def test_what_is_no_origin_is_refused(run: Run) -> None:
    done = run("site", "add", "b", "--name", "B", "--origin", "https://b.example/posts")

    assert (done.status, len(done.err)) == (1, 1)
    assert run("site", "list").out == []


def test_an_unknown_site_is_not_changed(run: Run) -> None:
    done = run("site", "set", "blog", "--name", "B")

    assert (done.status, len(done.err)) == (1, 1)


def test_a_change_of_nothing_is_wrong_usage(run: Run) -> None:
    done = run("site", "set", "blog")

    assert done.status == 2


def test_origins_are_added_and_removed(run: Run) -> None:
    run(*ADDED)

    added = run("site", "origin", "add", "blog", "https://WWW.blog.example/")
    removed = run("site", "origin", "remove", "blog", "https://blog.example")
    last = run("site", "origin", "remove", "blog", "https://www.blog.example")

    assert added.out[0].endswith("https://blog.example https://www.blog.example")
    assert removed.out == ["blog\tA blog\thold_first\thttps://www.blog.example"]
    assert (last.status, last.out) == (1, [])
    assert "Add the new one first." in last.err[0]


def test_care_is_off_until_it_is_switched_on(run: Run) -> None:
    run(*ADDED)

    before = run("site", "care", "blog")
    on = run(
        "site", "care", "blog", "--on", "--phrases", "-", "--help-text", "Call 555.",
        given=b"no way out\n",
    )  # fmt: skip
    shipped = run("site", "care", "blog", "--shipped-phrases", "--help-text", "")

    assert before.out[0] == "off"
    assert on.out == ["on", "phrase\tno way out", "help\tCall 555."]
    assert shipped.out == ["on", *before.out[1:]]


def test_two_lists_of_phrases_are_wrong_usage(run: Run) -> None:
    run(*ADDED)

    done = run("site", "care", "blog", "--phrases", "-", "--shipped-phrases")

    assert done.status == 2


def test_what_a_blog_needs_is_printed_to_copy(run: Run) -> None:
    run(*ADDED)

    done = run("site", "embed", "blog")

    text = "\n".join(done.out)
    assert done.status == 0
    assert '<leave-a-reply site="blog" thread="/my-post/"></leave-a-reply>' in text
    assert "url=https%3A%2F%2Fblog.example%2Fmy-post%2F" in text
    assert '/embed/blog/comments">' in text


def test_the_numbers_of_a_site_are_printed(run: Run) -> None:
    run(*ADDED)

    done = run("site", "statistics", "blog", "--span", "month")
    everything = run("site", "statistics", "--span", "month")
    unknown = run("site", "statistics", "none")

    assert done.out == everything.out
    assert len([line for line in done.out if line.startswith("arrived\t")]) == 30
    assert "waits\tlonger\t0" in done.out
    assert (unknown.status, unknown.out) == (1, [])
