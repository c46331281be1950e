// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading super blocks, mounts and paths.
 *
 * Each namespace has a tree of mounts of its own, which may be of the same file
 * systems. A file system is carried in one of four ways: tmpfs with all that is in
 * it; devtmpfs by what user space did to it; proc, sysfs and their like by a
 * new mount with the same options, in which files are found by their path; what
 * is on a disk likewise, but files are found by inode. Any other one is refused
 * by name.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include "../ns/ns.h"
#include "fs_internal.h"

#define COMM "mount"
#define DEVNAME_MAX 256

/* One path of PATH_MAX bytes for messages and records. */
static char *path_buf(void)
{
	return kmalloc(PATH_MAX, GFP_KERNEL);
}

/* ---- super blocks ---------------------------------------------------- */

/* Where a mount is seen, for messages: the mount points from the root down. */
static void mount_path(struct orthros_image *img, const struct orthros_mount_rec *rec, char *buf,
		       size_t size)
{
	size_t pos = size - 1;
	int depth;

	buf[pos] = '\0';
	for (depth = 0; rec->parent && depth < ORTHROS_FS_MAX_DEPTH; depth++) {
		const struct orthros_obj *up;
		const struct orthros_mount_rec *parent;
		const char *mp = rec->text + rec->mp_off;
		size_t len;

		up = orthros_obj_find(img, &orthros_mount_type, rec->parent);
		parent = up->rec;
		len = strlen(parent->text + parent->root_off);
		if (len > 1 && !strncmp(mp, parent->text + parent->root_off, len))
			mp += len;
		len = strlen(mp);
		if (len > pos)
			break;
		if (len > 1) {
			pos -= len;
			memcpy(buf + pos, mp, len);
		}
		rec = parent;
	}
	if (pos == size - 1)
		buf[--pos] = '/';
	memmove(buf, buf + pos, size - pos);
}

/* Through the process that was found first in its namespace. */
static struct orthros_finder mount_finder(struct orthros_image *img,
					  const struct orthros_mount_rec *rec)
{
	const struct orthros_obj *ns = orthros_obj_find(img, &orthros_ns_type, rec->ns);

	return (struct orthros_finder) { .img = img, .comm = COMM, .pid = ns ? ns->pid : 0 };
}

static int refuse_mount(struct orthros_image *img, const struct orthros_mount_rec *rec,
			const char *why, const char *type)
{
	const struct orthros_finder who = mount_finder(img, rec);
	char *path = path_buf();

	if (!path)
		return -ENOMEM;
	mount_path(img, rec, path, PATH_MAX);
	orthros_refuse(&who, "%s: %s%s", path, why, type);
	kfree(path);
	return 0;
}

/* The SB object; a new one with its tree, or with a line in the report. */
static struct orthros_obj *read_sb(struct orthros_image *img, u64 addr,
				   const struct orthros_mount_rec *mnt, pid_t pid)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(img);
	struct orthros_sb_view v;
	struct orthros_sb_rec *rec;
	struct orthros_obj *obj;
	const char *why;
	bool isnew;
	int err;

	obj = orthros_obj_get(img, &orthros_sb_type, addr, pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj) || !isnew)
		return obj;
	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_sb, addr, &v);
	if (err)
		return ERR_PTR(err);
	rec = obj->rec;
	rec->root = v.root;
	rec->minor = v.dev >> l->minor_bits ? U32_MAX : v.dev;
	strscpy(rec->type, v.type, sizeof(rec->type));
	if (v.s_flags & l->sb_rdonly)
		rec->flags |= ORTHROS_SB_RDONLY;
	if (v.s_flags & l->sb_synchronous)
		rec->flags |= ORTHROS_SB_SYNC;
	if (v.s_flags & l->sb_dirsync)
		rec->flags |= ORTHROS_SB_DIRSYNC;
	if (v.s_flags & l->sb_lazytime)
		rec->flags |= ORTHROS_SB_LAZYTIME;

	why = orthros_classify_sb(img, addr, &v, rec);
	if (IS_ERR(why))
		return ERR_CAST(why);
	if (why) {
		char text[128];

		snprintf(text, sizeof(text), "%s%s%s", rec->type, *why ? " " : "", why);
		err = refuse_mount(img, mnt, "file system ", text);
		if (err)
			return ERR_PTR(err);
	} else if (orthros_fs_is_tree(rec)) {
		err = orthros_read_tree(img, obj);
		if (err)
			return ERR_PTR(err);
	}
	return obj;
}

