// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of the initial namespaces, which every kernel has: the type is all
 * that is carried. They cannot be read or sought in, so they have no position. One
 * opened with O_PATH is a path outside of the mount tree, which is refused as such.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/path.h>
#include <linux/proc_ns.h>
#include "files_internal.h"
#include "nsfd_tables.h"

/* NULL: nobody can open one of this type here. */
static const struct proc_ns_operations *const ns_ops[ORTHROS_NS_NR] = {
	[ORTHROS_NS_CGROUP]	= IS_ENABLED(CONFIG_CGROUPS) ? &cgroupns_operations : NULL,
	[ORTHROS_NS_IPC]	= IS_ENABLED(CONFIG_IPC_NS) ? &ipcns_operations : NULL,
	[ORTHROS_NS_MNT]	= &mntns_operations,
	[ORTHROS_NS_NET]	= IS_ENABLED(CONFIG_NET_NS) ? &netns_operations : NULL,
	[ORTHROS_NS_PID]	= IS_ENABLED(CONFIG_PID_NS) ? &pidns_operations : NULL,
	[ORTHROS_NS_TIME]	= IS_ENABLED(CONFIG_TIME_NS) ? &timens_operations : NULL,
	[ORTHROS_NS_USER]	= IS_ENABLED(CONFIG_USER_NS) ? &userns_operations : NULL,
	[ORTHROS_NS_UTS]	= IS_ENABLED(CONFIG_UTS_NS) ? &utsns_operations : NULL,
};

/* Which of the initial ones is it? Set to ORTHROS_NS_NR if none. */
static int read_type(const struct orthros_src *src, u64 ns, enum orthros_ns *type)
{
	struct orthros_initial_ns_view initial;
	u64 nsproxy;
	int i, err;

	err = orthros_src_sym(src, "init_nsproxy", &nsproxy);
	if (!err)
		err = orthros_read_rec(&src->mem, &orthros_table_initial_ns, nsproxy, &initial);
	if (err)
		return err;
	for (i = 0; i < ORTHROS_NS_NR; i++)
		if (initial.ns[i] == ns)
			break;
	*type = i;
	return 0;
}

static int nsfd_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			  const struct orthros_file_view *view,
			  const struct orthros_finode_view *inode)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_ns_name_view type_of;
	struct orthros_nsfd_view v;
	enum orthros_ns type;
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_nsfd, view->inode, &v);
	if (!err)
		err = orthros_read_rec(&src->mem, &orthros_table_ns_name, v.ns, &type_of);
	if (!err)
		err = read_type(src, v.ns, &type);
	if (err)
		return err;
	if (type == ORTHROS_NS_NR)
		return orthros_refused(who, "descriptor of a %s namespace", type_of.name);
	if (!ns_ops[type])
		return orthros_refused(who, "descriptor of a %s namespace, which this kernel lacks",
				       type_of.name);
	rec->object = type;
	return 0;
}

/* Every process that is built is in the initial namespaces. */
static struct file *nsfd_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct file *file;
	struct path path;
	int err;

	err = ns_get_path(&path, current, ns_ops[rec->object]);
	if (err)
		return ERR_PTR(err);
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
	.tables	= ORTHROS_TABLES(&orthros_table_nsfd, &orthros_table_ns_name,
				 &orthros_table_initial_ns),
	.marks	= nsfd_marks,
};
