// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rebuilding mounts: what mount(2) does, on dentries instead of paths.
 *
 * A file system with one mount that shows all of it, in the initial namespace, is
 * mounted where it belongs. Any other one is mounted in a staging directory first,
 * and bound from there, as often and as deep as needed, into all namespaces. These are
 * made while there is nothing but the rootfs that they would copy. Flags like nodev and read-only
 * come last, when the processes have got the files that they had before.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitmap.h>
#include <linux/blkdev.h>
#include <linux/ctype.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/mnt_namespace.h>
#include <linux/mount.h>
#include <linux/magic.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/proc_ns.h>
#include <linux/pipe_fs_i.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <uapi/linux/mount.h>
#include <fs/internal.h>
#include <fs/pnode.h>
#include <linux/orthros/abi/task.h>
#include <linux/orthros/devices.h>
#include "../core/steps.h"
#include "../ns/ns.h"
#include "fs_internal.h"
#include "mount_inside.h"

#define MAX_MINORS	1024

/* Temporary mounts, below one directory of the rootfs. */
struct stage {
	struct orthros_image *img;
	struct path root;	/* of the rootfs */
	struct dentry *dir;
	char name[24];
	unsigned int nr;
	struct list_head entries;
};

struct stage_entry {
	struct list_head list;
	struct orthros_obj *sb;
	struct dentry *dir;
	struct vfsmount *mnt;
	unsigned int nr;
};

static const struct {
	u32 flag;
	unsigned long ms;
	int mnt;
} flag_map[] = {
	{ ORTHROS_MNT_NOSUID,		MS_NOSUID,	MNT_NOSUID },
	{ ORTHROS_MNT_NODEV,		MS_NODEV,	MNT_NODEV },
	{ ORTHROS_MNT_NOEXEC,		MS_NOEXEC,	MNT_NOEXEC },
	{ ORTHROS_MNT_NOATIME,		MS_NOATIME,	MNT_NOATIME },
	{ ORTHROS_MNT_NODIRATIME,	MS_NODIRATIME,	MNT_NODIRATIME },
	{ ORTHROS_MNT_RELATIME,		MS_RELATIME,	MNT_RELATIME },
	{ ORTHROS_MNT_RDONLY,		MS_RDONLY,	MNT_READONLY },
	{ ORTHROS_MNT_NOSYMFOLLOW,	MS_NOSYMFOLLOW,	MNT_NOSYMFOLLOW },
};

static unsigned long mount_ms(const struct orthros_mount_rec *rec)
{
	unsigned long ms = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(flag_map); i++)
		if (rec->flags & flag_map[i].flag)
			ms |= flag_map[i].ms;
	/* Without any of the three, relatime would be chosen. */
	if (!(rec->flags & (ORTHROS_MNT_NOATIME | ORTHROS_MNT_RELATIME)))
		ms |= MS_STRICTATIME;
	return ms;
}

/* Does the mount have the flags already? */
static bool same_flags(const struct orthros_mount_rec *rec, const struct vfsmount *mnt)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(flag_map); i++)
		if (!(rec->flags & flag_map[i].flag) != !(mnt->mnt_flags & flag_map[i].mnt))
			return false;
	return true;
}

static unsigned long sb_ms(const struct orthros_sb_rec *rec)
{
	unsigned long ms = 0;

	if (rec->flags & ORTHROS_SB_SYNC)
		ms |= MS_SYNCHRONOUS;
	if (rec->flags & ORTHROS_SB_DIRSYNC)
		ms |= MS_DIRSYNC;
	if (rec->flags & ORTHROS_SB_LAZYTIME)
		ms |= MS_LAZYTIME;
	return ms;
}

/* path_mount() may move the path it is given to the top of a stack, and wants a page. */
static int mount_at(const char *dev, const struct path *at, const char *type, unsigned long ms,
		    const char *options)
{
	struct path path = *at;
	char *page = NULL;
	int err;

	if (options && *options) {
		page = (char *)__get_free_page(GFP_KERNEL);
		if (!page)
			return -ENOMEM;
		strscpy(page, options, PAGE_SIZE);
	}
	path_get(&path);
	err = path_mount(dev, &path, type, ms, page);
	path_put(&path);
	free_page((unsigned long)page);
	return err;
}

/* Device numbers that are held back for super blocks. */
static DECLARE_BITMAP(minors, MAX_MINORS);

/**
 * orthros_take_minors() - hold device numbers back
 * @img:	image
 *
 * Whoever remembers st_dev shall find it again. Numbers are given out from
 * below: all that could be wanted are taken, and each is given back right
 * before the super block that should have it is made.
 *
 * Context: before anything is built that has a super block.
 *
 * Return: 0.
 */
