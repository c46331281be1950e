// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building open files: in the context of a process that has them, by the
 * kernel's own constructors, each with the ids of the one who opened it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/resource.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/uaccess.h>
#include <asm/ptrace.h>
#include <asm/syscall.h>
#include "files.h"

#define NOFILE_WHILE_BUILDING	SZ_1M

/**
 * struct file_cred - credentials that files are built with
 * @list:	in file_creds
 * @rec:	what they were made of
 * @cred:	for file->f_cred
 * @raised:	the same ids with all capabilities: what was open once must
 *		open again whatever has happened to its permissions since
 */
struct file_cred {
	struct list_head list;
	struct orthros_cred_rec rec;
	const struct cred *cred;
	const struct cred *raised;
};

/* Files are built one at a time. */
static LIST_HEAD(file_creds);

/**
 * orthros_syscall() - a system call of this kernel
 * @nr:	number
 * @a: first argument
 * @b: second
 * @c: third
 * @d: fourth
 * @e: fifth
 * @f: sixth
 *
 * For constructors that exist in no other form. No user pointers. Process
 * context; acts on current.
 *
 * Return: what the system call returns.
 */
long orthros_syscall(unsigned int nr, unsigned long a, unsigned long b, unsigned long c,
		     unsigned long d, unsigned long e, unsigned long f)
{
	struct pt_regs regs = {
		.di = a, .si = b, .dx = c, .r10 = d, .r8 = e, .r9 = f,
		.orig_ax = nr,
	};

	return x64_sys_call(&regs, nr);
}

/**
 * orthros_user_page() - arguments of a system call that takes user pointers
 * @data:	what the page shall contain
 * @len:	its bytes, at most %PAGE_SIZE
 *
 * In the context of a process that has its memory already.
 *
 * Return: address for orthros_syscall() and orthros_user_page_free(), or a
 * negative errno, see IS_ERR_VALUE().
 */
unsigned long orthros_user_page(const void *data, size_t len)
{
	unsigned long addr;

	/* Shared: a private one could be merged with the process's own mappings. */
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (len > PAGE_SIZE || copy_to_user((void __user *)addr, data, len)) {
		vm_munmap(addr, PAGE_SIZE);
		return -EFAULT;
	}
	return addr;
}

/**
 * orthros_user_page_free() - the way back
 * @addr:	from orthros_user_page()
 */
void orthros_user_page_free(unsigned long addr)
{
	vm_munmap(addr, PAGE_SIZE);
}

/**
 * orthros_take_fd() - take a file out of a descriptor again
 * @fd:	descriptor of current, or a negative errno
 *
 * Return: the file, whose reference is the caller's, or ERR_PTR.
 */
struct file *orthros_take_fd(int fd)
{
	struct file *file;

	if (fd < 0)
		return ERR_PTR(fd);
	file = fget_raw(fd);
	close_fd(fd);
	return file ?: ERR_PTR(-EBADF);
}

/**
 * orthros_set_inode_owner() - owner and permissions of an inode that was just made
 * @inode:	of a pipe or socket
 * @mode:	its permissions; the type stays
 * @uid:	owner
 * @gid:	and group
 */
void orthros_set_inode_owner(struct inode *inode, u32 mode, u32 uid, u32 gid)
{
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & ~S_IFMT);
	inode->i_uid = make_kuid(&init_user_ns, uid);
	inode->i_gid = make_kgid(&init_user_ns, gid);
}

/* A capability set is 64 bits in every version, if not always one word. */
static void set_caps(kernel_cap_t *caps, u64 bits)
{
	BUILD_BUG_ON(sizeof(*caps) != sizeof(bits));
	bits &= BIT_ULL(CAP_LAST_CAP + 1) - 1;
	memcpy(caps, &bits, sizeof(bits));
}

