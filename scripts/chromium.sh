#!/bin/sh
# Prints the path of a Chromium for the browser tests: the system's, else the distribution's package (root on Debian),
# else Playwright's own. Where none can be had it says so and is content: the suite names the tests it left out.
set -u

cd "$(dirname "$0")/.." || exit 1
python=.venv/bin/python

installed() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

# Only a file that is there: Playwright names the path before it has downloaded anything.
downloaded() {
    [ -x "$python" ] || return 1
    path=$("$python" -c 'from playwright.sync_api import sync_playwright as start
with start() as playwright: print(playwright.chromium.executable_path)' 2>/dev/null) || return 1
    [ -x "$path" ] && echo "$path"
}

installed && exit 0
downloaded && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "No Chromium here: installing the distribution's (apt-get)." >&2
    {
        apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium
    } >/dev/null 2>&1 && installed && exit 0
fi

if [ -x "$python" ]; then
    echo "No Chromium here: downloading Playwright's." >&2
    "$python" -m playwright install chromium-headless-shell chromium >/dev/null 2>&1 && downloaded && exit 0
fi

echo "No Chromium can be had here: the browser tests are left out. Install chromium, or name one in CHROMIUM." >&2
exit 0
