// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of the source become page cache of tmpfs files here, where they lie.
 *
 * What shmem_add_to_page_cache() does for a page it has just allocated, for
 * one that is full already. Base pages only: a huge page of the source comes
 * as so many small ones.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/xarray.h>
#include "../pages/pages.h"
#include "fs_internal.h"

/*
 * The limit on memory that may be promised counts only this kernel's own half
 * of the machine yet, and looks at one request at a time.
 */
#define CHARGE_BATCH	1024UL

/* Blocks, i_blocks, nrpages and committed memory. */
static int charge(struct inode *inode, unsigned long nr)
{
	while (nr) {
		unsigned long n = min(nr, CHARGE_BATCH);

		if (!shmem_charge(inode, n))
			return -ENOSPC;
		nr -= n;
		cond_resched();
	}
	return 0;
}

static int add_folio(struct address_space *mapping, struct folio *folio, pgoff_t index)
{
	XA_STATE(xas, &mapping->i_pages, index);
	void *old;
	int err;

	/* One more reference than the page cache's own: of orthros_shmem_lru(). */
	folio_get(folio);
	__folio_set_swapbacked(folio);
	__folio_mark_uptodate(folio);
	folio->mapping = mapping;
	folio->index = index;
	/* Else reclaim would take it for a hole that was only read. */
	folio_set_dirty(folio);
	err = mem_cgroup_charge(folio, NULL, GFP_KERNEL);
	if (err)
		return err;
	do {
		xas_lock_irq(&xas);
		old = xas_load(&xas);
		if (old)
			xas_set_err(&xas, -EEXIST);
		else
			xas_store(&xas, folio);
		if (!xas_error(&xas)) {
			/* nrpages was counted by charge(). */
			__lruvec_stat_mod_folio(folio, NR_FILE_PAGES, 1);
			__lruvec_stat_mod_folio(folio, NR_SHMEM, 1);
		}
		xas_unlock_irq(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL));
	return xas_error(&xas);
}

/* What a write to a file of ramfs does with a page: it counts for nothing. */
static int add_ramfs_folio(struct address_space *mapping, struct folio *folio, pgoff_t index)
{
	int err = orthros_cache_charge(folio, GFP_KERNEL);

	if (err)
		return err;
	__folio_set_locked(folio);
	err = __filemap_add_folio(mapping, folio, index, GFP_KERNEL, NULL);
	if (!err) {
		folio_mark_uptodate(folio);
		folio_mark_dirty(folio);
	}
	folio_unlock(folio);
	return err;
}

/**
 * orthros_shmem_adopt() - give a file its pages
 * @img:	image
 * @inode:	file of tmpfs or ramfs that nobody uses yet
 * @rec:	which pages, and where they lie
 *
 * The pages do not go to the LRU lists, so that nothing moves or frees them,
 * and with that writes to them, before the source is given up: see
 * orthros_shmem_lru(). On an error, all stays as far as it got: a hop that
 * fails leaves a kernel that is not used again.
 *
 * Context: process context of a task without memory cgroup.
 *
 * Return: 0 or negative errno.
 */
int orthros_shmem_adopt(struct orthros_image *img, struct inode *inode,
			const struct orthros_pages_rec *rec)
{
	const bool ramfs = orthros_is_ramfs(inode);
	struct mem_cgroup *old;
	unsigned long total = 0;
	u32 i, k;
	int err;

	for (i = 0; i < rec->nr; i++)
		total += rec->runs[i].nr;
	err = ramfs ? 0 : charge(inode, total);
	if (err)
		return orthros_fail(err, "inode %lu: %lu pages", inode->i_ino, total);
	for (i = 0; i < rec->nr; i++) {
		const struct orthros_page_run *run = &rec->runs[i];

		for (k = 0; k < run->nr; k++) {
			struct page *page = orthros_claim_page(img, run->pfn + k);
			u64 index = run->index + k;

			if (IS_ERR_OR_NULL(page))
				return orthros_fail(page ? PTR_ERR(page) : -EBUSY,
						    "inode %lu: pfn %#llx", inode->i_ino,
						    run->pfn + k);
			/* Claimed for something else, too: it is not only this file's. */
			if (page_count(page) != 1)
				return orthros_fail(-EUCLEAN, "inode %lu: pfn %#llx is shared",
						    inode->i_ino, run->pfn + k);
			old = orthros_charge_to(img, run->memcg);
			err = ramfs ? add_ramfs_folio(inode->i_mapping, page_folio(page), index) :
				      add_folio(inode->i_mapping, page_folio(page), index);
			set_active_memcg(old);
			if (err)
				return orthros_fail(err, "inode %lu: page %llu", inode->i_ino,
						    index);
		}
		cond_resched();
	}
	return 0;
}

/**
 * orthros_shmem_lru() - let memory management see adopted pages
 * @rec:	pages given to a file by orthros_shmem_adopt()
 *
 * Context: process context, the file may be in use or gone. Not before the
 * commit, and once only.
 */
void orthros_shmem_lru(const struct orthros_pages_rec *rec)
{
	u32 i, k;

	for (i = 0; i < rec->nr; i++) {
		for (k = 0; k < rec->runs[i].nr; k++) {
			struct folio *folio = pfn_folio(rec->runs[i].pfn + k);

			/* Truncated meanwhile: ours is the last reference. */
			if (folio->mapping)
				folio_add_lru(folio);
			folio_put(folio);
		}
		orthros_claim_settled(rec->runs[i].nr);
		cond_resched();
	}
}
