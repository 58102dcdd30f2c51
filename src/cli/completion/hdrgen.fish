# Completion of hdrgen for fish.  `hdrgen __complete` prints the candidates.

function __hdrgen_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (string replace -r -- '^--[^=]*=' '' $typed)
            case :directories
                __fish_complete_directories (string replace -r -- '^--[^=]*=' '' $typed)
            case '*'
                echo $line
        end
    end
end

complete -c hdrgen -f -a '(__hdrgen_complete)'
