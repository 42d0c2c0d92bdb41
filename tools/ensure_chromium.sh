#!/bin/sh
# The browser tests drive the system's own Chromium. Installs it where that is allowed; otherwise says how.
set -eu

for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium from the system's packages ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # The one without a window is lighter, but not every release has it.
    apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null 2>&1 ||
        apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
    echo "The browser tests need Chromium; install it with: sudo apt-get install chromium" >&2
    exit 1
fi