static const struct cred *make_cred(const struct orthros_cred_rec *rec, bool raised)
{
	struct cred *cred = prepare_creds();
	struct user_struct *user;
	int err;

	if (!cred)
		return ERR_PTR(-ENOMEM);
	cred->uid = make_kuid(&init_user_ns, rec->uid);
	cred->suid = make_kuid(&init_user_ns, rec->suid);
	cred->euid = make_kuid(&init_user_ns, rec->euid);
	cred->fsuid = make_kuid(&init_user_ns, rec->fsuid);
	cred->gid = make_kgid(&init_user_ns, rec->gid);
	cred->sgid = make_kgid(&init_user_ns, rec->sgid);
	cred->egid = make_kgid(&init_user_ns, rec->egid);
	cred->fsgid = make_kgid(&init_user_ns, rec->fsgid);
	cred->securebits = rec->securebits;
	set_caps(&cred->cap_inheritable, rec->cap_inheritable);
	set_caps(&cred->cap_permitted, raised ? ~0ULL : rec->cap_permitted);
	set_caps(&cred->cap_effective, raised ? ~0ULL : rec->cap_effective);
	set_caps(&cred->cap_bset, rec->cap_bset);
	set_caps(&cred->cap_ambient, rec->cap_ambient);

	user = alloc_uid(cred->uid);
	if (!user) {
		abort_creds(cred);
		return ERR_PTR(-EAGAIN);
	}
	free_uid(cred->user);
	cred->user = user;
	err = set_cred_ucounts(cred);
	if (err) {
		abort_creds(cred);
		return ERR_PTR(err);
	}
	return cred;
}

static struct file_cred *find_cred(const struct orthros_cred_rec *rec)
{
	struct file_cred *fc;

	list_for_each_entry(fc, &file_creds, list)
		if (!memcmp(&fc->rec, rec, sizeof(*rec)))
			return fc;

	fc = kzalloc(sizeof(*fc), GFP_KERNEL);
	if (!fc)
		return ERR_PTR(-ENOMEM);
	fc->rec = *rec;
	fc->cred = make_cred(rec, false);
	if (IS_ERR(fc->cred)) {
		void *err = ERR_CAST(fc->cred);

		kfree(fc);
		return err;
	}
	fc->raised = make_cred(rec, true);
	if (IS_ERR(fc->raised)) {
		void *err = ERR_CAST(fc->raised);

		put_cred(fc->cred);
		kfree(fc);
		return err;
	}
	list_add(&fc->list, &file_creds);
	return fc;
}

/**
 * orthros_file_cred() - credentials by record
 * @rec:	ids and capabilities
 *
 * Return: credentials with a reference for the caller, or ERR_PTR.
 */
const struct cred *orthros_file_cred(const struct orthros_cred_rec *rec)
{
	struct file_cred *fc = find_cred(rec);

	return IS_ERR(fc) ? ERR_CAST(fc) : get_cred(fc->cred);
}

/**
 * orthros_build_file() - the new file of a FILE object, made on first use
 * @img:	image
 * @obj:	FILE object
 *
 * In the context of a process that has it. Files on terminals are made by
 * orthros_build_late_files().
 *
 * Return: the file, whose reference stays with the object until
 * orthros_release_files(), or ERR_PTR.
 */
struct file *orthros_build_file(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	const struct orthros_file_ops *ops;
	const struct cred *old;
	struct file_cred *fc;
	struct file *file;

	if (obj->dst)
		return obj->dst;
	if (rec->type >= ORTHROS_FILE_TYPES || !orthros_file_kinds[rec->type])
		return ERR_PTR(orthros_fail(-EINVAL, "file of type %u", rec->type));
	ops = orthros_file_kinds[rec->type];

	fc = find_cred(&rec->cred);
	if (IS_ERR(fc))
		return ERR_CAST(fc);
	old = override_creds(fc->raised);
	file = ops->build(img, obj);
	revert_creds(old);
	if (IS_ERR(file))
		return ERR_PTR(orthros_fail(PTR_ERR(file), "%s of inode mode %#o, flags %#x",
					    ops->name, rec->mode, rec->flags));

	put_cred(file->f_cred);
	file->f_cred = get_cred(fc->cred);
	obj->dst = file;
	return file;
}

/* Descriptors have numbers that the limit of today would not give. */
static struct rlimit raise_nofile(void)
{
	struct rlimit *rlim = &current->signal->rlim[RLIMIT_NOFILE];
	struct rlimit old;