/* ---- mounts ---------------------------------------------------------- */

static u32 mount_flags(const struct orthros_fs_layout_view *l, u32 from)
{
	const struct {
		u64 theirs;
		u32 ours;
	} map[] = {
		{ l->mnt_nosuid,	ORTHROS_MNT_NOSUID },
		{ l->mnt_nodev,		ORTHROS_MNT_NODEV },
		{ l->mnt_noexec,	ORTHROS_MNT_NOEXEC },
		{ l->mnt_noatime,	ORTHROS_MNT_NOATIME },
		{ l->mnt_nodiratime,	ORTHROS_MNT_NODIRATIME },
		{ l->mnt_relatime,	ORTHROS_MNT_RELATIME },
		{ l->mnt_readonly,	ORTHROS_MNT_RDONLY },
		{ l->mnt_nosymfollow,	ORTHROS_MNT_NOSYMFOLLOW },
		{ l->mnt_shared,	ORTHROS_MNT_SHARED },
		{ l->mnt_unbindable,	ORTHROS_MNT_UNBINDABLE },
		{ l->mnt_locked,	ORTHROS_MNT_LOCKED },
		{ l->mnt_lock_atime,	ORTHROS_MNT_LOCK_ATIME },
		{ l->mnt_lock_noexec,	ORTHROS_MNT_LOCK_NOEXEC },
		{ l->mnt_lock_nosuid,	ORTHROS_MNT_LOCK_NOSUID },
		{ l->mnt_lock_nodev,	ORTHROS_MNT_LOCK_NODEV },
		{ l->mnt_lock_readonly,	ORTHROS_MNT_LOCK_RDONLY },
	};
	u32 flags = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(map); i++)
		if (from & map[i].theirs)
			flags |= map[i].ours;
	return flags;
}

/* Device name and the two paths, one after the other. */
static int mount_text(struct orthros_image *img, struct orthros_obj *obj,
		      const struct orthros_mount_view *v)
{
	struct orthros_mount_rec *rec;
	size_t size = DEVNAME_MAX + 2 * PATH_MAX;
	ssize_t dev = 0, mp = 0, root;
	char *text;
	int err = 0;

	text = kvzalloc(size, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	if (v->devname)
		dev = orthros_src_str(img->src, v->devname, text, DEVNAME_MAX);
	if (dev < 0) {
		err = dev;
		goto out;
	}
	dev++;
	rec = obj->rec;
	if (rec->parent)
		mp = orthros_read_dentry_path(img, v->mountpoint, 0, text + dev, PATH_MAX);
	if (mp < 0) {
		err = mp;
		goto out;
	}
	mp++;
	root = orthros_read_dentry_path(img, v->root, 0, text + dev + mp, PATH_MAX);
	if (root < 0) {
		err = root;
		goto out;
	}
	root++;
	rec = orthros_obj_grow(obj, sizeof(*rec) + dev + mp + root);
	if (!rec) {
		err = -ENOMEM;
		goto out;
	}
	rec->mp_off = dev;
	rec->root_off = dev + mp;
	memcpy(rec->text, text, dev + mp + root);
out:
	kvfree(text);
	return err;
}

/* Mounts are made before terminals and processes are. */
static bool root_comes_later(const struct orthros_sb_rec *sb, const char *root)
{
	if (!strcmp(sb->type, "devpts"))
		return strcmp(root, "/") && strcmp(root, "/ptmx");
	return !strcmp(sb->type, "proc") && root[0] == '/' && root[1] >= '0' && root[1] <= '9';
}

/* A namespace that is kept by a mount. */
static int read_nsfs(struct orthros_image *img, struct orthros_mount_rec *rec)
{
	const struct orthros_finder from = mount_finder(img, rec);
	const struct orthros_finder who = orthros_through(&from, "mount of a namespace");
	struct orthros_nsfs_view v;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_nsfs, rec->root, &v);
	if (err)
		return err;
	rec->names = v.ns;
	err = orthros_read_ns(&who, v.ns);
	if (err)
		return min(err, 0);
	if (!orthros_ns_possible(orthros_ns_rec(img, v.ns)->type))
		refuse_mount(img, rec, "namespace of a type that this kernel lacks", "");
	return 0;
}

