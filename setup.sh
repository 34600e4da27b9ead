#!/bin/sh
# Makes .venv from the locked requirements; `make` calls it when a lock is newer than the environment.
#   sh setup.sh runtime   what the bot needs (practice, serve)
#   sh setup.sh dev       the same and the tools of `make test`
# It needs Python 3.11 or newer with pip or with venv (Debian's has no venv module, others have no pip).
set -eu

kind=${1:-dev}
cd "$(dirname "$0")"
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "setup: $*" >&2; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    say "no Python 3.11 or newer found. Install one, or name it: make setup PYTHON=/path/to/python3"
    return 1
}

# uv, pinned by hash, in a folder of this project; pip alone can put it there, also where the system
# Python is "externally managed". Without pip, a throw-away venv lends its own.
install_uv() {
    installer=$1
    if ! "$1" -m pip --version >/dev/null 2>&1; then
        if "$1" -m venv .uv/pip >/dev/null 2>&1; then
            installer=.uv/pip/bin/python
        else
            say "this Python has neither pip nor venv. On Debian or Ubuntu: apt-get install python3-pip"
            return 1
        fi
    fi
    "$installer" -m pip install --quiet --upgrade --no-deps --require-hashes --only-binary :all: \
        --root-user-action ignore --target .uv -r requirements-uv.txt
    touch .uv/bin/uv
    rm -rf .uv/pip
}

python=$(find_python)
if [ ! -x .uv/bin/uv ] || [ requirements-uv.txt -nt .uv/bin/uv ]; then
    say "fetching uv"
    install_uv "$python"
fi

if ! new_enough .venv/bin/python; then
    .uv/bin/uv venv --quiet --clear --no-project --python "$python" .venv
fi

case $kind in
runtime)
    # adds only, so that a developer's tools stay
    .uv/bin/uv pip install --python .venv/bin/python --require-hashes -r requirements.txt
    touch .venv/.runtime
    ;;
dev)
    .uv/bin/uv pip sync --python .venv/bin/python --require-hashes requirements-dev.txt
    touch .venv/.runtime .venv/.dev
    ;;
*)
    say "unknown kind '$kind': runtime or dev"
    exit 2
    ;;
esac