int orthros_take_minors(struct orthros_image *img)
{
	struct orthros_obj *obj;
	u32 max = 0;
	dev_t dev;

	orthros_for_each_obj(obj, img, &orthros_sb_type) {
		const struct orthros_sb_rec *rec = obj->rec;

		if (rec->minor < MAX_MINORS)
			max = max(max, rec->minor);
	}
	while (!get_anon_bdev(&dev)) {
		if (MINOR(dev) > max) {
			free_anon_bdev(dev);
			break;
		}
		__set_bit(MINOR(dev), minors);
	}
	/* It mounts proc, which takes none of these now. */
	orthros_step_done(&orthros_minors_taken, 0);
	return 0;
}

static void minors_end(void)
{
	unsigned int minor;

	for_each_set_bit(minor, minors, MAX_MINORS)
		free_anon_bdev(MKDEV(0, minor));
	bitmap_zero(minors, MAX_MINORS);
}

/* The next super block that is made has it. */
static bool give_minor(u32 minor)
{
	bool given = minor < MAX_MINORS && __test_and_clear_bit(minor, minors);

	if (given)
		free_anon_bdev(MKDEV(0, minor));
	return given;
}

/* Nobody has used it, as the super block was there already: the next one would. */
static void take_back(u32 minor)
{
	dev_t dev;

	if (get_anon_bdev(&dev))
		return;
	if (MINOR(dev) == minor)
		__set_bit(minor, minors);
	else
		free_anon_bdev(dev);
}

/**
 * orthros_give_minor_of() - a namespace is made that has a super block
 * @img:	image
 * @ns:		the namespace
 *
 * The one that is made next has the number that its had in the source, if it was mounted.
 */
void orthros_give_minor_of(struct orthros_image *img, u64 ns)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_sb_type) {
		const struct orthros_sb_rec *rec = obj->rec;

		if (rec->ns == ns)
			give_minor(rec->minor);
	}
}

/* A new super block with its number. */
static int mount_numbered(const char *dev, const struct path *at,
			  const struct orthros_sb_rec *rec, unsigned long ms)
{
	bool given;
	int err;

	mutex_lock(&orthros_minors_lock);
	given = give_minor(rec->minor);
	err = mount_at(dev, at, rec->type, ms, rec->options);
	if (given)
		take_back(rec->minor);
	mutex_unlock(&orthros_minors_lock);
	return err;
}

static struct dentry *stage_mknod(struct dentry *parent, const char *name, dev_t dev)
{
	struct inode *dir = d_inode(parent);
	struct dentry *child;
	int err = -EEXIST;

	inode_lock_nested(dir, I_MUTEX_PARENT);
	child = lookup_one_len(name, parent, strlen(name));
	if (!IS_ERR(child)) {
		if (d_really_is_negative(child))
			err = vfs_mknod(&nop_mnt_idmap, dir, child, S_IFBLK | 0600, dev);
		if (err) {
			dput(child);
			child = ERR_PTR(err);
		}
	}
	inode_unlock(dir);
	return child;
}

static int stage_unlink(struct dentry *parent, struct dentry *child)
{
	struct inode *dir = d_inode(parent);
	int err;

	inode_lock_nested(dir, I_MUTEX_PARENT);
	err = vfs_unlink(&nop_mnt_idmap, dir, child, NULL);
	inode_unlock(dir);
	dput(child);
	return err;
}

/*
 * The device is called what the source called it, which need not exist: its
 * node is our own. Read-only, but for the mount itself, see build_disk.c.
 */
static int mount_disk(struct stage *st, const char *name, const struct path *at,
		      struct orthros_obj *sb)
{
	const struct orthros_sb_rec *rec = sb->rec;
	unsigned long ms = sb_ms(rec);
	bool crashed = st->img->crashed;
	struct block_device *bdev;
	struct vfsmount *mnt;
	struct dentry *node;
	char path[40];
	int err;

