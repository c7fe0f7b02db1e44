"""What is kept to sign with signs as itsdangerous does, and mixes nothing up."""

import hashlib

import pytest
from itsdangerous import BadSignature, URLSafeTimedSerializer

from moderation.web.embed.comment_tokens import AUTHOR, OWN
from moderation.web.embed.signing import make_serializer
from moderation.web.embed.tokens import SALT

OLD, NEW, OTHER = "o" * 48, "n" * 48, "x" * 48
SAID = ["blog", 26]


def make_plain(keys: list[str], salt: bytes) -> URLSafeTimedSerializer:
    """Return what signed the tokens that people have from before."""
    return URLSafeTimedSerializer(
        keys,
        salt=salt,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


@pytest.mark.parametrize("keys", [[NEW], [OLD, NEW]])
@pytest.mark.parametrize("salt", [SALT, AUTHOR.salt, OWN.salt])
def test_tokens_are_those_of_itsdangerous(keys: list[str], salt: bytes) -> None:
    kept, plain = make_serializer(tuple(keys), salt), make_plain(keys, salt)

    assert plain.loads(kept.dumps(SAID)) == SAID
    assert kept.loads(plain.dumps(SAID)) == SAID
    assert kept.loads(make_plain([keys[0]], salt).dumps(SAID)) == SAID


@pytest.mark.parametrize(
    ("keys", "salt"),
    [
        # A key that is not known; one that is not known any more.
        ([OTHER], SALT),
        ([OLD], SALT),
        # The right key, for another purpose.
        ([NEW], OWN.salt),
    ],
)
def test_what_others_signed_is_refused(keys: list[str], salt: bytes) -> None:
    make_serializer((OLD,), SALT)
    token = str(make_serializer(tuple(keys), salt).dumps(SAID))

    with pytest.raises(BadSignature):
        make_serializer((NEW,), SALT).loads(token)
