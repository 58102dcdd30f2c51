# What is read, not run: installed beside each other as they lie in the tree, so that the links between them work.
#
# share/doc/hdrgen has LICENSE, README.md and its like, and docs/ with its pictures and recipes.
file(GLOB documents CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/*.md")
install(FILES LICENSE ${documents} DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT documentation)
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT documentation)
