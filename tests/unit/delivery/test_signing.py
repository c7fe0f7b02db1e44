import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from moderation.delivery.signing import show_public_key, show_secret, sign_headers

UID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = '{"test": 2432232314}'
KEY, OTHER = b"k" * 32, b"o" * 32


def test_the_vector_of_the_specification_is_met() -> None:
    # Standard Webhooks 1.0.0, "libraries" folder: the vector all of them share.
    key = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")._whsecret  # noqa: SLF001
    at = datetime.fromtimestamp(1_614_265_330, tz=UTC)

    headers = sign_headers(UID, BODY, keys=[key], at=at)

    assert headers == {
        "webhook-id": UID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_vector_of_signatures_for_public_keys_is_met() -> None:
    # The vector that the specification's library in Go is tested with.
    seed = base64.b64decode("VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=")
    at = datetime.fromtimestamp(1_614_265_330, tz=UTC)

    headers = sign_headers(UID, BODY, keys=[KEY], private_keys=[seed], at=at)

    shared, public = headers["webhook-signature"].split()
    assert shared.startswith("v1,")
    assert public == (
        "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHe"
        "YGb7KaaBRdM5WqyeFiL8Ag=="
    )


def test_keys_are_told_by_how_they_begin() -> None:
    shown = [show_secret(KEY), show_public_key(OTHER)]

    assert shown == [
        "whsec_a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
        "whpk_b29vb29vb29vb29vb29vb29vb29vb29vb29vb29vb28=",
    ]


@pytest.mark.parametrize("known", [KEY, OTHER])
def test_while_secrets_change_both_are_accepted(known: bytes) -> None:
    headers = sign_headers(UID, BODY, keys=[KEY, OTHER], at=datetime.now(UTC))

    Webhook(show_secret(known)).verify(BODY, headers)


def test_who_knows_neither_secret_accepts_nothing() -> None:
    headers = sign_headers(UID, BODY, keys=[KEY, OTHER], at=datetime.now(UTC))

    with pytest.raises(WebhookVerificationError):
        Webhook(show_secret(b"x" * 32)).verify(BODY, headers)


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="without a key"):
        sign_headers(UID, BODY, keys=[], at=datetime.now(UTC))
