// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID namespaces, and the PIDs that a process has in each.
 *
 * All that names a process names it by its PID in the initial namespace, where every
 * process has one. Those in the namespaces below are given to it when it is made, and
 * to a group or session whose first process is gone.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/sched/task.h>
#include "../core/pid.h"
#include "compat.h"
#include "ns.h"
#include "pid_ns_inside.h"
#include "tables.h"

/* Key: the source's struct pid. Those of the initial namespace only are none. */
static const struct orthros_type pid_type = { .name = "pid", .cost = 256 };

static struct orthros_pid_env env;

static struct orthros_pid_ns_rec *own(const struct orthros_obj *ns)
{
	return (void *)((struct orthros_ns_rec *)ns->rec)->own;
}

static int resolve_pid_ns(struct orthros_src *src)
{
	const int levels = MAX_PID_NS_LEVEL + 1;

	BUILD_BUG_ON(levels != ORTHROS_PID_LEVELS);
	return orthros_read_rec(&src->mem, &orthros_table_pid_env, 0, &env);
}

/* ---- reading ------------------------------------------------------------- */

static int read_pid_ns(const struct orthros_finder *who, struct orthros_obj *ns)
{
	struct orthros_pid_ns_view v;
	struct orthros_ns_rec *rec;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_pid_ns, ns->src - env.ns_off,
			       &v);
	if (err)
		return err;
	rec = orthros_obj_grow(ns, sizeof(*rec) + sizeof(v.rec));
	if (!rec)
		return -ENOMEM;
	if (rec->initial) {
		memcpy(rec->own, &v.rec, sizeof(v.rec));
		return 0;
	}
	if (v.rec.level - 1 >= ORTHROS_PID_LEVELS - 1)
		return orthros_bad(-EUCLEAN, "PID namespace %u: level %u", rec->inum,
				   v.rec.level);
	v.rec.parent = v.parent + env.ns_off;
	memcpy(rec->own, &v.rec, sizeof(v.rec));
	if (v.bacct)
		return orthros_refused(who, "PID namespace %u: acct()", rec->inum);
	if (!orthros_memfd_noexec_possible(v.rec.memfd_noexec))
		return orthros_refused(who, "PID namespace %u: vm.memfd_noexec, not known here",
				       rec->inum);
	/* Its init has ended, and takes all others with it. */
	if (!(v.allocated & PIDNS_ADDING))
		return orthros_refused(who, "PID namespace %u is about to end", rec->inum);
	return orthros_ns_owner(who, ns, v.user_ns, v.uid);
}

/* From the innermost one up: each is one level above the one before. */
static int read_pid_nss(const struct orthros_finder *who, u64 ns)
{
	const struct orthros_obj *obj;
	u32 level = ORTHROS_PID_LEVELS;
	int err;

	for (;;) {
		err = orthros_read_ns(who, ns);
		if (err)
			return err;
		obj = orthros_obj_find(who->img, &orthros_ns_type, ns);
		if (((struct orthros_ns_rec *)obj->rec)->type != ORTHROS_NS_PID ||
		    own(obj)->level >= level)
			return orthros_bad(-EUCLEAN, "PID namespace %#llx: it is none, or level",
					   ns);
		level = own(obj)->level;
		if (((struct orthros_ns_rec *)obj->rec)->initial)
			return 0;
		ns = own(obj)->parent;
	}
}

/**
 * orthros_gather_pid_parents() - read those, too, that nobody is in who was read
 * @img:	image
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_gather_pid_parents(struct orthros_image *img)
{
	const struct orthros_finder who = orthros_of_machine(img);
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;

		if (rec->type != ORTHROS_NS_PID || rec->initial || obj->refused)
			continue;
		err = read_pid_nss(&who, obj->src);
		if (err < 0)
			return err;
	}
	return 0;
}

static int read_numbers(const struct orthros_finder *who, u64 addr, u32 nr,
			struct orthros_pid_rec *rec)
{
	struct orthros_upid_view v = {};
	u32 i;
	int err;

	for (i = 0; i < nr; i++) {
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_upid,
				       addr + env.numbers_off + (u64)i * env.upid_size, &v);
		if (err)
			return err;
		if (v.nr <= 0)
			return orthros_bad(-EUCLEAN, "pid %#llx: number %d", addr, v.nr);
		rec->number[i] = v.nr;
	}
	rec->nr = nr;
	rec->ns = v.ns + env.ns_off;
	return read_pid_nss(who, rec->ns);
}

/**
 * orthros_read_pid() - read the numbers of a process, a group or a session
 * @who:	whose
 * @addr:	address of its struct pid, or 0
 *
 * Return: 0, %ORTHROS_REFUSED or negative errno.
 */
int orthros_read_pid(const struct orthros_finder *who, u64 addr)
{
	struct orthros_pid_view v;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	if (!addr)
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_pid, addr, &v);
	if (err || !v.level)
		return err;
	if (v.level >= ORTHROS_PID_LEVELS)
		return orthros_bad(-EUCLEAN, "pid %#llx: level %u", addr, v.level);
	obj = orthros_obj_get(who->img, &pid_type, addr, who->pid,
			      struct_size_t(struct orthros_pid_rec, number, v.level + 1), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (!isnew && orthros_obj_done(who->img, obj))
		return obj->refused ? ORTHROS_REFUSED : 0;
	obj->round = who->img->round;
	err = read_numbers(who, addr, v.level + 1, obj->rec);
	obj->refused = err == ORTHROS_REFUSED;
	return err;
}

