"""A PDF that is written as it grows: reportlab's objects, each sent to the file once it is whole.

reportlab's own canvas keeps all pages until it is saved; a book of photos would not fit. Here
the memory is that of one page. Needs the extra: ``pip install 'inkread[pdf]'``.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from reportlab.pdfbase.pdfdoc import (
    NoEncryption,
    PDFArray,
    PDFCrossReferenceTable,
    PDFDictionary,
    PDFDocument,
    PDFFile,
    PDFIndirectObject,
    PDFObjectReference,
    PDFPage,
    PDFStream,
    PDFTrailer,
    PDFZCompress,
)


class StreamedDocument(PDFDocument):  # type: ignore[misc]
    """A document whose pages leave for ``out`` at once; the same pages give the same bytes.

    Args:
        out: takes the bytes; need not be seekable.
    """

    def __init__(self, out: BinaryIO) -> None:
        super().__init__(invariant=1, pdfVersion=(1, 4))
        self.encrypt = NoEncryption()
        self.info.producer = self.info.creator = "inkread"
        self.info.author = self.info.subject = self.info.title = ""
        self._file = PDFFile(self._pdfVersion)
        out.write(self._file.format(self))
        self._file.strings.clear()
        self._file.write = out.write
        self._written = 0
        self._open: set[str] = set()
        self.Catalog.Outlines = None
        self.leave_open(self.Pages)

    def leave_open(self, thing: Any) -> Any:
        """Return a reference to an object that goes on growing; ``close`` writes it."""
        reference = self.Reference(thing)
        self._open.add(reference.name)
        return reference

    def add_page(self, size: tuple[float, float], content: bytes, resources: dict[str, Any]) -> None:
        """Write a page, and all that was added for it.

        Args:
            size: width and height in points (1/72 inch).
            content: the drawing operators.
            resources: by kind (``Font``, ``XObject``): names in ``content`` to references.
        """
        page = PDFPage()
        page.MediaBox = PDFArray([0, 0, *size])
        page.Resources = PDFDictionary({kind: PDFDictionary(named) for kind, named in resources.items()})
        page.Contents = stream(content)
        self.addPage(page)
        self.Pages.pages[-1] = PDFObjectReference(self.Pages.pages[-1].__InternalName__)
        self._flush()

    def close(self) -> None:
        """Write what is still open, and the table of contents that ends every PDF."""
        root, info = self.Reference(self.Catalog), self.Reference(self.info)
        self._flush()
        for name in sorted(self._open, key=self._number):
            self._write(name)
        self._flush()
        table = PDFCrossReferenceTable()
        table.addsection(0, [self.numberToId[number] for number in sorted(self.numberToId)])
        start = self._file.add(table.format(self))
        trailer = PDFTrailer(start, Size=len(self.numberToId) + 1, Root=root, Info=info, ID=self.ID())
        self._file.add(trailer.format(self))

    def _flush(self) -> None:
        """Write all objects that have been added, and those that they add, but none that is open."""
        while self._written < len(self.numberToId):
            self._written += 1
            name = self.numberToId[self._written]
            if name not in self._open:
                self._write(name)

    def _write(self, name: str) -> None:
        content = PDFIndirectObject(name, self.idToObject[name]).format(self)
        self.updateSignature(content)
        self.idToOffset[name] = self._file.add(content)
        self.idToObject[name] = None  # a reference needs no more than its number

    def _number(self, name: str) -> int:
        return int(self.idToObjectNumberAndVersion[name][0])


def stream(content: bytes, **entries: Any) -> PDFStream:
    """Return bytes as a stream: deflated, unless the entries name the ``Filter`` they went through."""
    return PDFStream(PDFDictionary(entries), content, None if "Filter" in entries else [PDFZCompress])
