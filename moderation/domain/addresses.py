"""Owns which IP addresses the service may connect to when others name them."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

# Python's `is_global` (3.11) lets pass 16 addresses of these, such as the relays to
# IPv4 in IPv6. From the special-purpose registries of IANA (RFC 6890).
_NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network; Linux takes it for this machine
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' own, and metadata of clouds
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # the platform's side of a machine at Azure
        "169.254.0.0/16",  # this link, and metadata of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, and metadata of clouds
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays to IPv6
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: IPv4 inside
        "3fff::/20",  # documentation
    )
)
# Of IPv6 only this has been given out as public unicast.
_PUBLIC_IPV6 = IPv6Network("2000::/3")


def is_public(address: IPAddress) -> bool:
    """Return whether an address is public unicast: anybody's on the internet."""
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    return not any(address in network for network in _NOT_PUBLIC)


def may_connect(address: IPAddress, allowed: Iterable[IPNetwork]) -> bool:
    """Return whether an address is public, or in a network the operator allows."""
    return is_public(address) or any(address in network for network in allowed)
