#!/usr/bin/env python3
"""WeasyPrint as a peer for the PDF edition: weasyprint.py IN.html OUT.pdf [--ua1]

One document in a process of its own, because that is how a person meets it; with --ua1 as PDF/UA-1, which Pulse writes.
Prints a line of JSON; the CPU time is the process's, from the start of Python. Run it with .tools/py/bin/python.
"""

import json
import resource
import sys
from pathlib import Path

# The folder of this file comes first in the path, and this file is called as the package is.
sys.path.pop(0)
import weasyprint  # noqa: E402

source, target = sys.argv[1:3]
options = {"pdf_variant": "pdf/ua-1"} if "--ua1" in sys.argv[3:] else {}
weasyprint.HTML(source).write_pdf(target, **options)

used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "tool": "weasyprint" + (" pdf/ua-1" if options else ""),
    "version": weasyprint.__version__,
    "cpu_s": round(used.ru_utime + used.ru_stime, 3),
    "peak_rss_mib": round(used.ru_maxrss / 1024, 1),
    "out_bytes": Path(target).stat().st_size,
}))
