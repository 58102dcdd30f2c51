# BTF of the kernel that the image is built with, for CO-RE programs on a device whose kernel has none.
SUMMARY = "BTF of the kernel for CO-RE programs"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/GPL-2.0-only;md5=801f80980d171dd6425610833a22dbe6"

inherit module-base

DEPENDS = "virtual/kernel"
HOSTTOOLS_NONFATAL += "hdrgen"
PACKAGE_ARCH = "${MACHINE_ARCH}"

# Names of types, or `--for program.bpf.o` for no more than that program relocates against.
KERNEL_BTF_TYPES ?= "task_struct --pointers follow"

do_configure[noexec] = "1"

do_compile() {
    hdrgen --kernel ${STAGING_KERNEL_BUILDDIR} ${KERNEL_BTF_TYPES} -o ${B}/kernel.btf
}

do_install() {
    install -D -m 0644 ${B}/kernel.btf ${D}${datadir}/btf/${KERNEL_VERSION}.btf
}

FILES:${PN} = "${datadir}/btf"
