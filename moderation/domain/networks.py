"""Owns how addresses are grouped: one home or one server is one network."""

from ipaddress import IPv6Address, ip_address, ip_network

IPV4_PREFIX = 24
IPV6_PREFIX = 64
# What a kept address or browser begins with once it is but a keyed hash.
HASH_MARK = "#"


def find_plain(kept: str) -> str:
    """Return an address, network or browser as it was given, "" if it is but a hash."""
    return "" if kept.startswith(HASH_MARK) else kept


def find_network(address: str) -> str:
    """Return the network of an IP address, "" if it is none.

    IPv4 is grouped by /24, IPv6 by /64 (what one customer is given), and an IPv4
    address written as IPv6 counts as IPv4.
    """
    try:
        ip = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None:
            return str(ip_network((ip, IPV6_PREFIX), strict=False))
        ip = ip.ipv4_mapped
    return str(ip_network((ip, IPV4_PREFIX), strict=False))
