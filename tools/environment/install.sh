#!/bin/sh
# Installs locked packages into .venv: tools/environment/install.sh REQUIREMENTS STAMP
#
# An environment without a stamp was interrupted while it was made, and is replaced. PYTHON names the
# interpreter. Nothing is written outside this folder, uv's cache included.
set -eu
requirements=$1
stamp=$2
venv=.venv
minimum="3, 11"
: "${UV_CACHE_DIR:=$PWD/.cache/uv}"
export UV_CACHE_DIR

is_new_enough() {
    "$1" -c "import sys; sys.exit(sys.version_info < ($minimum))" >/dev/null 2>&1
}

fail() {
    echo "$1" >&2
    exit 1
}

version_of() {
    "$1" -c 'import platform; print(platform.python_version())' 2>/dev/null || echo "does not run"
}

# A name may be on PATH and still not run: pyenv has a command for every version that it knows.
find_python() {
    found=""
    for name in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
        command -v "$name" >/dev/null || continue
        if is_new_enough "$name"; then
            echo "$name"
            return
        fi
        found="$found $(command -v "$name") ($(version_of "$name"))"
    done
    fail "Python 3.11 or newer is needed, and was not found. Found:${found:- no Python at all}.
Install it from https://www.python.org/downloads/, or name it: make PYTHON=/path/to/python3.11 ..."
}

create() {
    python=$(find_python)
    echo "Creating a Python $(version_of "$python") environment in $venv"
    if ! report=$("$python" -m venv --clear "$venv" 2>&1); then
        fail "$python cannot create an environment: $report"
    fi
}

# Of pip's report the last line says what is wrong.
install_uv() {
    echo "  uv"
    sed -n '/^uv==/,/[^\\]$/p' requirements.txt >"$venv/uv.txt"
    if ! report=$("$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
        --retries 1 --require-hashes -r "$venv/uv.txt" 2>&1); then
        fail "uv cannot be installed: $(echo "$report" | tail -n 1)"
    fi
}

# uv names the large packages when it begins to download them. What else it says of success is left out.
show_downloads() {
    awk '/^(Resolved|Prepared|Installed|Uninstalled|Audited|Using Python|Building|Updating) / { next }
        /^ *(Downloaded|Built) / || /^ [-+~] / { next }
        /^ *Downloading / { sub(/^ *Downloading /, "  ") }
        { print; fflush() }'
}

install_packages() {
    status=$venv/.status
    rm -f "$status"
    {
        "$venv/bin/uv" --color never pip install --python "$venv/bin/python" --require-hashes -r "$requirements" 2>&1 ||
            touch "$status"
    } | show_downloads
    [ ! -e "$status" ]
}

if [ ! -e "$venv/.ready" ] && [ ! -e "$venv/.local-ready" ] || ! is_new_enough "$venv/bin/python"; then
    create
fi
rm -f "$venv/.ready" "$venv/.local-ready"
echo "Installing $(grep -c '^[a-z]' "$requirements") packages (large ones are listed)"
"$venv/bin/uv" --version >/dev/null 2>&1 || install_uv
install_packages || fail "The packages of $requirements cannot be installed."
# The packages of the tests include the laptop's.
touch "$venv/.local-ready" "$stamp"
echo "Installed: $venv has $(du -sm "$venv" | cut -f1) MB"
