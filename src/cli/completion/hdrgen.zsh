#compdef hdrgen
# Completion of hdrgen for zsh.  `hdrgen __complete` prints the candidates.

local -a candidates
local line word what wants_files wants_directories
for line in "${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
    :files) wants_files=1 ;;
    :directories) wants_directories=1 ;;
    ?*)
        word=${line%%$'\t'*}
        what=${line#*$'\t'}
        candidates+=("${word//:/\\:}${what:+:$what}")
        ;;
    esac
done
(( ${#candidates} )) && _describe hdrgen candidates
if [[ -n $wants_files || -n $wants_directories ]]; then
    compset -P '--*='
    if [[ -n $wants_files ]]; then _files; else _files -/; fi
fi
