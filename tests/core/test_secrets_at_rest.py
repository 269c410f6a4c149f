"""Secrets in rows open with the keys in use, for their own purpose, and with nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jada.core.secrets_at_rest import SealedError, seal, unseal

OLD, NEW = "the older key, of 32 characters or more", "the newer key, of 32 characters or more"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_is_unsealed(secret: str) -> None:
    assert unseal(seal(secret, purpose="test"), purpose="test") == secret


def test_a_seal_hides_the_secret_and_is_never_the_same() -> None:
    first, second = seal("refresh-token", purpose="test"), seal("refresh-token", purpose="test")
    assert first != second
    assert "refresh" not in first


def test_a_newer_key_in_front_leaves_older_seals_open(settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    sealed = seal("secret", purpose="test")
    settings.FIELD_KEYS = [NEW, OLD]
    assert unseal(sealed, purpose="test") == "secret"


def test_the_newest_key_seals(settings: Any) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    sealed = seal("secret", purpose="test")
    settings.FIELD_KEYS = [NEW]
    assert unseal(sealed, purpose="test") == "secret"


@pytest.mark.parametrize("keys", [[NEW], ["x" * 32]])
def test_without_its_key_it_stays_closed(settings: Any, keys: list[str]) -> None:
    settings.FIELD_KEYS = [OLD]
    sealed = seal("secret", purpose="test")
    settings.FIELD_KEYS = keys
    with pytest.raises(SealedError, match="FIELD_KEYS"):
        unseal(sealed, purpose="test")


def test_another_purpose_does_not_open_it() -> None:
    with pytest.raises(SealedError):
        unseal(seal("secret", purpose="test"), purpose="another")


@pytest.mark.parametrize("damaged", ["", "nonsense", "gAAAAA==", "ü"])
def test_what_is_no_seal_is_refused(damaged: str) -> None:
    with pytest.raises(SealedError):
        unseal(damaged, purpose="test")


def test_a_changed_seal_is_refused() -> None:
    sealed = seal("secret", purpose="test")
    place = len(sealed) // 2
    changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
    with pytest.raises(SealedError):
        unseal(changed, purpose="test")
