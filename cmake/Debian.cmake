# What a Debian package has and cmake --install does not: run by cpack on the files that it is about to pack.
#
# Licence and changelog, compressed manual pages, zsh's completion where Debian's zsh looks for it, and a static
# library without the compiler's own link-time code, which only that very compiler could read.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return()
endif()
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX}")
set(doc "${root}/share/doc/${CPACK_PACKAGE_NAME}")

function(must)
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# --- licence and changelog: the licence in Debian's form, and there once ---
file(REMOVE "${doc}/LICENSE")
file(READ "${CPACK_HDRGEN_SOURCE}/LICENSE" licence)
string(REGEX REPLACE "^BSD 2-Clause License\n+Copyright \\(c\\) ([^\n]*)\n+" "" terms "${licence}")
string(REGEX MATCH "Copyright \\(c\\) ([^\n]*)" line "${licence}")
set(holder "${CMAKE_MATCH_1}")
string(STRIP "${terms}" terms)
string(REGEX REPLACE "\n\n" "\n.\n" terms "${terms}")
string(REPLACE "\n" "\n " terms "${terms}")
file(WRITE "${doc}/copyright"
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: hdrgen

Files: *
Copyright: ${holder}
License: BSD-2-Clause
 ${terms}
")

execute_process(COMMAND date -u -R -d "${CPACK_HDRGEN_DATE}" OUTPUT_VARIABLE date
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
file(WRITE "${doc}/changelog"
"hdrgen (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * hdrgen ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
must(gzip -9nf "${doc}/changelog")

# --- where Debian has things ---
file(GLOB pages "${root}/share/man/man1/*.1" "${root}/share/man/man3/*.3")
must(gzip -9nf ${pages})
file(MAKE_DIRECTORY "${root}/share/zsh/vendor-completions")
file(RENAME "${root}/share/zsh/site-functions/_hdrgen" "${root}/share/zsh/vendor-completions/_hdrgen")
file(REMOVE_RECURSE "${root}/share/zsh/site-functions")

file(GLOB_RECURSE archives "${root}/lib/*.a")
foreach(archive IN LISTS archives)
    must(strip --strip-debug --enable-deterministic-archives --remove-section=.comment
         --remove-section=.note --wildcard --remove-section=.gnu.lto_* --remove-section=.gnu.debuglto_*
         "${archive}")
endforeach()
foreach(folder IN ITEMS doc hdrgen hdrgen/schema man man/man1 man/man3 zsh zsh/vendor-completions "doc/${CPACK_PACKAGE_NAME}")
    file(CHMOD "${root}/share/${folder}" DIRECTORY_PERMISSIONS
         OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()
file(GLOB files LIST_DIRECTORIES false "${doc}/*" "${root}/share/man/man1/*" "${root}/share/man/man3/*")
file(CHMOD ${files} FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
