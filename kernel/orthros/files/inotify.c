// SPDX-License-Identifier: GPL-2.0-only
/*
 * inotify: watches, by inode, and events that were not read. The instance is
 * made with its process, the watches when all files are there, and events are
 * taken when the processes run.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/inotify.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/orthros/abi/inotify.h>
#include <asm/unistd.h>
#include "files_internal.h"
#include "inotify_inside.h"
#include "inotify_tables.h"

static const struct orthros_file_ops inotify_ops;

static const struct orthros_type inotify_type = { .name = "inotify instance" };

#define WATCHES_MAX	SZ_1M
#define EVENTS_MAX	SZ_1M
#define RECORD_MAX	SZ_256M

/* ---- reading ----------------------------------------------------------- */

struct watch_walk {
	const struct orthros_finder *who;
	struct orthros_writer w;
	struct orthros_inotify_layout l;
};

/*
 * The inode behind a connector. Its pointer to it leads to the pointer back
 * before Linux kernel commit 230d97d39e96 ("fsnotify: create a wrapper
 * fsnotify_find_inode_mark()") (in v6.10) and its neighbours.
 */
static int find_inode(struct watch_walk *walk, u64 connector, u64 *inode,
		      struct orthros_watched_view *v)
{
	const struct orthros_image *img = walk->who->img;
	struct orthros_connector_view c;
	u64 back;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_connector, connector, &c);
	if (err)
		return err;
	*inode = c.obj;
	if (!orthros_src_u64(img->src, c.obj, &back) && back == connector)
		*inode = c.obj - walk->l.marks_off;
	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_watched, *inode, v);
	if (!err && v->marks != connector)
		err = orthros_bad(-EUCLEAN, "watch: inode %#llx does not know it", *inode);
	return err;
}

static int read_watch(void *ctx, u64 wd, u64 mark)
{
	struct watch_walk *walk = ctx;
	const struct orthros_finder *who = walk->who;
	struct orthros_watched_view watched;
	struct orthros_inotify_rec *rec;
	struct orthros_watch_rec *watch;
	struct orthros_watch_view v;
	u64 inode, dentry;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_inotify_watch, mark, &v);
	if (err)
		return err;
	if (v.wd <= 0 || v.wd != wd)
		return orthros_bad(-EUCLEAN, "watch %llu calls itself %d", wd, v.wd);
	err = find_inode(walk, v.connector, &inode, &watched);
	if (err)
		return err;
	dentry = watched.alias ? watched.alias - walk->l.alias_off : 0;
	err = orthros_read_watched(who, watched.sb, inode, dentry);
	if (err)
		return err;

	watch = orthros_append(&walk->w, sizeof(*watch));
	if (!watch)
		return -ENOMEM;
	watch->inode = inode;
	watch->dentry = dentry;
	watch->sb = watched.sb;
	watch->wd = v.wd;
	watch->mask = v.mask & IN_ALL_EVENTS;
	if (v.flags & walk->l.excl_unlink)
		watch->mask |= IN_EXCL_UNLINK;
	if (v.flags & walk->l.oneshot)
		watch->mask |= IN_ONESHOT;
	rec = walk->w.obj->rec;
	if (++rec->nr_watches > WATCHES_MAX)
		return orthros_bad(-E2BIG, "more than %u watches", WATCHES_MAX);
	return 0;
}

static int read_events(struct watch_walk *walk, u64 list)
{
	const struct orthros_image *img = walk->who->img;
	struct orthros_inotify_event_rec *event;
	struct orthros_inotify_rec *rec;
	struct orthros_inotify_event_view v;
	struct orthros_list_iter it;
	int err;

	orthros_src_for_each(&it, img->src, list, EVENTS_MAX) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_inotify_event,
				       it.node - walk->l.event_off, &v);
		if (err)
			return err;
		if (v.len > PATH_MAX)
			return orthros_bad(-EUCLEAN, "inotify: name of %u bytes", v.len);
		event = orthros_append(&walk->w, sizeof(*event) + ALIGN(v.len, 8));
		if (!event)
			return -ENOMEM;
		event->wd = v.wd;
		event->mask = v.mask;
		event->cookie = v.cookie;
		event->len = v.len;
		rec = walk->w.obj->rec;
		rec->nr_events++;
		err = orthros_src_read(img->src, v.name, event->name, v.len);
		if (err)
			return err;
	}
	return it.err;
}

