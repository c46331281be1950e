// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kinds of file systems: which can be carried, how, and with what options
 * they are mounted.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <uapi/linux/auto_fs.h>
#include "../ns/ns.h"
#include "fs_internal.h"

__printf(2, 3)
static void add_option(struct orthros_sb_rec *rec, const char *fmt, ...)
{
	size_t len = strlen(rec->options);
	va_list args;

	if (len)
		len += scnprintf(rec->options + len, sizeof(rec->options) - len, ",");
	va_start(args, fmt);
	vscnprintf(rec->options + len, sizeof(rec->options) - len, fmt, args);
	va_end(args);
}

/* The source's tmpfs has names for the values of huge=. */
static int huge_option(struct orthros_image *img, struct orthros_sb_rec *rec, u32 huge)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(img);
	struct orthros_constant_view c;
	char name[16];
	int i, err;

	if (!l->shmem_huge)
		return 0;
	for (i = 0; i < 16; i++) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_constant,
				       l->shmem_huge + (u64)i * l->constant_size, &c);
		if (err)
			return err;
		if (!c.name)
			break;
		if (c.value == huge) {
			ssize_t len = orthros_src_str(img->src, c.name, name, sizeof(name));

			if (len < 0)
				return len;
			add_option(rec, "huge=%s", name);
			return 0;
		}
	}
	return orthros_bad(-EUCLEAN, "tmpfs: unknown value %u of huge=", huge);
}

/* Returns what stands against it, NULL, or ERR_PTR(). */
static const char *tmpfs_options(struct orthros_image *img, const struct orthros_sb_view *v,
				 struct orthros_sb_rec *rec)
{
	struct orthros_tmpfs_view t;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_tmpfs, v->fs_info, &t);
	if (err)
		return ERR_PTR(err);
	if (v->quota)
		return "with quotas";
	if (v->encoding)
		return "with case folding";
	if (t.mpol)
		return "with a memory policy";
	rec->next_ino = t.next_ino;
	add_option(rec, "nr_blocks=%llu,nr_inodes=%llu", t.max_blocks, t.max_inodes);
	if (rec->how == ORTHROS_FS_TREE)
		add_option(rec, "mode=%o,uid=%u,gid=%u", t.mode & 07777, t.uid, t.gid);
	if (rec->how != ORTHROS_FS_DEV)
		add_option(rec, t.full_inums ? "inode64" : "inode32");
	if (t.noswap)
		add_option(rec, "noswap");
	return ERR_PTR(huge_option(img, rec, t.huge));
}

/* With root= on its command line a kernel has a ramfs there, without any limit. */
static const char *rootfs_options(struct orthros_image *img, const struct orthros_sb_view *v,
				  struct orthros_sb_rec *rec)
{
	if (v->op != orthros_fs_layout(img)->ramfs_ops)
		return tmpfs_options(img, v, rec);
	rec->flags |= ORTHROS_SB_RAMFS;
	add_option(rec, "nr_blocks=0,nr_inodes=0");
	return NULL;
}

/* The mode of its root, as it was mounted. */
static const char *ramfs_options(struct orthros_image *img, const struct orthros_sb_view *v,
				 struct orthros_sb_rec *rec)
{
	struct orthros_ramfs_view r;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_ramfs, v->fs_info, &r);
	if (err)
		return ERR_PTR(err);
	rec->flags |= ORTHROS_SB_RAMFS;
	add_option(rec, "mode=%o", r.mode & 07777);
	return NULL;
}

static const char *proc_options(struct orthros_image *img, const struct orthros_sb_view *v,
				struct orthros_sb_rec *rec)
{
	const struct orthros_finder who = { .img = img, .comm = "mount", .what = "proc" };
	struct orthros_procfs_view p;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_procfs, v->fs_info, &p);
	if (err)
		return ERR_PTR(err);
	if (p.pid_ns != orthros_fs_layout(img)->init_pid_ns) {
		rec->ns = p.pid_ns + orthros_fs_layout(img)->pid_ns_off;
		err = orthros_read_ns(&who, rec->ns);
		if (err)
			return err < 0 ? ERR_PTR(err) : "of another PID namespace";
	}
	if (p.gid)
		add_option(rec, "gid=%u", p.gid);
	if (p.hide_pid)
		add_option(rec, "hidepid=%lld", p.hide_pid);
	if (p.pidonly)
		add_option(rec, "subset=pid");
	return NULL;
}

static const char *sysfs_options(struct orthros_image *img, const struct orthros_sb_view *v,
				 struct orthros_sb_rec *rec)
{
	const struct orthros_finder who = { .img = img, .comm = "mount", .what = "sysfs" };
	const u64 init_net = orthros_fs_layout(img)->init_net;
	struct orthros_sysfs_view s;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_sysfs, v->fs_info, &s);
	if (err)
		return ERR_PTR(err);
	if (!init_net || s.net == init_net)
		return NULL;
	err = orthros_read_net_ns(&who, s.net, &rec->ns);
	if (err < 0)
		return ERR_PTR(err);
	return err ? "of another network namespace" : NULL;
}

