#!/usr/bin/env python3
"""The same edition for the peers: make_inputs.py EDITION.json FOLDER

Writes FOLDER/digest.html, plain print HTML for WeasyPrint, and FOLDER/digest.mjml, one section per entry, for MJML.
All the words and links of the edition go in, because a peer that is given less to do would look faster than it is.
"""

import json
import re
import sys
from html import escape
from pathlib import Path

# Texts are inline Markdown: a backslash escape, code, a link, strong, emphasis.
INLINE = re.compile(r"\\(.)|`([^`]+)`|\[((?:\\.|[^\]\\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|\*\*(.+?)\*\*|\*(.+?)\*|<(https?://[^>\s]+)>")


def inline(text):
    def html(match):
        literal, code, label, url, strong, emphasis, bare = match.groups()
        if literal is not None:
            return escape(literal)
        if code is not None:
            return f"<code>{escape(code)}</code>"
        if url is not None:
            return f'<a href="{escape(url)}">{inline(label)}</a>'
        if bare is not None:
            return f'<a href="{escape(bare)}">{escape(bare)}</a>'
        return f"<strong>{inline(strong)}</strong>" if strong is not None else f"<em>{inline(emphasis)}</em>"

    out, end = [], 0
    for match in INLINE.finditer(text):
        out += [escape(text[end : match.start()]), html(match)]
        end = match.end()
    return "".join(out) + escape(text[end:])


def blocks(content):
    out = []
    for block in content:
        if block["kind"] == "paragraph":
            out.append(f"<p>{inline(block['text'])}</p>")
        else:
            tag = "ol" if block["ordered"] else "ul"
            items = "".join(f"<li>{inline(i['text'])}{blocks(i.get('blocks', []))}</li>" for i in block["items"])
            out.append(f"<{tag}>{items}</{tag}>")
    return "".join(out)


def anchor(link, text):
    return f'<a href="{escape(link["url"])}">{text}</a>'


def titled(title, links):
    """A heading that leads to the first link, and the further ones as a paragraph."""
    heading = anchor(links[0], escape(title)) if links else escape(title)
    further = " · ".join(anchor(link, escape(link.get("text") or link["url"])) for link in links[1:])
    return heading, f"<p>{further}</p>" if further else ""


def entry_parts(entry):
    heading, further = titled(". ".join([" and ".join(entry["publishers"]), entry["title"]]).lstrip(". "), entry["links"])
    return heading, further + blocks(entry["summary"])


def news_parts(item):
    heading, further = titled(item["title"], item.get("links", []))
    return heading, further + blocks(item.get("body", []))


def letter_html(letter):
    out = "".join(blocks(letter.get(part, [])) for part in ("welcome", "highlights", "call_for_contact", "notices"))
    sign_off = letter.get("sign_off")
    if sign_off:
        out += f"<p>{escape(sign_off['closing'])}<br>{escape(sign_off['name'])}<br>{escape(sign_off['role'])}</p>"
    return out + "".join(f"<p>{inline(contact['text'])}</p>" for contact in letter.get("contacts", []))


def print_html(edition, name):
    css = (
        "@page { size: A4; margin: 20mm 18mm; @bottom-center { content: 'Page ' counter(page) ' of ' counter(pages); font-size: 8pt } }"
        " body { font: 10pt/1.4 'DejaVu Serif', serif } h1 { font-size: 22pt } h2 { font-size: 16pt; break-before: page }"
        " h3 { font-size: 13pt } h4 { font-size: 10.5pt; margin: 10pt 0 2pt; break-after: avoid } p { margin: 3pt 0 } a { color: #0b4f75 }"
    )
    out = [f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{name}</title><style>{css}</style></head><body><h1>{name}</h1>']
    out.append("<nav><ul>" + "".join(f'<li><a href="#s{i}">{escape(s["name"])}</a></li>' for i, s in enumerate(edition["sectors"])) + "</ul></nav>")
    out.append(letter_html(edition.get("letter", {})))
    if edition.get("news"):
        out.append("<h2>News</h2>")
        out += [f"<h3>{heading}</h3>{body}" for heading, body in map(news_parts, edition["news"])]
    for number, sector in enumerate(edition["sectors"]):
        out.append(f'<h2 id="s{number}">{escape(sector["name"])}</h2>')
        for category in sector["categories"]:
            out.append(f"<h3>{escape(category['name'])}</h3>" if category["name"] else "")
            out += [f"<h4>{heading}</h4>{body}" for heading, body in map(entry_parts, category["entries"])]
    return "".join(out) + "</body></html>\n"


def mjml(edition, name):
    def section(heading, body, level):
        title = f"<{level}>{heading}</{level}>" if heading else ""
        return f"<mj-section><mj-column><mj-text>{title}{body}</mj-text></mj-column></mj-section>"

    out = [
        f'<mjml lang="en-GB"><mj-head><mj-title>{name}</mj-title><mj-attributes><mj-all font-family="Georgia, serif"/>'
        '<mj-text font-size="16px" line-height="1.5" color="#222222"/></mj-attributes></mj-head><mj-body width="600px">'
    ]
    out.append(section(name, letter_html(edition.get("letter", {})), "h1"))
    out += [section(heading, body, "h3") for heading, body in map(news_parts, edition.get("news", []))]
    for sector in edition["sectors"]:
        out.append(section(escape(sector["name"]), "", "h2"))
        for category in sector["categories"]:
            out.append(section(escape(category["name"]), "", "h3") if category["name"] else "")
            out += [section(heading, body, "h4") for heading, body in map(entry_parts, category["entries"])]
    return "".join(out) + "</mj-body></mjml>\n"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: make_inputs.py EDITION.json FOLDER")
    edition = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    name = escape(f"{edition.get('digest', 'Digest')}, {edition['month']}")
    for file, text in {"digest.html": print_html(edition, name), "digest.mjml": mjml(edition, name)}.items():
        (folder / file).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
