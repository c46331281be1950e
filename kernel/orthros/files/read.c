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
#include "files_internal.h"

const struct orthros_type orthros_file_type = { .name = "file" };
const struct orthros_type orthros_files_type = { .name = "descriptor table" };

#define FDS_MAX		SZ_1M	/* fs.nr_open as every kernel has it from the start */
#define FDS_CHUNK	512U
#define FOPS_MAX	128

const struct orthros_file_ops *const orthros_file_kinds[ORTHROS_FILE_TYPES] = {
	[ORTHROS_FILE_PATH]	= &orthros_file_path_ops,
	[ORTHROS_FILE_PIPE]	= &orthros_file_pipe_ops,
	[ORTHROS_FILE_EVENTFD]	= &orthros_file_eventfd_ops,
	[ORTHROS_FILE_EPOLL]	= &orthros_file_epoll_ops,
	[ORTHROS_FILE_SOCK]	= &orthros_file_sock_ops,
	[ORTHROS_FILE_TTY]	= &orthros_file_tty_ops,
	[ORTHROS_FILE_TIMERFD]	= &orthros_file_timerfd_ops,
	[ORTHROS_FILE_SIGNALFD]	= &orthros_file_signalfd_ops,
	[ORTHROS_FILE_SHM]	= &orthros_file_shm_ops,
	[ORTHROS_FILE_INOTIFY]	= &orthros_file_inotify_ops,
	[ORTHROS_FILE_PROC]	= &orthros_file_proc_ops,
	[ORTHROS_FILE_PIDFD]	= &orthros_file_pidfd_ops,
};

/* Known, named in the refusal, and not carried yet. */
static const struct {
	const char *fops;
	const char *name;
} foreign_kinds[] = {
	{ "fanotify_fops", "fanotify" },
	{ "userfaultfd_fops", "userfaultfd" },
	{ "io_uring_fops", "io_uring" },
	{ "perf_fops", "perf event" },
	{ "bpf_map_fops", "BPF map" },
	{ "bpf_prog_fops", "BPF program" },
	{ "bpf_link_fops", "BPF link" },
	{ "ns_file_operations", "namespace" },
	{ "fscontext_fops", "file system context" },
	{ "mqueue_file_operations", "POSIX message queue" },
	{ "tun_fops", "TUN/TAP" },
	{ "hung_up_tty_fops", "hung-up terminal" },
	{ "aio_ring_fops", "AIO ring" },
	{ "seccomp_notify_ops", "seccomp listener" },
};

/**
 * orthros_file_consts() - constants of the source that readers of files need
 * @img:	image
 * @c:		filled
 *
 * Return: 0 or -errno.
 */
int orthros_file_consts(struct orthros_image *img, struct orthros_file_consts *c)
{
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_file_consts, 0, c);
	if (err)
		return err;
	if (!c->hz || c->hz > 10000)
		return orthros_bad(-EINVAL, "HZ of %u", c->hz);
	return 0;
}

/**
 * orthros_src_ms() - a time of the source in milliseconds
 * @c:		its constants
 * @ticks:	in its ticks; its MAX_SCHEDULE_TIMEOUT is "for ever"
 *
 * Return: milliseconds, -1 for ever.
 */
s64 orthros_src_ms(const struct orthros_file_consts *c, s64 ticks)
{
	if (ticks < 0 || ticks > S64_MAX / 1000)
		return -1;
	return div_s64(ticks * 1000, c->hz);
}

/**
 * orthros_dst_jiffies() - the way back, in this kernel's ticks
 * @ms:		milliseconds, negative for ever
 *
 * Return: jiffies or %MAX_SCHEDULE_TIMEOUT.
 */
long orthros_dst_jiffies(s64 ms)
{
	if (ms < 0 || ms > S64_MAX / HZ)
		return MAX_SCHEDULE_TIMEOUT;
	return div_s64(ms * HZ, 1000);
}

/*
 * Addresses of the registered names, looked up when the first file is read.
 * A kernel has one source in its life, and readers run one at a time.
 */
static struct {
	const struct orthros_src *src;
	unsigned int nr;
	struct {
		u64 addr;
		u16 type;
	} fops[FOPS_MAX];
} registry;

