// SPDX-License-Identifier: GPL-2.0-only
/*
 * seccomp: threads that may make some system calls only, by their strict mode or by
 * filters. A filter knows the one that it was added to, so that those of all threads are
 * trees, seen from the leaves. Each is made once, of the program as it was given.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/seccomp.h>
#include <linux/orthros/abi/seccomp.h>
#include "../files/files.h"
#include "held.h"
#include "seccomp_inside.h"
#include "seccomp_tables.h"

/* Linux kernel commit 48a1084a8b74 ("seccomp: add the synchronous mode for seccomp_unotify") */
#ifdef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define ORTHROS_SECCOMP_NOTIF_FLAGS	SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#else
#define ORTHROS_SECCOMP_NOTIF_FLAGS	0
#endif

/* One instruction each. */
#define DEPTH_MAX	(ORTHROS_SECCOMP_INSNS / 5 + 1)

/* Key: struct seccomp_filter */
static const struct orthros_type filter_type = { .name = "seccomp filter" };

static int read_view(const struct orthros_finder *who, u64 addr, struct orthros_seccomp_view *v)
{
	return orthros_read_rec(&who->img->src->mem, &orthros_table_seccomp, addr, v);
}

static int read_filter(const struct orthros_finder *who, u64 addr)
{
	struct orthros_seccomp_rec *rec, none = {}, *prev = &none;
	struct orthros_seccomp_view v;
	struct orthros_obj *obj;
	int err;

	err = read_view(who, addr, &v);
	if (err)
		return err;
	if (!v.insns)
		return orthros_refused(who, "its program was not kept");
	/* Whose notification was received waits, and cannot be frozen. */
	if (v.notif && v.wait_killable)
		return orthros_refused(who, "with a listener and WAIT_KILLABLE_RECV");
	if (v.notif_flags & ~ORTHROS_SECCOMP_NOTIF_FLAGS)
		return orthros_refused(who, "flags of its listener, unknown to the other kernel");
	obj = v.prev ? orthros_obj_find(who->img, &filter_type, v.prev) : NULL;
	if (obj)
		prev = obj->rec;
	else if (v.prev)
		return orthros_bad(-EUCLEAN, "seccomp filter %#llx is of two places", addr);
	if (!v.len || v.len > BPF_MAXINSNS || prev->total + v.len > ORTHROS_SECCOMP_INSNS)
		return orthros_bad(-EUCLEAN, "seccomp filter of %u instructions, %u before",
				   v.len, prev->total);
	obj = orthros_obj_add(who->img, &filter_type, addr, who->pid,
			      struct_size(rec, insns, v.len));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->version = ORTHROS_SECCOMP_VERSION;
	rec->depth = prev->depth + 1;
	rec->total = prev->total + v.len + 4;
	rec->len = v.len;
	rec->log = v.log;
	rec->wait_killable = v.wait_killable;
	rec->notif = !!v.notif;
	rec->notif_flags = v.notif_flags;
	rec->next_id = v.next_id;
	rec->prev = v.prev;
	BUILD_BUG_ON(sizeof(rec->insns[0]) != sizeof(struct sock_filter));
	return orthros_src_read(who->img->src, v.insns, rec->insns, v.len * sizeof(rec->insns[0]));
}

/* From the last filter to one that is known, and back. */
static int read_chain(const struct orthros_finder *who, u64 last, u64 *chain)
{
	struct orthros_seccomp_view v;
	unsigned int n = 0;
	u64 addr;
	int err;

	for (addr = last; addr && !orthros_obj_find(who->img, &filter_type, addr); addr = v.prev) {
		if (n == DEPTH_MAX)
			return orthros_bad(-EUCLEAN, "more than %u seccomp filters", DEPTH_MAX);
		err = read_view(who, addr, &v);
		if (err)
			return err;
		chain[n++] = addr;
	}
	while (n) {
		err = read_filter(who, chain[--n]);
		if (err)
			return err;
	}
	return 0;
}

static int read_filters(const struct orthros_finder *who, u64 last)
{
	u64 *chain;
	int err;

	if (orthros_obj_find(who->img, &filter_type, last))
		return 0;
	chain = kvmalloc_array(DEPTH_MAX, sizeof(*chain), GFP_KERNEL);
	if (!chain)
		return -ENOMEM;
	err = read_chain(who, last, chain);
	kvfree(chain);
	return err;
}

/**
 * orthros_read_seccomp() - read what a thread's filters are
 * @who:	the thread
 * @t:		its record
 *
 * Return: 0, also if one was refused, or negative errno.
 */
int orthros_read_seccomp(const struct orthros_finder *who, const struct orthros_task_rec *t)
{
	const struct orthros_finder finder = orthros_through(who, "seccomp filter");
	int err;

	if (t->seccomp_mode == SECCOMP_MODE_DISABLED || t->seccomp_mode == SECCOMP_MODE_STRICT)
		return 0;
	/* What has been killed by its filter, or has let go of it, is on its way out. */
	if (t->seccomp_mode != SECCOMP_MODE_FILTER || !t->seccomp_filter)
		return who->img->frozen ? orthros_bad(-EBUSY, "thread %d exits", t->pid) : 0;
	err = read_filters(&finder, t->seccomp_filter);
	return err == ORTHROS_REFUSED ? 0 : err;
}

