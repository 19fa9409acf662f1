"""The page as people use it: what they do and what they see, in one place, by the names they have."""

from __future__ import annotations

import base64
import json
import mimetypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.hand import Stroke

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, ConsoleMessage, JSHandle, Locator, Page, Request, Route

SAMPLE = Path(__file__).parents[2] / "samples/phone-photo.jpg"
BEGINS = SAMPLE.with_suffix(".txt").read_text(encoding="utf-8").splitlines()[:2]
"""The lines of the photo that no reader of ours gets wrong."""
SHOTS = os.environ.get("INKREAD_SHOTS", "")
_NAMED_LIKE_PEOPLE_DO = {".jpg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf"}


def said(sample: bytes) -> list[str]:
    """Return the lines in the server's answer to the sample photo."""
    events = map(json.loads, sample.splitlines())
    (page,) = (event["page"] for event in events if event["event"] == "page")
    return [line["text"] for region in page["regions"] for line in region["lines"]]


class Desk:
    """The page of a server at ``url``, and a watch on what it does.

    Args:
        page: not opened yet.
        url: of the server.
        sample: what the server answered to the sample photo, for ``lay_sample``.

    Attributes:
        said: the lines in that answer.
        allowed: parts of faults that a test provokes.
    """

    def __init__(self, page: Page, url: str, sample: bytes) -> None:
        self.page = page
        self.allowed: tuple[str, ...] = ()
        self._url, self._sample, self._faults = url, sample, list[str]()
        self.said = said(sample)
        self._devices: CDPSession | None = None
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._faults.append(f"error: {error}"))
        page.on("request", self._asked)

    def faults(self) -> list[str]:
        """Errors, refused content and requests to other hosts so far, without those that are allowed."""
        return [fault for fault in self._faults if not any(part in fault for part in self.allowed)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):  # breaches of the content security policy are errors too
            self._faults.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._url + "/", "blob:", "data:")):
            self._faults.append(f"request: {request.url}")

    def choose(self, *files: Path | dict[str, Any]) -> None:
        """Choose files in the browser's dialogue."""
        self.page.set_input_files("#choose", list(files))  # type: ignore[arg-type]

    def choose_and_read(self, *files: Path | dict[str, Any]) -> None:
        """Choose files and wait until each is read or has failed."""
        self.choose(*files)
        self.all_read(len(files))

    def all_read(self, count: int = 1) -> None:
        """Wait until ``count`` files are in the tray, and none waits or is being read."""
        over = "#tray li:is([data-state=done], [data-state=failed])"
        self.wait("([over, count]) => document.querySelectorAll(over).length === count", [over, count])

    def wait(self, function: str, argument: Any = None) -> None:
        """Wait until a JavaScript function (an expression would be refused by the page) says yes."""
        self.page.wait_for_function(function, arg=argument)

    def wait_for_text(self, selector: str, text: str) -> None:
        """Wait until an element's text is ``text``."""
        self.wait("([at, text]) => document.querySelector(at)?.textContent.trim() === text", [selector, text])

    def lay_sample(self) -> None:
        """Have the sample photo read, by the answer that the server gave to it before; that saves time."""

        def answer(route: Route) -> None:
            route.fulfill(body=self._sample, content_type="application/x-ndjson")

        self.page.route("**/v1/read*", answer)
        self.choose_and_read(SAMPLE)
        self.page.unroute("**/v1/read*")

    def transfer(self, *files: Path) -> JSHandle:
        """A DataTransfer with files in it, as drops and pastes carry them."""
        given = [
            [path.name, mimetypes.guess_type(path)[0], base64.b64encode(path.read_bytes()).decode()]
            for path in files
        ]
        return self.page.evaluate_handle(
            """async (files) => {
              const transfer = new DataTransfer();
              for (const [name, type, content] of files) {
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type }));
              }
              return transfer;
            }""",
            given,
        )

    @property
    def rows(self) -> list[str]:
        """The lines of text as they stand there."""
        return [text.strip() for text in self.page.locator("#text [data-line]").all_inner_texts()]

    def row(self, number: int) -> Locator:
        """A line's text, from 0."""
        return self.page.locator("#text [data-line]").nth(number)

    def outline(self, number: int) -> Locator:
        """A line's outline on the image, from 0."""
        return self.page.locator("#sheet [data-line]").nth(number)

    def lit(self) -> list[str]:
        """What is lit up: the keys of outlines, then of rows."""
        return self.page.eval_on_selector_all(  # type: ignore[no-any-return]
            "#sheet .lit[data-line], #text .lit[data-line]", "all => all.map(one => one.dataset.line)"
        )

    def focused(self) -> str | None:
        """The key of the line that has the keyboard's focus, on the image or in the text."""
        return self.page.evaluate("() => document.activeElement.dataset.line ?? null")  # type: ignore[no-any-return]

    def retype(self, number: int, text: str) -> None:
        """Replace a line's text, and stay there."""
        self.row(number).focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def write(self, strokes: Iterable[Stroke], how: str) -> None:
        """Draw strokes on the canvas, from its left edge and middle, with a mouse, a pen or a finger."""
        self.page.locator("#canvas").scroll_into_view_if_needed()
        box = self.page.locator("#canvas").bounding_box()
        assert box
        left, middle = box["x"] + 24, box["y"] + box["height"] / 2
        draw = {"mouse": self._mouse, "pen": self._pen, "touch": self._finger}[how]
        for stroke in strokes:
            draw([(left + x, middle + y) for x, y in stroke])

    def _mouse(self, stroke: Stroke) -> None:
        mouse = self.page.mouse
        mouse.move(*stroke[0])
        mouse.down()
        for x, y in stroke[1:]:
            mouse.move(x, y)
        mouse.up()

    def _pen(self, stroke: Stroke) -> None:
        self._send("Input.dispatchMouseEvent", [("mousePressed", stroke[0])], self._pen_event)
        self._send(
            "Input.dispatchMouseEvent", [("mouseMoved", point) for point in stroke[1:]], self._pen_event
        )
        self._send("Input.dispatchMouseEvent", [("mouseReleased", stroke[-1])], self._pen_event)

    @staticmethod
    def _pen_event(point: tuple[float, float]) -> dict[str, Any]:
        return {"x": point[0], "y": point[1], "button": "left", "buttons": 1, "clickCount": 1,
                "pointerType": "pen", "force": 0.6}  # fmt: skip

    def _finger(self, stroke: Stroke) -> None:
        def touch(point: tuple[float, float]) -> dict[str, Any]:
            return {"touchPoints": [{"x": point[0], "y": point[1]}]}

        self._send("Input.dispatchTouchEvent", [("touchStart", stroke[0])], touch)
        self._send("Input.dispatchTouchEvent", [("touchMove", point) for point in stroke[1:]], touch)
        self._send("Input.dispatchTouchEvent", [("touchEnd", stroke[-1])], lambda point: {"touchPoints": []})

    def _send(self, method: str, events: Iterable[tuple[str, tuple[float, float]]], form: Any) -> None:
        self._devices = self._devices or self.page.context.new_cdp_session(self.page)
        for kind, point in events:
            self._devices.send(method, {"type": kind} | form(point))

    def shoot(self, name: str) -> None:
        """Keep a picture of the screen for people to look at, where they asked for it."""
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png")
