#!/usr/bin/env bash
# Unpack Cyrus, Courier and Exim side by side, without installing them: Debian's packages of mail servers exclude each other.
#
#     tests/servers/unpack.sh [FOLDER]
#
# FOLDER is $BOUNCE_WATCHER_SERVERS, else /var/cache/bounce-watcher/servers: where the tests look.  What is there
# already is left alone.
set -euo pipefail

folder=${1:-${BOUNCE_WATCHER_SERVERS:-/var/cache/bounce-watcher/servers}}

# The packages that apt would install for these: they themselves, and the libraries that are not here.
wanted() {
    apt-get -s install --no-install-recommends "$@" 2>/dev/null \
        | awk '$1 == "Inst" && ($2 ~ /^(lib|cyrus|courier|sasl2|gamin|exim4)/) && $2 !~ /-dev$/ { print $2 }'
}

unpack() {
    local name=$1 work package
    shift
    if [[ -e $folder/$name/unpacked ]]; then
        echo "$name: there already"
        return
    fi
    work=$(mktemp -d)
    chmod 755 "$work"
    mapfile -t packages < <(wanted "$@")
    (( ${#packages[@]} )) || { echo "$name: apt knows no such packages; run apt-get update" >&2; return 1; }
    (cd "$work" && apt-get download -q "${packages[@]}" >/dev/null)
    mkdir -p "$folder"
    rm -rf "${folder:?}/$name"
    for package in "$work"/*.deb; do dpkg -x "$package" "$work/tree"; done
    : > "$work/tree/unpacked"
    cp -a "$work/tree" "$folder/$name"
    rm -rf "$work"
    echo "$name: unpacked"
}

unpack cyrus cyrus-imapd sasl2-bin libsasl2-modules
unpack courier courier-imap courier-authlib-userdb
unpack exim exim4-daemon-heavy
# Exim looks for its user by the name that Debian compiled in, whatever it is asked to do.
getent passwd Debian-exim >/dev/null || useradd --system --no-create-home --shell /usr/sbin/nologin Debian-exim
chmod -R a+rX "$folder"
