// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks on files: flock(2), and those of fcntl(2) that belong to a process or
 * to an open file. Only locks that are held: who waits for one asks again, as
 * after a signal. Leases are given when nobody opens files any more.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <asm/unistd.h>
#include "files_internal.h"
#include "lock_inside.h"

static const struct orthros_type lock_type = { .name = "file lock" };

#define MAX_LOCKS	BIT(20)

static int read_list(const struct orthros_finder *who, const struct orthros_flctx_view *ctx,
		     u64 head, bool flock)
{
	struct orthros_image *img = who->img;
	struct orthros_list_iter it;
	struct orthros_lock_view v;
	struct orthros_lock_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	orthros_src_for_each(&it, img->src, head, MAX_LOCKS) {
		u64 addr = it.node - ctx->list_off;

		err = orthros_read_rec(&img->src->mem, &orthros_table_lock, addr, &v);
		if (err)
			return err;
		if ((v.type != F_RDLCK && v.type != F_WRLCK) || v.start < 0 || v.end < v.start)
			return orthros_bad(-EUCLEAN, "lock of type %u, %lld to %lld", v.type,
					   v.start, v.end);
		obj = orthros_obj_get(img, &lock_type, addr, who->pid, sizeof(*rec),
				      &isnew);
		if (IS_ERR(obj))
			return PTR_ERR(obj);
		rec = obj->rec;
		rec->kind = flock ? ORTHROS_LOCK_FLOCK :
			    v.flags & ctx->ofd ? ORTHROS_LOCK_OFD : ORTHROS_LOCK_POSIX;
		rec->type = v.type;
		rec->start = v.start;
		rec->end = v.end;
		rec->file = v.file;
		rec->owner = v.owner;
	}
	return it.err;
}

static int read_leases(const struct orthros_finder *who, const struct orthros_flctx_view *ctx)
{
	struct orthros_image *img = who->img;
	struct orthros_list_iter it;
	struct orthros_lease_view v;
	struct orthros_lock_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	orthros_src_for_each(&it, img->src, ctx->lease, MAX_LOCKS) {
		u64 addr = it.node - ctx->lease_off;

		err = orthros_read_rec(&img->src->mem, &orthros_table_lease, addr, &v);
		if (err)
			return err;
		if (v.flags & ctx->breaking)
			return orthros_refused(who, "file lease that is to be given up");
		if (v.flags != ctx->is_lease)
			return orthros_refused(who, "file lease of a file server");
		if (v.type != F_RDLCK && v.type != F_WRLCK)
			return orthros_bad(-EUCLEAN, "lease of type %u", v.type);
		obj = orthros_obj_get(img, &lock_type, addr, who->pid, sizeof(*rec), &isnew);
		if (IS_ERR(obj))
			return PTR_ERR(obj);
		rec = obj->rec;
		rec->kind = ORTHROS_LOCK_LEASE;
		rec->type = v.type;
		rec->file = v.file;
		rec->pid = v.pid;
		rec->fd = v.fd;
	}
	return it.err;
}

/**
 * orthros_read_locks() - read the locks on an inode
 * @who:	through whom it was found
 * @flctx:	file_lock_context in the source, or 0
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_locks(const struct orthros_finder *who, u64 flctx)
{
	struct orthros_flctx_view v;
	int err;

	if (!flctx)
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_flctx, flctx, &v);
	if (err)
		return err;
	return read_leases(who, &v) ?: read_list(who, &v, v.flock, true) ?:
	       read_list(who, &v, v.posix, false);
}

static int build_lock(const struct orthros_lock_rec *rec, unsigned int fd, struct file *file)
{
	struct flock fl = {
		.l_type = rec->type,
		.l_whence = SEEK_SET,
		.l_start = rec->start,
		.l_len = rec->end == OFFSET_MAX ? 0 : rec->end - rec->start + 1,
	};

	if (rec->kind == ORTHROS_LOCK_FLOCK)
		return orthros_syscall(__NR_flock, fd,
				       (rec->type == F_WRLCK ? LOCK_EX : LOCK_SH) | LOCK_NB,
				       0, 0, 0, 0);
	return fcntl_setlk(fd, file, rec->kind == ORTHROS_LOCK_OFD ? F_OFD_SETLK : F_SETLK, &fl);
}

/**
 * orthros_build_locks() - take the locks that current has or shares
 * @img:	image
 * @files:	FILES object, which is current's and filled
 *
 * Return: 0 or -errno.
 */
int orthros_build_locks(struct orthros_image *img, struct orthros_obj *files)
{
	const struct orthros_files_rec *table = files->rec;
	struct orthros_obj *obj, *file;
	u32 i;
	int err;

	orthros_for_each_obj(obj, img, &lock_type) {
		const struct orthros_lock_rec *rec = obj->rec;

		if (obj->late || rec->kind == ORTHROS_LOCK_LEASE ||
		    (rec->kind == ORTHROS_LOCK_POSIX && rec->owner != files->src))
			continue;
		for (i = 0; i < table->nr; i++)
			if (table->fds[i].file == rec->file)
				break;
		file = orthros_obj_find(img, &orthros_file_type, rec->file);
		if (i == table->nr || !file || !file->dst || orthros_file_is_lost(file))
			continue;
		err = build_lock(rec, table->fds[i].fd, file->dst);
		if (err)
			return orthros_fail(err, "lock on fd %u, kind %u, type %u",
					    table->fds[i].fd, rec->kind, rec->type);
		obj->late = true;
	}
	return 0;
}

/* Nobody has a descriptor of it any more: it is mapped, or in a message. */
static int lock_without_fd(const struct orthros_lock_rec *rec, struct file *file)
{
	int err, fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		return fd;
	fd_install(fd, get_file(file));
	err = build_lock(rec, fd, file);
	close_fd(fd);
	return err;
}

/* Take leases, and the locks of files that are open without a descriptor. */
static int tie_locks(struct orthros_image *img)
{
	struct orthros_obj *obj, *file;
	int err;

	orthros_for_each_obj(obj, img, &lock_type) {
		const struct orthros_lock_rec *rec = obj->rec;

		if (obj->late)
			continue;
		file = orthros_obj_find(img, &orthros_file_type, rec->file);
		/* With it went its lock, as if it had been closed. */
		if (file && orthros_file_is_lost(file))
			continue;
		if (rec->kind == ORTHROS_LOCK_POSIX || !file || !file->dst)
			return orthros_fail(-EOPNOTSUPP, "process %d: file lock of nobody",
					    obj->pid);
		if (rec->kind == ORTHROS_LOCK_LEASE)
			err = orthros_lease_add(file->dst, rec->type, rec->pid, rec->fd);
		else
			err = lock_without_fd(rec, file->dst);
		if (err)
			return orthros_fail(err, "process %d: file lock", obj->pid);
		obj->late = true;
	}
	return 0;
}

const struct orthros_kind orthros_lock_kind = {
	.name	= "file lock",
	.tables	= ORTHROS_TABLES(&orthros_table_flctx, &orthros_table_lock, &orthros_table_lease),
	.tie	= tie_locks,
};