static int inotify_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			     const struct orthros_file_view *view,
			     const struct orthros_finode_view *inode)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_file_rec *frec = obj->rec;
	struct orthros_inotify_rec *rec;
	struct orthros_inotify_view v;
	struct watch_walk walk = { .who = who };
	struct orthros_obj *o;
	bool isnew;
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_inotify, view->private_data, &v);
	if (!err)
		err = orthros_read_rec(&src->mem, &orthros_table_inotify_layout, 0, &walk.l);
	if (err)
		return err;
	if (!v.max_events || v.max_events > INT_MAX || v.next_wd > INT_MAX)
		return orthros_bad(-EUCLEAN, "inotify: %u events, descriptor %u", v.max_events,
				   v.next_wd);
	o = orthros_obj_get(who->img, &inotify_type, view->private_data, who->pid,
			    sizeof(*rec), &isnew);
	if (IS_ERR(o))
		return PTR_ERR(o);
	frec->object = view->private_data;
	if (!isnew)
		return 0;
	rec = o->rec;
	rec->version = ORTHROS_INOTIFY_VERSION;
	rec->max_events = v.max_events;
	rec->next_wd = v.next_wd;
	walk.w.obj = o;
	walk.w.used = sizeof(*rec);
	walk.w.max = RECORD_MAX;
	err = orthros_src_xa_walk(src, v.watches, read_watch, &walk);
	/* A running source has events while we look. */
	if (!err && who->img->frozen)
		err = read_events(&walk, v.events);
	return err;
}

/* ---- building ---------------------------------------------------------- */

static struct file *inotify_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct orthros_obj *o = orthros_obj_find(img, &inotify_type, rec->object);

	if (!o)
		return ERR_PTR(-ENOENT);
	return orthros_take_fd(orthros_syscall(__NR_inotify_init1,
					       rec->flags & O_NONBLOCK ? IN_NONBLOCK : 0,
					       0, 0, 0, 0, 0));
}

static int build_watch(struct orthros_image *img, struct file *file,
		       const struct orthros_watch_rec *rec)
{
	struct inode *inode = orthros_watched_inode(img, rec->inode, rec->dentry);
	int err;

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	err = orthros_inotify_watch(file, inode, rec);
	iput(inode);
	return err;
}

static bool is_late(struct orthros_image *img, const struct orthros_watch_rec *rec)
{
	const struct orthros_sb_rec *sb = orthros_fs_sb(img, rec->sb);

	return sb && sb->how == ORTHROS_FS_DEV;
}

static int tie_instance(struct orthros_image *img, struct file *file,
			const struct orthros_inotify_rec *rec)
{
	const struct orthros_watch_rec *watch = (void *)(rec + 1);
	const struct orthros_inotify_event_rec *event = (void *)(watch + rec->nr_watches);
	int err;
	u32 i;

	orthros_inotify_setup(file, rec);
	for (i = 0; i < rec->nr_events; i++) {
		err = orthros_inotify_event(file, event);
		if (err)
			return err;
		event = (void *)event + sizeof(*event) + ALIGN(event->len, 8);
	}
	orthros_inotify_hold(file);
	for (i = 0; i < rec->nr_watches; i++, watch++) {
		if (is_late(img, watch))
			continue;
		err = build_watch(img, file, watch);
		if (err)
			return orthros_fail(err, "watch %d", watch->wd);
	}
	return 0;
}

/* The instance behind a FILE object, or NULL. */
static const struct orthros_inotify_rec *instance_of(struct orthros_image *img,
						     const struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct orthros_obj *o;

	if (obj->ops != &inotify_ops || !obj->dst)
		return NULL;
	o = orthros_obj_find(img, &inotify_type, rec->object);
	return o ? o->rec : NULL;
}

/* Add watches and events. */
static int tie_inotify(struct orthros_image *img)
{
	const struct orthros_inotify_rec *rec;
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		rec = instance_of(img, obj);
		if (!rec)
			continue;
		err = tie_instance(img, obj->dst, rec);
		if (err)
			return orthros_fail(err, "inotify of process %d", obj->pid);
	}
	return 0;
}

/*
 * Take events again.
 *
 * After the commit, when device nodes are there, before the processes run.
 */
static void start_inotify(struct orthros_image *img)
{
	const struct orthros_inotify_rec *rec;
	const struct orthros_watch_rec *watch;
	struct orthros_obj *obj;
	int err;
	u32 i;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		rec = instance_of(img, obj);
		if (!rec)
			continue;
		watch = (void *)(rec + 1);
		for (i = 0; i < rec->nr_watches; i++) {
			if (!is_late(img, &watch[i]))
				continue;
			err = build_watch(img, obj->dst, &watch[i]);
			if (err)
				pr_err("inotify of process %d: watch %d is lost: %pe\n", obj->pid,
				       watch[i].wd, ERR_PTR(err));
		}
		orthros_inotify_start(obj->dst, rec, watch);
	}
}

static const struct orthros_file_ops inotify_ops = {
	.name	= "inotify",
	.read	= inotify_read_file,
	.build	= inotify_build,
};

static const struct orthros_mark inotify_marks[] = {
	{ ORTHROS_MARK_FILE, "inotify_fops", "inotify", &inotify_ops },
	{}
};

const struct orthros_kind orthros_inotify_kind = {
	.name	= "inotify",
	.tables	= ORTHROS_TABLES(&orthros_table_inotify, &orthros_table_inotify_watch,
				 &orthros_table_inotify_event, &orthros_table_inotify_layout,
				 &orthros_table_fs_watched),
	.marks	= inotify_marks,
	.tie	= tie_inotify,
	.start	= start_inotify,
};
