#!/usr/bin/env bash
# Installs with apt what the test suite needs and this machine lacks: Chromium, PostgreSQL, Redis, LibreOffice Calc,
# poppler (reads PDF files), fonts.
# Starts no service: tests run their own PostgreSQL and Redis on 127.0.0.1, in temporary folders.
set -euo pipefail

policy=/usr/sbin/policy-rc.d
policy_mark="placed by install-test-packages.sh"
log=""

say() { printf 'install-test-packages: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

has_font() { command -v fc-list >/dev/null && [[ -n "$(fc-list "$1" 2>/dev/null)" ]]; }

missing_packages() {
    command -v chromium >/dev/null || echo chromium
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || echo postgresql
    command -v redis-server >/dev/null || echo redis-server
    command -v soffice >/dev/null || echo libreoffice-calc-nogui
    command -v pdftotext >/dev/null || echo poppler-utils
    has_font 'Liberation Sans' || echo fonts-liberation
    has_font 'Noto Naskh Arabic' || echo fonts-noto-core
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif [[ -t 0 ]]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1
}

# A file with our mark is the rest of a run that was killed: it is ours to remove.
is_our_policy() { [[ -f $policy ]] && grep -qF "$policy_mark" "$policy"; }

forbid_service_starts() {
    if [[ -e $policy || -L $policy ]]; then
        return
    fi
    printf '#!/bin/sh\n# %s\nexit 101\n' "$policy_mark" | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

clean_up() {
    if is_our_policy; then
        as_root rm -f "$policy"
    fi
    rm -f "$log"
}

last_error() { grep -E '^(E:|sudo:|dpkg: error)' "$log" | tail -n 1 || true; }

mapfile -t missing < <(missing_packages)
if (( ${#missing[@]} == 0 )); then
    exit 0
fi

command -v apt-get >/dev/null || fail "missing ${missing[*]}; there is no apt-get here, install them by hand"
if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
    fail "missing ${missing[*]}; run this as root, or install sudo"
fi

log=$(mktemp)
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

as_root true 2>>"$log" || fail "missing ${missing[*]}; can't become root: $(last_error)"
say "installing ${missing[*]}"
forbid_service_starts
apt update || say "the package lists are not fresh: $(last_error)"
apt install --yes --no-install-recommends "${missing[@]}" \
    || fail "apt could not install ${missing[*]}: $(last_error)"

mapfile -t missing < <(missing_packages)
(( ${#missing[@]} == 0 )) || fail "apt installed the packages, but still missing: ${missing[*]}"
