"""Everything an installation can set, from the environment (`SHIFAN_…`) with a sound default each."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one process. Durations are seconds, sizes bytes."""

    model_config = SettingsConfigDict(env_prefix="SHIFAN_")

    home: Path = Path("var")
    """Where an embedded installation keeps its database, files, logs and Temporal's file."""
    database_url: str = ""
    """A SQLAlchemy URL; empty: SQLite in `home`."""
    temporal_address: str = ""
    """Host and port of a Temporal cluster; empty: the embedded server that `shifan up` starts."""
    temporal_namespace: str = "shifan"
    files_url: str = ""
    """Where evidence is kept: `file:///…`, `s3://…`; empty: a folder in `home`."""
    token_secret: str = ""
    """Signs the tokens of local accounts; empty: made once and kept in `home`."""
    host: str = "127.0.0.1"
    port: int = 8000
    answer_within: float = 10.0
    """How long a caller waits for the answer to a command before it is told 202."""
    body_limit: int = 1_000_000
    upload_limit: int = 50_000_000
    sweep_every: float = 15.0
    objections_per_minute: int = 20
    """How often one address may act without an account."""

    @property
    def sqlite_file(self) -> Path:
        return self.home / "shifan.db"

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.sqlite_file}"

    @property
    def files(self) -> str:
        return self.files_url or (self.home / "files").resolve().as_uri()
