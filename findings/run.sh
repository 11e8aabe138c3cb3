#!/usr/bin/env bash
# Runs the findings that are named, or all of them, one after the other.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for script in *.sh; do
        case $script in lib.sh | run.sh) ;; *) names+=("${script%.sh}") ;; esac
    done
fi

passed=0
failed=0
for name in "${names[@]}"; do
    if output=$(bash "./$name.sh" 2>&1); then
        echo "ok      $name"
        passed=$((passed + 1))
    else
        echo "FAILED  $name"
        printf '        %s\n' "${output//$'\n'/$'\n        '}"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
