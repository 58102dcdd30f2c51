# Completion of hdrgen for bash.  `hdrgen __complete` prints the candidates.  Bash splits words at `=`;
# this joins them again, and lets bash complete names of files.

_hdrgen()
{
    local words=() word line current prefix=
    COMPREPLY=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && { [[ $word == = ]] || [[ ${COMP_WORDS[i - 1]} == = ]]; }; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    current=${words[-1]}
    [[ $current == --*=* ]] && prefix=${current%%=*}=

    while IFS= read -r line; do
        case $line in
        :files)
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${current#"$prefix"}")
            ;;
        :directories)
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "${current#"$prefix"}")
            ;;
        *)
            word=${line%%$'\t'*}
            COMPREPLY+=("${word#"$prefix"}")
            ;;
        esac
    done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
}

complete -F _hdrgen hdrgen
