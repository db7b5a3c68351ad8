"""What every client asks of the small service, and what it has to get."""

from __future__ import annotations

PREFIXES = """
PREFIX eco: <https://w3id.org/ecograph/ns#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX org: <http://www.w3.org/ns/org#>
"""
PLACE = "https://w3id.org/ecograph/id/municipality/"
AERO, AMAL = "Syntetisk Ærø Kommune", "Påhittade Åmåls kommun"
SELECT = (
    PREFIXES + "SELECT ?place ?name { ?place a eco:Municipality ; eco:country ?c ; foaf:name ?name } ORDER BY ?name"
)
