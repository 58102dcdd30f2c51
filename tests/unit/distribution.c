/* Which package of each distribution holds a kernel's headers, by its os-release. */
#include "tree/distribution.h"
#include "helpers.h"
#include "suites.h"

#include <CUnit/CUnit.h>
#include <string.h>

static bool is_answer(const char *os_release, const char *release, const char *wanted)
{
    struct hg_text text = {0};
    bool is_known = hg_put_headers_package(os_release, release, &text);
    bool is_same = is_known ? wanted != NULL && strcmp(hg_text_string(&text), wanted) == 0
                            : wanted == NULL && text.size == 0;
    hg_text_deinit(&text);
    return is_same;
}

static void test_families(void)
{
    CU_ASSERT(is_answer("NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n",
                        "6.1.0-50-amd64", "apt install linux-headers-6.1.0-50-amd64"));
    CU_ASSERT(is_answer("ID=ubuntu\nID_LIKE=debian\n", "6.8.0-31-generic",
                        "apt install linux-headers-6.8.0-31-generic"));
    CU_ASSERT(is_answer("ID=fedora\n", "6.8.5-301.fc40.x86_64",
                        "dnf install kernel-devel-6.8.5-301.fc40.x86_64"));
    CU_ASSERT(is_answer("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "5.14.0-427.el9.x86_64",
                        "dnf install kernel-devel-5.14.0-427.el9.x86_64"));
    CU_ASSERT(is_answer("ID=arch\n", "6.9.1-arch1-1", "pacman -S linux-headers"));
    CU_ASSERT(is_answer("ID=arch\n", "6.6.30-1-lts", "pacman -S linux-lts-headers"));
    CU_ASSERT(is_answer("ID=manjaro\nID_LIKE=arch", "6.9.1-1-zen", "pacman -S linux-zen-headers"));
    CU_ASSERT(is_answer("ID=alpine\n", "6.6.30-0-virt", "apk add linux-virt-dev"));
    CU_ASSERT(is_answer("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n",
                        "6.4.0-150600.23-default", "zypper install kernel-default-devel"));
}

static void test_like(void)
{
    CU_ASSERT(is_answer("ID_LIKE='ubuntu debian'\r\nID=linuxmint\r\n", "6.8.0-31-generic",
                        "apt install linux-headers-6.8.0-31-generic"));
    CU_ASSERT(is_answer("ID=\"none of these\"\nID_LIKE=\"strange fedora\"", "1",
                        "dnf install kernel-devel-1"));
    /* ID goes before ID_LIKE; VERSION_ID and comments are neither. */
    CU_ASSERT(is_answer("ID_LIKE=debian\nVERSION_ID=arch\n#ID=alpine\nID=fedora\n", "1",
                        "dnf install kernel-devel-1"));
}

static void test_unknown(void)
{
    CU_ASSERT(is_answer("ID=nixos\n", "6.9.1", NULL));
    CU_ASSERT(is_answer("", "6.9.1", NULL));
    CU_ASSERT(is_answer("ID=", "6.9.1", NULL));
    CU_ASSERT(is_answer("ID=\"", "6.9.1", NULL));
    CU_ASSERT(is_answer("ID=debianish\n", "6.9.1", NULL));
    CU_ASSERT(is_answer("ID=debian\n", "", NULL));
    CU_ASSERT(is_answer("ID=debian\n", "6.1; rm", NULL));
    CU_ASSERT(is_answer("ID=debian\n", "6.1\n", NULL));
}

static void test_path(void)
{
    struct hg_text text = {0};
    CU_ASSERT_FALSE(hg_put_package_of("/lib/modules//build", &text));
    CU_ASSERT_FALSE(hg_put_package_of("/lib/modules/6.1", &text));
    CU_ASSERT_FALSE(hg_put_package_of("/lib/modules/6.1/builder", &text));
    CU_ASSERT_FALSE(hg_put_package_of("/lib", &text));
    CU_ASSERT_FALSE(hg_put_package_of("", &text));
    CU_ASSERT_FALSE(hg_put_package_of("/usr/lib/", &text));
    CU_ASSERT_FALSE(hg_put_package_of("build", &text));
    hg_text_deinit(&text);
}

void hg_test_distribution(void)
{
    CU_pSuite suite = CU_add_suite("packages of headers", NULL, NULL);
    CU_add_test(suite, "families", test_families);
    CU_add_test(suite, "like another", test_like);
    CU_add_test(suite, "unknown", test_unknown);
    CU_add_test(suite, "paths", test_path);
}