static int check_mount(struct orthros_image *img, const struct orthros_mount_view *v,
		       struct orthros_mount_rec *rec)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(img);
	struct orthros_any_inode_view inode;
	struct orthros_dentry_view root;
	int err;

	if ((v->idmap && v->idmap != l->no_idmap) ||
	    (v->userns && v->userns != l->init_user_ns))
		refuse_mount(img, rec, "mount with mapped owners", "");
	if (v->marks)
		refuse_mount(img, rec, "mount watched by fanotify", "");
	if (root_comes_later(orthros_fs_sb(img, rec->sb), rec->text + rec->root_off))
		refuse_mount(img, rec, "mount of ", rec->text + rec->root_off);
	err = orthros_read_dentry_view(img, v->root, &root) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_fs_any_inode, root.inode, &inode);
	if (err)
		return err;
	if (S_ISDIR(inode.mode))
		rec->flags |= ORTHROS_MNT_DIR;
	if (!root.hashed && root.parent != v->root)
		refuse_mount(img, rec, "mount of something deleted", "");
	return 0;
}

static int read_mount(struct orthros_image *img, u64 ns, u64 addr, u64 parent)
{
	struct orthros_finder who;
	const struct orthros_fs_layout_view *l = orthros_fs_layout(img);
	struct orthros_mount_view v;
	struct orthros_mount_rec *rec;
	struct orthros_sb_rec *sb_rec;
	struct orthros_obj *obj, *sb;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_mount, addr, &v);
	if (err)
		return orthros_bad(err, "mount %#llx on %#llx in namespace %#llx", addr, parent,
				   ns);
	if (v.parent != (parent ?: addr))
		return orthros_bad(-EUCLEAN, "mount %#llx: not a child of %#llx", addr, parent);
	/* Mounted by looking at it, and so it will be again. */
	if (v.mnt_flags & l->mnt_shrinkable)
		return 0;

	obj = orthros_obj_add(img, &orthros_mount_type, addr, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return orthros_bad(PTR_ERR(obj), "mount %#llx is in two places", addr);
	rec = obj->rec;
	rec->ns = ns;
	rec->initial = ns == orthros_initial_ns(img, ORTHROS_NS_MNT);
	who = mount_finder(img, rec);
	rec->order = v.id;
	rec->parent = parent;
	rec->mountpoint = v.mountpoint;
	rec->root = v.root;
	rec->sb = v.sb;
	rec->master = v.master;
	rec->flags = mount_flags(l, v.mnt_flags);
	if (rec->flags & ORTHROS_MNT_SHARED)
		rec->group = v.group;
	err = mount_text(img, obj, &v);
	if (err)
		return err;
	rec = obj->rec;

	sb = read_sb(img, v.sb, rec, 0);
	if (IS_ERR(sb))
		return PTR_ERR(sb);
	sb_rec = sb->rec;
	sb_rec->nr_mounts++;
	if (rec->initial)
		sb_rec->flags |= ORTHROS_SB_INITIAL;
	if (rec->root != sb_rec->root)
		sb_rec->sub_root = 1;
	if (sb_rec->how == ORTHROS_FS_INTERNAL)
		return orthros_bad(-EUCLEAN, "mount %#llx: of an internal file system", addr);
	if (!parent && sb_rec->how != ORTHROS_FS_ROOT && sb_rec->how != ORTHROS_FS_REFUSED)
		refuse_mount(img, rec, "root of the mount tree is not the rootfs", "");
	if (sb_rec->how == ORTHROS_FS_NSFS) {
		err = read_nsfs(img, rec);
		if (err)
			return err;
	}
	if (sb_rec->how == ORTHROS_FS_DISK) {
		err = orthros_read_loose(&who, sb, v.root);
		if (err)
			return err;
	}
	if (parent) {
		struct orthros_obj *up = orthros_obj_find(img, &orthros_mount_type, parent);
		const struct orthros_mount_rec *up_rec = up->rec;

		sb = orthros_obj_find(img, &orthros_sb_type, up_rec->sb);
		if (orthros_fs_sb(img, up_rec->sb)->how == ORTHROS_FS_DISK) {
			err = orthros_read_loose(&who, sb, v.mountpoint);
			if (err)
				return err;
		}
	}
	return check_mount(img, &v, rec);
}

