# hg_box(NAME path SOURCES ... [USES boxes...] [PRIVATE_USES libraries...])
#
# One box of the house: a static library hg_NAME made of the files of one folder.  It sees its own
# folder, those of the boxes it USES (and theirs), and include/; nothing else.  Boxes are included as
# "folder/file.h".  To make that a fact, each box exports its headers through a folder of links that holds
# just its own name: src/ itself is on nobody's include path.
function(hg_box name folder)
    cmake_parse_arguments(BOX "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
    set(view "${PROJECT_BINARY_DIR}/boxes/${name}")
    cmake_path(GET folder PARENT_PATH parent)
    file(MAKE_DIRECTORY "${view}/${parent}")
    file(CREATE_LINK "${PROJECT_SOURCE_DIR}/src/${folder}" "${view}/${folder}" SYMBOLIC)

    set_property(GLOBAL APPEND PROPERTY HDRGEN_BOXES "${name}")
    add_library(hg_${name} STATIC ${BOX_SOURCES})
    set_target_properties(hg_${name} PROPERTIES C_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
    target_compile_features(hg_${name} PUBLIC c_std_17)
    target_compile_options(hg_${name} PRIVATE -ffunction-sections) # the library leaves out what it does not call
    target_compile_definitions(hg_${name} PRIVATE _GNU_SOURCE
                               HDRGEN_VERSION="${PROJECT_VERSION}")
    target_include_directories(hg_${name} PUBLIC "${view}" "${PROJECT_SOURCE_DIR}/include")
    target_link_libraries(hg_${name} PRIVATE hg_warnings ${BOX_PRIVATE_USES})
    foreach(used IN LISTS BOX_USES)
        target_link_libraries(hg_${name} PUBLIC hg_${used})
    endforeach()
endfunction()
