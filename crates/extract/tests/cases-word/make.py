#!/usr/bin/env python3
"""Makes the files of these cases: python3 make.py. Every text is made up."""

import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CORE = ('<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Boats &amp; nets</dc:title><dc:creator>Ada Quay; Ben Lock</dc:creator>'
        "<dcterms:created>2026-05-01T09:00:00Z</dcterms:created><dcterms:modified>2026-05-02T10:30:00Z</dcterms:modified></cp:coreProperties>")
STYLES = (f'<w:styles {W}><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/></w:style>'
          '<w:style w:styleId="Own"><w:name w:val="Our heading"/><w:basedOn w:val="H2"/></w:style><w:style w:styleId="Cap"><w:name w:val="caption"/></w:style>'
          '<w:style w:styleId="Q"><w:name w:val="Quote"/></w:style></w:styles>')
NUMBERING = (f'<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
             '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
             '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="1"/></w:num></w:numbering>')
NOTES = f'<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>Counted in January.</w:t></w:r></w:p></w:footnote></w:footnotes>'


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(content, style="", extra=""):
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{style}{extra}</w:pPr>{content}</w:p>"


def point(text, number, level=0):
    return para(run(text), extra=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def row(cells, extra=""):
    return f"<w:tr>{extra}" + "".join(f"<w:tc>{para(run(cell))}</w:tc>" for cell in cells) + "</w:tr>"


def zipped(path, parts, stored=()):
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            part = zipfile.ZipInfo(name, (2026, 5, 1, 9, 0, 0))
            package.writestr(part, text, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)


def docx(name, body, **more):
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": f"<?xml version='1.0'?>{more.pop('head', '')}<w:document {W}><w:body>{body}</w:body></w:document>",
             "word/styles.xml": STYLES, "word/numbering.xml": NUMBERING, "word/footnotes.xml": NOTES, "docProps/core.xml": CORE}
    zipped(HERE / name / "input.docx", parts)


docx("docx", "".join([
    para(run("Boats and nets"), "H1"),
    para(run("The board counted 412 boats in 2023") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + run(" and")
         + "<w:del><w:r><w:delText> never</w:delText></w:r></w:del>" + "<w:ins>" + run(" soon") + "</w:ins>" + run(" publishes.")),
    para(run("What it found"), "Own"),
    point("Fewer nets.", 3), point("Most of them old.", 3, 1), point("Dear repairs.", 3),
    point("Count.", 4), point("Ask.", 4),
    para(run("Table 1: boats by quay"), "Cap"),
    "<w:tbl>" + row(["Quay", "Boats"], "<w:trPr><w:tblHeader/></w:trPr>") + row(["North", "112"]) + row(["South", ""]) + "</w:tbl>",
    para(run("The nets were dear."), "Q"),
    para(run("Figure 1: a boat"), "Cap"),
]))
docx("docx-entities", para(run("Before &boat; &#65; &amp; after.")), head='<!DOCTYPE d [<!ENTITY boat "expanded"><!ENTITY file SYSTEM "file:///etc/hostname">]>')
docx("docx-cut", para(run("Whole.")) + "<w:p><w:r><w:t>Cut")
zipped(HERE / "docx-bomb/input.docx", {"word/document.xml": "<w:document><w:body>" + " " * (60 * 1024 * 1024) + "</w:body></w:document>"})
(HERE / "docx-encrypted").mkdir(exist_ok=True)
(HERE / "docx-encrypted/input.docx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16le") + bytes(480))

O = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"' for name, uri in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("meta", "meta"), ("draw", "drawing")))
CONTENT = f"""<office:document-content {O}><office:automatic-styles><text:list-style style:name="L1"><text:list-level-style-bullet text:level="1"/><text:list-level-style-number text:level="2"/></text:list-style>
<text:list-style style:name="L2"><text:list-level-style-number text:level="1"/></text:list-style><style:style style:name="P1" style:parent-style-name="Quotations"/></office:automatic-styles>
<office:body><office:text><text:tracked-changes><text:changed-region><text:p>deleted</text:p></text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">Boats and nets</text:h><text:p>The board<text:s text:c="3"/>counted <text:span>412</text:span> boats in 2023<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Counted in January.</text:p></text:note-body></text:note>.</text:p>
<text:h text:outline-level="2">What it found</text:h><text:list text:style-name="L1"><text:list-item><text:p>Fewer nets.</text:p><text:list><text:list-item><text:p>Most of them old.</text:p></text:list-item></text:list></text:list-item>
<text:list-item><text:p>Dear repairs.</text:p></text:list-item></text:list><text:list text:style-name="L2"><text:list-item><text:p>Count.</text:p></text:list-item></text:list>
<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Quay</text:p></table:table-cell><table:table-cell><text:p>Boats</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>North</text:p></table:table-cell><table:table-cell table:number-columns-repeated="1000000"><text:p>112</text:p></table:table-cell></table:table-row></table:table>
<text:p text:style-name="P1">The nets were dear.</text:p><office:annotation><text:p>a comment</text:p></office:annotation></office:text></office:body></office:document-content>"""
META = f"""<office:document-meta {O} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>Boats and nets</dc:title><meta:initial-creator>Ada Quay</meta:initial-creator>
<meta:creation-date>2026-05-01T09:00:00.123</meta:creation-date><dc:date>2026-05-02T10:30:00</dc:date><dc:language>en-GB</dc:language></office:meta></office:document-meta>"""
KIND = {"mimetype": "application/vnd.oasis.opendocument.text"}
zipped(HERE / "odt/input.odt", {**KIND, "content.xml": CONTENT, "meta.xml": META}, stored=("mimetype",))
LOCK = f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>'
zipped(HERE / "odt-encrypted/input.odt", {**KIND, "content.xml": "\x01\x02\x03", "META-INF/manifest.xml": LOCK}, stored=("mimetype",))
