// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of BPF programs and maps.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include "../files/files.h"
#include "bpf_internal.h"

static int prog_read(const struct orthros_finder *who, struct orthros_obj *obj,
		     const struct orthros_file_view *view,
		     const struct orthros_finode_view *inode)
{
	((struct orthros_file_rec *)obj->rec)->object = view->private_data;
	return orthros_bpf_use_prog(who, view->private_data, obj->src);
}

static struct file *prog_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct bpf_prog *prog = orthros_bpf_dst_prog(img, rec->object);
	struct file *file;
	int fd;

	if (IS_ERR(prog))
		return ERR_CAST(prog);
	fd = bpf_prog_new_fd(prog);
	if (fd < 0)
		bpf_prog_put(prog);
	file = orthros_take_fd(fd);
	if (!IS_ERR(file))
		file->f_flags = rec->flags;
	return file;
}

static int map_read(const struct orthros_finder *who, struct orthros_obj *obj,
		    const struct orthros_file_view *view,
		    const struct orthros_finode_view *inode)
{
	((struct orthros_file_rec *)obj->rec)->object = view->private_data;
	return orthros_bpf_use_map(who, view->private_data, obj->src);
}

static struct file *map_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct orthros_obj *map = orthros_obj_find(img, &orthros_bpf_map_type, rec->object);
	struct file *file;
	int fd;

	if (!map || !map->dst)
		return ERR_PTR(-ENOENT);
	bpf_map_inc_with_uref(map->dst);
	fd = bpf_map_new_fd(map->dst, rec->flags & O_ACCMODE);
	if (fd < 0)
		bpf_map_put_with_uref(map->dst);
	file = orthros_take_fd(fd);
	if (!IS_ERR(file))
		file->f_flags = rec->flags;
	return file;
}

static const struct orthros_file_ops prog_ops = {
	.name	= "BPF program",
	.read	= prog_read,
	.build	= prog_build,
};

static const struct orthros_file_ops map_ops = {
	.name	= "BPF map",
	.read	= map_read,
	.build	= map_build,
};

static const struct orthros_mark marks[] = {
	{ ORTHROS_MARK_FILE, "bpf_prog_fops", "BPF program", &prog_ops },
	{ ORTHROS_MARK_FILE, "bpf_map_fops", "BPF map", &map_ops },
	{}
};

const struct orthros_kind orthros_bpf_fd_kind = {
	.name	= "BPF descriptor",
	.marks	= marks,
};
