"""XML in and out: parsed defensively, written as UTF-8."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bims_desktop.errors import UnreadableFile

Element = ElementTree.Element
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(text: str | bytes, name: str) -> Element:
    """Root of an XML text of the file `name`; entities and document types are refused.

    Raises
    ------
    UnreadableFile
        It is not XML, or it defines entities.
    """
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    try:
        root: Element = fromstring(data.strip(b"\0 \r\n\t"))
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableFile(f"The XML in {name} cannot be read: {error}.", "Its metadata are damaged.") from error
    return root


def to_bytes(root: Element) -> bytes:
    """`root` as UTF-8, without character references: Bio-Formats does not read those."""
    for element in root.iter():
        element.text = element.text and legal(element.text)
        element.attrib.update({key: legal(value) for key, value in element.attrib.items()})
    body = ElementTree.tostring(root, encoding="unicode").encode("utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>' + body


def legal(text: str) -> str:
    r"""`text` with the characters that XML cannot hold replaced by U+FFFD.

    Examples
    --------
    >>> legal("GFP\0")
    'GFP�'
    """
    return _ILLEGAL.sub("\ufffd", text)