static void fill_registry(const struct orthros_src *src)
{
	unsigned int i, j;
	u64 addr;

	registry.nr = 0;
	for (i = 0; i < ARRAY_SIZE(orthros_file_kinds); i++) {
		const struct orthros_file_ops *ops = orthros_file_kinds[i];

		for (j = 0; ops && ops->fops[j]; j++) {
			if (orthros_src_sym(src, ops->fops[j], &addr) || !addr)
				continue;
			if (WARN_ON_ONCE(registry.nr == FOPS_MAX))
				return;
			registry.fops[registry.nr].addr = addr;
			registry.fops[registry.nr++].type = i;
		}
	}
	registry.src = src;
}

static const struct orthros_file_ops *find_kind(struct orthros_image *img, u64 f_op, u16 *type)
{
	unsigned int i;

	if (registry.src != img->src)
		fill_registry(img->src);
	for (i = 0; i < registry.nr; i++) {
		if (registry.fops[i].addr == f_op) {
			*type = registry.fops[i].type;
			return orthros_file_kinds[*type];
		}
	}
	return NULL;
}

/* Says as well as can be told what a file is that no kind claims. */
static int refuse_unknown(const struct orthros_finder *who, const struct orthros_file_view *v,
			  const struct orthros_finode_view *inode)
{
	struct orthros_fdentry_view *dentry;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(foreign_kinds); i++) {
		if (!orthros_src_is(who->img->src, v->f_op, foreign_kinds[i].fops))
			continue;
		if (S_ISBLK(inode->mode))
			break;
		return orthros_refused(who, "%s", foreign_kinds[i].name);
	}
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

/* Who gets SIGIO. Terminals are opened too late for it. */
static int read_owner(const struct orthros_finder *who, u64 file,
		      const struct orthros_file_view *v, struct orthros_file_rec *rec)
{
	struct orthros_owner_view o;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_owner, file, &o);
	if (err)
		return err;
	if (rec->type == ORTHROS_FILE_TTY && (v->flags & FASYNC || o.pid))
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
	struct orthros_file_consts consts;
	struct orthros_finode_view inode;
	struct orthros_file_view v;
	u16 type;
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
	if (rec->cred.user_ns != consts.init_user_ns)
		return orthros_refused(who, "opened in a user namespace");

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

	/* Locks first: a lease has an owner, too. */
	err = orthros_read_locks(who, inode.flctx);
	if (err)
		return err;

	/* O_PATH never reaches the kind's own operations. */
	if (v.flags & O_PATH || is_own_device(img, &v, &inode)) {
		type = ORTHROS_FILE_PATH;
		ops = &orthros_file_path_ops;
	} else {
		ops = find_kind(img, v.f_op, &type);
	}
	if (!ops)
		return refuse_unknown(who, &v, &inode);

	/* Set first: an epoll that leads back to itself finds it known. */
	rec->type = type;
	err = ops->read(who, obj, &v, &inode);
	/* The record may have moved. */
	rec = obj->rec;
	if (!err)
		err = read_owner(who, obj->src, &v, rec);
	if (err)
		rec->type = ORTHROS_FILE_NONE;
	return err;
}

/**
 * orthros_read_file() - read one open file
 * @who:	process that has it, and how, for messages
 * @file:	address of the struct file in the source
 *
 * Return: the FILE object, NULL if it was refused (and reported), or ERR_PTR.
 */
struct orthros_obj *orthros_read_file(const struct orthros_finder *who, u64 file)
{
	struct orthros_file_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(who->img, &orthros_file_type, file, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj))
		return obj;
	rec = obj->rec;
	/* A refused one is read again, so that each process that has it is named. */
	if (!isnew && rec->type != ORTHROS_FILE_NONE)
		return obj;
	err = read_file(who, obj);
	if (err < 0)
		return ERR_PTR(err);
	return err ? NULL : obj;
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
	obj = orthros_read_file(&by, file);
	if (IS_ERR(obj))
		return orthros_error_in(PTR_ERR(obj), "%s", what);
	if (!obj)
		return 0;

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
