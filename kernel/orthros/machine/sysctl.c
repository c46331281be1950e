// SPDX-License-Identifier: GPL-2.0
/*
 * sysctls that somebody has written: the source tells them in the order of the
 * last writes, the destination writes them again. Those of another network namespace than
 * the initial one are noted, told and written by themselves.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init_task.h>
#include <linux/list.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/orthros.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include "fs/proc/internal.h"
#include "../core/image.h"
#include "../core/report.h"
#include "../core/sections.h"
#include "../fs/fs.h"
#include "../ns/ns.h"
#include "machine.h"

/* ---- the source --------------------------------------------------------- */

/* All ports but every other one, in net.ipv4.ip_local_reserved_ports, are 190 KB. */
#define SYSCTL_VALUE_MAX	SZ_256K

/**
 * struct written - a sysctl that somebody writes
 * @list:	in written_list
 * @old:	what it was before that, or NULL
 * @net:	cookie of the network namespace that it is of, 0: the initial one, or none
 * @done:	has been written
 * @path:	below /proc/sys
 */
struct written {
	struct list_head list;
	char *old;
	u64 net;
	bool done;
	char path[];
};

static LIST_HEAD(written_list);
static DEFINE_MUTEX(written_lock);

/* Beside those that say what is, or that are carried in another way. */
static bool not_carried(const char *path)
{
	static const char *const names[] = {
		"kernel/ns_last_pid", "kernel/hostname", "kernel/domainname",
		"kernel/random/", "kernel/orthros",
		"kernel/sem_next_id", "kernel/msg_next_id", "kernel/shm_next_id",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (str_has_prefix(path, names[i]))
			return true;
	return false;
}

/* A text for kfree(), or NULL. */
static char *value_of(struct file *file)
{
	char *value = kvmalloc(SYSCTL_VALUE_MAX, GFP_KERNEL), *old = NULL;
	struct file *reading = dentry_open(&file->f_path, O_RDONLY, &init_cred);
	loff_t pos = 0;
	ssize_t len;

	if (value && !IS_ERR(reading)) {
		len = kernel_read(reading, value, SYSCTL_VALUE_MAX - 1, &pos);
		old = len >= 0 ? kstrndup(value, len, GFP_KERNEL) : NULL;
	}
	if (!IS_ERR(reading))
		fput(reading);
	kvfree(value);
	return old;
}

/* Its path in @page, or NULL if it is not to be carried. */
static const char *path_of(struct file *file, char *page)
{
	char *path = dentry_path_raw(file->f_path.dentry, page, PAGE_SIZE);

	if (IS_ERR(path) || !str_has_prefix(path, "/sys/"))
		return NULL;
	path += strlen("/sys/");
	return not_carried(path) ? NULL : path;
}

/* Each network namespace has its own set; other sets are of other things. */
static u64 net_of(struct file *file)
{
	const struct ctl_table_header *head = PROC_I(file_inode(file))->sysctl;
	const struct ctl_table_set *set = head ? head->set : NULL;

	if (!set || set == &init_net.sysctls || set->is_seen != init_net.sysctls.is_seen)
		return 0;
	return container_of(set, struct net, sysctls)->net_cookie;
}

static struct written *find_written(const char *path, u64 net)
{
	struct written *w;

	list_for_each_entry(w, &written_list, list)
		if (w->net == net && !strcmp(w->path, path))
			return w;
	return NULL;
}

static bool net_is_there(u64 cookie)
{
	struct net *net;
	bool found = false;

	down_read(&net_rwsem);
	for_each_net(net)
		found |= net->net_cookie == cookie;
	up_read(&net_rwsem);
	return found;
}

/* Namespaces come and go. */
static void forget_gone(void)
{
	struct written *w, *next;

	list_for_each_entry_safe(w, next, &written_list, list) {
		if (!w->net || net_is_there(w->net))
			continue;
		list_del(&w->list);
		kfree(w->old);
		kfree(w);
	}
}

static void add_written(struct file *file, const char *path, u64 net)
{
	struct written *w;

	if (net)
		forget_gone();
	w = kmalloc(struct_size(w, path, strlen(path) + 1), GFP_KERNEL);
	if (w) {
		w->net = net;
		memcpy(w->path, path, strlen(path) + 1);
		w->done = false;
		w->old = value_of(file);
		list_add_tail(&w->list, &written_list);
	} else {
		pr_err("sysctl %s will not be carried\n", path);
	}
}

/**
 * orthros_sysctl_writing() - a file below /proc/sys is about to be written
 * @file:	file
 *
 * Hook in fs/proc/proc_sysctl.c: the first time, the value is noted.
 */
void orthros_sysctl_writing(struct file *file)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	const char *path = page ? path_of(file, page) : NULL;

	mutex_lock(&written_lock);
	if (path && !find_written(path, net_of(file)))
		add_written(file, path, net_of(file));
	mutex_unlock(&written_lock);
	free_page((unsigned long)page);
}

