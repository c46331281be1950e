// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading open files: descriptor tables, what is common to all files, and the
 * registry of kinds. A kind is told by the name of its file_operations, which
 * the source exports; what is not in the registry is refused by name.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/kdev_t.h>
#include <linux/sizes.h>
#include "../ns/ns.h"
#include "files_internal.h"

#define FDS_MAX		SZ_1M	/* fs.nr_open as every kernel has it from the start */
#define FDS_CHUNK	512U
/* Without what was lost, something else may be. */
#define LOSE_TRIES	8

/* Says as well as can be told what a file is that no kind claims. */
static int refuse_unknown(const struct orthros_finder *who, const struct orthros_mark *mark,
			  const struct orthros_file_view *v,
			  const struct orthros_finode_view *inode)
{
	struct orthros_fdentry_view *dentry;
	int err;

	if (mark && !S_ISBLK(inode->mode))
		return orthros_refused(who, "%s", mark->what);
	if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode))
		return orthros_refused(who, "%s device %u:%u",
					   S_ISCHR(inode->mode) ? "character" : "block",
					   MAJOR(inode->rdev), MINOR(inode->rdev));

	dentry = kmalloc(sizeof(*dentry), GFP_KERNEL);
	if (!dentry)
		return -ENOMEM;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_fdentry, v->dentry, dentry);
	if (!err)
		err = orthros_refused(who, "unknown file kind: %s:%s (f_op %#llx)",
				      inode->fstype, dentry->name, v->f_op);
	kfree(dentry);
	return err;
}

/*
 * What Landlock has left to whoever opened it goes with the file, to whom it may be
 * passed. Only what came after opening is asked of it: cutting off, and devices.
 */
static int check_allowed(const struct orthros_finder *who, const struct orthros_file_view *v,
			 const struct orthros_finode_view *inode)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_allowed_view a;
	u32 off, wanted;
	u16 allowed;
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_allowed, 0, &a);
	if (err || !a.sizes || !v->security || a.access_size != sizeof(allowed))
		return err;
	err = orthros_src_read(src, a.sizes + a.file_off, &off, sizeof(off)) ?:
	      orthros_src_read(src, v->security + off + a.access_off, &allowed, sizeof(allowed));
	if (err)
		return orthros_bad(err, "file: Landlock");
	wanted = S_ISCHR(inode->mode) || S_ISBLK(inode->mode) ? a.ioctl_dev :
		 S_ISREG(inode->mode) ? a.truncate : 0;
	return (allowed & wanted) == wanted ? 0 :
	       orthros_refused(who, "opened by whom Landlock restricts, less is allowed to it");
}

/* Who gets SIGIO. Terminals are opened too late for it. */
static int read_owner(const struct orthros_finder *who, struct orthros_obj *obj,
		      const struct orthros_file_view *v)
{
	const struct orthros_file_ops *ops = obj->ops;
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_owner_view o;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_owner, obj->src, &o);
	if (err)
		return err;
	if (ops->after_commit && (v->flags & FASYNC || o.pid))
		return orthros_refused(who, "signal-driven I/O of a terminal");
	rec->owner_uid = o.uid;
	rec->owner_euid = o.euid;
	rec->owner_signum = o.signum;
	if (!o.pid)
		return 0;
	if (o.type == o.type_pid)
		rec->owner_type = ORTHROS_OWNER_TID;
	else if (o.type == o.type_tgid)
		rec->owner_type = ORTHROS_OWNER_PID;
	else if (o.type == o.type_pgid)
		rec->owner_type = ORTHROS_OWNER_PGRP;
	else
		return orthros_bad(-EUCLEAN, "owner of type %u", o.type);
	return orthros_read_pidnr(who->img->src, o.pid, &rec->owner);
}

/* misc devices have minors by order of registration: known by name only. */
static bool is_own_device(struct orthros_image *img, const struct orthros_file_view *v,
			  const struct orthros_finode_view *inode)
{
	struct orthros_fdentry_view *dentry;
	bool own;

	if (!S_ISCHR(inode->mode) || MAJOR(inode->rdev) != 10)
		return false;
	dentry = kmalloc(sizeof(*dentry), GFP_KERNEL);
	if (!dentry)
		return false;
	own = !orthros_read_rec(&img->src->mem, &orthros_table_fdentry, v->dentry, dentry) &&
	      !strcmp(dentry->name, "orthros");
	kfree(dentry);
	return own;
}

