// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source's memory map: its struct pages, found through a translation that
 * is made once. Claiming looks at one for each page.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include "../core/report.h"
#include "../core/source.h"
#include "pages.h"
#include "tables.h"

/* Each 2 MiB of the memory map that is contiguous, here; else NULL. */
static const u8 **windows;
static unsigned long first_window, nr_windows;
static bool gapless;
static unsigned long huge_zero;
static struct orthros_page_env env;

static u64 page_addr(const struct orthros_src *src, u32 size, u64 phys)
{
	return src->desc.vmemmap_start + PHYS_PFN(phys) * size;
}

static void open_windows(const struct orthros_src *src, u64 from, u64 to)
{
	u64 addr;

	for (addr = from & PMD_MASK; addr < to; addr += PMD_SIZE) {
		unsigned long i = (addr >> PMD_SHIFT) - first_window;
		size_t left;
		phys_addr_t phys = orthros_src_phys(src, addr, &left);

		if (phys && left >= PMD_SIZE)
			windows[i] = orthros_src_map(src, phys, PMD_SIZE);
		if (!windows[i])
			gapless = false;
	}
}

/*
 * Find the source's memory map.
 *
 * Context: when a BackupOS gets ready.
 */
static int resolve(struct orthros_src *src)
{
	u64 low = U64_MAX, high = 0;
	unsigned int i;
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_page_env, 0, &env);
	if (err)
		return err;
	for (i = 0; i < src->desc.nr_ranges; i++) {
		const struct orthros_range *r = &src->desc.ranges[i];

		low = min(low, page_addr(src, env.page_size, r->start));
		high = max(high, page_addr(src, env.page_size, r->start + r->size - 1));
	}
	if (low > high || high - low >= BIT_ULL(40))
		return orthros_bad(-EINVAL, "source: memory map");
	first_window = low >> PMD_SHIFT;
	nr_windows = (high >> PMD_SHIFT) - first_window + 1;
	windows = kvcalloc(nr_windows, sizeof(*windows), GFP_KERNEL);
	if (!windows)
		return -ENOMEM;
	/* A struct page that does not lie in one window takes the slow way. */
	gapless = is_power_of_2(env.page_size);
	for (i = 0; i < src->desc.nr_ranges; i++) {
		const struct orthros_range *r = &src->desc.ranges[i];

		open_windows(src, page_addr(src, env.page_size, r->start),
			     page_addr(src, env.page_size, r->start + r->size - 1) + 1);
	}
	return 0;
}

/**
 * orthros_memmap_page() - a struct page of the source
 * @src:	source
 * @addr:	its address there, unchecked
 * @size:	its size
 *
 * Return: it, here, or NULL if it is not in the source's RAM.
 */
const u8 *orthros_memmap_page(const struct orthros_src *src, u64 addr, u32 size)
{
	u64 i = (addr >> PMD_SHIFT) - first_window, off = addr & ~PMD_MASK;
	phys_addr_t phys;
	size_t left;

	if (i < nr_windows && windows[i] && off + size <= PMD_SIZE)
		return windows[i] + off;
	phys = orthros_src_phys(src, addr, &left);
	return phys && left >= size ? orthros_src_map(src, phys, size) : NULL;
}

/**
 * orthros_memmap_keep() - keep what orthros_memmap_page() reads
 * @keep:	pages that are not to be freed
 *
 * Return: true if orthros_memmap_page() gets along with that.
 */
bool orthros_memmap_keep(struct orthros_keep *keep)
{
	unsigned long i, k, pfn;

	if (!gapless)
		return false;
	for (i = 0; i < nr_windows; i++) {
		if (!windows[i])
			continue;
		pfn = PHYS_PFN(__pa(windows[i]));
		for (k = 0; k < PTRS_PER_PTE; k++)
			orthros_keep_page(keep, pfn + k);
	}
	return true;
}

/**
 * orthros_memmap_huge_zero() - the source's huge zero page
 * @src:	source, parked
 *
 * Return: its first page frame number, or 0 if there is none.
 */
unsigned long orthros_memmap_huge_zero(const struct orthros_src *src)
{
	static bool known;
	u64 pfn;

	/* Read while the source's memory is still there. */
	if (!known && env.huge_zero_pfn && !orthros_src_u64(src, env.huge_zero_pfn, &pfn))
		huge_zero = pfn == ~0ULL ? 0 : pfn;
	known = true;
	return huge_zero;
}

const struct orthros_kind orthros_pages_kind = {
	.name	= "memory map",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_page_env),
	.resolve = resolve,
};
