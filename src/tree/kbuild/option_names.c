/*
 * Compiler options that change no declaration: they are for code, warnings, debug information and
 * linking.  Some also change a macro that the compiler defines (__PIC__, __OPTIMIZE__); no layout
 * in a kernel header depends on these macros.
 */
#include "tree/kbuild/option_table.h"

#include <string.h>

/* Without the dash.  `align-*` stands for all names that begin with `align-`. */
static const char others[] =
    "-gcc-toolchain=* -param=* -prefix=* -sysroot=* -target=* B* C E G* H L* M MD MG MM MMD MP "
    "O* P Q Qunused-arguments S W* c g* integrated-as l* no-canonical-prefixes no-integrated-as "
    "no-pie nodefaultlibs nostartfiles nostdinc nostdlib nostdlibinc p pedantic* pg pie pipe "
    "print-* quiet r rdynamic s save-temps* shared static static-* time v w";

/* Without -f; each is meant with and without `no-`. */
static const char of_code[] =
    "PIC PIE addrsig align-* allow-store-data-races* ansi-escape-codes* asan-* associative-math* "
    "asynchronous-unwind-tables auto-profile* basic-block-sections* branch-* builtin* "
    "call-saved-* call-used-* caller-saves caret-* cf-protection* code-hoisting "
    "color-diagnostics* combine-stack-adjustments common compare-elim* conserve-stack coverage-* "
    "cprop-* crash-diagnostics* crossjumping cse-* cx-* data-sections dce* debug-* defer-pop* "
    "delayed-branch* delete-* denormal-* devirtualize* diagnostics-* "
    "direct-access-external-data* discard-value-names dse* dump-* dwarf2-cfi-asm early-inlining "
    "eliminate-* emit-struct-debug-* error-limit=* exceptions excess-precision=* "
    "expensive-optimizations experimental-new-pass-manager fast-math fat-lto-objects* "
    "file-prefix-map=* "
    "finite-math-only fixed-* float-store forward-propagate fp-contract* freestanding "
    "function-cse function-sections gcse* gnu-unique graphite* guess-branch-probability hoist-* "
    "hosted ident if-conversion* indirect-inlining inhibit-size-directive inline* instrument-* "
    "integrated-as ipa-* ira-* isolate-erroneous-paths-dereference ivopts jump-tables keep-* "
    "lifetime-dse limit-function-alignment live-range-shrinkage loop-* lra-remat lto* "
    "macro-prefix-map=* math-errno max-* memory-profile* merge-* message-length=* "
    "min-function-alignment* modulo-sched move-loop-* non-call-exceptions noreorder-functions "
    "omit-frame-pointer opt-info* optimize-* partial-inlining patchable-function-entry* "
    "pcc-struct-return peel-loops* peephole* pic pie plt plugin* predictive-commoning prefetch-* "
    "printf-return-value profile* pseudo-probe* random-seed* randomize-layout-seed* "
    "reciprocal-math record-command-line record-gcc-switches regmove rename-registers reorder-* "
    "rerun-* reschedule-* rounding-math rtti sanitize* save-optimization-record* sched-* "
    "schedule-insns schedule-insns2 section-anchors sel-* selective-* semantic-interposition "
    "show-* shrink-wrap* signaling-nans signed-zeros single-precision-constant "
    "speculative-load-hardening* spell-checking* split-* ssa-* stack-* stdarg-opt store-merging "
    "strict-aliasing strict-flex-arrays* strict-overflow strict-volatile-bitfields sync-libcalls "
    "syntax-only test-coverage thread-jumps time-report tls-model=* toplevel-reorder* tracer "
    "trapping-math trapv tree-* trivial-auto-var-init* unique-* unit-at-a-time unreachable-traps "
    "unroll-* unsafe-math-optimizations unswitch-loops unwind-tables use-ld=* use-linker-plugin* "
    "var-tracking var-tracking-assignments variable-expansion-in-unroller vect-* verbose-asm "
    "virtual-function-elimination* visibility* vpt web whole-program whole-program-vtables wrapv "
    "wrapv-pointer xray-* zero-call-used-regs* zero-init-padding-bits* zero-initialized-in-bss";