	bdev = orthros_find_disk(rec->disk);
	if (IS_ERR(bdev))
		return PTR_ERR(bdev);
	node = stage_mknod(st->dir, "disk", bdev->bd_dev);
	if (IS_ERR(node)) {
		put_device(&bdev->bd_device);
		return PTR_ERR(node);
	}
	scnprintf(path, sizeof(path), "/%s/disk", st->name);
	if (!crashed || rec->flags & ORTHROS_SB_RDONLY)
		ms |= MS_RDONLY;
	orthros_mounting_disk(crashed ? NULL : bdev, true);
	err = crashed ? orthros_save_journal(st->img, sb, path) : 0;
	if (!err)
		err = mount_at(path, at, rec->type, ms, rec->options);
	orthros_mounting_disk(crashed ? NULL : bdev, false);
	put_device(&bdev->bd_device);
	err = stage_unlink(st->dir, node) ?: err;
	if (err)
		return err;
	mnt = lookup_mnt(at);
	if (!mnt)
		return -ENOENT;
	mnt->mnt_flags &= ~MNT_READONLY;
	kfree_const(real_mount(mnt)->mnt_devname);
	real_mount(mnt)->mnt_devname = kstrdup_const(name, GFP_KERNEL);
	err = real_mount(mnt)->mnt_devname ? 0 : -ENOMEM;
	mntput(mnt);
	return err;
}

/*
 * The paths of an overlay's layers mean what they meant in the source, as far
 * as it was mounted by one with the root of PID 1. It looks at the attributes of
 * the layers at once.
 */
static int mount_overlay(struct stage *st, const char *dev, const struct path *at,
			 const struct orthros_sb_rec *rec)
{
	const struct orthros_fs_rec *fs = NULL;
	struct orthros_obj *obj;
	unsigned long ms = sb_ms(rec);
	struct path root, old;
	int err;

	if (rec->flags & ORTHROS_SB_RDONLY)
		ms |= MS_RDONLY;
	err = orthros_build_attributes(st->img);
	if (err)
		return err;
	orthros_for_each_obj(obj, st->img, &orthros_fs_struct_type)
		if (!fs || obj->pid == 1)
			fs = obj->rec;
	if (!fs)
		return -ENOENT;
	err = orthros_dst_path(st->img, fs->root_mnt, fs->root_dentry, &root);
	if (err)
		return err;
	get_fs_root(current->fs, &old);
	set_fs_root(current->fs, &root);
	orthros_mounting_disk(NULL, true);
	err = mount_numbered(dev, at, rec, ms);
	orthros_mounting_disk(NULL, false);
	set_fs_root(current->fs, &old);
	path_put(&old);
	path_put(&root);
	return err;
}

/* What there is one of in each namespace shows that of who mounts it. */
static int mount_of_ns(struct stage *st, const char *dev, const struct path *at,
		       const struct orthros_sb_rec *rec)
{
	struct ns_common *ns = orthros_dst_ns(st->img, rec->ns);
	struct nsproxy *old = NULL;
	int err = 0;

	if (ns)
		err = orthros_enter_ns(orthros_ns_rec(st->img, rec->ns)->type, ns, &old);
	if (err)
		return err;
	err = mount_numbered(dev, at, rec, sb_ms(rec));
	if (old)
		orthros_leave_ns(old);
	return err;
}

/*
 * It shows the processes of the PID namespace that the one who mounts it is in, which is
 * the initial one here. Nobody has looked into it yet.
 */
static int mount_proc(struct stage *st, const char *dev, const struct path *at,
		      const struct orthros_sb_rec *rec)
{
	struct ns_common *ns = orthros_dst_ns(st->img, rec->ns);
	struct proc_fs_info *info;
	struct path top = *at;
	int err;

	if (!ns)
		return -ENOENT;
	err = mount_numbered(dev, at, rec, sb_ms(rec));
	if (err)
		return err;
	path_get(&top);
	while (follow_down_one(&top))
		;
	info = proc_sb_info(top.mnt->mnt_sb);
	put_pid_ns(info->pid_ns);
	info->pid_ns = get_pid_ns(container_of(ns, struct pid_namespace, ns));
	path_put(&top);
	return 0;
}

/* Nobody asks through this pipe, see files/autofs.c: the builders pass for its daemon. */
static int mount_autofs(struct stage *st, const char *dev, const struct path *at,
			const struct orthros_sb_rec *rec)
{
	struct orthros_sb_rec *with = kmemdup(rec, sizeof(*rec), GFP_KERNEL);
	int fd[2], err;
	size_t len;

	if (!with)
		return -ENOMEM;
	err = do_pipe_flags(fd, O_CLOEXEC);
	if (!err) {
		len = strlen(with->options);
		scnprintf(with->options + len, sizeof(with->options) - len, ",fd=%d", fd[1]);
		err = mount_numbered(dev, at, with, sb_ms(rec));
		close_fd(fd[0]);
		close_fd(fd[1]);
	}
	kfree(with);
	return err;
}

