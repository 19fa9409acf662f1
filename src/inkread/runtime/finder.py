"""Where a page holds writing, by whichever model of pages one has: a line finder or a text detector."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkread.runtime.session import PageSession


class Finder:
    """A model of pages, opened when it is first asked; any number of threads may ask.

    Args:
        source: path or content of a bundle, of kind ``layout`` or ``detector``.
        threads: of one run; None for every physical core this process may use.
    """

    def __init__(self, source: str | Path | bytes, threads: int | None = None) -> None:
        self._source = source
        self._threads = threads
        self._session: PageSession | None = None
        self._lock = threading.Lock()

    def __call__(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return what is seen of writing on an image.

        Args:
            image: uint8 (H, W, 3), RGB, of any size.

        Returns:
            float32 (3, H, W), 0 to 1: core of lines, baselines, separators; of a text detector (1, H, W),
            the core alone.

        Raises:
            BundleError: the model is missing, damaged, or sees no pages.
        """
        session = self._opened()
        (height, width), step = image.shape[:2], session.contract.multiple
        padded = cv2.copyMakeBorder(image, 0, -height % step, 0, -width % step, cv2.BORDER_REPLICATE)
        seen = session.run(np.asarray(padded, dtype=np.uint8))
        if seen.ndim == 2:
            return np.ascontiguousarray(seen[None, :height, :width])
        size = (padded.shape[1], padded.shape[0])
        planes = [cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)[:height, :width] for plane in seen]
        return np.ascontiguousarray(np.stack(planes), dtype=np.float32)

    def _opened(self) -> PageSession:
        with self._lock:
            if self._session is None:
                self._session = PageSession(self._source, self._threads)
            return self._session
