"""The signed head: who holds only the published files can see whose ledger it is, and how long.

Belongs here: the signing key of a home, ``reports/head.json`` and ``reports/ledger.pub``. Does not
belong here: the chain itself (``warehouse.proof.ledger``) or what a wrong signature means for the
proof (``warehouse.proof.verify``).

The head is signed twice for each line: before it is written, as the line to come (``next``), and
afterwards, as the head. So a kill at any moment leaves a head that fits, and a line that somebody
else appended never does. The digest of the index over all nights is signed with it in the same way:
the one to come beside that which stands, then that alone. So the page is proved as it was written,
whatever a later version of the product would write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from warehouse.errors import UserError
from warehouse.files import PRIVATE_FILE, PUBLIC_FILE, write_whole
from warehouse.store.home import Home
from warehouse.words import sentence

# What reading a file raises that is not the one which was written.
_NOT_OURS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class SignatureError(UserError):
    """The signed head, or one of the keys, is missing or is not what this home has written."""


@dataclass(frozen=True)
class SignedIndex:
    """The index over all nights as it was written when the ledger had so many lines."""

    lines: int
    sha256: str


@dataclass(frozen=True)
class SignedHead:
    """What is signed: the head, the number of lines, and the digest of a line being written.

    ``index`` are the pages that may stand as the index now; none where an older version of the
    product wrote it. Two heads are the same whatever the index.
    """

    head: str
    lines: int
    next: str | None = None
    index: tuple[SignedIndex, ...] = field(default=(), compare=False)


def sign(home: Home, signed: SignedHead) -> None:
    """Write the signed head; the first one of a home makes its keys.

    Raises:
        SignatureError: The private key is lost or damaged.
    """
    key = _private_key(home)
    public = _pem(key.public_key())
    if not home.public_key_file.exists() or home.public_key_file.read_bytes() != public:
        write_whole(home.public_key_file, public, PUBLIC_FILE)
    content = asdict(signed)
    signature = key.sign(_canonical(content)).hex()
    whole = _canonical({**content, "signature": signature}) + b"\n"
    write_whole(home.head_file, whole, PUBLIC_FILE)
    write_whole(home.known_head_file, whole, PRIVATE_FILE)


def write_index(home: Home, page: bytes, now: SignedHead) -> None:
    """Write ``reports/index.html`` and sign its digest; a kill at any moment leaves one that fits.

    The caller holds the home's lock.

    Args:
        home: The home.
        page: The index, rendered.
        now: Head and number of lines that the page shows.
    """
    fresh = SignedIndex(now.lines, hashlib.sha256(page).hexdigest())
    signed = read_signed(home) if home.head_file.exists() else now
    file = home.reports / "index.html"
    if signed.index == (fresh,) and file.is_file() and file.read_bytes() == page:
        return
    sign(home, replace(signed, index=(*signed.index, fresh)))
    write_whole(file, page, PUBLIC_FILE)
    sign(home, replace(signed, index=(fresh,)))


def index_of(home: Home) -> tuple[SignedIndex, ...]:
    """The pages that were signed as the index."""
    return read_signed(home).index if home.head_file.exists() else ()


def has_signed(home: Home) -> bool:
    """Whether this home has ever signed a head."""
    files = (home.head_file, home.signing_key_file, home.public_key_file, home.known_head_file)
    return any(file.exists() for file in files)


def require_key(home: Home) -> None:
    """Raise SignatureError unless the private key is there and the one that has signed."""
    path = home.signing_key_file
    if not path.exists():
        raise SignatureError(sentence("ledger", "signing_key_lost", file=path))
    public = home.public_key_file
    if public.exists() and public.read_bytes() != _pem(_private_key(home).public_key()):
        raise SignatureError(sentence("ledger", "signing_key_other", file=path))


def last_signed(home: Home) -> SignedHead | None:
    """The head that this home has signed last, as it remembers it beside its keys.

    None where it does not: an older version of the product signed it, or nothing was signed. It
    shows a ledger that was put back whole, signature and all, from an old backup.
    """
    path = home.known_head_file
    try:
        content = json.loads(path.read_bytes())
        content.pop("signature")
        return _head(content)
    except FileNotFoundError:
        return None
    except _NOT_OURS:
        raise SignatureError(sentence("ledger", "known_head_damaged", file=path)) from None


def read_signed(home: Home) -> SignedHead:
    """Return the signed head.

    Raises:
        SignatureError: ``reports/head.json`` or the public key is missing, is not written as this
            product writes it, or the signature is another's.
    """
    try:
        data, public = home.head_file.read_bytes(), home.public_key_file.read_bytes()
    except FileNotFoundError as error:
        name = f"reports/{error.filename.rpartition('/')[2]}"
        raise SignatureError(sentence("ledger", "head_missing", file=name)) from None
    try:
        key = load_pem_public_key(public)
        content = json.loads(data)
        signature = bytes.fromhex(content.pop("signature"))
        is_ours = isinstance(key, Ed25519PublicKey) and _pem(key) == public
        whole = _canonical({**content, "signature": signature.hex()}) + b"\n"
        if not is_ours or whole != data:
            raise ValueError
        key.verify(signature, _canonical(content))  # type: ignore[union-attr, call-arg]
        return _head(content)
    except (*_NOT_OURS, InvalidSignature, UnsupportedAlgorithm):
        raise SignatureError(sentence("ledger", "head_unsigned")) from None


def _head(content: Mapping[str, Any]) -> SignedHead:
    pages = tuple(SignedIndex(**page) for page in content.get("index", ()))
    return SignedHead(**{**content, "index": pages})


def _private_key(home: Home) -> Ed25519PrivateKey:
    path = home.signing_key_file
    if not path.exists():
        if home.head_file.exists():
            raise SignatureError(sentence("ledger", "signing_key_lost", file=path))
        key = Ed25519PrivateKey.generate()
        write_whole(path, key.private_bytes_raw().hex().encode(), PRIVATE_FILE)
        return key
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))
    except ValueError:
        raise SignatureError(sentence("ledger", "signing_key_damaged", file=path)) from None


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
