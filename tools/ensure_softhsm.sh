#!/bin/sh
# The tests of hardware tokens use SoftHSM, a token in software. Installs it where that is allowed; otherwise says how.
set -eu

for driver in "${SOFTHSM2_MODULE:-}" /usr/lib/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so \
    /usr/local/lib/softhsm/libsofthsm2.so /opt/homebrew/lib/softhsm/libsofthsm2.so; do
    if [ -f "$driver" ] && command -v softhsm2-util >/dev/null 2>&1; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing SoftHSM from the system's packages ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends softhsm2 >/dev/null
else
    case "$(uname -s)" in
        Darwin) how="brew install softhsm" ;;
        *) how="sudo apt-get install softhsm2" ;;
    esac
    echo "The tests of hardware tokens need SoftHSM; install it with: $how" >&2
    exit 1
fi