/* A listener: of its notifications none is left when all threads are frozen. */
static int read_listener(const struct orthros_finder *who, struct orthros_obj *obj,
			 const struct orthros_file_view *view,
			 const struct orthros_finode_view *inode)
{
	struct orthros_file_rec *file = obj->rec;
	struct orthros_seccomp_rec *rec;
	int err = read_filters(who, view->private_data);

	if (err)
		return err;
	file->object = view->private_data;
	rec = orthros_obj_find(who->img, &filter_type, file->object)->rec;
	if (!rec->notif)
		return orthros_bad(-EUCLEAN, "seccomp listener of no filter");
	rec->listened = true;
	return 0;
}

/* Nobody would answer. */
static int check_listeners(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &filter_type) {
		const struct orthros_seccomp_rec *rec = obj->rec;
		const struct orthros_finder who = { .img = img, .pid = obj->pid, .comm = "" };

		if (rec->notif && !rec->listened && !img->crashed)
			orthros_refuse(&who, "seccomp filter: nobody has its listener");
	}
	return 0;
}

static int build_filter(struct orthros_image *img, struct orthros_obj *obj)
{
	struct orthros_seccomp_rec *rec = obj->rec;
	const struct sock_fprog_kern given = {
		.len = rec->len, .filter = (struct sock_filter *)rec->insns,
	};
	struct seccomp_filter *filter;
	struct orthros_obj *prev = NULL;

	if (rec->prev) {
		prev = orthros_obj_find(img, &filter_type, rec->prev);
		if (!prev || !prev->dst)
			return -ENOENT;
	}
	filter = orthros_seccomp_create(&given, prev ? prev->dst : NULL, rec->log,
					rec->wait_killable);
	if (IS_ERR(filter))
		return PTR_ERR(filter);
	orthros_obj_built(obj, filter);
	return 0;
}

/* A filter was read after the one that it was added to. */
static int build_filters(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &filter_type) {
		err = build_filter(img, obj);
		/* Who has it will be given up. */
		if (err && !img->crashed)
			return orthros_fail(err, "seccomp filter of process %d", obj->pid);
	}
	return 0;
}

static struct file *build_listener(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *file = obj->rec;
	struct orthros_obj *filter = orthros_obj_find(img, &filter_type, file->object);
	const struct orthros_seccomp_rec *rec;
	struct file *to;

	if (!filter || !filter->dst)
		return ERR_PTR(-ENOENT);
	rec = filter->rec;
	to = orthros_seccomp_listen(filter->dst, rec->notif_flags, rec->next_id);
	if (!IS_ERR(to))
		to->f_flags |= file->flags & O_NONBLOCK;
	return to;
}

static int restrict_task(struct orthros_image *img, const struct orthros_task_rec *t,
			 struct task_struct *task)
{
	const struct orthros_seccomp_rec *rec;
	struct orthros_obj *obj;

	if (t->seccomp_mode == SECCOMP_MODE_STRICT) {
		orthros_seccomp_attach(task, NULL, 0);
		return 0;
	}
	obj = orthros_obj_find(img, &filter_type, t->seccomp_filter);
	if (!obj || !obj->dst)
		return -ENOENT;
	rec = obj->rec;
	orthros_seccomp_attach(task, obj->dst, rec->depth);
	return 0;
}

/*
 * From now on they are restricted: all that had to be called is called. Who has lost
 * a filter does not run without.
 */
static void restrict_tasks(struct orthros_image *img)
{
	struct orthros_obj *obj;
	struct orthros_held *h;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		h = held_of(obj);
		if (!h || rec_of(obj)->seccomp_mode == SECCOMP_MODE_DISABLED)
			continue;
		if (restrict_task(img, rec_of(obj), h->task)) {
			pr_err("process %d: no seccomp filter, killed\n", rec_of(obj)->tgid);
			h->given_up = true;
		}
	}
	orthros_for_each_obj(obj, img, &filter_type) {
		if (obj->dst)
			orthros_seccomp_put(obj->dst);
		obj->dst = NULL;
	}
}

static const struct orthros_file_ops listener_ops = {
	.name	= "seccomp listener",
	.read	= read_listener,
	.build	= build_listener,
};

static const struct orthros_mark listener_marks[] = {
	{ ORTHROS_MARK_FILE, "seccomp_notify_ops", "seccomp listener", &listener_ops },
	{}
};

const struct orthros_kind orthros_seccomp_kind = {
	.name	= "seccomp",
	.tables	= ORTHROS_TABLES(&orthros_table_seccomp),
	.marks	= listener_marks,
	.gather	= check_listeners,
	.build	= build_filters,
	.release = restrict_tasks,
};
