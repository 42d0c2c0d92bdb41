#!/bin/sh
# PDFs are set with the system's own Pango. Installs it where that is allowed; otherwise says how, in one line.
# Given "optional" it only says so: everything but the PDFs works without it.
set -eu

python="$(dirname "$0")/../.venv/bin/python"
libraries="libgobject-2.0.so.0 libpango-1.0.so.0 libpangoft2-1.0.so.0 libfontconfig.so.1 libharfbuzz-subset.so.0"

# Loading the libraries takes a tenth of the time of importing what uses them, and each start waits for it.
loads() { "$python" -c "import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]" $libraries; }
if loads >/dev/null 2>&1 || "$python" -c "import weasyprint" >/dev/null 2>&1; then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Pango from the system's packages ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 >/dev/null
else
    case "$(uname -s)" in
        Darwin) how="brew install pango" ;;
        *) how="sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" ;;
    esac
    echo "PDF files need Pango; install it with: $how" >&2
    [ "${1:-}" = optional ] || exit 1
fi
