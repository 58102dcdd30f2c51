/*
 * The target: byte order and pointer size from LLVM's data layout of the triple.  The run ends if
 * the probe that clang parsed shows another pointer size: an ABI option may change pointers, or
 * -m32 may not fit the triple in an old libclang.
 */
#include "frontend/clang/reader.h"

#include "base/diag.h"

#include <string.h>

static LLVMTargetRef find_target(const char *triple, struct hg_diagnostics *diagnostics)
{
    LLVMTargetRef target = NULL;
    char *message = NULL;
    if (LLVMGetTargetFromTriple(triple, &target, &message) != 0) {
        hg_error(diagnostics, NULL,
                 "unknown target '%s': give a triple such as aarch64-linux-gnu, x86_64-linux-gnu, "
                 "arm-linux-gnueabi, s390x-linux-gnu or riscv64-linux-gnu",
                 triple);
        target = NULL;
    }
    LLVMDisposeMessage(message);
    return target;
}

enum hg_status hg_clang_check_target(const char *triple, struct hg_diagnostics *diagnostics)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (triple[strspn(triple, allowed)] != '\0') {
        hg_error(diagnostics, NULL, "'%s' is not a target triple", triple);
        return HG_ERROR_USAGE;
    }
    char *normalized = LLVMNormalizeTargetTriple(triple);
    LLVMTargetRef target = find_target(normalized, diagnostics);
    LLVMDisposeMessage(normalized);
    return target == NULL ? HG_ERROR_USAGE : HG_OK;
}

/* LLVM's data layout of a triple. */
struct data_layout {
    bool big_endian;
    unsigned pointer_size;
    char *text; /* the whole layout in LLVM's notation; to be freed with LLVMDisposeMessage */
};

static enum hg_status read_data_layout(struct hg_diagnostics *diagnostics, const char *triple,
                                       struct data_layout *ret)
{
    LLVMTargetRef target = find_target(triple, diagnostics);
    if (target == NULL)
        return HG_ERROR_USAGE;
    LLVMTargetMachineRef machine = LLVMCreateTargetMachine(
        target, triple, "", "", LLVMCodeGenLevelNone, LLVMRelocDefault, LLVMCodeModelDefault);
    if (machine == NULL) {
        hg_error(diagnostics, NULL, "LLVM cannot describe the target '%s'", triple);
        return HG_ERROR_USAGE;
    }
    LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(machine);
    *ret = (struct data_layout){
        .big_endian = LLVMByteOrder(layout) == LLVMBigEndian,
        .pointer_size = LLVMPointerSize(layout),
        .text = LLVMCopyStringRepOfTargetData(layout),
    };
    LLVMDisposeTargetData(layout);
    LLVMDisposeTargetMachine(machine);
    return HG_OK;
}

/* The triple to write into outputs: the user's, unless an option such as -m32 changed the layout;
 * then clang's.  clang's names a default CPU (armv4t, armv5e), which differs between versions. */
static const char *triple_to_show(struct reader *reader, const char *effective,
                                  const struct data_layout *effective_layout)
{
    const char *wanted = hg_clang_wanted_target(reader->options);
    if (wanted == NULL)
        return effective;
    char *normalized = LLVMNormalizeTargetTriple(wanted);
    struct data_layout layout = {0};
    const char *shown = effective;
    if (read_data_layout(reader->diagnostics, normalized, &layout) == HG_OK) {
        if (strcmp(layout.text, effective_layout->text) == 0)
            shown = hg_model_string(reader->model, normalized, strlen(normalized));
        LLVMDisposeMessage(layout.text);
    }
    LLVMDisposeMessage(normalized);
    return shown;
}

static enum hg_status check_pointers(struct reader *reader, const char *triple,
                                     unsigned pointer_size)
{
    if (pointer_size != reader->pointer_size) {
        hg_error(reader->diagnostics, NULL,
                 "target '%s': pointers have %u bytes in LLVM's data layout and %u in clang's; "
                 "give a triple that determines it, not an option that changes it",
                 triple, pointer_size, reader->pointer_size);
        return HG_ERROR_USAGE;
    }
    if (pointer_size != 4 && pointer_size != 8) {
        hg_error(reader->diagnostics, NULL,
                 "target '%s': pointers of %u bytes are not those of a Linux kernel", triple,
                 pointer_size);
        return HG_ERROR_UNSUPPORTED;
    }
    return HG_OK;
}

enum hg_status hg_clang_set_target(struct reader *reader)
{
    CXTargetInfo info = clang_getTranslationUnitTargetInfo(reader->unit);
    const char *triple = hg_clang_string(reader, clang_TargetInfo_getTriple(info));
    clang_TargetInfo_dispose(info);

    struct data_layout layout = {0};
    enum hg_status status = read_data_layout(reader->diagnostics, triple, &layout);
    if (status == HG_OK)
        status = check_pointers(reader, triple, layout.pointer_size);
    if (status == HG_OK)
        hg_model_set_target(reader->model, &(struct hg_target){
                                               .triple = triple_to_show(reader, triple, &layout),
                                               .big_endian = layout.big_endian,
                                               .char_signed = reader->char_signed,
                                               .pointer_size = layout.pointer_size,
                                               .long_size = reader->long_size,
                                           });
    LLVMDisposeMessage(layout.text);
    return status;
}
