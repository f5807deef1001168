"""Names that say nothing are stable inside a study and strangers across studies."""

from uuid import uuid4

from multivocal.domain.identifiers import CODE_ALPHABET, derived_code, new_token, pseudonym, token_hash


def test_a_pseudonym_is_stable_in_a_study_and_differs_in_another() -> None:
    person = uuid4()
    assert pseudonym("salt", person) == pseudonym("salt", person)
    assert pseudonym("salt", person) != pseudonym("pepper", person)
    assert len(pseudonym("salt", person)) == 20
    assert str(person)[:8] not in pseudonym("salt", person)


def test_codes_differ_by_reason_and_study_and_can_be_read_aloud() -> None:
    codes = {derived_code(salt, reason) for salt in ("a", "b") for reason in ("complete", "quota_full")}
    assert len(codes) == 4
    assert all(len(code) == 10 and set(code) <= set(CODE_ALPHABET) for code in codes)
    assert not set("ILOU01") & set(CODE_ALPHABET)


def test_tokens_are_long_and_their_hash_says_nothing() -> None:
    token = new_token()
    assert len(token) >= 43
    assert token not in token_hash(token)
    assert new_token() != token