/**
 * orthros_sysctl_written() - a file below /proc/sys was written
 * @file:	file
 *
 * Hook in fs/proc/proc_sysctl.c. What nobody has written has its default, and
 * has that of the next kernel after a hop. The list is in the order of the
 * last writes, since some write others: ip_forward all the forwarding.
 */
void orthros_sysctl_written(struct file *file)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	const char *path = page ? path_of(file, page) : NULL;
	struct written *w;

	mutex_lock(&written_lock);
	w = path ? find_written(path, net_of(file)) : NULL;
	if (w) {
		w->done = true;
		list_move_tail(&w->list, &written_list);
		orthros_changed();
	}
	mutex_unlock(&written_lock);
	free_page((unsigned long)page);
}

static int dump_sysctl(struct orthros_sections *s, struct vfsmount *proc,
		       const struct written *w, char *value)
{
	const char *name = w->path;
	bool same;
	struct file *file;
	char *path, *to;
	loff_t pos = 0;
	ssize_t len;

	path = kasprintf(GFP_KERNEL, "sys/%s", name);
	if (!path)
		return -ENOMEM;
	file = file_open_root_mnt(proc, path, O_RDONLY, 0);
	kfree(path);
	/* Its device is gone, or it can only be written, like a button. */
	if (IS_ERR(file))
		return PTR_ERR(file) == -ENOMEM ? -ENOMEM : 0;
	len = kernel_read(file, value, SYSCTL_VALUE_MAX - 1, &pos);
	fput(file);
	if (len < 0)
		return len == -ENOMEM ? len : 0;
	if (len == SYSCTL_VALUE_MAX - 1)
		return orthros_fail(-E2BIG, "sysctl %s: %zd bytes and more", name, len);
	value[len] = '\0';
	same = w->old && !strcmp(w->old, value);
	to = orthros_sections_room(s, same + strlen(name) + 1 + strlen(value) + 1);
	if (!to)
		return -ENOMEM;
	if (same)
		*to++ = ORTHROS_SYSCTL_UNCHANGED;
	memcpy(to, name, strlen(name) + 1);
	memcpy(to + strlen(name) + 1, value, strlen(value) + 1);
	return 0;
}

/* Of this namespace, or what it may have from the initial one, as that was when it was made. */
static bool is_of(const struct written *w, u64 net, bool inherited)
{
	if (!inherited)
		return w->net == net;
	return !w->net && str_has_prefix(w->path, "net/") && !find_written(w->path, net);
}

static int dump_all(struct orthros_sections *s, struct vfsmount *proc, u64 net, bool inherited,
		    char *value)
{
	struct written *w;
	int err = 0;

	mutex_lock(&written_lock);
	list_for_each_entry(w, &written_list, list)
		if (!err && w->done && is_of(w, net, inherited))
			err = dump_sysctl(s, proc, w, value);
	mutex_unlock(&written_lock);
	return err;
}

/* @net: in which the task is, by its cookie, or 0: the initial one */
static int dump_sysctls(struct orthros_sections *s, u64 net)
{
	struct vfsmount *proc;
	char *value;
	int err;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_SYSCTL);
	if (err || list_empty(&written_list))
		goto out;
	value = kvmalloc(SYSCTL_VALUE_MAX, GFP_KERNEL);
	proc = orthros_pseudo_mount("proc");
	err = value && !IS_ERR(proc) ? 0 : -ENOMEM;
	if (!err && net)
		err = dump_all(s, proc, net, true, value);
	if (!err)
		err = dump_all(s, proc, net, false, value);
	if (!IS_ERR(proc))
		orthros_pseudo_unmount(proc);
	kvfree(value);
out:
	if (!err)
		orthros_sections_end(s);
	return err;
}

/**
 * orthros_dump_net_sysctls() - tell those of the network namespace that the task is in
 * @s:	where to
 *
 * Beside what somebody has written in it, what was written in the initial one, which some
 * begin with.
 *
 * Return: 0 or negative errno.
 */
