// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: a kernel numbers its families in the order in which they come.
 * Programs ask for a number once and go on with it, so they keep theirs.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/genetlink.h>
#include <linux/idr.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <net/genetlink.h>
#include "genl_tables.h"
#include "sock_internal.h"

/* Key: struct genl_family */
static const struct orthros_type genl_type = { .name = "family of generic netlink" };

static int read_family(void *ctx, u64 id, u64 addr)
{
	struct orthros_image *img = ctx;
	struct orthros_obj *obj;
	bool isnew;

	obj = orthros_obj_get(img, &genl_type, addr, 0, sizeof(struct orthros_genl_rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	return orthros_read_rec(&img->src->mem, &orthros_table_genl, addr, obj->rec);
}

static int read_families(struct orthros_image *img)
{
	struct orthros_genl_env env;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_genl_env, 0, &env);
	return err ?: orthros_src_xa_walk(img->src, env.families + env.idr_off, read_family, img);
}

/* Its number in the source, or 0. */
static int number_of(struct orthros_image *img, const struct genl_family *family)
{
	const struct orthros_genl_rec *rec;
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &genl_type) {
		rec = obj->rec;
		if (rec->id >= GENL_START_ALLOC && rec->id <= GENL_MAX_ID &&
		    !strcmp(rec->name, family->name))
			return rec->id;
	}
	return 0;
}

/* Most are read-only since the boot, so it is written through another mapping. */
static int set_number(struct genl_family *family, int id)
{
	void *at = &family->id, *map;
	struct page *page;

	page = is_vmalloc_or_module_addr(at) ? vmalloc_to_page(at) : virt_to_page(at);
	map = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	if (!map)
		return -ENOMEM;
	WRITE_ONCE(*(int *)(map + offset_in_page(at)), id);
	vunmap(map);
	return 0;
}

/* Those of the source first; the others get what is left behind them. */
static int renumber(struct orthros_image *img, struct idr *idr, struct genl_family **families,
		    int nr)
{
	int i, id, err, last = GENL_START_ALLOC;

	for (i = 0; i < nr; i++) {
		id = number_of(img, families[i]);
		if (!id)
			continue;
		id = idr_alloc(idr, families[i], id, id + 1, GFP_KERNEL);
		if (id < 0)
			return id;
		err = set_number(families[i], id);
		if (err)
			return err;
		last = max(last, id + 1);
		families[i] = NULL;
	}
	idr_set_cursor(idr, last);
	for (i = 0; i < nr; i++) {
		if (!families[i])
			continue;
		id = idr_alloc_cyclic(idr, families[i], GENL_START_ALLOC, GENL_MAX_ID + 1,
				      GFP_KERNEL);
		err = id < 0 ? id : set_number(families[i], id);
		if (err)
			return err;
	}
	return 0;
}

/* Nobody talks to a family yet. */
static int tie_families(struct orthros_image *img)
{
	struct idr *idr = (void *)kallsyms_lookup_name("genl_fam_idr");
	struct genl_family **families, *family;
	int id, err, nr = 0;

	if (!idr)
		return orthros_fail(-EOPNOTSUPP, "no families of generic netlink here");
	families = kcalloc(GENL_MAX_ID, sizeof(*families), GFP_KERNEL);
	if (!families)
		return -ENOMEM;
	genl_lock();
	idr_for_each_entry(idr, family, id)
		if (id >= GENL_START_ALLOC && nr < GENL_MAX_ID)
			families[nr++] = family;
	for (id = 0; id < nr; id++)
		idr_remove(idr, families[id]->id);
	err = renumber(img, idr, families, nr);
	genl_unlock();
	kfree(families);
	return err ? orthros_fail(err, "families of generic netlink") : 0;
}

const struct orthros_kind orthros_genl_kind = {
	.name	= "generic netlink",
	.tables	= ORTHROS_TABLES(&orthros_table_genl_env, &orthros_table_genl),
	.read	= read_families,
	.tie	= tie_families,
};