	task_lock(current->group_leader);
	old = *rlim;
	rlim->rlim_cur = NOFILE_WHILE_BUILDING;
	rlim->rlim_max = NOFILE_WHILE_BUILDING;
	task_unlock(current->group_leader);
	return old;
}

static void restore_nofile(struct rlimit old)
{
	task_lock(current->group_leader);
	current->signal->rlim[RLIMIT_NOFILE] = old;
	task_unlock(current->group_leader);
}

static int install_fd(struct orthros_image *img, const struct orthros_fd_rec *fd, bool late)
{
	const struct orthros_file_rec *rec;
	struct orthros_obj *obj;
	struct file *file;
	int err;

	obj = orthros_obj_find(img, ORTHROS_KIND_FILE, fd->file);
	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	if (orthros_file_is_late(rec) != late)
		return 0;
	file = orthros_build_file(img, obj);
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = replace_fd(fd->fd, file, fd->flags & ORTHROS_FD_CLOEXEC ? O_CLOEXEC : 0);
	return err < 0 ? err : 0;
}

static int fill_epolls(struct orthros_image *img, const struct orthros_files_rec *files)
{
	u32 i;
	int err;

	for (i = 0; i < files->nr; i++) {
		const struct orthros_file_rec *rec;
		struct orthros_obj *obj;

		obj = orthros_obj_find(img, ORTHROS_KIND_FILE, files->fds[i].file);
		if (!obj)
			return -ENOENT;
		rec = obj->rec;
		if (rec->type != ORTHROS_FILE_EPOLL)
			continue;
		obj = orthros_obj_find(img, ORTHROS_KIND_EVENTPOLL, rec->object);
		if (!obj)
			return -ENOENT;
		err = orthros_build_epoll_items(img, obj);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_build_files() - fill the descriptor table of current
 * @img:	image
 * @files:	FILES object
 *
 * In the context of the new process, whose table is empty. Descriptors of
 * terminals and of what is below /proc/PID stay free until
 * orthros_build_late_files().
 *
 * Return: 0 or -errno.
 */
int orthros_build_files(struct orthros_image *img, struct orthros_obj *files)
{
	const struct orthros_files_rec *rec = files->rec;
	struct rlimit old = raise_nofile();
	int err = 0;
	u32 i;

	for (i = 0; i < rec->nr && !err; i++) {
		err = install_fd(img, &rec->fds[i], false);
		if (err)
			orthros_fail(err, "fd %u", rec->fds[i].fd);
	}
	if (!err)
		err = orthros_build_locks(img, files);
	if (!err)
		err = fill_epolls(img, rec);
	restore_nofile(old);
	return err;
}

/**
 * orthros_has_late_files() - is there anything for orthros_build_late_files()?
 * @img:	image
 * @files:	FILES object
 *
 * Return: true if one of the descriptors is of a terminal, of what had to wait
 * until all processes are there, or of an epoll that may have one.
 */
bool orthros_has_late_files(struct orthros_image *img, const struct orthros_obj *files)
{
	const struct orthros_files_rec *rec = files->rec;
	const struct orthros_file_rec *file;
	struct orthros_obj *obj;
	u32 i;

	for (i = 0; i < rec->nr; i++) {
		obj = orthros_obj_find(img, ORTHROS_KIND_FILE, rec->fds[i].file);
		if (!obj)
			continue;
		file = obj->rec;
		if (orthros_file_is_late(file) || file->type == ORTHROS_FILE_EPOLL)
			return true;
	}
	return false;
}

/**
 * orthros_build_late_files() - open the terminals of current, and what had to wait
 * @img:	image
 * @files:	FILES object
 *
 * After the commit and orthros_build_ttys(), in the process's context, with
 * its controlling terminal set. There is no way back any more: what cannot be
 * opened is left closed and logged.
 *
 * Return: 0 or the first error.
 */
int orthros_build_late_files(struct orthros_image *img, struct orthros_obj *files)
{
	const struct orthros_files_rec *rec = files->rec;
	struct rlimit old = raise_nofile();
	int err, ret = 0;
	u32 i;

	for (i = 0; i < rec->nr; i++) {
		err = install_fd(img, &rec->fds[i], true);
		if (err) {
			pr_err("pid %d: fd %u is lost: %pe\n", current->tgid,
			       rec->fds[i].fd, ERR_PTR(err));
			ret = ret ?: err;
		}
	}
	err = fill_epolls(img, rec);
	if (err) {
		pr_err("pid %d: part of an epoll is lost: %pe\n", current->tgid, ERR_PTR(err));
		ret = ret ?: err;
	}
	restore_nofile(old);
	return ret;
}

/**
 * orthros_finish_files() - tie files of several processes together
 * @img:	image
 *
 * Once, after orthros_build_files() of every process and before the commit.
 *
 * Return: 0 or -errno.
 */
int orthros_finish_files(struct orthros_image *img)
{
	int err = orthros_build_bare_socks(img) ?: orthros_finish_unix(img) ?:
		  orthros_finish_proc_files(img) ?:
		  orthros_finish_tcp(img) ?: orthros_finish_locks(img) ?:
		  orthros_finish_inotify(img);

	orthros_release_pipes(img);
	return err;
}

/* SIGIO names a descriptor: the lowest one of the first process that has it. */
static int first_fd(struct orthros_image *img, u64 file)
{
	struct orthros_obj *obj;
	u32 i;

	orthros_for_each_obj(obj, img, ORTHROS_KIND_FILES) {
		const struct orthros_files_rec *rec = obj->rec;

		for (i = 0; i < rec->nr; i++)
			if (rec->fds[i].file == file)
				return rec->fds[i].fd;
	}
	return 0;
}

static int finish_owner(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct file *file = obj->dst;
	struct fown_struct *owner;
	enum pid_type type;
	struct pid *pid;
	int err;

	if (!rec->owner && !rec->owner_signum && !(rec->flags & FASYNC))
		return 0;
	owner = orthros_file_owner(file);
	if (IS_ERR(owner))
		return PTR_ERR(owner);
	type = rec->owner_type == ORTHROS_OWNER_TID ? PIDTYPE_PID :
	       rec->owner_type == ORTHROS_OWNER_PGRP ? PIDTYPE_PGID : PIDTYPE_TGID;
	/* Of one that has ended nobody can tell who it was. */
	pid = rec->owner ? find_get_pid(rec->owner) : NULL;
	if (pid) {
		__f_setown(file, pid, type, 1);
		owner->uid = make_kuid(&init_user_ns, rec->owner_uid);
		owner->euid = make_kuid(&init_user_ns, rec->owner_euid);
		put_pid(pid);
	}
	owner->signum = rec->owner_signum;
	if (!(rec->flags & FASYNC) || !file->f_op->fasync)
		return 0;
	err = file->f_op->fasync(first_fd(img, obj->src), file, 1);
	return err < 0 ? err : 0;
}

/**
 * orthros_finish_owners() - who gets SIGIO of the files
 * @img:	image
 *
 * When every process, group and file is there, before the commit.
 *
 * Return: 0 or -errno.
 */
int orthros_finish_owners(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, ORTHROS_KIND_FILE) {
		if (!obj->dst)
			continue;
		err = finish_owner(img, obj);
		if (err)
			return orthros_fail(err, "owner of a file of process %d", obj->pid);
	}
	return 0;
}

/**
 * orthros_release_files() - drop the references of the object map
 * @img:	image; nothing more is built from it
 *
 * Also after a failure, then with it goes what no process holds.
 */
void orthros_release_files(struct orthros_image *img)
{
	struct file_cred *fc, *next;
	struct orthros_obj *obj;

	orthros_release_pipes(img);
	orthros_for_each_obj(obj, img, ORTHROS_KIND_FILE) {
		if (obj->dst)
			fput(obj->dst);
		obj->dst = NULL;
	}
	orthros_for_each_obj(obj, img, ORTHROS_KIND_TTY) {
		if (obj->dst)
			tty_kref_put(obj->dst);
		obj->dst = NULL;
	}
	list_for_each_entry_safe(fc, next, &file_creds, list) {
		list_del(&fc->list);
		put_cred(fc->cred);
		put_cred(fc->raised);
		kfree(fc);
	}
}
