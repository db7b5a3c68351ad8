#!/usr/bin/env bash
# Installs what the tests need from outside Python, where it is missing: Chromium for the browser tests, strace and
# the ext4 tools for the durability tests, Virtuoso's server for the contract of stores (its programs only; nothing is
# started). Says what to install by hand where it may not install itself.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v strace >/dev/null || missing+=(strace)
command -v mkfs.ext4 >/dev/null || [ -x /sbin/mkfs.ext4 ] || missing+=(e2fsprogs)
command -v virtuoso-t >/dev/null || missing+=(virtuoso-opensource-7-bin)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    echo "The tests need: ${missing[*]}. Install them with: sudo apt-get install ${missing[*]}" >&2
    exit 1
fi
