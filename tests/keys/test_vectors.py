"""The published vectors: what we build on computes what the standards say, through our functions where they show it."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coordination.keys import vault

_GCM_KEY = bytes.fromhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
_GCM_NONCE = bytes.fromhex("cafebabefacedbaddecaf888")
_GCM_AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
_GCM_TEXT = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
)
_GCM_SEALED = bytes.fromhex(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b"
)


def test_aes_256_gcm_gives_test_case_16_of_the_submission_to_nist() -> None:
    cipher = AESGCM(_GCM_KEY)

    assert cipher.encrypt(_GCM_NONCE, _GCM_TEXT, _GCM_AAD) == _GCM_SEALED
    assert cipher.decrypt(_GCM_NONCE, _GCM_SEALED, _GCM_AAD) == _GCM_TEXT
    with pytest.raises(InvalidTag):
        cipher.decrypt(_GCM_NONCE, _GCM_SEALED, _GCM_AAD[1:])


@pytest.mark.parametrize(
    ("key", "text", "sealed"),
    [
        pytest.param(bytes(32), b"", "530f8afbc74536b9a963b4f1c4cb738b", id="test case 13"),
        pytest.param(
            bytes(32), bytes(16), "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919", id="test case 14"
        ),
    ],
)
def test_aes_256_gcm_gives_the_cases_of_zeros(key: bytes, text: bytes, sealed: str) -> None:
    assert AESGCM(key).encrypt(bytes(12), text, None).hex() == sealed


def test_hkdf_sha_256_gives_rfc_5869_test_case_3() -> None:
    derived = vault.derive(bytes([0x0B]) * 22, b"")

    # The RFC asks for 42 bytes; HKDF's shorter output is the start of its longer one (RFC 5869, 2.3).
    assert derived.hex() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"


def test_keys_derived_for_two_purposes_differ() -> None:
    master = bytes(range(32))

    assert vault.derive(master, b"one") == vault.derive(master, b"one")
    assert vault.derive(master, b"one") != vault.derive(master, b"two")
    assert len(vault.derive(master, b"one")) == vault.KEY_BYTES


def test_nothing_is_derived_from_a_short_key() -> None:
    with pytest.raises(ValueError, match="128 bit"):
        vault.derive(b"short", b"one")


def test_hmac_sha_256_gives_rfc_4231_test_case_2_for_its_key_filled_with_zeros() -> None:
    # HMAC fills a short key with zeros to its block (RFC 2104, 2), so "Jefe" and "Jefe" + zeros are one key.
    digest = vault.blind_digest(b"Jefe".ljust(32, b"\0"), b"what do ya want for nothing?")

    assert digest.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


_ED25519 = [
    pytest.param(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        id="test 1",
    ),
    pytest.param(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        id="test 2",
    ),
    pytest.param(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        id="test 3",
    ),
]


@pytest.mark.parametrize(("private", "public", "message", "signature"), _ED25519)
def test_ed25519_gives_rfc_8032(private: str, public: str, message: str, signature: str) -> None:
    secret, said = bytes.fromhex(private), bytes.fromhex(message)

    assert vault.public_of(secret).hex() == public
    assert vault.sign(secret, said).hex() == signature
    assert vault.verify(bytes.fromhex(public), bytes.fromhex(signature), said)


def test_a_new_signing_key_signs_what_only_its_public_half_verifies() -> None:
    private, other = vault.signing_key_new(), vault.signing_key_new()
    signature = vault.sign(private, b"checkpoint")

    assert vault.verify(vault.public_of(private), signature, b"checkpoint")
    assert not vault.verify(vault.public_of(other), signature, b"checkpoint")
    assert not vault.verify(vault.public_of(private), signature, b"another checkpoint")


def test_no_bit_of_a_signature_can_be_flipped() -> None:
    private = vault.signing_key_new()
    signature = vault.sign(private, b"checkpoint")

    for bit in range(8 * len(signature)):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not vault.verify(vault.public_of(private), bytes(changed), b"checkpoint")


@pytest.mark.parametrize(("public", "signature"), [(b"", bytes(64)), (bytes(31), bytes(64)), (bytes(range(32)), b"")])
def test_a_malformed_key_or_signature_verifies_nothing(public: bytes, signature: bytes) -> None:
    assert not vault.verify(public, signature, b"checkpoint")
