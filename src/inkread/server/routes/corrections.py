"""``POST /v1/corrections``: corrected pages kept as training data, where the operator asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import g, request

from inkread.server.addresses import as_number
from inkread.server.collect import Collection, teaching
from inkread.server.documents import corrected_pages
from inkread.server.problems import Problem
from inkread.server.routes.admission import admitted
from inkread.server.schemas import Saved
from inkread.server.service import Service
from inkread.server.upload import received_correction


def blueprint(service: Service) -> APIBlueprint:
    """Return the route."""
    settings = service.settings
    routes = admitted("corrections", service)
    collection = Collection(settings.collect, settings.collect_bytes) if settings.collect else None

    @routes.post("/corrections")
    @routes.output(Saved, description="The page is kept.")
    @routes.doc(summary="Keep a corrected reading", operation_id="corrections")
    def corrections() -> dict[str, Any]:
        """Keep a corrected reading and its image as training data.

        Only a server started with `inkread serve --collect FOLDER` does so. `file` is the image or
        PDF as it was read, `document` the JSON with the lines' `text` corrected. The same page
        sent again takes the place of the former. No page is kept unless all are as they should be.
        """
        if collection is None:
            raise Problem("not-collecting")
        refuse_unknown_hosts(settings.collect_hosts)
        refuse_foreign_pages(settings.cors)
        sent = received_correction(settings.upload_seconds)
        if not sent.file:
            raise Problem("no-image", 'The image is missing; send it as the form\'s field "file".')
        with service.gate.turn(g.deadline, settings.patience):
            pages = corrected_pages(sent.document, settings.max_pages, g.deadline)
        found = [teaching(page) for page in pages]
        kept = [page for page, _ in found if page.lines]
        if not kept:
            raise Problem(
                "bad-request",
                "No line has an outline and a text in the reader's characters; there is nothing to keep.",
            )
        for page in pages:
            with service.page_image(sent.file, page.number, g.deadline, page):
                pass  # it opens, and is the page that was read
        names = []
        for page in kept:
            with service.page_image(sent.file, page.number, g.deadline, page) as opened:
                names.append(collection.keep(sent.file, page, opened.image))
        return {"saved": names[0], "pages": names, "left_out": sum(each.left_out for each in found)}

    return routes


def refuse_unknown_hosts(names: Iterable[str]) -> None:
    """Raise ``Problem`` where the request is not addressed to this computer or to one of ``names``.

    A stranger's page can have its own name lead to this computer (DNS rebinding), and is then of the
    same origin; but the browser still sends that name in ``Host``.
    """
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        host = ""
    number = as_number(host)
    known = {"localhost", *(name.lower().strip("[]") for name in names)}
    if not host or not (host in known or (number is not None and number.is_loopback)):
        raise Problem("unknown-host")


def refuse_foreign_pages(origins: tuple[str, ...]) -> None:
    """Raise ``Problem`` where a browser sends this for another site's page.

    A form on any page may post here without asking, cross-origin rules only hide the answer from
    it. Browsers say where a request comes from in ``Sec-Fetch-Site`` (to secure and local
    addresses) and in ``Origin``; programs that are no browsers send neither.

    Args:
        origins: let in as well; ``"*"`` does not count.
    """
    origin = request.headers.get("Origin")
    if origin in origins and origin != "*":
        return
    site = request.headers.get("Sec-Fetch-Site", "none")
    ours = origin is None or urlsplit(origin).netloc.lower() == request.host.lower()
    if site not in ("same-origin", "none") or not ours:
        raise Problem("foreign-page")
