// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of a kernel's own description: what a peer would do with it,
 * done by the kernel to itself.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>
#include <linux/orthros/platform.h>
#include "btf.h"
#include "kind.h"
#include "member.h"
#include "tables.h"

static struct orthros_kernel_desc *self(struct kunit *test)
{
	struct orthros_kernel_desc *desc = kunit_kzalloc(test, sizeof(*desc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, desc);
	KUNIT_ASSERT_EQ(test, orthros_export_self(desc), 0);
	return desc;
}

static bool in_ranges(const struct orthros_kernel_desc *desc, u64 phys)
{
	u32 i;

	for (i = 0; i < desc->nr_ranges; i++)
		if (phys >= desc->ranges[i].start &&
		    phys - desc->ranges[i].start < desc->ranges[i].size)
			return true;
	return false;
}

static void export_desc(struct kunit *test)
{
	struct orthros_kernel_desc *desc = self(test);
	u64 phys = (unsigned long)&init_task - desc->kernel_map + desc->phys_base;
	u32 i;

	KUNIT_EXPECT_STREQ(test, desc->release, init_utsname()->release);
	KUNIT_EXPECT_EQ(test, phys, (u64)__pa_symbol(&init_task));
	KUNIT_EXPECT_EQ(test, (u64)__pa(desc), (unsigned long)desc - desc->page_offset);
	KUNIT_EXPECT_EQ(test, (unsigned long)virt_to_page(desc), (unsigned long)
			(desc->vmemmap_start + PHYS_PFN(__pa(desc)) * sizeof(struct page)));
	KUNIT_EXPECT_TRUE(test, desc->levels == 4 || desc->levels == 5);

	KUNIT_EXPECT_TRUE(test, in_ranges(desc, phys));
	KUNIT_EXPECT_TRUE(test, in_ranges(desc, __pa(desc)));
	KUNIT_EXPECT_TRUE(test, in_ranges(desc, desc->btf_phys + desc->btf_size - 1));
	for (i = 1; i < desc->nr_ranges; i++)
		KUNIT_EXPECT_GT(test, desc->ranges[i].start,
				desc->ranges[i - 1].start + desc->ranges[i - 1].size);
}

static void export_sorted(struct kunit *test)
{
	struct orthros_kernel_desc *desc = self(test);
	const struct orthros_export *e = __va(desc->exports_phys);
	u64 i;

	for (i = 0; i < desc->exports_nr; i++) {
		KUNIT_EXPECT_LT(test, strnlen(e[i].name, sizeof(e[i].name)), sizeof(e[i].name));
		if (!i || e[i].kind != e[i - 1].kind) {
			KUNIT_EXPECT_TRUE(test, !i || e[i].kind > e[i - 1].kind);
			continue;
		}
		KUNIT_EXPECT_GT_MSG(test, strcmp(e[i].name, e[i - 1].name), 0, "%s", e[i].name);
	}
}

static int lookup(void *ctx, u32 kind, const char *name, u64 *value)
{
	const struct orthros_kernel_desc *desc = ctx;
	const struct orthros_export *e = __va(desc->exports_phys);
	u64 i;

	for (i = 0; i < desc->exports_nr; i++) {
		if (e[i].kind != kind || strcmp(e[i].name, name))
			continue;
		*value = e[i].value;
		return e[i].present ? 0 : -ENOENT;
	}
	return -ENOENT;
}

static void parse_self(struct kunit *test, const struct orthros_kernel_desc *desc,
		       struct orthros_btf *btf)
{
	KUNIT_ASSERT_EQ(test, orthros_btf_parse(btf, __va(desc->btf_phys), desc->btf_size), 0);
}

/* A copy of a table, so that one that is in use stays as it is. */
static void copy_table(struct kunit *test, const struct orthros_table *t,
		       struct orthros_table *copy)
{
	size_t size = t->nr_rows * sizeof(*t->rows);

