// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a kernel tells of itself, so that its peer can read it.
 *
 * BTF has the layouts; it lacks the addresses of symbols and the values of
 * macros. The kernel looks those of the lists exports.def up by its own kallsyms and
 * compiler, and hands them over by name.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <asm/e820/api.h>
#include <asm/page.h>
#include <linux/orthros/platform.h>
#include "btf.h"
#include "exports_includes.h"	/* of all the exports.def */

#define NAME_SIZE	sizeof_field(struct orthros_export, name)

/* A name that is too long does not compile. */
#define EXPORT(knd, nam, val, pres) {					\
		.kind = ORTHROS_EXPORT_##knd,				\
		.name = nam,						\
		.value = (u64)(val),					\
		.present = (pres) + BUILD_BUG_ON_ZERO(sizeof(nam) > NAME_SIZE), \
	},

/* Part of the image, so physically contiguous. scripts/check-tables reads it there, too. */
static struct orthros_export orthros_exports[] = {
#define ORTHROS_SYM(sym)	EXPORT(SYM, #sym, 0, 0)
#define ORTHROS_CONST(mac)	EXPORT(CONST, #mac, (__force u64)(mac), 1)
#include "exports.h"	/* made of all the exports.def */
};

static int by_kind_and_name(const void *a, const void *b)
{
	const struct orthros_export *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strncmp(x->name, y->name, sizeof(x->name));
}

static void resolve_exports(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(orthros_exports); i++) {
		struct orthros_export *e = &orthros_exports[i];

		if (e->kind != ORTHROS_EXPORT_SYM)
			continue;
		e->value = kallsyms_lookup_name(e->name);
		e->present = !!e->value;
	}
	sort(orthros_exports, ARRAY_SIZE(orthros_exports), sizeof(orthros_exports[0]),
	     by_kind_and_name, NULL);
}

/* RAM that this kernel uses, also where it put boot data into it. */
static bool is_ram(const struct e820_entry *e)
{
	return e->type == E820_TYPE_RAM || e->type == E820_TYPE_RESERVED_KERN;
}

static int fill_ranges(struct orthros_kernel_desc *desc)
{
	u32 i;

	for (i = 0; i < e820_table->nr_entries; i++) {
		const struct e820_entry *e = &e820_table->entries[i];
		struct orthros_range *last = NULL;

		if (!is_ram(e))
			continue;
		if (desc->nr_ranges)
			last = &desc->ranges[desc->nr_ranges - 1];
		if (last && last->start + last->size == e->addr) {
			last->size += e->size;
			continue;
		}
		if (desc->nr_ranges == ORTHROS_MAX_RANGES) {
			pr_err("RAM is in more than %u pieces\n", ORTHROS_MAX_RANGES);
			return -E2BIG;
		}
		desc->ranges[desc->nr_ranges++] = (struct orthros_range) {
			.start = e->addr,
			.size = e->size,
			.type = E820_TYPE_RAM,
		};
	}
	return 0;
}

/**
 * orthros_export_self() - describe the running kernel to its peer
 * @desc:	filled, for &struct orthros_handoff.src
 *
 * What @desc refers to lies in this kernel's image and lives as long as the
 * kernel. Symbols of modules count if the module is there at the time of the
 * call. Not reentrant: the caller serialises. May sleep.
 *
 * Return: 0, -ENODATA if the kernel has no BTF, or -E2BIG if its RAM is in
 * more than %ORTHROS_MAX_RANGES pieces.
 */
int orthros_export_self(struct orthros_kernel_desc *desc)
{
	int err;

	memset(desc, 0, sizeof(*desc));
	if (&__stop_BTF[0] == &__start_BTF[0])
		return -ENODATA;
	resolve_exports();

	strscpy(desc->release, init_utsname()->release, sizeof(desc->release));
	desc->exports_phys = __pa_symbol(orthros_exports);
	desc->exports_nr = ARRAY_SIZE(orthros_exports);
	desc->btf_phys = __pa_symbol(__start_BTF);
	desc->btf_size = __stop_BTF - __start_BTF;
	desc->pgd_phys = __pa_symbol(swapper_pg_dir);
	desc->page_offset = PAGE_OFFSET;
	desc->kernel_map = __START_KERNEL_map;
	desc->kernel_map_size = KERNEL_IMAGE_SIZE;
	desc->phys_base = phys_base;
	desc->vmemmap_start = VMEMMAP_START;
	desc->levels = pgtable_l5_enabled() ? 5 : 4;

	err = fill_ranges(desc);
	if (err)
		memset(desc, 0, sizeof(*desc));
	return err;
}