/* Masters of masters, as far as they are in order. */
static int check_master(struct orthros_image *img, const struct orthros_mount_rec *rec)
{
	struct orthros_obj *master;
	int depth;

	for (depth = 0; rec->master; depth++) {
		if (depth == ORTHROS_FS_MAX_DEPTH)
			return orthros_bad(-ELOOP, "mount %#llx: slave of itself", rec->master);
		master = orthros_obj_find(img, &orthros_mount_type, rec->master);
		if (!master) {
			refuse_mount(img, rec, "slave of a mount elsewhere", "");
			break;
		}
		rec = master->rec;
	}
	return 0;
}

static int check_mounts(struct orthros_image *img)
{
	struct orthros_obj *obj;
	const char *why;
	int err;

	orthros_for_each_obj(obj, img, &orthros_mount_type) {
		const struct orthros_mount_rec *rec = obj->rec;
		const struct orthros_mount_rec *parent;
		const struct orthros_sb_rec *sb;
		struct orthros_obj *up;

		sb = orthros_fs_sb(img, rec->sb);
		if (!rec->ns)
			continue;
		err = check_master(img, rec);
		if (err)
			return err;
		/* Its layers are found by paths from the root of PID 1. */
		if (!strcmp(sb->type, "overlay") && !(sb->flags & ORTHROS_SB_INITIAL))
			refuse_mount(img, rec, "overlay of another mount namespace", "");
		if (sb->how == ORTHROS_FS_PSEUDO && !strcmp(sb->type, "overlay")) {
			why = orthros_check_overlay(img, sb);
			if (IS_ERR(why))
				return PTR_ERR(why);
			if (why)
				refuse_mount(img, rec, "file system overlay ", why);
		}
		if (!rec->parent)
			continue;
		up = orthros_obj_find(img, &orthros_mount_type, rec->parent);
		parent = up->rec;
		sb = orthros_fs_sb(img, parent->sb);
		if (!orthros_fs_is_tree(sb) ||
		    orthros_obj_find(img, &orthros_dentry_type, rec->mountpoint))
			continue;
		obj->refused = img->crashed && !rec->initial;
		if (!obj->refused)
			return orthros_bad(-EUCLEAN, "mount %#llx: mount point is in no tree",
					   obj->src);
	}
	return 0;
}

/*
 * The list of MOUNT objects is the queue of mounts whose children are yet to
 * be read, so parents come first in it.
 */
static int read_mount_tree(struct orthros_image *img, struct orthros_obj *ns, u64 root)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(img);
	struct orthros_mount_view v;
	struct orthros_list_iter it;
	struct orthros_obj *obj;
	unsigned int count = 0;
	int err;

	err = read_mount(img, ns->src, root, 0);
	if (err)
		return err;
	obj = orthros_obj_find(img, &orthros_mount_type, root);
	if (!obj)
		return orthros_bad(-EUCLEAN, "mount namespace %#llx has no root", ns->src);
	list_for_each_entry_from(obj, orthros_objs(img, &orthros_mount_type), list) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_mount, obj->src, &v);
		if (err)
			return err;
		orthros_src_for_each(&it, img->src, v.children, ORTHROS_FS_MAX_MOUNTS) {
			if (++count > ORTHROS_FS_MAX_MOUNTS)
				return orthros_bad(-E2BIG, "more than %u mounts", count);
			err = read_mount(img, ns->src, it.node - l->mount_child_off, obj->src);
			if (err)
				return err;
		}
		if (it.err)
			return it.err;
	}
	return 0;
}

static int read_mnt_ns_once(struct orthros_image *img, struct orthros_obj *ns)
{
	const struct orthros_mnt_ns_view *v = (void *)((struct orthros_ns_rec *)ns->rec)->own;

	return orthros_obj_find(img, &orthros_mount_type, v->root) ? 0 :
	       read_mount_tree(img, ns, v->root);
}

/**
 * orthros_read_mounts() - read the initial mount tree and all file systems in it
 * @img:	image
 *
 * Those of other namespaces are read when somebody is found to use a mount of theirs,
 * the others at last.
 *
 * Return: 0 (also if something was refused) or negative errno.
 */
int orthros_read_mounts(struct orthros_image *img)
{
	u64 initial = orthros_initial_ns(img, ORTHROS_NS_MNT);
	struct orthros_obj *ns = orthros_obj_find(img, &orthros_ns_type, initial);

	return (ns ? read_mnt_ns_once(img, ns) : -ENOENT) ?: orthros_check_swap(img);
}

/**
 * orthros_gather_mounts() - read the mount trees of all other namespaces
 * @img:	image
 *
 * Mounts in them may keep further ones.
 *
 * Return: 0 (also if something was refused) or negative errno.
 */