static int mount_new(struct stage *st, const char *dev, const struct path *at,
		     struct orthros_obj *sb)
{
	const struct orthros_sb_rec *rec = sb->rec;

	if (rec->how == ORTHROS_FS_DISK)
		return mount_disk(st, dev, at, sb);
	if (!strcmp(rec->type, "overlay"))
		return mount_overlay(st, dev, at, rec);
	if (rec->ns && !strcmp(rec->type, "proc"))
		return mount_proc(st, dev, at, rec);
	if (rec->ns)
		return mount_of_ns(st, dev, at, rec);
	if (!strcmp(rec->type, "autofs"))
		return mount_autofs(st, dev, at, rec);
	return mount_numbered(dev, at, rec, sb_ms(rec));
}

/* ---- staging --------------------------------------------------------- */

static struct dentry *stage_mkdir(struct dentry *parent, const char *name)
{
	struct inode *dir = d_inode(parent);
	struct dentry *child;
	int err = -EEXIST;

	inode_lock_nested(dir, I_MUTEX_PARENT);
	child = lookup_one_len(name, parent, strlen(name));
	if (!IS_ERR(child)) {
		if (d_really_is_negative(child))
			err = vfs_mkdir(&nop_mnt_idmap, dir, child, 0700);
		if (err) {
			dput(child);
			child = ERR_PTR(err);
		}
	}
	inode_unlock(dir);
	return child;
}

static int stage_rmdir(struct dentry *parent, struct dentry *child)
{
	struct inode *dir = d_inode(parent);
	int err;

	inode_lock_nested(dir, I_MUTEX_PARENT);
	err = vfs_rmdir(&nop_mnt_idmap, dir, child);
	inode_unlock(dir);
	dput(child);
	return err;
}

static int stage_begin(struct stage *st)
{
	unsigned int i = 0;

	INIT_LIST_HEAD(&st->entries);
	get_fs_root(current->fs, &st->root);
	do {
		scnprintf(st->name, sizeof(st->name), ".orthros-%u", i++);
		st->dir = stage_mkdir(st->root.dentry, st->name);
	} while (st->dir == ERR_PTR(-EEXIST));
	if (IS_ERR(st->dir)) {
		path_put(&st->root);
		return orthros_fail(PTR_ERR(st->dir), "staging directory");
	}
	return 0;
}

static int stage_end(struct stage *st)
{
	struct stage_entry *e, *next;
	int err = 0;

	list_for_each_entry_safe(e, next, &st->entries, list) {
		struct path path = { .mnt = e->mnt, .dentry = dget(e->mnt->mnt_root) };

		/* It consumes the references, that of @e among them. */
		err = path_umount(&path, MNT_DETACH) ?: err;
		err = stage_rmdir(st->dir, e->dir) ?: err;
		kfree(e);
	}
	err = stage_rmdir(st->root.dentry, st->dir) ?: err;
	path_put(&st->root);
	return err ? orthros_fail(err, "staging directory") : 0;
}

/* Mounts a file system in the staging directory; the rootfs by binding it. */
static struct stage_entry *stage_mount(struct stage *st, struct orthros_obj *sb, const char *dev)
{
	const struct orthros_sb_rec *rec = sb->rec;
	struct stage_entry *e;
	struct path at;
	char name[16];
	int err;

	list_for_each_entry(e, &st->entries, list)
		if (e->sb == sb)
			return e;
	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return ERR_PTR(-ENOMEM);
	e->nr = st->nr++;
	e->sb = sb;
	scnprintf(name, sizeof(name), "%u", e->nr);
	e->dir = stage_mkdir(st->dir, name);
	if (IS_ERR(e->dir)) {
		err = PTR_ERR(e->dir);
		goto err_free;
	}
	at.mnt = st->root.mnt;
	at.dentry = e->dir;
	if (rec->how == ORTHROS_FS_ROOT)
		err = mount_at("/", &at, NULL, MS_BIND, NULL);
	else
		err = mount_new(st, dev, &at, sb);
	if (err)
		goto err_dir;
	e->mnt = lookup_mnt(&at);
	if (!e->mnt) {
		err = -ENOENT;
		goto err_dir;
	}
	list_add(&e->list, &st->entries);
	return e;

err_dir:
	stage_rmdir(st->dir, e->dir);
err_free:
	kfree(e);
	return ERR_PTR(err);
}

/* ---- mounting -------------------------------------------------------- */

