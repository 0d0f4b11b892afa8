"""Signed conversation tokens: who shows one may go on with its talk; nobody can make one up."""

from __future__ import annotations

import hashlib

from itsdangerous import BadSignature, Signer

from settings import Secret


class UnknownToken(Exception):
    """A token that this installation did not sign."""


class Tokens:
    """Signs and reads tokens.

    Args:
        key: the installation's signing key; a new key makes all older tokens unknown.
    """

    def __init__(self, key: Secret) -> None:
        self._signer = Signer(key.reveal(), salt="conversation", digest_method=hashlib.sha256)

    def issue(self, conversation: str) -> str:
        """Gives the token of a conversation."""
        return self._signer.sign(conversation).decode()

    def read(self, token: str) -> str:
        """Gives the conversation of a token.

        Raises:
            UnknownToken: the signature is not ours.
        """
        try:
            return self._signer.unsign(token.encode("utf-8", "replace")).decode()
        except BadSignature:
            raise UnknownToken from None