int orthros_gather_mounts(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;

		if (rec->type != ORTHROS_NS_MNT || obj->refused)
			continue;
		err = read_mnt_ns_once(img, obj);
		/* Of a kernel that has failed, who is in it is given up. */
		if (err && img->crashed && !rec->initial) {
			pr_err("mount namespace %u is lost: %pe\n", rec->inum, ERR_PTR(err));
			obj->refused = true;
		} else if (err) {
			return err;
		}
	}
	return check_mounts(img);
}

/* Its mounts are not read now: one that keeps a namespace would lead to the next. */
static int read_mnt_ns(const struct orthros_finder *who, struct orthros_obj *ns)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(who->img);
	struct orthros_mnt_ns_view v;
	struct orthros_ns_rec *rec;
	int err;

	if (!l)
		return -ENOENT;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_fs_mnt_ns,
			       ns->src - l->mnt_ns_off, &v);
	if (err)
		return err;
	rec = orthros_obj_grow(ns, sizeof(*rec) + sizeof(v));
	if (!rec)
		return -ENOMEM;
	memcpy(rec->own, &v, sizeof(v));
	return orthros_ns_owner(who, ns, v.user_ns, v.uid);
}

const struct orthros_ns_ops orthros_mnt_ns_ops = {
	.type	= ORTHROS_NS_MNT,
	.read	= read_mnt_ns,
};

/* ---- paths ----------------------------------------------------------- */

/* Reads the namespace of a mount. 0, %ORTHROS_REFUSED or an error. */
static int read_ns_of(const struct orthros_finder *who, u64 mnt_ns)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(who->img);
	u64 addr = mnt_ns + l->mnt_ns_off;
	struct orthros_mnt_ns_view v;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_fs_mnt_ns, mnt_ns, &v);
	if (err)
		return err;
	if (!v.seq)
		return orthros_refused(who, "on a mount that is mounted nowhere");
	err = orthros_read_ns(who, addr);
	if (err)
		return err;
	if (orthros_ns_rec(who->img, addr)->type != ORTHROS_NS_MNT)
		return orthros_bad(-EUCLEAN, "mount namespace %#llx is none", addr);
	return read_mnt_ns_once(who->img, orthros_obj_find(who->img, &orthros_ns_type, addr));
}

/* The MOUNT object; NULL if refused. memfd and the like are on a mount of the kernel's own. */
static struct orthros_obj *path_mount_obj(const struct orthros_finder *who, u64 vfsmount)
{
	struct orthros_image *img = who->img;
	u64 addr = vfsmount - orthros_fs_layout(img)->mount_mnt_off;
	struct orthros_mount_view v;
	struct orthros_mount_rec *rec;
	struct orthros_sb_view sbv;
	struct orthros_obj *obj, *sb;
	int err;

	obj = orthros_obj_find(img, &orthros_mount_type, addr);
	if (obj)
		return obj;
	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_mount, addr, &v);
	if (!err)
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_sb, v.sb, &sbv);
	if (!err && v.ns && !IS_ERR_VALUE(v.ns)) {
		err = read_ns_of(who, v.ns);
		if (err == ORTHROS_REFUSED)
			return NULL;
		obj = orthros_obj_find(img, &orthros_mount_type, addr);
		if (!err && obj)
			return obj;
	}
	if (err)
		return ERR_PTR(err);
	if (sbv.op != orthros_fs_layout(img)->shmem_ops ||
	    !(sbv.s_flags & orthros_fs_layout(img)->sb_kernmount)) {
		orthros_refuse(who, "on file system %s, outside of the mount tree", sbv.type);
		return NULL;
	}
	sb = read_sb(img, v.sb, NULL, who->pid);
	if (IS_ERR(sb))
		return sb;
	obj = orthros_obj_add(img, &orthros_mount_type, addr, who->pid, sizeof(*rec) + 1);
	if (IS_ERR(obj))
		return obj;
	rec = obj->rec;
	rec->root = v.root;
	rec->sb = v.sb;
	return obj;
}

