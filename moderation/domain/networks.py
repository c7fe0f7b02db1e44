"""Owns how addresses are grouped: one home or one server is one network."""

from ipaddress import IPv6Address, ip_address

# What is left of an IPv6 address besides its network of /64.
IPV6_HOST_BITS = 64
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
            first = int(ip) >> IPV6_HOST_BITS << IPV6_HOST_BITS
            return f"{IPv6Address(first)}/64"
        ip = ip.ipv4_mapped
    # Written out: `ip_network` takes three times as long, and each post asks thrice.
    return f"{str(ip).rpartition('.')[0]}.0/24"
