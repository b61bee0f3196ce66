#!/usr/bin/env bash
# Installs the programs that some tests run, if it is root on a system with apt-get.
# Otherwise, or if the packages are not available, it prints one line and changes nothing: the tests
# that need such a program then skip themselves, or fail with CI=true (tests/support/requirements.py).
# Exit status: 0 when there is nothing more to do here, 1 when another run may succeed.
set -uo pipefail

# The program that a test looks for, and its package; one program a line.
readonly PROGRAMS='
chromium                                chromium
chromium-headless-shell                 chromium-headless-shell
nginx                                   nginx
varnishd                                varnish
tsc                                     node-typescript
uwsgi                                   uwsgi
/usr/lib/uwsgi/plugins/python3_plugin.so  uwsgi-plugin-python3
'
readonly LONGEST_S=900  # for everything together; then the tests run without the programs
readonly POLICY=/usr/sbin/policy-rc.d

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

missing_packages() {
    while read -r program package; do
        [ -z "$program" ] || [ -e "$program" ] || command -v "$program" >/dev/null || echo "$package"
    done <<<"$PROGRAMS"
}

apt() {
    local left_s=$((LONGEST_S - SECONDS))
    [ "$left_s" -gt 0 ] || return 1
    DEBIAN_FRONTEND=noninteractive timeout --kill-after=10 "$left_s" \
        apt-get -qq -o DPkg::Lock::Timeout=60 -o APT::Install-Recommends=false "$@" \
        </dev/null >>"$log" 2>&1
}

mapfile -t missing < <(missing_packages)
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed here, and not to be installed without root and apt-get: ${missing[*]}"
    exit 0
fi

log=$(mktemp)
trap 'rm -f "$log" ${made_policy:+"$POLICY"}' EXIT
# The tests start their own servers: none is to be started, and to hold a port, by its package.
if [ ! -e "$POLICY" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' >"$POLICY" && chmod 755 "$POLICY"
fi

echo "Installing for the tests (once): ${missing[*]} ..."
# The lists of packages may be old or missing; with old ones some packages can still be had.
apt update
apt install "${missing[@]}" || for package in "${missing[@]}"; do apt install "$package"; done

mapfile -t missing < <(missing_packages)
[ "${#missing[@]}" -gt 0 ] || exit 0
echo "could not be installed: ${missing[*]}; the last lines of apt-get were:"
tail -n 5 "$log"
exit 1