/* A file of proc and the like: its path is enough, unless it was deleted. */
static int read_pseudo(const struct orthros_finder *who, u64 sb, u64 dentry)
{
	struct orthros_image *img = who->img;
	struct orthros_dentry_view v;
	struct orthros_dentry_rec *rec;
	struct orthros_obj *obj;
	u64 upper = 0;
	ssize_t len;
	char *path;
	bool gone;
	int err;

	err = orthros_read_dentry_view(img, dentry, &v);
	if (err)
		return err;
	if (v.sb != sb)
		return orthros_bad(-EUCLEAN, "dentry %#llx: of another file system", dentry);
	gone = !v.hashed && v.parent != dentry;
	if (gone && !strcmp(orthros_fs_sb(img, sb)->type, "overlay")) {
		err = orthros_read_overlay_gone(who, &v, &upper);
		if (err)
			return err;
	}
	path = path_buf();
	if (!path)
		return -ENOMEM;
	len = orthros_read_dentry_path(img, dentry, 0, path, PATH_MAX);
	if (len < 0) {
		err = len;
	} else if (gone && !upper) {
		orthros_refuse(who, "%s is gone", path);
	} else {
		obj = orthros_obj_add(img, &orthros_dentry_type, dentry, who->pid,
				      sizeof(*rec) + len + 1);
		if (IS_ERR(obj)) {
			err = PTR_ERR(obj);
		} else {
			rec = obj->rec;
			rec->sb = sb;
			rec->inode = v.inode;
			rec->parent = upper;
			rec->flags = ORTHROS_DENTRY_PATH | (gone ? ORTHROS_DENTRY_UNLINKED : 0);
			rec->name_len = len;
			memcpy(rec->name, path, len);
		}
	}
	kfree(path);
	return err;
}

/**
 * orthros_read_path() - make sure that a path can be found again
 * @who:	who uses it, and as what; the mounts have been read
 * @vfsmount:	address of its vfsmount
 * @dentry:	address of its dentry
 *
 * Return: 0, also if it was refused, or negative errno.
 */
int orthros_read_path(const struct orthros_finder *who, u64 vfsmount, u64 dentry)
{
	struct orthros_image *img = who->img;
	const struct orthros_mount_rec *rec;
	const struct orthros_sb_rec *sb;
	struct orthros_obj *mnt, *sb_obj;

	if (!orthros_fs_layout(img))
		return -ENOENT;
	mnt = path_mount_obj(who, vfsmount);
	if (IS_ERR_OR_NULL(mnt))
		return PTR_ERR_OR_ZERO(mnt);
	rec = mnt->rec;
	sb_obj = orthros_obj_find(img, &orthros_sb_type, rec->sb);
	sb = sb_obj->rec;
	if (sb->how == ORTHROS_FS_REFUSED || sb->how == ORTHROS_FS_NSFS)
		return orthros_refuse(who, "on file system %s", sb->type);
	if (orthros_obj_find(img, &orthros_dentry_type, dentry))
		return 0;
	if (sb->how == ORTHROS_FS_PSEUDO)
		return read_pseudo(who, rec->sb, dentry);
	return orthros_read_loose(who, sb_obj, dentry);
}

/**
 * orthros_read_watched() - make sure that an inode can be found again
 * @who:	who watches it, by what; the mounts have been read
 * @sb:		address of its super block
 * @inode:	its address
 * @dentry:	address of one of its names, 0 for none
 *
 * Unlike a path it need not be in a mount.
 *
 * Return: 0, also if it was refused, or negative errno.
 */
int orthros_read_watched(const struct orthros_finder *who, u64 sb, u64 inode, u64 dentry)
{
	struct orthros_image *img = who->img;
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_sb_type, sb);
	struct orthros_fs_finder f = {
		.who = orthros_through(who, NULL), .sb = obj, .dentry = dentry,
	};
	const struct orthros_sb_rec *rec;

	if (!obj)
		return orthros_refuse(who, "watches what is in no mount");
	rec = obj->rec;
	if (rec->how == ORTHROS_FS_REFUSED || rec->how == ORTHROS_FS_NSFS)
		return orthros_refuse(who, "watches file system %s", rec->type);
	if (orthros_obj_find(img, &orthros_inode_type, inode) ||
	    orthros_obj_find(img, &orthros_dinode_type, inode) ||
	    (dentry && orthros_obj_find(img, &orthros_dentry_type, dentry)))
		return 0;
	if (rec->how == ORTHROS_FS_DISK && !dentry)
		return orthros_read_dinode(&f, inode);
	if (!dentry)
		return orthros_refuse(who, "watches what has no name in %s", rec->type);
	if (rec->how == ORTHROS_FS_PSEUDO)
		return read_pseudo(who, sb, dentry);
	return orthros_read_loose(who, obj, dentry);
}
