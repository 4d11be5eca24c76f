#!/usr/bin/env bash
# Bring the catalogues up to date with the texts in the code: new ones appear empty, unused ones go.
set -euo pipefail
cd "$(dirname "$0")/.."
pybabel="${PYBABEL:-.venv/bin/pybabel}"
template="$(mktemp)"
trap 'rm -f "$template"' EXIT
"$pybabel" -q extract -F ihh/translations/babel.cfg --no-location --sort-output \
  --project "International House" --copyright-holder "" --msgid-bugs-address "" -o "$template" .
for language in fi sv; do
  if [ -f "ihh/translations/$language/LC_MESSAGES/messages.po" ]; then
    "$pybabel" -q update -i "$template" -d ihh/translations -l "$language" --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
  else
    "$pybabel" -q init -i "$template" -d ihh/translations -l "$language"
  fi
done
