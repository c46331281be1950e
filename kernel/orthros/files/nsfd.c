// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of namespaces. They cannot be read or sought in, so they have no
 * position. One opened with O_PATH is a path outside of the mount tree, which is
 * refused as such.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/mount.h>
#include <linux/path.h>
#include "../ns/ns.h"
#include "files_internal.h"
#include "nsfd_tables.h"

static int nsfd_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			  const struct orthros_file_view *view,
			  const struct orthros_finode_view *inode)
{
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_nsfd_view v;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_nsfd, view->inode, &v);
	if (!err)
		err = orthros_read_ns(who, v.ns);
	if (err)
		return err;
	if (!orthros_ns_possible(orthros_ns_rec(who->img, v.ns)->type))
		return orthros_refused(who, "namespace of a type that this kernel lacks");
	rec->object = v.ns;
	return 0;
}

static struct file *nsfd_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct vfsmount *mnt;
	struct file *file;
	struct path path;
	int err;

	err = orthros_ns_path(img, rec->object, &path);
	if (err)
		return ERR_PTR(err);
	/* Opened by a mount that keeps it: /proc/PID/fd says which. */
	mnt = orthros_dst_mount(img, rec->vfsmount);
	if (mnt) {
		mntput(path.mnt);
		path.mnt = mnt;
	}
	file = dentry_open(&path, rec->flags & ~(O_CREAT | O_EXCL | O_TRUNC | FASYNC),
			   current_cred());
	path_put(&path);
	return file;
}

static const struct orthros_file_ops nsfd_ops = {
	.name	= "namespace descriptor",
	.read	= nsfd_read_file,
	.build	= nsfd_build,
};

static const struct orthros_mark nsfd_marks[] = {
	{ ORTHROS_MARK_FILE, "ns_file_operations", "namespace descriptor", &nsfd_ops },
	{}
};

const struct orthros_kind orthros_nsfd_kind = {
	.name	= "namespace descriptor",
	.tables	= ORTHROS_TABLES(&orthros_table_nsfd),
	.marks	= nsfd_marks,
};
