"""
EcoGraph for scripts and notebooks: `open` a data directory of this machine, or `connect` to a service.

Source:
    docs/client.md.
"""

from __future__ import annotations

from pathlib import Path

from ecograph.client.client import Client, Table, TruncatedWarning
from ecograph.client.explanation import Explanation
from ecograph.client.rows import Rows
from ecograph.client.service import TIMEOUT_S

__all__ = ["Client", "Explanation", "Rows", "Table", "TruncatedWarning", "connect", "open"]


def open(path: str | Path | None = None, *, lang: str = "en", pandas: bool | None = None) -> Client:
    """
    Ask the graph in a data directory of this machine, also beside a running service. Nothing is loaded or changed.

    Args:
        path: The directory; None for that of the command line (`ECOGRAPH_DATA_DIR`, or `var`).
        lang: The language of names and sentences: `da`, `sv` or `en`.
        pandas: Whether tables are data frames; None for where pandas is installed.

    Raises:
        NotLoaded: The directory holds no graph yet.
        UnknownLanguage: Not one of ours.

    Example:
        >>> from ecograph.errors import NotLoaded
        >>> try:
        ...     open("no-such-directory")
        ... except NotLoaded as error:
        ...     print(error.code, "ecograph load" in str(error))
        not-loaded True
    """
    from ecograph.bootstrap import EcoGraph
    from ecograph.client.here import Here
    from ecograph.config import Settings

    settings = Settings()
    if path is not None:
        settings = settings.model_copy(update={"data_dir": Path(path)})
    ecograph = EcoGraph.read(settings)
    try:
        return Client(Here(ecograph), lang, pandas=pandas)
    except Exception:
        ecograph.close()
        raise


def connect(
    url: str,
    token: str | None = None,
    *,
    lang: str = "en",
    timeout_s: float = TIMEOUT_S,
    pandas: bool | None = None,
) -> Client:
    """
    Ask a service at another address.

    Args:
        url: Its address, such as `https://example.org/`.
        token: Whom to ask as; None asks as anybody. It is sent over HTTPS only, or to this machine.
        lang: The language of names and sentences: `da`, `sv` or `en`.
        timeout_s: How long an answer may take, seconds.
        pandas: Whether tables are data frames; None for where pandas is installed.

    Raises:
        BadParameter: The address is none, or the token would travel in the open.
        UnknownLanguage: Not one of ours.

    Example:
        >>> with connect("http://localhost:8000", lang="da") as eg:
        ...     eg.lang
        'da'
    """
    from ecograph.client.giving import language
    from ecograph.client.service import Service
    from ecograph.client.there import There

    return Client(There(Service(url, token, language(lang), timeout_s=timeout_s)), lang, pandas=pandas)
