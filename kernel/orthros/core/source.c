// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of the source kernel, read through our own direct map.
 *
 * Nothing here trusts a value of the source: an address is translated by the
 * description it gave at load (checked once) or by its page tables, and what
 * comes out must lie in RAM that was the source's.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "report.h"
#include "source.h"

#define CPUS_MAX	8192U

/* Architectural page table bits (Intel SDM vol. 3, 4.5). */
#define PT_PRESENT	BIT_ULL(0)
#define PT_LEAF		BIT_ULL(7)
#define PT_ADDR		GENMASK_ULL(51, 12)

bool orthros_src_owns(const struct orthros_src *src, phys_addr_t phys, size_t len)
{
	unsigned int i;

	for (i = 0; i < src->desc.nr_ranges; i++) {
		const struct orthros_range *r = &src->desc.ranges[i];

		if (phys >= r->start && phys - r->start < r->size &&
		    len <= r->size - (phys - r->start))
			return true;
	}
	return false;
}

const void *orthros_src_map(const struct orthros_src *src, phys_addr_t phys, size_t len)
{
	if (!orthros_src_owns(src, phys, len))
		return NULL;
	return __va(phys);
}

/* Walk the source's kernel page tables; 0 if not mapped. */
static phys_addr_t src_walk(const struct orthros_src *src, u64 vaddr, size_t *left)
{
	phys_addr_t table = src->desc.pgd_phys & PT_ADDR;
	int shift = src->desc.levels == 5 ? 48 : 39;

	for (;; shift -= 9) {
		const u64 *ent = orthros_src_map(src, table, PAGE_SIZE);
		u64 val;

		if (!ent)
			return 0;
		val = READ_ONCE(ent[(vaddr >> shift) & 511]);
		if (!(val & PT_PRESENT))
			return 0;
		if (shift == PAGE_SHIFT || (shift <= 30 && (val & PT_LEAF))) {
			u64 mask = BIT_ULL(shift) - 1;

			*left = mask + 1 - (vaddr & mask);
			return (val & PT_ADDR & ~mask) | (vaddr & mask);
		}
		table = val & PT_ADDR;
	}
}

/**
 * orthros_src_phys() - translate a kernel virtual address of the source
 * @src:	source
 * @vaddr:	its virtual address
 * @left:	set to the bytes that are contiguous from there
 *
 * Return: physical address, or 0 if it is not mapped. It need not be RAM:
 * orthros_src_map() checks that.
 */
phys_addr_t orthros_src_phys(const struct orthros_src *src, u64 vaddr, size_t *left)
{
	const struct orthros_kernel_desc *d = &src->desc;
	u64 off;

	off = vaddr - d->page_offset;
	if (vaddr >= d->page_offset && off < BIT_ULL(46)) {
		*left = PAGE_SIZE - offset_in_page(vaddr);
		return off;
	}
	off = vaddr - d->kernel_map;
	if (vaddr >= d->kernel_map && off < d->kernel_map_size) {
		*left = d->kernel_map_size - off;
		return off + d->phys_base;
	}
	return src_walk(src, vaddr, left);
}

/**
 * orthros_src_read() - copy from the source's virtual memory
 * @src:	source
 * @vaddr:	its kernel virtual address
 * @buf:	destination
 * @len:	bytes
 *
 * Return: 0, or -EFAULT if any byte is not in the source's RAM.
 */
int orthros_src_read(const struct orthros_src *src, u64 vaddr, void *buf, size_t len)
{
	while (len) {
		size_t left, n;
		phys_addr_t phys = orthros_src_phys(src, vaddr, &left);
		const void *p;

		n = min(len, left);
		p = phys ? orthros_src_map(src, phys, n) : NULL;
		if (!p)
			return -EFAULT;
		memcpy(buf, p, n);
		buf += n;
		vaddr += n;
		len -= n;
	}
	return 0;
}

/* A live walk that failed may do so without being wrong: its last try is told. */
static void src_mem_report(void *ctx, const char *table, const char *field, int err)
{
	orthros_bad(err, "%s: %s cannot be read", table, field);
}

static int src_mem_read(void *ctx, u64 addr, void *buf, size_t len)
{
	return orthros_src_read(ctx, addr, buf, len);
}

/**
 * orthros_src_u64() - read one word
 * @src:	source
 * @vaddr:	its address
 * @val:	value
 *
 * Return: 0 or -EFAULT.
 */
int orthros_src_u64(const struct orthros_src *src, u64 vaddr, u64 *val)
{
	return orthros_src_read(src, vaddr, val, sizeof(*val));
}

/**
 * orthros_src_percpu_sum() - the sum of a 32-bit number that each CPU has one of
 * @src:	source
 * @percpu:	its address, as of what is per CPU
 * @sum:	is set
 *
 * Return: 0 or negative errno.
 */
