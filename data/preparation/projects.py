"""What project lists have in common: titles with a language, and who took part, each once."""

from __future__ import annotations

from dataclasses import dataclass, field

from folders import Folder, Row

_RANK = {"lead": 0, "partner": 1}


@dataclass
class Participations:
    """Collects who took part in what; a lead that the list names as a partner too stays lead only."""

    folder: Folder
    _rows: dict[tuple[str, str], dict[str, Row]] = field(default_factory=dict)

    def add(
        self, project: str, participant: str, role: str, *, listed_as: str = "", role_text: str = "", source: str = ""
    ) -> None:
        """One participation; `listed_as` is kept where it differs from the name the thing is shown by."""
        roles = self._rows.setdefault((project, participant), {})
        row: Row = {
            "id": "--".join((project.split("/")[1], participant.split("/")[1], role)),
            "project": project,
            "participant": participant,
            "role": role,
            "role_text": role_text,
            "listed_as": listed_as,
            "source": source,
        }
        roles.setdefault(role, row)

    def write(self) -> None:
        """Puts the rows into the folder's table."""
        for roles in self._rows.values():
            if "lead" in roles:
                roles.pop("partner", None)
            for role in sorted(roles, key=lambda role: (_RANK.get(role, 2), role)):
                self.folder.add("participation", roles[role])


def clean(text: str) -> str:
    """
    A title as it was meant: the list's `¿` is a dash, and doubled quotation marks are one.

    Example:
        >>> clean("VidenMetro ¿ et projekt"), clean('"Direktørskole"')
        ('VidenMetro – et projekt', 'Direktørskole')
    """
    text = " ".join(text.replace("¿", "–").replace("''", "'").replace('""', '"').split())
    return text[1:-1] if text.startswith('"') and text.endswith('"') and text.count('"') == 2 else text
