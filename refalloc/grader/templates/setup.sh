#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image. The zip lies in /autograder/source.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends bubblewrap
python=
for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" > /dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    apt-get install -y --no-install-recommends python3.11
    python=python3.11
fi
apt-get install -y --no-install-recommends "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" ||
    apt-get install -y --no-install-recommends python3-venv
"$python" -m venv venv
venv/bin/pip install --constraint course/constraints.txt ./course
