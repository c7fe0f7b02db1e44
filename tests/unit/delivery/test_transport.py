import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from moderation.delivery.targets import check_target
from moderation.delivery.transport import (
    FetchError,
    RefusedAddressError,
    Transport,
)
from moderation.domain.addresses import IPAddress
from moderation.domain.errors import InvalidInputError
from tests.unit.delivery.receiving import (
    Receiver,
    answer,
    break_off,
    receiving,
    talk_nonsense,
)

LOCAL = (ip_network("127.0.0.0/8"),)
NAME = "receiver.example"


class FakeDNS:
    """Answers each question with the next list of addresses, and counts them."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    def __call__(self, host: str) -> Sequence[IPAddress]:
        self.questions.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(text) for text in found]


@pytest.fixture
def transport() -> Transport:
    return Transport(allowed=LOCAL, total_seconds=0.5)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a certificate of the receiver's name, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "receiver.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.public_bytes(Encoding.PEM)
    )
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Receiver]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with receiving(context) as receiver:
        yield receiver


def test_a_request_arrives_as_it_was_given(
    receiver: Receiver, transport: Transport
) -> None:
    receiver.plan.append(answer(201, b"Thanks", {"X-Seen": "yes"}))

    found = transport.send(
        f"{receiver.url}?a=b#c", headers={"X-Own": "1"}, body=b"Hello"
    )

    got = receiver.requests[0]
    assert (found.status, found.body, found.headers["x-seen"]) == (
        201,
        b"Thanks",
        "yes",
    )
    assert (got.path, got.body, got.headers["x-own"]) == ("/hook?a=b", b"Hello", "1")
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://10.1.2.3:8080/",
        "http://localhost/",
    ],
)
def test_nothing_private_is_reached(url: str) -> None:
    with pytest.raises(RefusedAddressError, match="not on the public internet"):
        Transport().send(url)


@pytest.mark.parametrize(
    "url",
    [
        # Other schemes, and what other parsers read differently.
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/_HELO",
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://user@127.0.0.1/",
        "http://example.com\\@127.0.0.1/",
        "http://[fe80::1%25eth0]/",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError):
        Transport().send(url)


def test_one_private_answer_of_many_is_enough_to_refuse() -> None:
    dns = FakeDNS(["93.184.215.14", "10.0.0.1"])

    with pytest.raises(RefusedAddressError, match=r"mixed\.example \(10\.0\.0\.1\)"):
        Transport(resolve=dns).send("http://mixed.example/")


def test_a_name_that_changes_where_it_leads_gains_nothing(receiver: Receiver) -> None:
    # Public when it is asked for first, private ever after.
    dns = FakeDNS(["192.0.2.1"], ["127.0.0.1"])
    transport = Transport(
        allowed=[ip_network("192.0.2.0/24")], resolve=dns, total_seconds=0.3
    )

    with pytest.raises(FetchError):
        transport.send(f"http://rebinding.example:{receiver.port}/")

    assert dns.questions == ["rebinding.example"]
    assert receiver.requests == []


def test_the_name_goes_along_to_the_address_that_was_checked(
    receiver: Receiver,
) -> None:
    dns = FakeDNS(["127.0.0.1"])
    transport = Transport(allowed=LOCAL, resolve=dns)

    transport.send(f"http://hooks.example:{receiver.port}/hook")

    assert receiver.requests[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_the_next_address_is_tried_if_one_takes_no_connection(
    receiver: Receiver,
) -> None:
    dns = FakeDNS(["127.0.0.2", "127.0.0.1"])
    transport = Transport(allowed=LOCAL, resolve=dns)

    found = transport.send(f"http://hooks.example:{receiver.port}/hook")

    assert found.status == 204


def test_redirects_are_not_followed(receiver: Receiver, transport: Transport) -> None:
    receiver.plan.append(answer(302, headers={"Location": receiver.url}))

    found = transport.send(receiver.url)

    assert found.status == 302
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("name", ["hang", "drip"])
def test_the_whole_exchange_has_one_end(
    receiver: Receiver, transport: Transport, name: str
) -> None:
    receiver.plan.append(getattr(receiver, name))
    begun = time.monotonic()

    with pytest.raises(FetchError, match=r"within 0\.5 seconds"):
        transport.send(receiver.url)

    assert time.monotonic() - begun < 5


def test_of_a_long_answer_only_the_beginning_is_read(receiver: Receiver) -> None:
    receiver.plan.append(receiver.flood)
    transport = Transport(allowed=LOCAL)

    found = transport.send(receiver.url, most_bytes=1_024)

    assert found.body == b"y" * 1_024
    # What is under way in buffers, not the whole of it.
    assert receiver.sent_bytes < 20_000_000


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (break_off, "can't be understood|connection failed"),
        (talk_nonsense, "can't be understood"),
    ],
)
def test_what_is_no_answer_is_told_in_words(
    receiver: Receiver,
    transport: Transport,
    behave: Callable[[BaseHTTPRequestHandler], None],
    words: str,
) -> None:
    receiver.plan.append(behave)

    with pytest.raises(FetchError, match=words):
        transport.send(receiver.url)


def test_a_port_that_nobody_listens_at_is_told(transport: Transport) -> None:
    with receiving() as gone:
        url = gone.url

    with pytest.raises(FetchError, match="refused"):
        transport.send(url)


@pytest.mark.parametrize("header", ["a\r\nX-Evil: 1", "a\nb"])
def test_no_header_can_be_smuggled_in(
    receiver: Receiver, transport: Transport, header: str
) -> None:
    with pytest.raises(FetchError):
        transport.send(receiver.url, headers={"X-Own": header})

    assert receiver.requests == []


def test_a_certificate_of_nobody_known_is_refused(secure: Receiver) -> None:
    transport = Transport(allowed=LOCAL, resolve=FakeDNS(["127.0.0.1"]))

    with pytest.raises(FetchError, match="can't be trusted: self-signed"):
        transport.send(f"https://receiver.example:{secure.port}/hook")

    assert secure.requests == []


def test_a_certificate_must_be_of_the_name_asked_for(
    secure: Receiver, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    transport = Transport(allowed=LOCAL, resolve=FakeDNS(["127.0.0.1"]))

    found = transport.send(f"https://receiver.example:{secure.port}/hook")
    with pytest.raises(FetchError, match="mismatch"):
        transport.send(f"https://other.example:{secure.port}/hook")

    assert found.status == 204
    assert len(secure.requests) == 1


def test_an_environment_with_a_proxy_changes_nothing(
    receiver: Receiver, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")

    assert transport.send(receiver.url).status == 204


def test_an_endpoint_is_checked_before_it_is_kept() -> None:
    transport = Transport(resolve=FakeDNS(["10.0.0.1"]))

    with pytest.raises(InvalidInputError) as caught:
        check_target(transport, "https://intranet.example/hook")

    assert list(caught.value.errors) == ["url"]