static int read_file(const struct orthros_finder *who, struct orthros_obj *obj)
{
	struct orthros_image *img = who->img;
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_file_rec *rec = obj->rec;
	const struct orthros_file_ops *ops;
	const struct orthros_mark *mark;
	struct orthros_file_consts consts;
	struct orthros_finode_view inode;
	struct orthros_file_view v;
	int err;

	err = orthros_file_consts(img, &consts);
	if (err)
		return err;
	err = orthros_read_rec(mem, &orthros_table_file, obj->src, &v);
	if (err)
		return err;
	/* What an overlay opens on a layer for a mapping: the overlay's own path counts. */
	if (v.backing && v.mode & v.backing) {
		v.mnt = v.user_mnt;
		v.dentry = v.user_dentry;
	}
	/* Closed under the eyes of a live walk, which will be repeated. */
	if (v.count <= 0)
		return img->frozen ? orthros_bad(-EINVAL, "file %#llx: %lld references",
						 obj->src, v.count) : -EAGAIN;
	err = orthros_read_rec(mem, &orthros_table_finode, v.inode, &inode);
	if (err)
		return err;
	err = orthros_read_rec(mem, &orthros_table_cred, v.cred, &rec->cred);
	if (err)
		return err;
	err = orthros_read_user_ns(who, rec->cred.user_ns);
	if (err)
		return err;

	err = check_allowed(who, &v, &inode);
	if (err)
		return err;

	rec->version = ORTHROS_FILE_VERSION;
	rec->flags = v.flags;
	rec->pos = v.pos;
	rec->vfsmount = v.mnt;
	rec->dentry = v.dentry;
	rec->inode = v.inode;
	rec->object = 0;
	rec->quirks = 0;
	rec->mode = inode.mode;
	rec->rdev = new_encode_dev(inode.rdev);
	rec->uid = inode.uid;
	rec->gid = inode.gid;
	rec->wb_err = v.wb_err;
	rec->sb_err = v.sb_err;
	rec->inode_wb_err = v.inode_wb_err;
	rec->super_wb_err = v.super_wb_err;
	rec->write_hint = v.write_hint;

	/* Locks first: a lease has an owner, too. */
	err = orthros_read_locks(who, inode.flctx);
	if (err)
		return err;

	/* O_PATH never reaches the kind's own operations. */
	mark = orthros_mark_find(img->src, ORTHROS_MARK_FILE, v.f_op);
	ops = mark ? mark->ops : NULL;
	if (v.flags & O_PATH || is_own_device(img, &v, &inode))
		ops = &orthros_path_ops;
	if (!ops)
		return refuse_unknown(who, mark, &v, &inode);

	obj->ops = ops;
	err = ops->read(who, obj, &v, &inode);
	if (!err)
		err = read_owner(who, obj, &v);
	if (err)
		obj->ops = NULL;
	return err;
}

static struct orthros_obj *read_noted(const struct orthros_finder *who, struct orthros_obj *of,
				      u64 file)
{
	struct orthros_image *img = who->img;
	char text[ORTHROS_TEXT_LEN];
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(img, &orthros_file_type, file, who->pid,
			      sizeof(struct orthros_file_rec), &isnew);
	if (IS_ERR(obj))
		return obj;
	if (!isnew && orthros_obj_done(img, obj))
		return obj;
	obj->round = img->round;
	err = read_file(who, obj);
	/* Which it is, of all that one leads to, is told as of one that is refused. */
	if (err < 0 && err != -ENOMEM && img->crashed) {
		orthros_error_take(text, sizeof(text));
		err = orthros_refused(who, "%s: %pe", text, ERR_PTR(err));
	}
	if (err < 0)
		return ERR_PTR(err);
	obj->refused = err;
	return obj;
}

/**
 * orthros_note_file() - read an open file later
 * @who:	through whom and what it was found
 * @how:	how it was found there, for messages
 * @of:		what cannot be carried without it, or NULL
 * @file:	address of the struct file in the source
 *
 * For readers of files, in orthros_read_file().
 *
 * Return: 0 or -errno.
 */
int orthros_note_file(const struct orthros_finder *who, const char *how, struct orthros_obj *of,
		      u64 file)
{
	const struct orthros_obj *obj = orthros_obj_find(who->img, &orthros_file_type, file);

	/* What was read in another round will not be refused any more. */
	if (obj && !obj->refused && (!of || obj->round != who->img->round))
		return 0;
	return orthros_note(who, how, of, file, read_noted);
}

static struct orthros_obj *read_with_notes(const struct orthros_finder *who, u64 file)
{
	struct orthros_obj *obj;
	int err;

	who->img->round++;
	obj = read_noted(who, NULL, file);
	if (IS_ERR(obj)) {
		orthros_drop_notes();
		return obj;
	}
	err = orthros_read_notes(who);
	if (err)
		return ERR_PTR(err);
	return obj->refused ? NULL : obj;
}

/* What is lost of a kernel that has failed is an error to whoever has it. */
static struct orthros_obj *read_or_lose(const struct orthros_finder *who, u64 file)
{
	struct orthros_image *img = who->img;
	struct orthros_image_mark mark = orthros_image_mark(img);
	char text[ORTHROS_TEXT_LEN];
	struct orthros_obj *obj;
	unsigned int left = LOSE_TRIES;
	int err = 0;

