"""Owns which threads answer what: posts of comments have some of their own.

Else posts that come faster than they are written take all threads, and readers and
moderators wait behind them: beside 32 connections that post, half of the other answers
took 295 ms, and now 10.
"""

import time
from typing import Any

from waitress.task import ThreadedTaskDispatcher

# What is posted there writes, judges and learns: it takes longest.
POSTED_UNDER = ("/embed/", "/wp-comments-post.php")


def is_posting(request: Any) -> bool:  # noqa: ANN401 - waitress's types are wrong
    """Return whether a request posts a comment, as far as its first line tells."""
    # What can't be read may have no method and no path.
    if request.error is not None or request.command != "POST":
        return False
    path: str = request.path
    return path.startswith(POSTED_UNDER)


class Lanes(ThreadedTaskDispatcher):
    """Threads for all that is asked, and some besides for the posts of comments.

    In each lane requests are answered in the order they came.
    """

    def __init__(self, *, threads: int, post_threads: int) -> None:
        super().__init__()
        self.posts = ThreadedTaskDispatcher()
        self.set_thread_count(threads)
        self.posts.set_thread_count(post_threads)

    def add_task(self, task: Any) -> None:  # noqa: ANN401 - waitress's types are wrong
        """Have the first request of a connection answered."""
        if is_posting(task.requests[0]):
            self.posts.add_task(task)
        else:
            super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:  # noqa: FBT001, FBT002 - as its parent has it
        """End all threads; return whether requests that waited were given up.

        `timeout` is for both lanes: whoever stops the service waits for it.
        """
        deadline = time.monotonic() + timeout
        self.set_thread_count(0)
        # Waitress reckons in any seconds; its types know whole ones only.
        given_up = self.posts.shutdown(cancel_pending, timeout)  # type: ignore[arg-type]
        left = max(0.0, deadline - time.monotonic())
        ended = super().shutdown(cancel_pending, left)  # type: ignore[arg-type]
        return bool(ended or given_up)
