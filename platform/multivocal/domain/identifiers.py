"""Names that say nothing: pseudonyms, tokens and codes, derived or random."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

# Without I, L, O, U, 0 and 1: a person may have to read a code aloud or type it on a phone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10


def pseudonym(salt: str, participant: UUID) -> str:
    """Return the name a participant has inside one study: 100 bits of HMAC-SHA256, 20 base32 characters.

    Without the study's salt, nobody can tell that two names in two studies are one person.
    """
    digest = hmac.digest(salt.encode(), participant.bytes, hashlib.sha256)
    return base64.b32encode(digest).decode()[:20].lower()


def derived_code(salt: str, reason: str) -> str:
    """Return the completion code of ``reason``: 10 unambiguous characters (49 bits) of HMAC-SHA256."""
    number = int.from_bytes(hmac.digest(salt.encode(), f"code:{reason}".encode(), hashlib.sha256))
    characters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_ALPHABET))
        characters.append(CODE_ALPHABET[place])
    return "".join(characters)


def new_token() -> str:
    """Return a random token of 256 bits, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a token; it is random, so its plain sha256 cannot be searched backwards."""
    return hashlib.sha256(token.encode()).hexdigest()
