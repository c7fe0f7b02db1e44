from ipaddress import ip_address, ip_network

import pytest

from moderation.domain.addresses import is_public, may_connect


@pytest.mark.parametrize(
    "text",
    [
        "1.1.1.1",
        "8.8.8.8",
        # Beside what is refused.
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "168.63.129.17",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:200::1",
        "2003::1",
        "3ffe:ffff::1",
    ],
)
def test_public_addresses_may_be_reached(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        # This machine, in all its forms.
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104 nothing is bound
        "0.1.2.3",
        "::1",
        "::",
        # Private networks.
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "fc00::1",
        "fd12:3456::1",
        # Metadata of clouds.
        "169.254.169.254",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "fd00:ec2::254",
        # This link.
        "fe80::1",
        "fe80::1%1",
        "fec0::1",
        # IPv4 inside IPv6: mapped, compatible, translated, 6to4, Teredo.
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001::1",
        # Documentation, benchmarks, relays, reserved.
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.5",
        "192.88.99.1",
        "240.0.0.1",
        "255.255.255.255",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "5f00::1",
        # To many at once.
        "224.0.0.1",
        "239.255.255.250",
        "ff02::1",
    ],
)
def test_what_is_not_public_unicast_is_refused(text: str) -> None:
    assert not is_public(ip_address(text))


def test_an_operator_may_allow_a_private_network() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("::1/128")]

    assert may_connect(ip_address("10.1.2.3"), allowed)
    assert may_connect(ip_address("::1"), allowed)
    assert not may_connect(ip_address("10.2.2.3"), allowed)
    assert not may_connect(ip_address("::ffff:10.1.2.3"), allowed)
