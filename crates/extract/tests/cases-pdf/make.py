#!/usr/bin/env python3
"""Makes the PDFs of these cases: python3 make.py, with reportlab 4 or 5 and pypdf[crypto] installed. Every text is made up."""

import io
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = A4
WORDS = (
    "The harbour board counted the boats that came in during the winter and found that most of them carried fewer nets than "
    "before. Crews said that repairs had become dear and that the younger hands preferred work on land. The board will ask "
    "again in spring, when the larger boats are back, and will publish what it hears in full. "
)


def canvas(**keys):
    buffer = io.BytesIO()
    return buffer, Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1, **keys)


def save(name, buffer, page):
    page.save()
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    (folder / "input.pdf").write_bytes(buffer.getvalue())


def wrap(text, width, font="Times-Roman", size=10):
    line, lines = "", []
    for word in text.split():
        longer = f"{line} {word}".strip()
        if stringWidth(longer, font, size) > width and line:
            lines.append(line)
            longer = word
        line = longer
    return lines + [line]


def put(page, lines, x, y, font="Times-Roman", size=10, leading=12):
    page.setFont(font, size)
    for line in lines:
        page.drawString(x, y, line)
        y -= leading
    return y


def two_columns():
    buffer, page = canvas()
    put(page, ["Boats and nets"], 60, 780, "Helvetica-Bold", 20)
    y = put(page, wrap("A summary over both columns. " + WORDS, 470), 60, 745)
    for x, start in ((60, "Left column. "), (312, "Right column. ")):
        put(page, wrap(start + WORDS * 2, 218), x, y - 20)
    y = put(page, ["What comes next"], 60, y - 220, "Helvetica-Bold", 14)
    put(page, wrap("Below the columns. " + WORDS, 470), 60, y - 6)
    save("two-columns", buffer, page)


def running_heads():
    buffer, page = canvas()
    page.setTitle("Harbour report")
    for number in range(1, 6):
        left, right = ("Harbour report", str(number)) if number % 2 else (str(number), "Harbour report")
        put(page, [left], 60, 805, size=8)
        page.drawRightString(WIDTH - 60, 805, right)
        put(page, wrap(f"Page {number} begins here. " + WORDS, 470), 60, 760)
        put(page, ["Lantern Institute 2026"], 60, 40, size=8)
        page.drawRightString(WIDTH - 60, 40, f"Page {number} of 5")
        page.showPage()
    save("running-heads", buffer, page)


def hyphenation():
    buffer, page = canvas()
    put(page, ["The well-being of crews is measured once a year. It is a long-term under-", "taking, and the govern-", "ment of the harbour pays for it.",
               "Crews speak of long-", "term plans, of Mid-", "Quay offices, and of well-", "being in winter."], 60, 780)
    save("hyphenation", buffer, page)


def ligatures():
    # One Type 3 font whose letters are whole words and ligatures, named by their characters.
    parts = ["%PDF-1.4"]
    letters = {65: "fb01", 66: "fb02", 67: "fb03", 68: "00a0", 69: "fb00"}
    unicode = "\n".join(f"<{code:02x}> <{name}>" for code, name in letters.items())
    cmap = ("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def 1 begincodespacerange <00> <ff> endcodespacerange "
            f"{len(letters)} beginbfchar\n{unicode}\nendbfchar 1 beginbfrange <61> <7a> <0061> endbfrange endcmap end end")
    text = "BT /F1 12 Tf 60 780 Td (oCce Aeld) Tj 0 -14 Td (Bood) Tj 0 -14 Td (suCcientDeEect) Tj ET"
    widths = " ".join(["500"] * 224)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        f"<< /Type /Font /Subtype /TrueType /BaseFont /Helvetica /FirstChar 32 /LastChar 255 /Widths [{widths}] /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    data += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    (HERE / "ligatures").mkdir(exist_ok=True)
    (HERE / "ligatures/input.pdf").write_bytes(data)


def lists():
    buffer, page = canvas()
    y = put(page, wrap("The board decided three things: " + WORDS, 470), 60, 780) - 6
    for text in ("to count every boat twice, once at the quay and once at the lock, because the two counts never agreed in the year before;", "to ask the crews;"):
        page.drawString(66, y, "\u2022")
        y = put(page, wrap(text, 380), 84, y) - 2
    page.drawString(90, y, "\u2013")
    y = put(page, ["the older hands first;"], 104, y) - 2
    page.drawString(66, y, "\u2022")
    y = put(page, ["to publish in June."], 84, y) - 10
    y = put(page, ["It will do so in this order:"], 60, y) - 6
    for number, text in enumerate(("Counting.", "Asking, which takes a month and needs somebody who knows the crews by their names and has been at sea.", "Writing."), 1):
        page.drawString(66, y, f"{number}.")
        y = put(page, wrap(text, 380), 84, y) - 2
    put(page, wrap("12. A paragraph with a number keeps it. " + WORDS, 470), 60, y - 12)
    save("list", buffer, page)


