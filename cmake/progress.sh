# shellcheck shell=sh
# Sourced by scripts that run what takes a minute; defines a function, does nothing.
#
#     with_progress LOG HOW COMMAND...
#
# Runs the command, what it prints goes to LOG, and says how far it is: once a second on a terminal, else every ten
# seconds.  HOW is a function that reads LOG (its argument) and prints a few words.  The status is the command's.
with_progress() {
    log=$1 how=$2
    shift 2
    "$@" >"$log" 2>&1 &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; exit 130' INT
    trap 'kill "$pid" 2>/dev/null; exit 143' TERM
    seconds=0
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        if [ -t 1 ]; then
            printf '\r   %.60s, %d s\033[K' "$("$how" "$log")" "$seconds"
        elif [ $((seconds % 10)) -eq 0 ]; then
            echo "   $("$how" "$log"), $seconds s"
        fi
    done
    [ ! -t 1 ] || printf '\r\033[K'
    trap - INT TERM
    wait "$pid"
}
