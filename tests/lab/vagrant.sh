#!/bin/sh
# Takes the place of Vagrant: machines are files beside it, and `up` makes what `makes` names, then ends as `status` says.
here=$(dirname "$0")
echo "$*" >>"$here/calls"
case $1 in
    status)
        for machine in kube-control-plane kube-node; do
            echo "1,$machine,state,$(cat "$here/$machine" 2>/dev/null || echo not_created)"
        done
        ;;
    up)
        while read -r machine; do
            echo running >"$here/$machine"
        done <"$here/makes"
        echo "The second machine has no room" >&2
        exit 1
        ;;
    destroy) rm -f "$here/kube-control-plane" "$here/kube-node" ;;
esac