/* The same for -m. */
static const char of_machine[] =
    "3dnow 3dnowa 80387 abicalls abm* accumulate-outgoing-args aes align-data=* align-stringops "
    "alignment-traps amx* annotate-tablejump* apcs* arch=* arm arm-* asm=* backchain block-move "
    "bmi bmi2 branch-cost=* branch-likely branch-protection=* call-* cet-switch* "
    "check-zero-division clflushopt clwb cmodel=* cmov cmpb cpu=* crc crc32 crypto csr-check "
    "cx16 daddi direct-extern-access dlmzb double-float dsp eabi explicit-relocs f16c "
    "fancy-math-387 fdpic fentry fix-* flip-* fma fp-ret-in-387 fp16* fp32 fp64 fprnd fpu=* fpxx "
    "fsgsbase function-return=* fused-madd gfni ginv global-merge harden-sls=* hle hotpatch=* "
    "htm implicit-float implicit-it=* incoming-stack-boundary=* indirect-branch* inline-* "
    "instrument-return=* ips* isa-spec=* isel la-* large-data-threshold=* lasx llsc "
    "load-store-pairs* long-calls* longcall longcalls* loongson-cam loongson-ext loongson-ext2 "
    "loongson-mmi low-precision-* lra lsx lvi-* lzcnt manual-endbr mcount-ra-address mdmx "
    "memcpy-strategy=* memset-strategy=* mfcrf micromips minimal-toc mips16 mips3d mma "
    "mmcount-ra-address movbe movdir* move-* msa mt multiple nop-mcount odd-spreg "
    "omit-leaf-frame-pointer outline outline-atomics packed-stack pc-relative-* pclmul pcrel "
    "pic-data-is-text-relative plt pointers-to-nested-functions poke-function-name* popcnt "
    "popcntb popcntd portable-stack power* preferred-stack-boundary=* prefixed profile-kernel "
    "push-args quad-memory r10k-cache-barrier=* rdrnd rdseed readonly-in-sdata recip* "
    "record-mcount record-return red-zone regnames relax relax-all relax-cmpxchg-loop* "
    "relax-pic-calls relocatable restrict-it retpoline* riscv-attribute riscv-attribute* "
    "rop-protect rtd rtm sahf save-restore save-toc-indirect scalar-strict-align sched-prolog "
    "schedule=* sdata sdata=* serialize sha shared short-load-bytes shstk sign-return-address=* "
    "simd=* single-float single-pic-base skip-rax-setup slow-flash-data smartmips spe spe=* "
    "speculative-load-hardening* stack-* strict-align string sym32 tbm thin-add-sub thumb "
    "thumb-interwork tls-dialect=* tls-direct-seg-refs tp=* traceback=* track-speculation tune=* "
    "unaligned-access unaligned-symbols vaes veclibabi=* vector-strict-align virt vpclmulqdq vx "
    "vzeroupper waitpkg* warn-dynamicstack warn-framesize=* word-relocations xgot xpa xsave* "
    "zarch";

static bool is_listed(const char *word, const char *list)
{
    for (const char *at = list; *at != '\0'; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        bool is_beginning = at[size - 1] == '*';
        size_t count = size - is_beginning;
        if (strncmp(word, at, count) == 0 && (is_beginning || word[count] == '\0'))
            return true;
        at += size;
    }
    return false;
}

bool hg_option_is_of_code(const char *word)
{
    if (word[0] != '-' || word[1] == '\0')
        return false;
    if (is_listed(word + 1, others))
        return true;
    const char *list = word[1] == 'f' ? of_code : word[1] == 'm' ? of_machine : "";
    const char *name = word + 2;
    return is_listed(name, list) || (strncmp(name, "no-", 3) == 0 && is_listed(name + 3, list));
}
