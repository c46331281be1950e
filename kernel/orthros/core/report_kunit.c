// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test of what is said to people: no addresses of the kernel.
 */
#include <kunit/test.h>
#include <linux/string.h>
#include <linux/orthros/platform.h>
#include "report.h"

#define ADDR	0xffff888012345678ULL

static void report_hides_addresses(struct kunit *test)
{
	char first[ORTHROS_TEXT_LEN];

	orthros_set_last_error("inode %#llx, %#x bytes at %#llx: bad", ADDR, 0x1000, ADDR);
	strscpy(first, orthros_last_error(), sizeof(first));
	KUNIT_EXPECT_NULL(test, strstr(first, "ffff8880"));
	KUNIT_EXPECT_NULL(test, strstr(first, "12345678"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(first, ", 0x1000 bytes at 0x"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(first, ": bad"));
	/* The same address can still be told from others. */
	orthros_set_last_error("inode %#llx, %#x bytes at %#llx: bad", ADDR, 0x1000, ADDR);
	KUNIT_EXPECT_STREQ(test, first, orthros_last_error());
	orthros_set_last_error("inode %#llx, %#x bytes at %#llx: bad", ADDR, 0x1000, ADDR + 8);
	KUNIT_EXPECT_STRNEQ(test, first, orthros_last_error());
	/* What is none stays. */
	orthros_set_last_error("mapping %#llx, 0xffff, 0x", 0x7fff12345000ULL);
	KUNIT_EXPECT_STREQ(test, orthros_last_error(), "mapping 0x7fff12345000, 0xffff, 0x");
	orthros_set_last_error("%s", "");
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(report_hides_addresses),
	{ }
};

static struct kunit_suite report_suite = {
	.name = "orthros_report",
	.test_cases = report_cases,
};

kunit_test_suite(report_suite);
