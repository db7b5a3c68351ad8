"""The command line as an operator and an analyst use it, in processes of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ecograph.bootstrap import EcoGraph
from lacking import lacking

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def run(*arguments: str, data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a process, as a person starts it."""
    program = "from ecograph.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "--data", str(data), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "ECOGRAPH_RESOURCES_DIR": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200", **more},
    )


@pytest.fixture
def data(loaded: EcoGraph) -> Path:
    """The data directory of the shipped graph, which the test run itself holds open for writing."""
    return loaded.settings.data_dir


class TestAnswers:
    @pytest.mark.parametrize("lang", ["da", "sv", "en"])
    def test_match_answers_in_three_languages(self, data: Path, lang: str) -> None:
        """
        `ecograph match` gives candidates of both countries with reasons in the reader's language.
        """
        done = run("--lang", lang, "match", "Varsling ved skybrud i Albertslund", data=data)
        assert done.returncode == 0, done.stderr
        assert "(DK)" in done.stdout
        assert "(SE)" in done.stdout
        assert "     + " in done.stdout

    def test_match_gives_the_same_as_json(self, data: Path, loaded: EcoGraph) -> None:
        """
        `--json` names the same candidates in the same order as the engine.
        """
        done = run("match", "n09", "--top", "3", "--json", data=data)
        assert done.returncode == 0, done.stderr
        found = [each["candidate"] for each in json.loads(done.stdout)["matches"]]
        assert found == [match.candidate.value for match in loaded.view().match("n09", top=3).matches]

    def test_sparql_answers_beside_a_running_service(self, data: Path) -> None:
        """
        A query from standard input is answered as CSV while another process holds the directory.
        """
        done = subprocess.run(
            [sys.executable, "-c", "from ecograph.cli import main; main()", "--data", str(data), "sparql", "-"],
            input="SELECT (COUNT(*) AS ?n) WHERE { ?m a <https://w3id.org/ecograph/ns#Municipality> }",
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "ECOGRAPH_RESOURCES_DIR": str(ROOT)},
        )
        assert done.stdout.split() == ["n", "488"], done.stderr

    def test_stats_count_classes_countries_and_publishers(self, data: Path) -> None:
        """
        `ecograph stats` counts per class and country, and per publisher.
        """
        done = run("stats", "--json", data=data)
        found = json.loads(done.stdout)
        assert found["kinds"]["municipality"] == {"dk": 98, "no": 100, "se": 290}
        assert len(found["statements"]) >= 8

    def test_template_comes_from_the_shape(self, data: Path) -> None:
        """
        `ecograph template need` gives the columns of the need's shape.
        """
        header = run("template", "need", data=data).stdout.strip().split(",")
        assert header[0] == "id"
        assert {"title_da", "title_sv", "title_en", "topic", "deadline"} <= set(header)


class TestMistakes:
    def test_wrong_need_id(self, data: Path) -> None:
        """
        An id that does not exist is named, with exit code 2.
        """
        done = run("--lang", "sv", "match", "n99", data=data)
        assert done.returncode == 2
        assert "n99" in done.stderr
        assert "Sök" in done.stderr

    def test_unknown_language(self, data: Path) -> None:
        """
        A language EcoGraph does not speak is refused with those it does, exit code 2.
        """
        done = run("--lang", "fr", "match", "n09", data=data)
        assert done.returncode == 2
        assert "(da)" in done.stderr

    def test_unknown_template(self, data: Path) -> None:
        """
        A template that does not exist is answered with the list of those that do.
        """
        done = run("template", "ned", data=data)
        assert done.returncode == 2
        assert "solution" in done.stderr

    def test_second_instance_on_the_same_data(self, data: Path) -> None:
        """
        Writing beside a running service is refused with who holds the directory, exit code 3.
        """
        done = run("load", data=data)
        assert done.returncode == 3
        assert str(os.getpid()) in done.stderr

    def test_nothing_loaded_yet(self, tmp_path: Path) -> None:
        """
        Asking an empty directory says how to load it, exit code 3.
        """
        done = run("match", "n09", data=tmp_path)
        assert done.returncode == 3
        assert "ecograph load" in done.stderr

    def test_taken_port(self, tmp_path: Path) -> None:
        """
        A port in use is named before anything is opened, exit code 3.
        """
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            done = run("serve", "--port", str(port), data=tmp_path / "var")
        assert done.returncode == 3
        assert str(port) in done.stderr
        assert not (tmp_path / "var").exists()

    def test_broken_turtle(self, tmp_path: Path) -> None:
        """
        A Turtle file that does not parse is answered with line and column, and the graph stays as it was.
        """
        broken = tmp_path / "behov.ttl"
        broken.write_text('<https://example.org/n> a <urn:x> ;\n  "uden egenskab" .\n', encoding="utf-8")
        done = run("--lang", "da", "load", str(broken), "--publisher", "albertslund", data=tmp_path / "var")
        assert done.returncode == 1
        assert "linje 2" in done.stderr

    def test_findings_stop_publication(self, tmp_path: Path) -> None:
        """
        A need with a topic that does not exist is not published; the message says which row and what was meant.
        """
        table = tmp_path / "need.csv"
        table.write_text("id,title_da,country,topic\nsynthetic,Varsling,dk,skybrudd\n", encoding="utf-8")
        done = run("--lang", "da", "load", str(table), "--publisher", "albertslund", data=tmp_path / "var")
        assert done.returncode == 1
        assert "skybrudd" in done.stderr + done.stdout

    def test_file_may_refer_to_what_a_folder_beside_it_brings(self, tmp_path: Path) -> None:
        """
        A folder and a file loaded in one go: the need in the file is raised by a municipality of the folder.
        """
        (tmp_path / "need.csv").write_text(
            "id,title_da,country,topic,raised_by\nsynthetic,Varsling,dk,skybrud,municipality/dk-albertslund\n",
            encoding="utf-8",
        )
        described = (ROOT / "examples" / "people" / "dataset.ttl").read_text(encoding="utf-8")
        (tmp_path / "dataset.ttl").write_text(
            described.replace("contribution/people", "contribution/synthetic"), "utf-8"
        )
        files = [str(tmp_path / name) for name in ("dataset.ttl", "need.csv")]
        folder = str(ROOT / "data" / "administrative-divisions")
        done = run("load", folder, *files, "--publisher", "synthetic", data=tmp_path / "var")
        assert done.returncode == 0, done.stderr
        need = "https://w3id.org/ecograph/id/need/synthetic_synthetic"
        query = f"ASK {{ <{need}> ?by ?who . ?who ?called 'Albertslund Kommune' }}"
        answer = run("sparql", query, "--accept", "application/sparql-results+json", data=tmp_path / "var")
        assert "true" in answer.stdout

    def test_full_disk_loses_nothing(self, tmp_path: Path) -> None:
        """
        A disk that fills up while loading is said, exit code 3; what was acknowledged is there when there is room.
        """
        small = tmp_path / "small"
        small.mkdir()
        mount = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(small)], capture_output=True, text=True
        )
        if mount.returncode != 0:
            lacking(f"this machine may not mount a small file system: {mount.stderr}")
        try:
            done = run("load", data=small / "var")
            assert done.returncode == 3, done.stderr
            assert str(small) in done.stderr
            subprocess.run(["mount", "-o", "remount,size=600m", str(small)], check=True)
            again = run("load", data=small / "var")
            assert again.returncode == 0, again.stderr
            assert run("verify", data=small / "var").returncode == 0
        finally:
            subprocess.run(["umount", str(small)], check=False)