int orthros_dump_net_sysctls(struct orthros_sections *s)
{
	return dump_sysctls(s, current->nsproxy->net_ns->net_cookie);
}

static int describe(struct orthros_sections *s, bool frozen)
{
	struct nsproxy *old = NULL;
	int err = 0;

	/* Whoever asks for a hop may be in any. */
	if (current->nsproxy->net_ns != &init_net)
		err = orthros_enter_ns(ORTHROS_NS_NET, &init_net.ns, &old);
	if (err)
		return err;
	err = dump_sysctls(s, 0);
	if (old)
		orthros_leave_ns(old);
	return err;
}

/* ---- the destination ---------------------------------------------------- */

enum group {
	GROUP_EARLY,
	GROUP_NET,
	GROUP_LATE,
};

/*
 * Those of memory have to wait for the commit: this kernel has little before.
 * Those of the network want its devices.
 */
static enum group group_of(const char *name)
{
	if (str_has_prefix(name, "vm/"))
		return GROUP_LATE;
	return str_has_prefix(name, "net/") ? GROUP_NET : GROUP_EARLY;
}

static struct file *open_sysctl(struct vfsmount *proc, const char *name, int flags)
{
	char *path = kasprintf(GFP_KERNEL, "sys/%s", name);
	struct file *file;

	if (!path)
		return ERR_PTR(-ENOMEM);
	file = file_open_root_mnt(proc, path, flags, 0);
	kfree(path);
	return file;
}

static int write_sysctl(struct vfsmount *proc, const char *name, const char *value)
{
	struct file *file = open_sysctl(proc, name, O_WRONLY);
	size_t left = strlen(value);
	loff_t pos = 0;
	ssize_t len;

	/* It has been writable there. */
	if (IS_ERR(file))
		return PTR_ERR(file);
	/* Long lists are taken a page at a time. */
	do {
		len = kernel_write(file, value, left, &pos);
		value += len > 0 ? len : 0;
		left -= len > 0 ? len : 0;
	} while (len > 0 && left);
	fput(file);
	return len < 0 ? len : 0;
}

/* Settings of memory that a kernel which has little of it must not take yet. */
static bool takes_memory(const char *name)
{
	static const char *const names[] = {
		"vm/nr_hugepages", "vm/nr_overcommit_hugepages", "vm/min_free_kbytes",
		"vm/watermark_", "vm/lowmem_reserve_ratio", "vm/overcommit_",
		"vm/user_reserve_kbytes", "vm/admin_reserve_kbytes",
		"vm/percpu_pagelist_high_fraction",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (str_has_prefix(name, names[i]))
			return true;
	return false;
}

/* Would it be taken? It is written, and what it was before again. */
static int try_sysctl(struct vfsmount *proc, const char *name, const char *value)
{
	struct file *file = open_sysctl(proc, name, takes_memory(name) ? O_WRONLY : O_RDWR);
	char *old;
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	old = takes_memory(name) ? NULL : value_of(file);
	fput(file);
	if (!old)
		return 0;
	err = write_sysctl(proc, name, value);
	if (!err && write_sysctl(proc, name, old))
		pr_warn("sysctl %s stays as the source has it\n", name);
	kfree(old);
	return err;
}

/* @same: it is what it was when the source booted */
typedef int (*sysctl_fn)(struct vfsmount *proc, const char *name, const char *value, bool same,
			 void *ctx);

/* Strings in pairs; between pairs there may be NULs. */
static int each_sysctl(const void *told, size_t len, sysctl_fn fn, void *ctx)
{
	const char *name, *value, *end;
	struct vfsmount *proc;
	bool same;
	int err = 0;

	name = orthros_sections_find(told, len, ORTHROS_NETCONF_SYSCTL, &len);
	if (!len)
		return 0;
	proc = orthros_pseudo_mount("proc");
	if (IS_ERR(proc))
		return PTR_ERR(proc);
	for (end = name + len; name < end && !err; name = value + strlen(value) + 1) {
		if (!*name) {
			value = name;
			continue;
		}
		value = memchr(name, '\0', end - name);
		if (!value || ++value >= end || !memchr(value, '\0', end - value)) {
			err = orthros_bad(-EINVAL, "sysctls");
			break;
		}
		same = *name == ORTHROS_SYSCTL_UNCHANGED;
		err = fn(proc, name + same, value, same, ctx);
	}
	orthros_pseudo_unmount(proc);
	return err;
}

static int build_sysctl(struct vfsmount *proc, const char *name, const char *value, bool same,
			void *ctx)
{
	enum group which = *(enum group *)ctx;
	int err;

	if (group_of(name) != which)
		return 0;
	err = write_sysctl(proc, name, value);
	/* Nobody misses what was never set, or not for long. */
	if (!err || same)
		return 0;
	if (which != GROUP_LATE)
		return orthros_fail(err, "sysctl %s", name);
	pr_err("sysctl %s: %pe\n", name, ERR_PTR(err));
	return 0;
}

/* Those of network devices come and go with them. */
static bool is_of_device(const char *name)
{
	static const char *const dirs[] = { "net/ipv4/conf/", "net/ipv6/conf/",
					    "net/ipv4/neigh/", "net/ipv6/neigh/" };
	static const char *const ours[] = { "all/", "default/", "lo/" };
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (!str_has_prefix(name, dirs[i]))
			continue;
		for (k = 0; k < ARRAY_SIZE(ours); k++)
			if (str_has_prefix(name + strlen(dirs[i]), ours[k]))
				return false;
		return true;
	}
	return false;
}

