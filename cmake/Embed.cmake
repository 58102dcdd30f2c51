# hg_embed(TARGET FILE SYMBOL)
#
# Makes the bytes of FILE a part of TARGET, as `const char SYMBOL[]` with a NUL behind them, so that what
# the program writes out whole can be a file of its own in the tree.
function(hg_embed target file symbol)
    set(source "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    set(output "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    file(READ "${source}" bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n"
           bytes "${bytes}")
    file(CONFIGURE OUTPUT "${output}" CONTENT
         "extern const char ${symbol}[];\nconst char ${symbol}[] = {\n@bytes@0};\n" @ONLY)
    target_sources(${target} PRIVATE "${output}")
endfunction()
