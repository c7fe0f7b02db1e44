import pytest

from moderation.domain.networks import find_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        # A server farm's neighbours are one.
        ("203.0.113.77", "203.0.113.0/24"),
        # One home has a /64.
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        # IPv4 in IPv6 clothes is IPv4: else all of it would be one network.
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        # A zone is the local machine's own affair.
        ("fe80::1%eth0", "fe80::/64"),
        # No address, no network.
        ("", ""),
        ("unix:", ""),
        ("999.1.1.1", ""),
    ],
)
def test_addresses_are_grouped(address: str, network: str) -> None:
    assert find_network(address) == network