/* Whether this kernel takes it shows when it is written, which is for the hop anyway. */
static int check_one(struct orthros_image *img, struct vfsmount *proc, const char *name,
		     const char *value, bool for_good)
{
	const struct orthros_finder who = orthros_of_machine(img);
	int err;

	err = for_good ? write_sysctl(proc, name, value) : try_sysctl(proc, name, value);
	if (err == -ENOMEM)
		return err;
	if (err)
		orthros_refuse(&who, "sysctl %s: %.*s: %s", name,
			       (int)strcspn(value, "\n"), value,
			       err == -ENOENT ? "the other kernel has none" :
						"the other kernel rejects it");
	return 0;
}

static int check_sysctl(struct vfsmount *proc, const char *name, const char *value, bool same,
			void *ctx)
{
	return same || is_of_device(name) ? 0 :
	       check_one(ctx, proc, name, value, group_of(name) != GROUP_LATE);
}

/* Of another network namespace. */
static int check_other(struct vfsmount *proc, const char *name, const char *value, bool same,
		       void *ctx)
{
	return same || is_of_device(name) ? 0 : check_one(ctx, proc, name, value, false);
}

/* Only in a check: in a hop they are written, and an error ends it. */
static int read_sysctls(struct orthros_image *img)
{
	size_t len;
	const void *told = orthros_told(img, &len);

	return img->frozen ? 0 : each_sysctl(told, len, check_sysctl, img);
}

/**
 * orthros_check_net_sysctls() - name what another network namespace would reject
 * @img:	image
 * @told:	sections of the namespace
 * @len:	their bytes
 *
 * There is only the initial one yet: it takes them for a moment.
 *
 * Return: 0 or -errno.
 */
int orthros_check_net_sysctls(struct orthros_image *img, const void *told, size_t len)
{
	return img->frozen ? 0 : each_sysctl(told, len, check_other, img);
}

static int build_group(struct orthros_image *img, enum group which)
{
	size_t len;
	const void *told = orthros_told(img, &len);

	return each_sysctl(told, len, build_sysctl, &which);
}

/* When the mounts have their numbers, since it mounts proc. */
static int build_sysctls(struct orthros_image *img)
{
	return build_group(img, GROUP_EARLY);
}

/**
 * orthros_build_net_sysctls() - write those that want the network's devices
 * @told:	sections of the network namespace that the task is in
 * @len:	their bytes
 *
 * When the mounts have their numbers, since it mounts proc.
 *
 * Return: 0 or -errno.
 */
int orthros_build_net_sysctls(const void *told, size_t len)
{
	enum group which = GROUP_NET;

	return each_sysctl(told, len, build_sysctl, &which);
}

static void settle_sysctls(struct orthros_image *img)
{
	build_group(img, GROUP_LATE);
}

const struct orthros_kind orthros_sysctl_kind = {
	.name	= "sysctls",
	.describe = describe,
	.read	= read_sysctls,
	.build	= build_sysctls,
	/* Of the machine all is there, of the processes nothing. */
	.built	= ORTHROS_TS_FS,
};

const struct orthros_kind orthros_late_sysctl_kind = {
	.name	= "sysctls of memory",
	.settle	= settle_sysctls,
};