/* ---- building ------------------------------------------------------------ */

static struct ns_common *make_pid_ns(struct orthros_image *img, struct orthros_obj *obj,
				     struct user_namespace *owner)
{
	struct ns_common *parent = orthros_dst_ns(img, own(obj)->parent);
	struct pid_namespace *ns;

	if (!parent)
		return ERR_PTR(-ENOENT);
	ns = orthros_create_pid_ns(owner, container_of(parent, struct pid_namespace, ns));
	if (IS_ERR(ns))
		return ERR_CAST(ns);
	ns->reboot = own(obj)->reboot;
	orthros_set_memfd_noexec(ns, own(obj)->memfd_noexec);
	return &ns->ns;
}

/* Each parent before its children. */
static int build_pid_nss(struct orthros_image *img)
{
	struct orthros_obj *obj;
	u32 level;
	int err;

	for (level = 1; level < ORTHROS_PID_LEVELS; level++) {
		orthros_for_each_obj(obj, img, &orthros_ns_type) {
			const struct orthros_ns_rec *rec = obj->rec;

			if (rec->type != ORTHROS_NS_PID || rec->initial || obj->refused ||
			    own(obj)->level != level)
				continue;
			err = orthros_build_ns(img, obj, make_pid_ns);
			if (err)
				return err;
		}
	}
	return 0;
}

/**
 * orthros_pid_numbers() - which PIDs to make a process with
 * @img:	image
 * @addr:	address of its struct pid in the source
 * @nr:		its PID for all
 * @set_tid:	set, as clone3() has it: the innermost first; %ORTHROS_PID_LEVELS of them
 * @ns:		set: the namespace it is in
 *
 * Return: how many numbers, or negative errno.
 */
int orthros_pid_numbers(struct orthros_image *img, u64 addr, pid_t nr, pid_t *set_tid,
			struct ns_common **ns)
{
	const struct orthros_obj *obj = orthros_obj_find(img, &pid_type, addr);
	const struct orthros_pid_rec *rec;
	u32 i;

	*ns = &init_pid_ns.ns;
	*set_tid = nr;
	if (!obj)
		return 1;
	rec = obj->rec;
	*ns = orthros_dst_ns(img, rec->ns);
	if (!*ns || rec->number[0] != nr)
		return -ENOENT;
	for (i = 0; i < rec->nr; i++)
		set_tid[i] = rec->number[rec->nr - 1 - i];
	return rec->nr;
}

/**
 * orthros_pid_of() - the struct pid of a process, a group or a session
 * @img:	image
 * @addr:	address of the struct pid in the source
 * @nr:		its PID for all
 *
 * Return: with a reference, or ERR_PTR().
 */
struct pid *orthros_pid_of(struct orthros_image *img, u64 addr, pid_t nr)
{
	pid_t set_tid[ORTHROS_PID_LEVELS];
	struct ns_common *ns;
	struct pid *pid;
	bool made;
	int ret;

	rcu_read_lock();
	pid = get_pid(find_pid_ns(nr, &init_pid_ns));
	rcu_read_unlock();
	if (pid)
		return pid;
	ret = orthros_pid_numbers(img, addr, nr, set_tid, &ns);
	if (ret < 0 && !img->crashed)
		return ERR_PTR(ret);
	/* A namespace that is lost takes its processes along, see make_task(). */
	if (ret < 0 || ns == &init_pid_ns.ns)
		return orthros_pid_get(nr, &made);
	pid = alloc_pid(container_of(ns, struct pid_namespace, ns), set_tid, ret);
	return IS_ERR(pid) ? pid : get_pid(pid);
}

/* All processes are there, with the PIDs that were asked for. */
static int tie_pid_nss(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;
		struct task_struct *reaper = NULL;
		struct pid_namespace *ns;

		if (rec->type != ORTHROS_NS_PID || rec->initial || !obj->dst)
			continue;
		ns = container_of(obj->dst, struct pid_namespace, ns);
		idr_set_cursor(&ns->idr, own(obj)->next);
		if (!own(obj)->reaper)
			continue;
		write_lock_irq(&tasklist_lock);
		reaper = find_task_by_pid_ns(own(obj)->reaper, &init_pid_ns);
		if (reaper)
			ns->child_reaper = reaper;
		write_unlock_irq(&tasklist_lock);
		if (!reaper)
			return orthros_fail(-ESRCH, "PID namespace %u: its init", rec->inum);
	}
	return 0;
}

static const struct orthros_ns_ops pid_ops = {
	.type	= ORTHROS_NS_PID,
	.read	= read_pid_ns,
};

static const struct orthros_mark pid_marks[] = {
	{ ORTHROS_MARK_NS, "pidns_operations", "PID namespace", &pid_ops },
	{}
};

const struct orthros_kind orthros_pid_ns_kind = {
	.name	= "PID namespaces",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_pid_env, &orthros_table_pid_ns,
				 &orthros_table_pid, &orthros_table_upid),
	.marks	= pid_marks,
	.resolve = resolve_pid_ns,
	.build	= build_pid_nss,
	.tie	= tie_pid_nss,
};
