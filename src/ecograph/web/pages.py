"""
The pages, in Danish, Swedish and English: start, search, need with matches, profile, sources, SPARQL, about.

Every page works without JavaScript, and its address holds its whole state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from pyoxigraph import NamedNode, RdfFormat, parse
from starlette.staticfiles import StaticFiles

from ecograph.bootstrap import EcoGraph, View
from ecograph.errors import EcoGraphError, QueryError, UnknownLanguage, UnknownThing
from ecograph.identifiers import concept_iri, thing_iri
from ecograph.match.model import MatchResult, NeedProfile
from ecograph.messages import LANGUAGES, Language, language_of, text
from ecograph.namespaces import BASE, CONCEPT, ECO, ID, RDF
from ecograph.query import guard
from ecograph.web import reading
from ecograph.web.views import Link, Reader, page_of

router = APIRouter(include_in_schema=False)
static = StaticFiles(packages=[("ecograph.web", "static")])

_TOP: Final = 5
_ROWS_SHOWN: Final = 200
_PAGE_SIZE: Final = 25
_LONGEST_NEED: Final = 5000
_EXAMPLE_QUERY: Final = "SELECT ?class (COUNT(?thing) AS ?things) WHERE { ?thing a ?class } GROUP BY ?class ORDER BY DESC(?things)"