/* The super block is there: its tree follows, once. */
static int have_sb(struct orthros_image *img, struct orthros_obj *sb, struct vfsmount *mnt)
{
	if (sb->dst)
		return 0;
	orthros_obj_built(sb, mnt->mnt_sb);
	if (((struct orthros_sb_rec *)sb->rec)->how == ORTHROS_FS_DISK)
		return orthros_build_disk(img, sb);
	return orthros_fs_is_tree(sb->rec) ? orthros_build_tree(img, sb) : 0;
}

static int show_nothing(struct seq_file *m, void *v)
{
	return 0;
}

/* Processes, networks and sysctls have directories of other kinds. */
static bool is_plain(const char *path)
{
	return !isdigit(*path) && !str_has_prefix(path, "self/") &&
	       !str_has_prefix(path, "thread-self/") && !str_has_prefix(path, "net/") &&
	       !str_has_prefix(path, "sys/");
}

/* Unless proc has it. */
static bool make_entry(struct super_block *sb, const char *name, bool dir)
{
	struct dentry *dentry = orthros_walk_path(sb->s_root, name);

	if (!IS_ERR(dentry)) {
		dput(dentry);
		return true;
	}
	if (dentry != ERR_PTR(-ENOENT))
		return false;
	return dir ? proc_mkdir(name, NULL) :
		     proc_create_single(name, 0444, NULL, show_nothing);
}

/*
 * What services are kept from is not there in every kernel, as /proc/acpi: an empty
 * one of that name takes its place.
 */
static struct dentry *walk_mounts(struct super_block *sb, const char *path, bool dir)
{
	struct dentry *dentry = orthros_walk_path(sb->s_root, path);
	char *name, *end;
	bool ok;

	if (dentry != ERR_PTR(-ENOENT) || sb->s_magic != PROC_SUPER_MAGIC)
		return dentry;
	path += strspn(path, "/");
	if (!is_plain(path))
		return dentry;
	name = kstrdup(path, GFP_KERNEL);
	if (!name)
		return ERR_PTR(-ENOMEM);
	end = strchr(name, '/');
	do {
		if (end)
			*end = '\0';
		ok = make_entry(sb, name, end || dir);
		if (!end)
			break;
		*end = '/';
		end = strchr(end + 1, '/');
	} while (ok);
	pr_info("proc has no %s here: an empty one takes its place\n", name);
	kfree(name);
	return ok ? orthros_walk_path(sb->s_root, path) : dentry;
}

/* In the tree of a super block, not found by a path. */
static struct orthros_obj *tree_dentry(struct orthros_image *img, u64 addr)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_dentry_type, addr);
	const struct orthros_dentry_rec *rec = obj ? obj->rec : NULL;

	return rec && !(rec->flags & ORTHROS_DENTRY_PATH) ? obj : NULL;
}

static struct dentry *mountpoint(struct orthros_image *img, const struct orthros_obj *parent,
				 const struct orthros_mount_rec *rec)
{
	const struct orthros_mount_rec *parent_rec = parent->rec;
	const char *mp = rec->text + rec->mp_off;
	struct orthros_obj *obj;

	obj = tree_dentry(img, rec->mountpoint);
	if (obj)
		return orthros_dst_dentry(img, obj);
	/* In proc, sysfs and the like. */
	obj = orthros_obj_find(img, &orthros_sb_type, parent_rec->sb);
	return walk_mounts(obj->dst, mp, rec->flags & ORTHROS_MNT_DIR);
}

/* What a mount shows of its file system. */
static struct dentry *root_of(struct orthros_image *img, const struct orthros_mount_rec *rec,
			      const struct orthros_obj *sb)
{
	const struct orthros_sb_rec *sb_rec = sb->rec;
	struct super_block *dst = sb->dst;
	struct orthros_obj *obj;
	struct dentry *root;

	if (rec->root == sb_rec->root)
		return dget(dst->s_root);
	obj = tree_dentry(img, rec->root);
	if (!obj)
		return walk_mounts(dst, rec->text + rec->root_off, rec->flags & ORTHROS_MNT_DIR);
	root = orthros_dst_dentry(img, obj);
	if (root != ERR_PTR(-ENOENT))
		return root;
	/* The node of a device that is on its way. */
	orthros_need_devices();
	return orthros_dst_dentry(img, obj);
}

static struct vfsmount *bind_from_stage(struct stage *st, struct orthros_obj *sb,
					const struct orthros_mount_rec *rec, const char *dev,
					const struct path *at)
{
	struct stage_entry *e = stage_mount(st, sb, dev);
	struct vfsmount *mnt;
	struct dentry *root;
	int err;

	if (IS_ERR(e))
		return ERR_CAST(e);
	err = have_sb(st->img, sb, e->mnt);
	if (err)
		return ERR_PTR(err);
	root = root_of(st->img, rec, sb);
	if (IS_ERR(root))
		return ERR_CAST(root);
	mnt = orthros_graft(e->mnt, root, at, dev);
	dput(root);
	return mnt;
}

