"""What a person with Word, or with a screen reader on it, relies on: real headings, real lists, a title, live links, described images."""

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
from report import report

TYPED_BULLET = re.compile(r"^\s*([•◦▪‣·–*-]|\d{1,2}[.)])\s+\S")


def text_of(element):
    return "".join(t.text or "" for t in element.iter(qn("w:t"))).strip()


def numbering_of(paragraph):
    """The numbering id of a paragraph, its own or from its style and the styles that one is based on."""
    places = [paragraph._p.pPr]
    style = paragraph.style
    while style is not None:
        places.append(style.element.pPr)
        style = style.base_style
    for place in places:
        if place is not None and place.numPr is not None and place.numPr.numId is not None:
            return place.numPr.numId.val
    return None


def is_list_style(name):
    return name.startswith("List") and not name.startswith("List Continue")


def heading_findings(paragraphs):
    found, last = [], 0
    for paragraph in paragraphs:
        match = re.fullmatch(r"[Hh]eading (\d)", paragraph.style.name)
        if not match:
            continue
        level, text = int(match[1]), text_of(paragraph._p)
        if not text:
            found.append(f"heading — an empty heading of level {level}")
        if level > last + 1:
            found.append(f"heading — level {level} follows level {last}: {text[:60]}")
        last = level
    return found or ([] if last else ["heading — there is no heading style in the document"])


def list_findings(document, paragraphs):
    found = []
    try:
        known = {num.numId for num in document.part.numbering_part.element.num_lst}
    except (KeyError, NotImplementedError):  # The document has no numbering part.
        known = set()
    for paragraph in paragraphs:
        text, name, number = text_of(paragraph._p), paragraph.style.name, numbering_of(paragraph)
        if is_list_style(name) and number not in known:
            found.append(f"list — “{text[:40]}” looks like a list item but has no numbering")
        elif number and not is_list_style(name) and not name.lower().startswith("heading"):
            found.append(f"list — “{text[:40]}” is numbered but its style is {name}, not a list style")
        elif not number and TYPED_BULLET.match(text):
            found.append(f"list — “{text[:40]}” begins with a typed bullet or number")
    return found


def link_findings(document):
    found = []
    body, relations = document.element.body, document.part.rels
    bookmarks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    for link in body.iter(qn("w:hyperlink")):
        text, id_, anchor = text_of(link), link.get(qn("r:id")), link.get(qn("w:anchor"))
        if not text and not any(link.iter(qn("w:drawing"))):
            found.append("link — a link without text")
        if id_ is None:
            if anchor not in bookmarks:
                found.append(f"link — “{text[:40]}” points to a bookmark that is not there: {anchor}")
        elif id_ not in relations or relations[id_].reltype != RELATIONSHIP_TYPE.HYPERLINK:
            found.append(f"link — “{text[:40]}” points to relationship {id_}, which is not a link")
        else:
            target = urlsplit(relations[id_].target_ref)
            if target.scheme not in ("http", "https", "mailto") or not (target.netloc or target.path):
                found.append(f"link — “{text[:40]}” points to {relations[id_].target_ref}")
    return found


def image_findings(document):
    decorative = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
    return [
        f"image — {properties.get('name') or 'an image'} has no alternative text"
        for properties in document.element.body.iter(qn("wp:docPr"))
        if not (properties.get("descr") or "").strip() and not any(properties.iter(decorative))
    ]


def language_findings(document):
    declared = document.styles.element.iter(qn("w:lang"))
    return [] if any(lang.get(qn("w:val")) for lang in declared) else ["language — the styles name no language"]


def findings(file):
    document = docx.Document(file)
    # Every paragraph in order, those in tables too.
    paragraphs = [docx.text.paragraph.Paragraph(p, document._body) for p in document.element.body.iter(qn("w:p"))]
    found = []
    if not document.core_properties.title.strip():
        found.append("title — the title property is not set")
    return (
        found
        + language_findings(document)
        + heading_findings(paragraphs)
        + list_findings(document, paragraphs)
        + link_findings(document)
        + image_findings(document)
    )


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print("usage: check-docx FILE.docx…", file=sys.stderr)
        return 2
    verdicts = {}
    for file in sys.argv[1:]:
        try:
            verdicts[file] = findings(file)
        except Exception as e:  # python-docx passes on whatever the XML and ZIP readers raise.
            verdicts[file] = [f"unreadable — {type(e).__name__}: {e}"]
    return report(verdicts)


if __name__ == "__main__":
    sys.exit(main())