int orthros_src_percpu_sum(const struct orthros_src *src, u64 percpu, s64 *sum)
{
	u64 offsets, nr_ids, off;
	u32 cpus, i;
	s32 val;
	int err;

	*sum = 0;
	err = orthros_src_sym(src, "__per_cpu_offset", &offsets) ?:
	      orthros_src_sym(src, "nr_cpu_ids", &nr_ids) ?:
	      orthros_src_read(src, nr_ids, &cpus, sizeof(cpus));
	if (err)
		return err;
	if (!cpus || cpus > CPUS_MAX)
		return -EUCLEAN;
	for (i = 0; i < cpus; i++) {
		err = orthros_src_u64(src, offsets + i * sizeof(off), &off) ?:
		      orthros_src_read(src, percpu + off, &val, sizeof(val));
		if (err)
			return err;
		*sum += val;
	}
	return 0;
}

/**
 * orthros_src_str() - read a NUL-terminated string
 * @src:	source
 * @vaddr:	its address
 * @buf:	destination
 * @size:	bytes in @buf
 *
 * Return: length, -E2BIG if there is no NUL within @size, or -EFAULT.
 */
ssize_t orthros_src_str(const struct orthros_src *src, u64 vaddr, char *buf, size_t size)
{
	size_t done = 0;

	while (done < size) {
		size_t n = min(size - done, (size_t)(64 - ((vaddr + done) & 63)));
		size_t len;

		if (orthros_src_read(src, vaddr + done, buf + done, n))
			return -EFAULT;
		len = strnlen(buf + done, n);
		done += len;
		if (len < n)
			return done;
	}
	return -E2BIG;
}

static const struct orthros_export *src_export(const struct orthros_src *src, u32 kind,
					       const char *name)
{
	size_t lo = 0, hi = src->exports_nr;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct orthros_export *e = &src->exports[mid];
		int d = e->kind != kind ? (e->kind < kind ? -1 : 1) :
					  strncmp(e->name, name, sizeof(e->name));

		if (!d)
			return e->present ? e : NULL;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static int src_lookup(const struct orthros_src *src, u32 kind, const char *name, u64 *val)
{
	const struct orthros_export *e = src_export(src, kind, name);

	*val = e ? e->value : 0;
	return e ? 0 : -ENOENT;
}

/**
 * orthros_src_sym() - address of a symbol that the source exports
 * @src:	source
 * @name:	symbol of exports.def
 * @val:	its virtual address, 0 if absent
 *
 * Return: 0, or -ENOENT if the source has none.
 */
int orthros_src_sym(const struct orthros_src *src, const char *name, u64 *val)
{
	return src_lookup(src, ORTHROS_EXPORT_SYM, name, val);
}

/**
 * orthros_src_const() - value of a constant that the source exports
 * @src:	source
 * @name:	constant of exports.def
 * @val:	its value, 0 if absent
 *
 * Return: 0, or -ENOENT if the source has none.
 */
int orthros_src_const(const struct orthros_src *src, const char *name, u64 *val)
{
	return src_lookup(src, ORTHROS_EXPORT_CONST, name, val);
}

/**
 * orthros_src_is() - compare an address with a symbol of the source
 * @src:	source
 * @addr:	address in the source
 * @name:	exported name
 *
 * Return: true if the source has the symbol and it lies there.
 */
bool orthros_src_is(const struct orthros_src *src, u64 addr, const char *name)
{
	u64 sym;

	return addr && !orthros_src_sym(src, name, &sym) && sym == addr;
}

/**
 * orthros_src_init() - get ready to read the source
 * @src:	filled
 * @ho:		hand-off block
 *
 * Takes a copy of the description, so that it cannot change underneath.
 *
 * Return: 0, or -EINVAL with the reason in the log.
 */
int orthros_src_init(struct orthros_src *src, const struct orthros_handoff *ho)
{
	struct orthros_kernel_desc *d = &src->desc;
	size_t size;

	memset(src, 0, sizeof(*src));
	src->mem.read = src_mem_read;
	src->mem.report = src_mem_report;
	src->mem.ctx = src;
	*d = ho->src;
	d->release[sizeof(d->release) - 1] = '\0';

	if (d->nr_ranges > ORTHROS_MAX_RANGES)
		return orthros_bad(-EINVAL, "source: %u RAM ranges", d->nr_ranges);
	if (d->levels != 4 && d->levels != 5)
		return orthros_bad(-EINVAL, "source: %u page table levels", d->levels);
	if (!orthros_src_map(src, d->pgd_phys, PAGE_SIZE))
		return orthros_bad(-EINVAL, "source: page directory at %#llx", d->pgd_phys);
	if (d->exports_nr > SZ_64K)
		return orthros_bad(-EINVAL, "source: %llu exports", d->exports_nr);
	size = d->exports_nr * sizeof(struct orthros_export);
	src->exports = orthros_src_map(src, d->exports_phys, size);
	if (!src->exports)
		return orthros_bad(-EINVAL, "source: exports at %#llx", d->exports_phys);
	src->exports_nr = d->exports_nr;
	return 0;
}
