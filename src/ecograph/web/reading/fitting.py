"""Whether a revision of the graph has the things and concepts that a question is asked for."""

from __future__ import annotations

from pyoxigraph import NamedNode

from ecograph.bootstrap import View
from ecograph.namespaces import RDF
from ecograph.query.catalogue import Parameter
from ecograph.query.parameters import Fits


def fits_in(view: View) -> Fits:
    """
    What a revision has, for the values of a question that is asked of it.

    Args:
        view: The revision.

    Returns:
        True for a concept of the parameter's scheme, and for a thing of its class or of one below.
    """

    def fits(parameter: Parameter, iri: NamedNode) -> bool:
        if parameter.kind == "concept":
            return iri in view.concepts.in_scheme(str(parameter.scheme))
        if parameter.of_class is None:
            return next(iter(view.snapshot.quads(iri)), None) is not None
        classes = {parameter.of_class, *view.ontology.subclasses(parameter.of_class)}
        return any(quad.object in classes for quad in view.snapshot.quads(iri, RDF.type))

    return fits
