"""What every route that reads has in common: let in, or sent away, before the body is taken in."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, g

from inkread.server.gate import Deadline
from inkread.server.service import Service, Tally


def admitted(name: str, service: Service) -> APIBlueprint:
    """Return a blueprint whose requests hold a ticket of ``service.gate`` until their answer is out.

    They find ``g.deadline`` and ``g.tally``.
    """
    blueprint = APIBlueprint(name, __name__, url_prefix="/v1", tag="Reading")

    @blueprint.before_request
    def let_in() -> None:
        g.deadline = Deadline(service.settings.seconds)
        g.tally = Tally()
        g.ticket = service.gate.admit()

    @blueprint.after_request
    def let_out(response: Response) -> Response:
        if "ticket" in g:
            response.call_on_close(g.ticket.give_back)
        return response

    return blueprint
