# Sourced by the scripts in tools/: where things are, and how a missing tool is reported.
#
# Every checker keeps to these rules, so that `test` can count what they say:
#   `pass FILE` or `FAIL FILE: rule — message`, one such line per file; further findings follow, indented.
#   Exit 0: all pass. 1: something fails. 2: wrong use. 3: a tool is missing, nothing was checked.

# shellcheck shell=bash disable=SC2034 # the scripts use what is set here
# A bare system has no locale, and Java would then write question marks for everything beyond ASCII.
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools=$root/.tools
python=$tools/py/bin/python

# need PATH-OR-COMMAND PART: leaves with 3 when it is not there, naming the part of tools/install that brings it.
need() {
    if ! command -v "$1" >/dev/null 2>&1 && [ ! -e "$1" ]; then
        echo "skip: $(basename "$0") needs $(basename "$1"): run tools/install $2" >&2
        exit 3
    fi
}

# run_node SCRIPT ARGUMENTS…: one of our scripts with the pinned Node.js. The scripts find their packages through PULSE_NPM.
run_node() {
    need "$tools/py/bin/node" python
    need "$tools/npm/node_modules" npm
    PULSE_NPM=$tools/npm/ exec "$tools/py/bin/node" "$root/tools/lib/$1" "${@:2}"
}
