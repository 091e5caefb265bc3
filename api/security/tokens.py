"""Bearer tokens: JWTs that say who it is and nothing else. What somebody may do is read from the record.

Local accounts are signed with the secret of the installation; an OIDC provider's tokens will name the same
subject, so nothing behind this file changes with them.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

ISSUER = AUDIENCE = "shifan"
ALGORITHM = "HS256"


class Tokens:
    """Issues and reads the tokens of one installation."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @classmethod
    def kept_in(cls, home: Path, secret: str = "") -> Tokens:
        """With the secret given, or one made once and kept in `home`, readable by its owner only."""
        if secret:
            return cls(secret)
        home.mkdir(parents=True, exist_ok=True)
        file = home / "token.secret"
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(file.read_text().strip())
        with os.fdopen(descriptor, "w") as kept:
            kept.write(secrets.token_urlsafe(48))
        return cls(file.read_text().strip())

    def issue(self, person: str, valid_for: timedelta) -> str:
        """A token for a person; it ends by itself."""
        now = datetime.now(UTC)
        claims = {"sub": person, "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + valid_for}
        return jwt.encode(claims, self._secret, ALGORITHM)

    def person(self, token: str) -> str | None:
        """The person a token names, or None when it is not ours, was changed, or has ended."""
        try:
            claims = jwt.decode(
                token, self._secret, [ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options={"require": ["exp", "sub"]}
            )
        except jwt.InvalidTokenError:
            return None
        return str(claims["sub"]) if "sub" in claims else None