/* A namespace that is kept by a mount. */
static struct vfsmount *bind_ns(struct orthros_image *img, const struct orthros_mount_rec *rec,
				const char *dev, const struct path *at)
{
	struct vfsmount *mnt;
	struct path from;
	int err;

	err = orthros_ns_path(img, rec->names, &from);
	if (err)
		return ERR_PTR(err);
	mnt = orthros_graft(from.mnt, from.dentry, at, dev);
	path_put(&from);
	return mnt;
}

static int build_mount(struct orthros_image *img, struct stage *st, struct orthros_obj *obj)
{
	const struct orthros_mount_rec *rec = obj->rec;
	struct orthros_obj *sb = orthros_obj_find(img, &orthros_sb_type, rec->sb);
	struct orthros_obj *parent = orthros_obj_find(img, &orthros_mount_type, rec->parent);
	const struct orthros_sb_rec *sb_rec = sb->rec;
	const char *dev = *rec->text ? rec->text : "none";
	struct vfsmount *mnt;
	struct path at;
	bool direct;
	int err = 0;

	at.mnt = parent->dst;
	at.dentry = mountpoint(img, parent, rec);
	if (IS_ERR(at.dentry))
		return PTR_ERR(at.dentry);
	direct = rec->initial && sb_rec->how != ORTHROS_FS_ROOT && sb_rec->nr_mounts == 1 &&
		 !sb_rec->sub_root;
	if (sb_rec->how == ORTHROS_FS_NSFS) {
		mnt = bind_ns(img, rec, dev, &at);
		if (!IS_ERR(mnt) && !sb->dst)
			orthros_obj_built(sb, mnt->mnt_sb);
	} else if (direct) {
		err = mount_new(st, dev, &at, sb);
		mnt = err ? ERR_PTR(err) : lookup_mnt(&at) ?: ERR_PTR(-ENOENT);
	} else {
		mnt = bind_from_stage(st, sb, rec, dev, &at);
	}
	dput(at.dentry);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	orthros_obj_built(obj, mnt);
	return direct ? have_sb(img, sb, mnt) : 0;
}

/* The rootfs is there; its limits and its contents are not the source's. */
static int build_root(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_mount_rec *rec = obj->rec;
	struct orthros_obj *sb = orthros_obj_find(img, &orthros_sb_type, rec->sb);
	const struct orthros_sb_rec *sb_rec = sb->rec;
	struct path root;
	int err;

	get_fs_root(current->fs, &root);
	orthros_obj_built(obj, mntget(root.mnt));
	if (root.dentry != root.mnt->mnt_sb->s_root ||
	    strcmp(root.mnt->mnt_sb->s_type->name, sb_rec->type) ||
	    root.mnt->mnt_sb->s_magic != TMPFS_MAGIC)
		err = orthros_fail(-EINVAL, "this kernel's root is not a rootfs of tmpfs");
	else
		err = orthros_wipe_tree(root.dentry);
	if (!err)
		err = mount_at(NULL, &root, NULL, MS_REMOUNT | sb_ms(sb_rec), sb_rec->options);
	if (!err)
		err = have_sb(img, sb, root.mnt);
	path_put(&root);
	return err;
}

/* A copy of the initial one, as long as that has but the rootfs. */
static struct ns_common *make_ns(struct orthros_image *img, struct orthros_obj *obj,
				 struct user_namespace *owner)
{
	struct mnt_namespace *ns = copy_mnt_ns(CLONE_NEWNS, init_nsproxy.mnt_ns, owner, NULL);

	return IS_ERR(ns) ? ERR_CAST(ns) : &ns->ns;
}

/* Another namespace. */
static int build_ns(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_mount_rec *rec = obj->rec;
	struct orthros_obj *ns_obj = orthros_obj_find(img, &orthros_ns_type, rec->ns);
	int err = orthros_build_ns(img, ns_obj, make_ns);
	struct mnt_namespace *ns;

	if (err || !ns_obj->dst)
		return err ?: -ENOENT;
	ns = container_of((struct ns_common *)ns_obj->dst, struct mnt_namespace, ns);
	orthros_obj_built(obj, mntget(&ns->root->mnt));
	return 0;
}