def footnotes():
    buffer, page = canvas()
    y = put(page, wrap(WORDS, 470), 60, 780) - 12
    page.setFont("Times-Roman", 10)
    page.drawString(60, y, "In 2023")
    page.setFont("Times-Roman", 6)
    page.drawString(60 + stringWidth("In 2023", "Times-Roman", 10), y + 4, "4")
    page.setFont("Times-Roman", 10)
    page.drawString(60 + stringWidth("In 2023", "Times-Roman", 10) + 3.2, y, " the board counted 412 boats, and the last sentence of this page goes")
    page.line(60, 112, 200, 112)
    for at, (mark, text) in enumerate((("4", "Counted in January; the lock was closed for two weeks, so that some boats may be"), ("", "missing."), ("5", "See the annex."))):
        page.setFont("Times-Roman", 5)
        page.drawString(60, 100 - at * 10 + 3, mark)
        put(page, [text], 64, 100 - at * 10, size=8)
    page.showPage()
    put(page, wrap("on to the next page. " + WORDS, 470), 60, 780)
    save("footnotes", buffer, page)


def tables():
    buffer, page = canvas()
    put(page, ["Boats by quay"], 60, 780, "Helvetica-Bold", 14)
    rows = [("Quay", "2024", "2025", "Change"), ("North", "120", "112", "-8"), ("South, with the old lock", "75", "91", "16"), ("West", "1,204", "1,198", "-6")]
    for at, row in enumerate(rows):
        for x, cell in zip((60, 220, 300, 380), row):
            put(page, [cell], x, 750 - at * 14)
    put(page, wrap(WORDS, 470), 60, 670)
    page.setLineWidth(0.5)
    for y in (600, 570, 540, 500):
        page.line(60, y, 460, y)
    for x in (60, 160, 460):
        page.line(x, 500, x, 600)
    for at, (left, right) in enumerate((("Recommendation", "Answer"), ("Count twice", "Accepted."), ("Ask crews", "Accepted in part, because the crews of the larger boats are"))):
        put(page, [left], 66, 584 - at * 30)
        put(page, [right], 166, 584 - at * 30)
    put(page, ["away in winter."], 166, 512)
    save("table", buffer, page)


def outline():
    buffer, page = canvas()
    page.setTitle("Harbour \u2019s report")
    page.setAuthor("Ada Quay; Ben Lock")
    page.setSubject("Boats and nets")
    for number, (title, level) in enumerate((("Summary", 0), ("Findings", 0), ("Boats", 1), ("Annex", 0)), 1):
        page.bookmarkPage(f"p{number}")
        page.addOutlineEntry(title, f"p{number}", level)
        put(page, [title], 60, 780, "Helvetica-Bold", 16 - 3 * level)
        put(page, wrap(WORDS, 470), 60, 750)
        page.showPage()
    save("outline", buffer, page)


def scan():
    from PIL import Image, ImageDraw
    from reportlab.lib.utils import ImageReader
    picture = Image.new("1", (420, 594), 1)
    ImageDraw.Draw(picture).text((40, 40), "A page of paper", fill=0)
    buffer, page = canvas()
    for _ in range(2):
        page.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
        page.showPage()
    save("scan", buffer, page)


def sealed():
    for name, password in (("encrypted", "secret"), ("encrypted-for-print-only", "")):
        writer = PdfWriter(clone_from=PdfReader(HERE / "list/input.pdf"))
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-128")
        (HERE / name).mkdir(exist_ok=True)
        with open(HERE / name / "input.pdf", "wb") as file:
            writer.write(file)


def broken():
    whole = (HERE / "running-heads/input.pdf").read_bytes()
    files = {
        "broken-xref": whole.replace(b"startxref\n", b"startxref\n9"),
        "cut-short": whole[: len(whole) * 2 // 3],
        "no-pdf-at-all": b"%PDF-1.7\nThis only says that it is one.\n",
    }
    for name, data in files.items():
        (HERE / name).mkdir(exist_ok=True)
        (HERE / name / "input.pdf").write_bytes(data)


for make in (two_columns, running_heads, hyphenation, ligatures, lists, footnotes, tables, outline, scan, sealed, broken):
    make()
