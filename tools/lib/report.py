"""What the Python checkers share: where the tools are, and the lines they print (the rules are in common.sh)."""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"

# As in common.sh: the Java tools write in the locale's encoding.
os.environ["LC_ALL"] = "C.UTF-8"


def need(tool, part):
    """Leaves with 3 when the command or file is not there, naming the part of tools/install that brings it."""
    if not shutil.which(str(tool)) and not Path(tool).exists():
        checker = Path(sys.argv[0]).name
        print(f"skip: {checker} needs {Path(tool).name}: run tools/install {part}", file=sys.stderr)
        sys.exit(3)


def report(findings):
    """Prints the verdicts on {file: ["rule — message", …]} and returns the exit code."""
    for file, found in findings.items():
        found = list(dict.fromkeys(found))
        print(f"FAIL {file}: " + "\n    ".join(found) if found else f"pass {file}")
    return 1 if any(findings.values()) else 0
