#!/bin/sh
# runc for nodes on a machine that may not spare processes when memory runs out: a container that asks for it, as
# pause containers do, would not start. It is started without.
set -eu

bundle=
previous=
for word; do
    [ "$previous" != --bundle ] || bundle=$word
    previous=$word
done

if [ -n "$bundle" ] && jq --exit-status '.process.oomScoreAdj // 0 | . < 0' "$bundle/config.json" >/dev/null; then
    jq '.process.oomScoreAdj = 0' "$bundle/config.json" >"$bundle/config.json.new"
    mv "$bundle/config.json.new" "$bundle/config.json"
fi
exec runc "$@"
