import pytest

from moderation.spam.domains import find_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        # Each user of a platform is a domain of their own.
        ("casino.blogspot.com", "casino.blogspot.com"),
        # Numbers are no names.
        ("203.0.113.7", "203.0.113.7"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        # What nobody can register stands for itself.
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
    ],
)
def test_a_host_belongs_to_the_domain_that_was_registered(
    host: str, domain: str
) -> None:
    assert find_domain(host) == domain
