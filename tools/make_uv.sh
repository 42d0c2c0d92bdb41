#!/bin/sh
# Makes .tools/ with uv in it, for a machine that has none: a small environment of its own, nothing outside the checkout.
set -eu
python=$1
version=$2

if ! "$python" -c "import ensurepip" 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    else
        echo "Python's venv is missing; install it with: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi

echo "Fetching uv $version ..."
rm -rf .tools
"$python" -m venv .tools
.tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$version"
