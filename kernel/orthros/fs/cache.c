// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clean pages of files on disks are adopted where they lie, so that the machine
 * is as warm after a hop as before it. The source wrote its dirty pages when it
 * froze the file systems, so all of them are clean. Those of a kernel that has failed
 * have been written by now, see dirty.c.
 *
 * Small files that a process has open or mapped get theirs before the commit:
 * programs and libraries, which would fault at once. All others get them when the
 * processes run, so that the downtime does not grow with the page cache. A
 * file that somebody has changed meanwhile does not: its change time tells.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include "../pages/pages.h"
#include "fs_internal.h"

/* So many pages of a file are worth downtime: 16 MiB. */
#define HOT_PAGES	4096
/* Others may write to the file after so many. */
#define BATCH		256
#define MAX_INODES	100000000UL

/**
 * struct cache_walk - adoption of one file's pages
 * @img:	image
 * @inode:	file
 * @v:		its inode
 * @live:	processes run: @inode may change under us
 * @look:	the page that was looked at last
 * @batch:	pages until others get their turn
 * @nr:		pages adopted
 */
struct cache_walk {
	struct orthros_image *img;
	struct inode *inode;
	const struct orthros_dinode_view *v;
	bool live;
	struct orthros_folio_look look;
	unsigned int batch;
	unsigned long nr;
};

static bool unchanged(const struct cache_walk *w)
{
	struct timespec64 ctime = orthros_inode_ctime(w->inode);

	return ctime.tv_sec == w->v->ctime &&
	       ctime.tv_nsec == (w->v->ctime_ns & ~BIT_ULL(31)) &&
	       i_size_read(w->inode) == w->v->rec.size;
}

static void lock_file(struct cache_walk *w)
{
	inode_lock(w->inode);
	filemap_invalidate_lock(w->inode->i_mapping);
}

static void unlock_file(struct cache_walk *w)
{
	filemap_invalidate_unlock(w->inode->i_mapping);
	inode_unlock(w->inode);
}

/* 0, also if somebody has read the page meanwhile, or negative errno. */
static int claim_and_add(struct cache_walk *w, u64 index, unsigned long pfn)
{
	/* A clean page need not be there: nobody is reclaimed, or killed, for it. */
	const gfp_t gfp = w->live ? GFP_NOWAIT | __GFP_NOWARN : GFP_KERNEL;
	struct page *page = orthros_claim_page(w->img, pfn);
	struct mem_cgroup *old;
	struct folio *folio;
	int err;

	if (IS_ERR(page))
		return PTR_ERR(page);
	/* Claimed for something else, too, as a pipe that it was spliced into. */
	if (page_count(page) != 1 || page->mapping) {
		put_page(page);
		return 0;
	}
	folio = page_folio(page);
	/* As long as nobody else knows it. */
	orthros_defer_lru(page);
	old = orthros_charge_to(w->img, w->look.folio.memcg);
	err = orthros_cache_charge(folio, gfp);
	if (!err) {
		__folio_set_locked(folio);
		err = __filemap_add_folio(w->inode->i_mapping, folio, index, gfp, NULL);
		if (err)
			__folio_clear_locked(folio);
	}
	set_active_memcg(old);
	if (err) {
		list_del(&page->lru);
		orthros_unclaim_page(page);
		return err == -EEXIST || (w->live && err == -ENOMEM) ? 0 : err;
	}
	folio_mark_uptodate(folio);
	folio_unlock(folio);
	put_page(page);
	w->nr++;
	return 0;
}

static int add_page(struct cache_walk *w, u64 index, unsigned long pfn)
{
	int err;

	orthros_claim_lock();
	err = claim_and_add(w, index, pfn);
	orthros_claim_unlock();
	return err;
}