	*copy = *t;
	copy->rows = kunit_kmalloc(test, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy->rows);
	memcpy(copy->rows, t->rows, size);
}

/* Each kernel can be a source: every table resolves against itself. */
static void export_tables(struct kunit *test)
{
	struct orthros_kernel_desc *desc = self(test);
	const struct orthros_kind *const *k;
	struct orthros_table *const *t;
	struct orthros_table copy;
	struct orthros_btf btf;
	char err[128] = "";

	parse_self(test, desc, &btf);
	for (k = orthros_kinds(); *k; k++) {
		for (t = (*k)->tables; t && *t; t++) {
			copy_table(test, *t, &copy);
			KUNIT_EXPECT_EQ_MSG(test, 0, orthros_table_resolve(&copy, &btf, lookup,
									   desc, err, sizeof(err)),
					    "%s", err);
			kunit_kfree(test, copy.rows);
		}
	}
	orthros_btf_free(&btf);
}

static int read_self(void *ctx, u64 addr, void *buf, size_t len)
{
	return copy_from_kernel_nofault(buf, (const void *)(unsigned long)addr, len) ?
	       -EFAULT : 0;
}

static void export_read(struct kunit *test)
{
	const struct orthros_mem mem = { .read = read_self };
	struct orthros_kernel_desc *desc = self(test);
	struct orthros_core_view core;
	struct orthros_task_view task;
	struct orthros_table copy;
	struct orthros_btf btf;
	char err[128] = "";

	parse_self(test, desc, &btf);
	copy_table(test, &orthros_table_core, &copy);
	KUNIT_ASSERT_EQ_MSG(test, 0, orthros_table_resolve(&copy, &btf, lookup, desc, err,
							   sizeof(err)), "%s", err);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&mem, &copy, 0, &core), 0);
	KUNIT_EXPECT_EQ(test, core.init_task, (u64)(unsigned long)&init_task);
	KUNIT_EXPECT_EQ(test, core.tasks_off, (u32)offsetof(struct task_struct, tasks));
	KUNIT_EXPECT_EQ(test, core.task_size, (u32)sizeof(struct task_struct));

	copy_table(test, &orthros_table_core_task, &copy);
	KUNIT_ASSERT_EQ_MSG(test, 0, orthros_table_resolve(&copy, &btf, lookup, desc, err,
							   sizeof(err)), "%s", err);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&mem, &copy, (unsigned long)current, &task), 0);
	KUNIT_EXPECT_EQ(test, task.pid, current->pid);
	KUNIT_EXPECT_EQ(test, task.tgid, current->tgid);
	KUNIT_EXPECT_EQ(test, task.mm, (u64)(unsigned long)current->mm);
	KUNIT_EXPECT_STREQ(test, task.comm, current->comm);
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&mem, &copy, 0xdead000000000000ULL, &task),
			-EFAULT);
	orthros_btf_free(&btf);
}

/* Stands in for a private struct; its name is unique. */
struct orthros_kunit_private {
	u8 byte;
	u16 word;
	u32 dword;
	u64 qword;
	struct {
		s32 inner;
	};
	u32 bits : 3;
	char text[5];
};

static void member_access(struct kunit *test)
{
	struct orthros_kunit_private p = { .qword = ~0ULL };
	u64 v;

	KUNIT_EXPECT_EQ(test, orthros_dst_offset("orthros_kunit_private.qword"),
			(long)offsetof(struct orthros_kunit_private, qword));
	KUNIT_EXPECT_EQ(test, orthros_dst_offset("orthros_kunit_private.gone"), (long)-ENOENT);
	KUNIT_EXPECT_EQ(test, orthros_dst_offset("orthros_kunit_private.bits"), (long)-EINVAL);

	KUNIT_EXPECT_EQ(test, orthros_dst_poke(&p, "orthros_kunit_private.byte", 0xff), 0);
	KUNIT_EXPECT_EQ(test, orthros_dst_poke(&p, "orthros_kunit_private.byte", 0x100),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, orthros_dst_poke(&p, "orthros_kunit_private.word", 0x1234), 0);
	KUNIT_EXPECT_EQ(test, orthros_dst_poke(&p, "orthros_kunit_private.dword", 0x12345678), 0);
	KUNIT_EXPECT_EQ(test, orthros_dst_poke(&p, "orthros_kunit_private.inner", -5), 0);
	KUNIT_EXPECT_EQ(test, orthros_dst_poke(&p, "orthros_kunit_private.text", 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, p.byte, 0xff);
	KUNIT_EXPECT_EQ(test, p.word, 0x1234);
	KUNIT_EXPECT_EQ(test, p.dword, 0x12345678U);
	KUNIT_EXPECT_EQ(test, p.inner, -5);

	KUNIT_EXPECT_EQ(test, orthros_dst_peek(&p, "orthros_kunit_private.qword", &v), 0);
	KUNIT_EXPECT_EQ(test, v, ~0ULL);
	KUNIT_EXPECT_EQ(test, orthros_dst_peek(&p, "orthros_kunit_private.inner", &v), 0);
	KUNIT_EXPECT_EQ(test, v, (u64)(u32)-5);
	KUNIT_EXPECT_PTR_EQ(test, orthros_dst_ptr(&p, "orthros_kunit_private.text"),
			    (void *)p.text);
}

static struct kunit_case orthros_export_cases[] = {
	KUNIT_CASE(export_desc),
	KUNIT_CASE(export_sorted),
	KUNIT_CASE(export_tables),
	KUNIT_CASE(export_read),
	KUNIT_CASE(member_access),
	{}
};

static struct kunit_suite orthros_export_suite = {
	.name = "orthros_export",
	.test_cases = orthros_export_cases,
};

kunit_test_suite(orthros_export_suite);