/* One for each IPC namespace, which it does not keep. */
static const char *mqueue_options(struct orthros_image *img, const struct orthros_sb_view *v,
				  struct orthros_sb_rec *rec)
{
	const struct orthros_finder who = { .img = img, .comm = "mount", .what = "mqueue" };
	int err;

	if (!v->fs_info)
		return "of an IPC namespace that is gone";
	rec->ns = v->fs_info + orthros_fs_layout(img)->ipc_ns_off;
	err = orthros_read_ns(&who, rec->ns);
	if (err < 0)
		return ERR_PTR(err);
	return err ? "of another IPC namespace" : NULL;
}

static const char *devpts_options(struct orthros_image *img, const struct orthros_sb_view *v,
				  struct orthros_sb_rec *rec)
{
	struct orthros_devpts_view p;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_devpts, v->fs_info, &p);
	if (err)
		return ERR_PTR(err);
	if (p.setuid)
		add_option(rec, "uid=%u", p.uid);
	if (p.setgid)
		add_option(rec, "gid=%u", p.gid);
	add_option(rec, "mode=%o,ptmxmode=%o", p.mode, p.ptmxmode);
	if (p.max > 0)
		add_option(rec, "max=%lld", p.max);
	return NULL;
}

static int any_child(struct orthros_image *img, u64 child, const struct orthros_dentry_view *v,
		     void *ctx)
{
	*(bool *)ctx = true;
	return 0;
}

static const char *empty_only(struct orthros_image *img, const struct orthros_sb_view *v,
			      struct orthros_sb_rec *rec)
{
	bool has = false;
	int err;

	err = orthros_read_children(img, v->root, any_child, &has);
	if (err)
		return ERR_PTR(err);
	return has ? "not empty" : NULL;
}

/* Their options are the attributes of the root directory. */
static const char *root_options(struct orthros_image *img, const struct orthros_sb_view *v,
				struct orthros_sb_rec *rec)
{
	struct orthros_any_inode_view i;
	struct orthros_dentry_view d;
	int err;

	err = orthros_read_dentry_view(img, v->root, &d);
	if (!err)
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_any_inode, d.inode, &i);
	if (err)
		return ERR_PTR(err);
	add_option(rec, "mode=%o,uid=%u,gid=%u", i.mode & 07777, i.uid, i.gid);
	return NULL;
}

static const char *cgroup2_options(struct orthros_image *img, const struct orthros_sb_view *v,
				   struct orthros_sb_rec *rec)
{
	u64 root = orthros_fs_layout(img)->cgrp_dfl_root;
	struct orthros_cgroup_view c;
	int err;

	if (!root)
		return "of an unknown kind";
	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_cgroup, root, &c);
	if (err)
		return ERR_PTR(err);
	if (c.flags & c.hugetlb_accounting && !ORTHROS_HUGETLB_ACCOUNTING)
		return "with memory_hugetlb_accounting";
	if (c.flags & c.pids_local_events && !ORTHROS_PIDS_LOCAL_EVENTS)
		return "with pids_localevents";
	if (c.flags & c.nsdelegate)
		add_option(rec, "nsdelegate");
	if (c.flags & c.favordynmods)
		add_option(rec, "favordynmods");
	if (c.flags & c.local_events)
		add_option(rec, "memory_localevents");
	if (c.flags & c.recursiveprot)
		add_option(rec, "memory_recursiveprot");
	if (c.flags & c.hugetlb_accounting)
		add_option(rec, "memory_hugetlb_accounting");
	if (c.flags & c.pids_local_events)
		add_option(rec, "pids_localevents");
	return NULL;
}

/* Described by themselves. What would be in them is not carried. */
static const char *described_empty(struct orthros_image *img, u64 addr,
				   const struct orthros_sb_view *v, struct orthros_sb_rec *rec)
{
	const char *why = orthros_noted_options(img, addr, rec);

	return why ?: empty_only(img, v, rec);
}

/* Its pipe and its daemon come when these are there, see files/autofs.c. */
static const char *autofs_options(struct orthros_image *img, const struct orthros_sb_view *v,
				  struct orthros_sb_rec *rec)
{
	struct orthros_autofs_desc desc;
	struct orthros_autofs_view a;
	u64 at;
	int err;

	err = orthros_src_sym(img->src, "orthros_autofs_desc", &at) ?:
	      orthros_src_read(img->src, at, &desc, sizeof(desc)) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_fs_autofs, v->fs_info, &a);
	if (err)
		return ERR_PTR(err);
	rec->fs_info = v->fs_info;
	add_option(rec, a.type == AUTOFS_TYPE_DIRECT ? "direct" :
			a.type == AUTOFS_TYPE_OFFSET ? "offset" : "indirect");
	add_option(rec, "minproto=%d,maxproto=%d", a.min_proto, a.max_proto);
	if (a.flags & desc.strict)
		add_option(rec, "strictexpire");
	if (a.flags & desc.ignore)
		add_option(rec, "ignore");
	return empty_only(img, v, rec);
}

