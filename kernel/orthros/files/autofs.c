// SPDX-License-Identifier: GPL-2.0-only
/*
 * Automounters. An autofs is mounted with all the others, before its daemon is there,
 * as one that nobody asks. Then it gets what it had: the pipe, whose end that is written
 * to it alone may have; the process group that sees what is below; what it has asked
 * for and has no answer to.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "autofs_inside.h"
#include "autofs_tables.h"
#include "files_internal.h"

#define MAX_WAITS	4096

static const struct orthros_type autofs_type = {
	.name = "autofs",
	.cost = sizeof(struct orthros_autofs_rec),
};

static int read_waits(struct orthros_image *img, struct orthros_obj *obj, u64 at)
{
	struct orthros_writer w = { .obj = obj, .used = sizeof(struct orthros_autofs_rec) };
	struct orthros_autofs_wait *wait;
	struct orthros_autofs_wait_view v;
	int err;

	w.max = w.used + MAX_WAITS * sizeof(*wait);
	for (; at; at = v.next) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_autofs_wait, at, &v);
		if (err)
			return err;
		wait = orthros_append(&w, sizeof(*wait));
		if (!wait)
			return orthros_bad(-E2BIG, "autofs %#llx: requests", obj->src);
		wait->token = v.token;
		wait->uid = v.uid;
		wait->gid = v.gid;
		wait->pid = v.pid;
		wait->tgid = v.tgid;
		((struct orthros_autofs_rec *)obj->rec)->nr++;
	}
	return 0;
}

static int read_root(struct orthros_image *img, const struct orthros_file_consts *c, u64 root,
		     struct orthros_autofs_rec *rec)
{
	struct orthros_autofs_root_view r;
	struct orthros_autofs_info_view i;
	struct orthros_autofs_env env;
	u64 now;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_autofs_root, root, &r) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_autofs_info, r.info, &i) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_autofs_env, 0, &env) ?:
	      orthros_src_u64(img->src, env.jiffies, &now);
	if (err)
		return err;
	rec->ino = r.ino;
	rec->mode = r.mode & 07777;
	rec->owner = r.uid;
	rec->group = r.gid;
	rec->idle = max_t(s64, orthros_src_ms(c, now - i.last_used), 0);
	rec->uid = i.uid;
	rec->gid = i.gid;
	return 0;
}

static int read_sb(struct orthros_image *img, const struct orthros_obj *sb)
{
	const struct orthros_finder who = { .img = img, .comm = "mount", .what = "autofs" };
	const struct orthros_sb_rec *sb_rec = sb->rec;
	struct orthros_autofs_rec *rec;
	struct orthros_file_consts c;
	struct orthros_autofs_view v;
	struct orthros_obj *obj, *pipe;
	int err;

	obj = orthros_obj_add(img, &autofs_type, sb_rec->fs_info, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->sb = sb->src;
	err = orthros_file_consts(img, &c) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_fs_autofs, sb_rec->fs_info, &v) ?:
	      read_root(img, &c, sb_rec->root, rec);
	if (err)
		return err;
	rec->timeout = orthros_src_ms(&c, v.timeout);
	rec->pipefd = v.pipefd;
	rec->pgrp = v.pgrp;
	if (!v.pipe)
		return 0;
	/* Refused or not, it has said so. */
	pipe = orthros_read_file(&who, v.pipe);
	if (IS_ERR_OR_NULL(pipe))
		return PTR_ERR_OR_ZERO(pipe);
	rec->pipe = pipe->src;
	/* In a running source they come and go. */
	return img->frozen ? read_waits(img, obj, v.queues) : 0;
}

static int read_autofs(struct orthros_image *img)
{
	struct orthros_obj *sb;
	int err;

	orthros_for_each_obj(sb, img, &orthros_sb_type) {
		const struct orthros_sb_rec *rec = sb->rec;

		if (rec->how != ORTHROS_FS_PSEUDO || strcmp(rec->type, "autofs"))
			continue;
		err = read_sb(img, sb);
		if (err)
			return err;
	}
	return 0;
}

static struct file *pipe_of(struct orthros_image *img, const struct orthros_autofs_rec *rec)
{
	return orthros_build_file(img, orthros_obj_find(img, &orthros_file_type, rec->pipe));
}

/* Others may have it, too: whoever comes first builds it. */
static int build_autofs(struct orthros_image *img)
{
	struct orthros_obj *obj;
	struct file *pipe;

	orthros_for_each_obj(obj, img, &autofs_type) {
		const struct orthros_autofs_rec *rec = obj->rec;

		pipe = rec->pipe ? pipe_of(img, rec) : NULL;
		if (IS_ERR(pipe))
			return orthros_fail(PTR_ERR(pipe), "pipe of an autofs");
	}
	return 0;
}

/* Every process and group is there. Nobody looks for a path any more. */
static int tie_autofs(struct orthros_image *img)
{
	struct orthros_obj *obj, *sb;
	struct file *pipe;
	int err;

	orthros_for_each_obj(obj, img, &autofs_type) {
		const struct orthros_autofs_rec *rec = obj->rec;

		sb = orthros_obj_find(img, &orthros_sb_type, rec->sb);
		if (!sb || !sb->dst)
			continue;
		pipe = rec->pipe ? pipe_of(img, rec) : NULL;
		/* Of a kernel that has failed, lost: nobody answers. */
		if (IS_ERR(pipe))
			pipe = NULL;
		err = orthros_autofs_give(sb->dst, rec, pipe,
					  orthros_dst_jiffies(rec->idle),
					  orthros_dst_jiffies(rec->timeout));
		if (err)
			return orthros_fail(err, "autofs");
		orthros_autofs_give_group(sb->dst, rec->pgrp);
	}
	return 0;
}

const struct orthros_kind orthros_autofs_kind = {
	.name	= "autofs",
	.tables	= ORTHROS_TABLES(&orthros_table_autofs_env, &orthros_table_autofs_root,
				 &orthros_table_autofs_info, &orthros_table_autofs_wait),
	.read	= read_autofs,
	.build	= build_autofs,
	.tie	= tie_autofs,
};