	while (!err) {
		orthros_error_take(text, sizeof(text));
		obj = read_with_notes(who, file);
		if (obj == ERR_PTR(-ENOMEM))
			return obj;
		if (IS_ERR(obj)) {
			orthros_error_take(text, sizeof(text));
			orthros_refuse(who, "%s: %pe", text, obj);
		}
		if (img->refused == mark.refused)
			return obj;
		err = orthros_lose_refused(who, &mark, file, IS_ERR(obj) || !left--);
	}
	return ERR_PTR(err);
}

/**
 * orthros_read_file() - read an open file, and what it leads to
 * @who:	process that has it, and how, for messages
 * @file:	address of the struct file in the source
 *
 * Return: the FILE object, NULL if it was refused (and reported), or ERR_PTR.
 */
struct orthros_obj *orthros_read_file(const struct orthros_finder *who, u64 file)
{
	struct orthros_obj *obj = read_with_notes(who, file);

	if (!IS_ERR_OR_NULL(obj) && orthros_file_is_lost(obj)) {
		orthros_refuse(who, "a file that is lost");
		return NULL;
	}
	return obj;
}

/* One slot of the table; live walks find some that are just being changed. */
static int read_fd(const struct orthros_finder *who, struct orthros_obj *files, u32 fd, u64 file,
		   bool cloexec)
{
	struct orthros_finder by;
	struct orthros_files_rec *rec;
	struct orthros_obj *obj;
	char what[16];

	snprintf(what, sizeof(what), "fd %u", fd);
	by = orthros_through(who, what);
	obj = who->img->crashed ? read_or_lose(&by, file) : orthros_read_file(&by, file);
	if (IS_ERR(obj))
		return orthros_error_in(PTR_ERR(obj), "%s", what);
	if (!obj)
		return 0;
	if (orthros_file_is_lost(obj) && obj->pid != who->pid)
		pr_err("lost: %d %s: %s: as that of process %d\n", who->pid, who->comm, what,
		       obj->pid);

	rec = files->rec;
	if (struct_size(rec, fds, rec->nr + 1) > files->rec_size) {
		rec = orthros_obj_grow(files, struct_size(rec, fds, rec->nr * 2 + 16));
		if (IS_ERR_OR_NULL(rec))
			return -ENOMEM;
	}
	rec->fds[rec->nr].fd = fd;
	rec->fds[rec->nr].flags = cloexec ? ORTHROS_FD_CLOEXEC : 0;
	rec->fds[rec->nr].file = file;
	rec->nr++;
	return 0;
}

static int read_fds(const struct orthros_finder *who, struct orthros_obj *files,
		    const struct orthros_fdtable_view *v, u32 first, u32 nr, u64 *slots)
{
	const struct orthros_src *src = who->img->src;
	DECLARE_BITMAP(open, FDS_CHUNK);
	DECLARE_BITMAP(cloexec, FDS_CHUNK);
	unsigned int i;
	int err;

	err = orthros_src_read(src, v->open_fds + first / 8, open, nr / 8);
	if (err)
		return err;
	if (bitmap_empty(open, nr))
		return 0;
	err = orthros_src_read(src, v->close_on_exec + first / 8, cloexec, nr / 8);
	if (!err)
		err = orthros_src_read(src, v->fd + first * sizeof(u64), slots, nr * sizeof(u64));
	if (err)
		return err;
	for_each_set_bit(i, open, nr) {
		/* Taken, but nothing installed: a system call that will be restarted. */
		if (!slots[i])
			continue;
		err = read_fd(who, files, first + i, slots[i], test_bit(i, cloexec));
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_read_files() - read a descriptor table and every file in it
 * @who:	process that has it
 * @files:	address of the files_struct in the source
 *
 * Return: the FILES object or ERR_PTR; refused files are left out of it.
 */
struct orthros_obj *orthros_read_files(const struct orthros_finder *who, u64 files)
{
	struct orthros_image *img = who->img;
	struct orthros_fdtable_view v;
	struct orthros_files_rec *rec;
	struct orthros_obj *obj;
	u32 first, nr;
	bool isnew;
	u64 *slots;
	int err;

	obj = orthros_obj_get(img, &orthros_files_type, files, who->pid,
			      struct_size(rec, fds, 16), &isnew);
	if (IS_ERR(obj) || !isnew)
		return obj;
	rec = obj->rec;
	rec->version = ORTHROS_FILES_VERSION;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fdtable, files, &v);
	if (err)
		return ERR_PTR(err);
	if (v.max_fds % BITS_PER_LONG || v.max_fds > FDS_MAX)
		return ERR_PTR(orthros_bad(-EINVAL, "descriptor table of %u entries", v.max_fds));

	slots = kmalloc_array(FDS_CHUNK, sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return ERR_PTR(-ENOMEM);
	for (first = 0; first < v.max_fds && !err; first += nr) {
		nr = min(FDS_CHUNK, v.max_fds - first);
		err = read_fds(who, obj, &v, first, nr, slots);
	}
	kfree(slots);
	return err ? ERR_PTR(err) : obj;
}