/* Identified by their names, which are what mount(2) takes. */
static const struct fs_type {
	const char *name;
	u32 how;
	bool shmem;
	const char *(*options)(struct orthros_image *img, const struct orthros_sb_view *v,
			       struct orthros_sb_rec *rec);
} fs_types[] = {
	{ "rootfs",	ORTHROS_FS_ROOT,	true,	rootfs_options },
	{ "tmpfs",	ORTHROS_FS_TREE,	true,	tmpfs_options },
	{ "ramfs",	ORTHROS_FS_TREE,	false,	ramfs_options },
	{ "devtmpfs",	ORTHROS_FS_DEV,		true,	tmpfs_options },
	{ "proc",	ORTHROS_FS_PSEUDO,	false,	proc_options },
	{ "sysfs",	ORTHROS_FS_PSEUDO,	false,	sysfs_options },
	{ "devpts",	ORTHROS_FS_PSEUDO,	false,	devpts_options },
	{ "debugfs",	ORTHROS_FS_PSEUDO,	false,	root_options },
	{ "tracefs",	ORTHROS_FS_PSEUDO,	false,	root_options },
	{ "securityfs",	ORTHROS_FS_PSEUDO },
	{ "mqueue",	ORTHROS_FS_PSEUDO,	false,	mqueue_options },
	{ "configfs",	ORTHROS_FS_PSEUDO,	false,	empty_only },
	{ "fusectl",	ORTHROS_FS_PSEUDO,	false,	empty_only },
	{ "binfmt_misc", ORTHROS_FS_PSEUDO },
	{ "autofs",	ORTHROS_FS_PSEUDO,	false,	autofs_options },
	{ "bpf",	ORTHROS_FS_PSEUDO },
	{ "hugetlbfs",	ORTHROS_FS_PSEUDO },
	{ "cgroup2",	ORTHROS_FS_PSEUDO,	false,	cgroup2_options },
	{ "overlay",	ORTHROS_FS_PSEUDO },
	{ "nsfs",	ORTHROS_FS_NSFS },
	{ "ext4",	ORTHROS_FS_DISK },
	{ "xfs",	ORTHROS_FS_DISK },
};

/**
 * orthros_classify_sb() - find out how a super block can be carried
 * @img:	image
 * @addr:	address of the super block
 * @v:		what it says
 * @rec:	its record: @how and @options are set
 *
 * Return: NULL, what stands against it ("" if the file system as such cannot
 * be carried), or ERR_PTR().
 */
const char *orthros_classify_sb(struct orthros_image *img, u64 addr,
				const struct orthros_sb_view *v, struct orthros_sb_rec *rec)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(img);
	const struct fs_type *type = NULL;
	struct file_system_type *ours;
	const char *why;
	int i;

	if (v->op == l->shmem_ops && v->s_flags & l->sb_kernmount) {
		rec->how = ORTHROS_FS_INTERNAL;
		return NULL;
	}
	for (i = 0; i < ARRAY_SIZE(fs_types) && !type; i++)
		if (!strcmp(fs_types[i].name, v->type))
			type = &fs_types[i];
	if (!type)
		return "";
	if (type->shmem && v->op != l->shmem_ops &&
	    (type->how != ORTHROS_FS_ROOT || v->op != l->ramfs_ops))
		return "that is not tmpfs";
	if (v->user_ns != l->init_user_ns)
		return "of another user namespace";
	/* They are not in the list; build_mounts.c looks at the rootfs that we have. */
	if (type->how != ORTHROS_FS_ROOT && type->how != ORTHROS_FS_NSFS) {
		ours = get_fs_type(v->type);
		if (!ours)
			return "that the other kernel does not have";
		put_filesystem(ours);
	}
	rec->how = type->how;
	if (type->how == ORTHROS_FS_DISK)
		why = orthros_disk_options(img, addr, v, rec);
	else if (!strcmp(v->type, "overlay"))
		why = orthros_overlay_options(img, addr, v, rec);
	else if (!strcmp(v->type, "bpf"))
		why = orthros_noted_options(img, addr, rec);
	else if (!strcmp(v->type, "hugetlbfs"))
		why = described_empty(img, addr, v, rec);
	else
		why = type->options ? type->options(img, v, rec) : NULL;
	if (IS_ERR(why))
		return why;
	if (why)
		rec->how = ORTHROS_FS_REFUSED;
	else if (strlen(rec->options) == sizeof(rec->options) - 1)
		return ERR_PTR(orthros_bad(-E2BIG, "options of %s", v->type));
	return why;
}
