from contextlib import closing

from moderation.cli.listening import (
    describe_address,
    open_free_socket,
    open_socket,
)


def test_a_free_port_is_taken_if_the_preferred_one_is_not_free() -> None:
    with closing(open_socket("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with closing(open_free_socket(port)) as other:
            found = other.getsockname()[1]

    assert found != port


def test_the_preferred_port_is_taken_if_it_is_free() -> None:
    with closing(open_socket("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with closing(open_free_socket(port)) as listener:
        assert listener.getsockname()[1] == port


def test_an_address_is_shown_as_a_browser_takes_it() -> None:
    with closing(open_socket("localhost", 0)) as listener:
        host, port = listener.getsockname()[:2]

        name = f"[{host}]" if ":" in host else host
        assert describe_address(listener) == f"http://{name}:{port}"