static int cache_page(void *ctx, u64 index, u64 entry)
{
	struct cache_walk *w = ctx;
	const struct orthros_fs_layout_view *l = orthros_fs_layout(w->img);
	const struct orthros_folio_view *folio = &w->look.folio;
	u64 size = w->v->rec.size, unsure = BIT_ULL(l->pg_dirty) | BIT_ULL(l->pg_writeback);
	int err;

	/* Somebody was about to write to it. */
	if (w->img->crashed)
		unsure |= BIT_ULL(l->pg_locked);

	/* Only a trace of a page that was evicted. */
	if (entry & 1)
		return 0;
	err = orthros_look_at_folio(w->img, &w->look, w->v->data, index, entry);
	if (err)
		return err;
	if (!(folio->flags & BIT_ULL(l->pg_uptodate)) ||
	    folio->flags & unsure ||
	    index >= DIV_ROUND_UP_ULL(size, PAGE_SIZE))
		return 0;

	if (w->live && !w->batch--) {
		unlock_file(w);
		cond_resched();
		lock_file(w);
		if (!unchanged(w))
			return -ESTALE;
		w->batch = BATCH;
	}
	return add_page(w, index, w->look.pfn + (index - folio->index));
}

static int adopt_pages(struct orthros_image *img, struct inode *inode,
		       const struct orthros_dinode_view *v, bool live, unsigned long *nr)
{
	struct cache_walk w = {
		.img = img, .inode = inode, .v = v, .live = live, .batch = BATCH,
	};
	int err = 0;

	if (live)
		lock_file(&w);
	if (unchanged(&w))
		err = orthros_src_xa_walk(img->src, v->pages, cache_page, &w);
	if (live)
		unlock_file(&w);
	*nr += w.nr;
	return err;
}

static bool has_cache(const struct orthros_dinode_view *v)
{
	return S_ISREG(v->rec.mode) && v->rec.nr_pages && v->mapping == v->data &&
	       v->rec.size >= 0;
}

/* Of a kernel that has failed a clean page may be in no file on the disk. */
static bool is_on_disk(struct orthros_image *img, u64 sb, u64 inode)
{
	struct orthros_obj *obj;

	if (!img->crashed)
		return true;
	obj = orthros_obj_find(img, &orthros_sb_type, sb);
	return obj && !orthros_is_uncommitted(img, obj, inode);
}

/**
 * orthros_cache_adopt_used() - adopt the page cache of small files that are in use
 * @img:	image, whose files on disks were found
 *
 * Context: before the commit.
 *
 * Return: 0 or negative errno.
 */
int orthros_cache_adopt_used(struct orthros_image *img)
{
	struct orthros_dinode_view v = {};
	struct orthros_obj *obj;
	unsigned long nr = 0;
	int err;

	orthros_for_each_obj(obj, img, &orthros_dinode_type) {
		const struct orthros_dinode_rec *rec = obj->rec;

		if (!obj->dst || !rec->nr_pages || rec->nr_pages > HOT_PAGES ||
		    !is_on_disk(img, rec->sb, obj->src))
			continue;
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_dinode, obj->src, &v);
		if (!err && has_cache(&v))
			err = adopt_pages(img, obj->dst, &v, false, &nr);
		if (err)
			return orthros_fail(err, "page cache of inode %llu", rec->ino);
	}
	return 0;
}

/* A file whose pages cannot be had is read from the disk again. */
static void adopt_inode(struct orthros_image *img, struct super_block *sb, u64 addr,
			unsigned long *nr)
{
	struct orthros_dinode_view v = {};
	struct inode *inode;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_dinode, addr, &v);
	if (err || !has_cache(&v) || !is_on_disk(img, v.rec.sb, addr))
		return;
	inode = orthros_disk_iget(sb, v.rec.ino, v.rec.generation);
	if (IS_ERR(inode))
		return;
	err = adopt_pages(img, inode, &v, true, nr);
	if (err && err != -ESTALE)
		pr_warn("%s: page cache of inode %llu: %pe\n", sb->s_id, v.rec.ino, ERR_PTR(err));
	iput(inode);
}

/**
 * orthros_cache_adopt_rest() - adopt the page cache of all other files
 * @img:	image
 * @obj:	SB object
 *
 * Context: process context, after the commit, when the processes run.
 *
 * Return: number of pages.
 */
unsigned long orthros_cache_adopt_rest(struct orthros_image *img, struct orthros_obj *obj)
{
	u32 off = orthros_fs_layout(img)->dinode_sb_off;
	struct orthros_list_iter it;
	struct orthros_disk_view d;
	unsigned long nr = 0;

	if (orthros_read_rec(&img->src->mem, &orthros_table_fs_disk, obj->src, &d))
		return 0;
	orthros_src_for_each(&it, img->src, d.inodes, MAX_INODES) {
		adopt_inode(img, obj->dst, it.node - off, &nr);
		cond_resched();
	}
	return nr;
}