static int build_roots(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_mount_type) {
		const struct orthros_mount_rec *rec = obj->rec;

		if (!rec->ns || rec->parent || obj->refused ||
		    orthros_obj_find(img, &orthros_ns_type, rec->ns)->refused)
			continue;
		err = rec->initial ? build_root(img, obj) : build_ns(img, obj);
		if (err && img->crashed && !rec->initial)
			obj->refused = true;
		else if (err)
			return err;
	}
	return 0;
}

/* The initial namespace comes first, each of the others on its own. */
static int by_order(void *priv, const struct list_head *a, const struct list_head *b)
{
	const struct orthros_mount_rec *x = list_entry(a, struct orthros_obj, list)->rec;
	const struct orthros_mount_rec *y = list_entry(b, struct orthros_obj, list)->rec;

	if (x->initial != y->initial)
		return x->initial ? -1 : 1;
	if (x->ns != y->ns)
		return x->ns > y->ns ? 1 : -1;
	return x->order > y->order ? 1 : x->order < y->order ? -1 : 0;
}

/* One round: what can be mounted, in order. Returns how many were, or an error. */
static int build_round(struct orthros_image *img, struct stage *st)
{
	struct orthros_obj *obj, *up;
	int nr = 0, err;

	orthros_for_each_obj(obj, img, &orthros_mount_type) {
		const struct orthros_mount_rec *rec = obj->rec;
		const struct orthros_sb_rec *sb = orthros_fs_sb(img, rec->sb);

		if (obj->dst || obj->refused || !rec->parent)
			continue;
		up = orthros_obj_find(img, &orthros_mount_type, rec->parent);
		if (!up->dst)
			continue;
		err = build_mount(img, st, obj);
		if (err && img->crashed) {
			pr_err("mount of %s on %s is lost: %pe\n", sb->type,
			       rec->text + rec->mp_off, ERR_PTR(err));
			obj->refused = true;
			continue;
		}
		if (err)
			return orthros_fail(err, "mount of %s on %s", sb->type,
					    rec->text + rec->mp_off);
		nr++;
	}
	return nr;
}

/**
 * orthros_build_mounts() - make all mount namespaces, mounts and the trees in them
 * @img:	image
 *
 * In the order of the source, as far as a parent is not younger: that is how
 * /proc/mounts lists them, and device numbers are given out.
 *
 * Return: 0 or negative errno.
 */
int orthros_build_mounts(struct orthros_image *img)
{
	struct stage st = { .img = img };
	int nr;

	list_sort(NULL, orthros_objs(img, &orthros_mount_type), by_order);
	nr = build_roots(img) ?: stage_begin(&st);
	if (!nr) {
		do {
			nr = build_round(img, &st);
		} while (nr > 0);
	}
	minors_end();
	return nr ?: stage_end(&st);
}

/* ---- finishing ------------------------------------------------------- */

static int tie_flags(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_mount_rec *rec = obj->rec;
	const struct orthros_sb_rec *sb = orthros_fs_sb(img, rec->sb);
	struct vfsmount *mnt = obj->dst;
	struct path path = { .mnt = mnt, .dentry = mnt->mnt_root };
	unsigned long ms = mount_ms(rec);
	int err = 0;

	if (sb->flags & ORTHROS_SB_RDONLY && !sb_rdonly(mnt->mnt_sb) && orthros_fs_is_tree(sb))
		err = mount_at(NULL, &path, NULL, MS_REMOUNT | MS_RDONLY | sb_ms(sb) | ms, NULL);
	else if (sb->flags & ORTHROS_SB_RDONLY && sb->how == ORTHROS_FS_PSEUDO)
		mnt->mnt_sb->s_flags |= SB_RDONLY;
	if (err || same_flags(rec, mnt))
		return err;
	return mount_at(NULL, &path, NULL, MS_REMOUNT | MS_BIND | ms, NULL);
}

static const struct {
	u32 flag;
	int mnt;
} lock_map[] = {
	{ ORTHROS_MNT_LOCKED,		MNT_LOCKED },
	{ ORTHROS_MNT_LOCK_ATIME,	MNT_LOCK_ATIME },
	{ ORTHROS_MNT_LOCK_NOEXEC,	MNT_LOCK_NOEXEC },
	{ ORTHROS_MNT_LOCK_NOSUID,	MNT_LOCK_NOSUID },
	{ ORTHROS_MNT_LOCK_NODEV,	MNT_LOCK_NODEV },
	{ ORTHROS_MNT_LOCK_RDONLY,	MNT_LOCK_READONLY },
};

