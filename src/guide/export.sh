# Each node has one shell for the whole script, as a reader has one terminal: `cd` and `export` last.

set -u
export LC_ALL=C.UTF-8
folder=$(mktemp -d)
declare -A to from
shells=()
pattern= # what the next step must print, as one Perl expression; empty where it may print anything
padded=  # whether several blanks in that count as one

finish() {
    local status=$?
    [ ${#shells[@]} = 0 ] || kill -- "${shells[@]/#/-}" 2>/dev/null
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# open NODE START COMMAND...: opens a bash by a command, and begins it with START.
open() {
    local node=$1 start=$2 in out
    shift 2
    mkfifo "$folder/$node.in" "$folder/$node.out"
    setsid "$@" <"$folder/$node.in" >"$folder/$node.out" 2>&1 &
    shells+=($!)
    exec {in}>"$folder/$node.in" {out}<"$folder/$node.out"
    to[$node]=$in from[$node]=$out
    printf 'exec 19>&1 2>&1\n%s\n' "$start" >&"$in"
}

# attempt NODE COMMAND SECONDS: gives $output and $status, the one of the first command that failed in it.
attempt() {
    local node=$1 command=$2 seconds=$3 mark=$RANDOM$RANDOM report
    cat >&"${to[$node]}" <<FRAME || return 1
_failed=
trap '_now=\$?; [ -n "\$_failed" ] || _failed=\$_now' ERR
eval ${command@Q} </dev/null
_status=\$?
trap - ERR
printf '\\036%s %s\\036' $mark "\${_failed:-\$_status}" >&19
unset _failed _now _status
FRAME
    IFS= read -r -d $'\036' -t "$seconds" -u "${from[$node]}" output || return
    IFS= read -r -d $'\036' -t 5 -u "${from[$node]}" report || return
    output=${output//$'\r\n'/$'\n'}
    status=${report#"$mark "}
}

# printed TEXT: tells whether a text is what $pattern says.
printed() {
    local text=$1
    [ -n "$pattern" ] || return 0
    text=${text#"${text%%[!$'\n']*}"}
    text=${text%"${text##*[![:space:]]}"}
    if [ "$padded" ]; then
        text=$(sed --regexp-extended 's/[ \t]+/ /g; s/^ //; s/ $//' <<<"$text")
    fi
    grep --perl-regexp --null-data --quiet -e "$pattern" <<<"$text"
}

fail() {
    printf '\n%s (%s): %s\n' "$1" "$2" "$3" >&2
    exit 1
}

# prints [raw] [unordered]: takes from standard input what the next step must print, a Perl expression for each line.
# `...` stands for any lines. Several blanks count as one unless `raw`, and lines have an order unless `unordered`.
# shellcheck disable=SC2120 # not every guide needs the arguments
prints() {
    local line number=0 any=
    local -A count
    padded=yes pattern='\A'
    [[ " $* " != *" raw "* ]] || padded=
    while IFS= read -r line; do
        number=$((number + 1))
        if [ "$line" = ... ]; then
            any=yes pattern+='(?:.*\n)*'
        else
            count[x$line]=$((${count[x$line]:-0} + 1))
            pattern+="(?:$line)\\n"
        fi
    done
    pattern+='\z'
    [[ " $* " == *" unordered "* ]] || return 0
    pattern='\A'
    for line in "${!count[@]}"; do
        pattern+="(?=(?:(?:.*\\n)*(?:${line#x})\\n){${count[$line]}})"
    done
    [ "$any" ] || pattern+="(?:.*\\n){$number}\\z"
}

# step PAGE:LINE NODE SECONDS STATUS: runs what comes from standard input, once.
step() {
    check "$1" "$2" "$3" "$4" 0
}

# check PAGE:LINE NODE SECONDS STATUS TIMES: the same, repeated until it holds so many times in a row.
check() {
    local where=$1 node=$2 seconds=$3 wanted=$4 times=$5 end=$((SECONDS + $3)) left held=0 output='' status='' problem command
    command=$(cat)
    printf '\n%s\n%s$ %s\n' "$where" "$node" "$command"
    while true; do
        left=$((end - SECONDS))
        attempt "$node" "$command" "$((left > 0 ? left : 1))"
        case $? in
        0) ;;
        1) fail "$where" "$node" "the shell or the node is gone: $output" ;;
        *) fail "$where" "$node" "no end within $seconds s: $output" ;;
        esac
        problem=
        printed "$output" || problem="it did not print what the page says"
        [ "$status" = "$wanted" ] || problem="exit $status, expected $wanted"
        held=$((held + 1))
        [ -z "$problem" ] || held=0
        [ "$held" -lt "$((times > 0 ? times : 1))" ] || break
        if [ "$times" = 0 ] || [ "$SECONDS" -ge "$end" ]; then
            printf '%s' "$output"
            fail "$where" "$node" "${problem:-it held $held times in a row, expected $times}"
        fi
        sleep 0.5 # between two looks
    done
    printf '%s' "$output"
    pattern=
}

# skip PAGE:LINE NODE WHY: tells what is not run.
skip() {
    printf '\n%s\n%s: not run: %s\n' "$1" "$2" "$3"
}
