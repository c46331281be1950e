// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making AIO contexts, which aio.c has read.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/file.h>
#include <linux/mm.h>
#include "../files/files.h"
#include "aio_inside.h"
#include "aio_tables.h"
#include "mm_internal.h"

/* In the head of a ring, see struct aio_ring of fs/aio.c. */
#define RING_MAGIC	0xa10a10a1

static struct orthros_obj *context_of(struct orthros_image *img, u64 ring)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_aio_type)
		if (((const struct orthros_aio_rec *)obj->rec)->ring == ring)
			return obj;
	return NULL;
}

/* A child has the rings of its parent, but not the contexts. */
static int check_rings(struct orthros_image *img)
{
	const struct orthros_finder who = orthros_of_machine(img);
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_vma_type) {
		const struct orthros_vma_rec *rec = obj->rec;

		if (rec->kind != ORTHROS_VMA_AIO || context_of(img, rec->file))
			continue;
		orthros_refuse(&who, "process %d: mapping %llx-%llx: a ring of AIO, no context",
			       obj->pid, rec->start, rec->end);
	}
	return 0;
}

static int copy_ring(const struct orthros_src *src, struct kioctx *ctx,
		     const struct orthros_aio_rec *rec)
{
	const void *data;
	unsigned long pfn;
	u64 page;
	u32 i;
	int err;

	for (i = 0; i < rec->nr_pages; i++) {
		err = orthros_src_u64(src, rec->pages + i * sizeof(page), &page);
		if (err)
			return err;
		pfn = orthros_src_page_pfn(src, page);
		data = orthros_src_map(src, PFN_PHYS((phys_addr_t)pfn), PAGE_SIZE);
		if (!data)
			return -EFAULT;
		if (!i && ((const u32 *)data)[4] != RING_MAGIC)
			pr_warn("AIO: the head of a ring was overwritten by its program\n");
		memcpy(orthros_aio_page(ctx, i), data, PAGE_SIZE);
	}
	return 0;
}

static int build_context(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_aio_rec *rec = obj->rec;
	struct orthros_obj *fobj;
	struct kioctx *ctx;
	struct file *file;
	int err;
	u32 i;

	ctx = orthros_aio_make(rec);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	err = copy_ring(img->src, ctx, rec);
	orthros_aio_set(ctx, rec);
	if (err)
		return err;
	orthros_obj_built(obj, ctx);

	/* What a request polls may be open nowhere else. */
	for (i = 0; i < rec->nr_reqs; i++) {
		fobj = orthros_obj_find(img, &orthros_file_type, rec->reqs[i].file);
		if (!fobj)
			return -ENOENT;
		if (((const struct orthros_file_ops *)fobj->ops)->late)
			continue;
		file = orthros_build_file(img, fobj);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	return 0;
}

static int map_ring(struct orthros_obj *obj, struct orthros_obj *ctx, struct mm_struct *mm)
{
	const struct orthros_vma_rec *rec = obj->rec;
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	vma = orthros_new_vma(mm, rec->start, rec->end, rec->pgoff, orthros_vm_flags(rec->flags),
			      orthros_aio_ring(ctx->dst));
	mmap_write_unlock(mm);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	orthros_obj_built(obj, vma);
	return 0;
}

/**
 * orthros_build_aio() - make the contexts of an address space, map their rings
 * @img:	image
 * @obj:	MM object
 * @mm:		what was built of it, with all mappings but these
 *
 * Context: in the process.
 * Return: 0 or negative errno.
 */
int orthros_build_aio(struct orthros_image *img, struct orthros_obj *obj, struct mm_struct *mm)
{
	const struct orthros_mm_rec *rec = obj->rec;
	struct orthros_obj *vma, *ctx;
	int err;
	u32 i;

	orthros_for_each_obj(ctx, img, &orthros_aio_type) {
		if (((const struct orthros_aio_rec *)ctx->rec)->mm != obj->src)
			continue;
		err = build_context(img, ctx);
		if (err)
			return orthros_fail(err, "memory of pid %d: AIO context", obj->pid);
	}
	for (i = 0; i < rec->nr_vmas; i++) {
		vma = orthros_obj_find(img, &orthros_vma_type, rec->vmas[i]);
		if (!vma || ((const struct orthros_vma_rec *)vma->rec)->kind != ORTHROS_VMA_AIO)
			continue;
		ctx = context_of(img, ((const struct orthros_vma_rec *)vma->rec)->file);
		/* Those of others wait for their context. */
		err = ctx && ctx->dst ? map_ring(vma, ctx, mm) : 0;
		if (err)
			return orthros_fail(err, "memory of pid %d: ring of AIO", obj->pid);
	}
	return 0;
}

/* Of a context that is lost there is no ring either. */
static int tie_rings(struct orthros_image *img)
{
	struct orthros_obj *obj, *ctx, *mm;
	int err;

	orthros_for_each_obj(obj, img, &orthros_vma_type) {
		const struct orthros_vma_rec *rec = obj->rec;

		if (rec->kind != ORTHROS_VMA_AIO || obj->dst)
			continue;
		ctx = context_of(img, rec->file);
		mm = orthros_obj_find(img, &orthros_mm_type, rec->mm);
		if (!mm || !mm->dst)
			continue;
		if (!ctx || !ctx->dst) {
			pr_err("lost: %d: a ring of AIO without its context\n", obj->pid);
			continue;
		}
		err = map_ring(obj, ctx, mm->dst);
		if (err)
			return orthros_fail(err, "memory of pid %d: ring of AIO", obj->pid);
	}
	return 0;
}

/* Closed eventfds are read by nobody. */
static struct file *eventfd_of(struct orthros_image *img, u64 eventfd)
{
	struct orthros_obj *obj;

	if (!eventfd)
		return NULL;
	orthros_for_each_obj(obj, img, &orthros_file_type) {
		const struct orthros_file_rec *rec = obj->rec;

		if (rec->object == eventfd && obj->dst && !orthros_file_is_lost(obj))
			return obj->dst;
	}
	return NULL;
}

/* Whoever polled does so again; what has come meanwhile is seen at once. */
static void start_requests(struct orthros_image *img)
{
	struct orthros_obj *obj, *fobj;
	int err;
	u32 i;

	orthros_for_each_obj(obj, img, &orthros_aio_type) {
		const struct orthros_aio_rec *rec = obj->rec;

		for (i = 0; obj->dst && i < rec->nr_reqs; i++) {
			fobj = orthros_obj_find(img, &orthros_file_type, rec->reqs[i].file);
			err = fobj && fobj->dst && !orthros_file_is_lost(fobj) ?
			      orthros_aio_poll(obj->dst, &rec->reqs[i], fobj->dst,
					       eventfd_of(img, rec->reqs[i].eventfd)) : -ENOENT;
			if (err)
				pr_err("pid %d: a request of AIO is lost: %pe\n", obj->pid,
				       ERR_PTR(err));
		}
	}
}

/* Requests that move data come to their end while disks and file systems work. */
static int settle_requests(void)
{
	pid_t who;
	int err = orthros_aio_settle(&who);

	return err ? orthros_fail(err, "process %d: a request of AIO does not end", who) : 0;
}

const struct orthros_kind orthros_aio_kind = {
	.name	= "AIO context",
	.tables	= ORTHROS_TABLES(&orthros_table_aio_env, &orthros_table_aio_table,
				 &orthros_table_aio, &orthros_table_aio_req),
	.freeze	= settle_requests,
	.gather	= check_rings,
	.tie	= tie_rings,
	.start	= start_requests,
};