/* Last: they would be in the way of the flags. */
static void tie_locks(const struct orthros_mount_rec *rec, struct mount *mnt)
{
	int i, flags = 0;

	for (i = 0; i < ARRAY_SIZE(lock_map); i++)
		if (rec->flags & lock_map[i].flag)
			flags |= lock_map[i].mnt;
	if (!flags)
		return;
	write_seqlock(&mount_lock);
	mnt->mnt.mnt_flags |= flags;
	write_sequnlock(&mount_lock);
}

/* The first of a peer group is made shared, and the others join it: group -> mount. */
static int tie_propagation(struct xarray *groups, struct orthros_obj *obj)
{
	const struct orthros_mount_rec *rec = obj->rec;
	struct mount *mnt = real_mount(obj->dst);
	struct path path = { .mnt = obj->dst, .dentry = mnt->mnt.mnt_root };
	struct mount *peer;

	if (rec->flags & ORTHROS_MNT_UNBINDABLE)
		return mount_at(NULL, &path, NULL, MS_UNBINDABLE, NULL);
	if (!rec->group)
		return 0;
	peer = xa_load(groups, rec->group);
	if (!peer)
		return mount_at(NULL, &path, NULL, MS_SHARED, NULL) ?:
		       xa_err(xa_store(groups, rec->group, mnt, GFP_KERNEL));
	/*
	 * As MOVE_MOUNT_SET_GROUP does it. No process is running that could
	 * mount anything, so the lock of the namespace, which is not
	 * accessible, is not missed.
	 */
	write_seqlock(&mount_lock);
	mnt->mnt_group_id = peer->mnt_group_id;
	list_add(&mnt->mnt_share, &peer->mnt_share);
	set_mnt_shared(mnt);
	write_sequnlock(&mount_lock);
	return 0;
}

/* Slaves that are peers follow each other in both lists, in the same order. */
static void tie_master(struct orthros_image *img, struct xarray *groups, struct orthros_obj *obj)
{
	const struct orthros_mount_rec *rec = obj->rec;
	struct orthros_obj *from = orthros_obj_find(img, &orthros_mount_type, rec->master);
	struct mount *first = rec->group ? xa_load(groups, rec->group) : NULL;
	struct mount *mnt = real_mount(obj->dst);
	struct mount *master = from->dst ? real_mount(from->dst) : NULL;

	if (!master)
		return;
	write_seqlock(&mount_lock);
	mnt->mnt_master = master;
	if (first && first != mnt && first->mnt_master == master)
		list_add(&mnt->mnt_slave, &first->mnt_slave);
	else
		list_add(&mnt->mnt_slave, &master->mnt_slave_list);
	write_sequnlock(&mount_lock);
}

/* A mount changes for who is in its namespace. */
static int enter_ns_of(struct orthros_image *img, const struct orthros_mount_rec *rec,
		       struct nsproxy **old)
{
	struct ns_common *ns = orthros_dst_ns(img, rec->ns);
	int err;

	if (!ns)
		return -ENOENT;
	if (ns == &current->nsproxy->mnt_ns->ns)
		return 0;
	if (*old)
		orthros_leave_ns(*old);
	*old = NULL;
	err = ns == &current->nsproxy->mnt_ns->ns ? 0 : orthros_enter_ns(ORTHROS_NS_MNT, ns, old);
	return err;
}

static int tie_mount(struct orthros_image *img, struct xarray *groups, struct orthros_obj *obj,
		     struct nsproxy **old)
{
	const struct orthros_mount_rec *rec = obj->rec;
	int err;

	err = enter_ns_of(img, rec, old) ?: tie_flags(img, obj) ?: tie_propagation(groups, obj);
	if (err)
		return orthros_fail(err, "flags of the mount on %s", rec->text + rec->mp_off);
	tie_locks(rec, real_mount(obj->dst));
	return 0;
}

/**
 * orthros_tie_mounts() - flags and propagation of all mounts
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_tie_mounts(struct orthros_image *img)
{
	struct nsproxy *old = NULL;
	struct orthros_obj *obj;
	DEFINE_XARRAY(groups);
	int err = 0;

	orthros_for_each_obj(obj, img, &orthros_mount_type) {
		const struct orthros_mount_rec *rec = obj->rec;

		if (!obj->dst || !rec->ns)
			continue;
		err = tie_mount(img, &groups, obj, &old);
		if (err)
			break;
	}
	if (old)
		orthros_leave_ns(old);
	orthros_for_each_obj(obj, img, &orthros_mount_type) {
		const struct orthros_mount_rec *rec = obj->rec;

		if (rec->master && obj->dst && !err)
			tie_master(img, &groups, obj);
	}
	xa_destroy(&groups);
	return err;
}
