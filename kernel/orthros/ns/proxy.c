// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is in which namespaces: threads of a process may be in different ones.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cgroup.h>
#include <linux/ipc_namespace.h>
#include <linux/mnt_namespace.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>
#include <fs/mount.h>
#include "ns.h"
#include "tables.h"

/* Key: the source's struct nsproxy; the image has a reference to @dst. */
static const struct orthros_type nsproxy_type = { .name = "nsproxy", .cost = 128 };

/**
 * orthros_read_nsproxy() - read in which namespaces a thread is
 * @who:	the thread
 * @addr:	address of its nsproxy
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_read_nsproxy(const struct orthros_finder *who, u64 addr)
{
	struct orthros_nsproxy_view v;
	struct orthros_nsproxy_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int i, err;

	obj = orthros_obj_get(who->img, &nsproxy_type, addr, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (!isnew && orthros_obj_done(who->img, obj))
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_nsproxy, addr, &v);
	if (err)
		return err;
	obj->refused = false;
	obj->round = who->img->round;
	rec = obj->rec;
	*rec = v.rec;
	for (i = 0; i < ORTHROS_NS_NR; i++) {
		if (!rec->ns[i])
			continue;
		err = orthros_read_ns(who, rec->ns[i]);
		if (err < 0)
			return err;
		if (err)
			obj->refused = true;
		else if (orthros_ns_rec(who->img, rec->ns[i])->type != i)
			return orthros_bad(-EUCLEAN, "namespace %#llx: of another type",
					   rec->ns[i]);
	}
	if (rec->time_for_children == rec->ns[ORTHROS_NS_TIME])
		return 0;
	err = orthros_read_ns(who, rec->time_for_children);
	if (err == ORTHROS_REFUSED)
		obj->refused = true;
	return min(err, 0);
}

/* ---- building ------------------------------------------------------------ */

/* Another nsproxy with the namespaces of the current one. */
static struct nsproxy *copy_proxy(void)
{
	struct uts_namespace *uts = current->nsproxy->uts_ns;
	struct nsproxy *proxy;
	int err;

	/* There is none without a new namespace: the one that costs least. */
	err = unshare_nsproxy_namespaces(CLONE_NEWUTS, &proxy, NULL, NULL);
	if (err)
		return ERR_PTR(err);
	get_uts_ns(uts);
	put_uts_ns(proxy->uts_ns);
	proxy->uts_ns = uts;
	return proxy;
}

/* By now every namespace has its number, and others may look it up. */
static void put_into(struct nsproxy *proxy, enum orthros_ns type, struct ns_common *ns)
{
	struct cgroup_namespace *cgroup;
	struct ipc_namespace *ipc;
	struct uts_namespace *uts;
	struct mnt_namespace *mnt;
	struct pid_namespace *pid;
	struct net *net;

	switch (type) {
	case ORTHROS_NS_CGROUP:
		cgroup = container_of(ns, struct cgroup_namespace, ns);
		get_cgroup_ns(cgroup);
		put_cgroup_ns(proxy->cgroup_ns);
		proxy->cgroup_ns = cgroup;
		break;
	case ORTHROS_NS_IPC:
		ipc = container_of(ns, struct ipc_namespace, ns);
		get_ipc_ns(ipc);
		put_ipc_ns(proxy->ipc_ns);
		proxy->ipc_ns = ipc;
		break;
	case ORTHROS_NS_MNT:
		mnt = container_of(ns, struct mnt_namespace, ns);
		get_mnt_ns(mnt);
		put_mnt_ns(proxy->mnt_ns);
		proxy->mnt_ns = mnt;
		break;
	case ORTHROS_NS_NET:
		net = container_of(ns, struct net, ns);
		get_net(net);
		put_net(proxy->net_ns);
		proxy->net_ns = net;
		break;
	case ORTHROS_NS_PID:
		pid = container_of(ns, struct pid_namespace, ns);
		get_pid_ns(pid);
		put_pid_ns(proxy->pid_ns_for_children);
		proxy->pid_ns_for_children = pid;
		break;
	case ORTHROS_NS_UTS:
		uts = container_of(ns, struct uts_namespace, ns);
		get_uts_ns(uts);
		put_uts_ns(proxy->uts_ns);
		proxy->uts_ns = uts;
		break;
	default:
		/* There are the initial ones only. */
		break;
	}
}

static bool all_initial(struct orthros_image *img, const struct orthros_nsproxy_rec *rec)
{
	int i;

	for (i = 0; i < ORTHROS_NS_NR; i++)
		if (rec->ns[i] && !orthros_ns_rec(img, rec->ns[i])->initial)
			return false;
	return true;
}

static struct nsproxy *make_proxy(struct orthros_image *img, const struct orthros_nsproxy_rec *rec)
{
	struct nsproxy *proxy;
	int i;

	if (all_initial(img, rec)) {
		get_nsproxy(&init_nsproxy);
		return &init_nsproxy;
	}
	proxy = copy_proxy();
	if (IS_ERR(proxy))
		return proxy;
	for (i = 0; i < ORTHROS_NS_NR; i++) {
		struct ns_common *ns = orthros_dst_ns(img, rec->ns[i]);

		if (!rec->ns[i])
			continue;
		/* Of a kernel that has failed, one may be missing. */
		if (!ns && !orthros_ns_rec(img, rec->ns[i])->initial) {
			put_nsproxy(proxy);
			return ERR_PTR(-ENOENT);
		}
		if (ns)
			put_into(proxy, i, ns);
	}
	return proxy;
}

/**
 * orthros_join_ns() - put current into its namespaces
 * @img:	image
 * @nsproxy:	address of its nsproxy in the source
 *
 * Its root and working directory are others than before only when they are set.
 *
 * Context: current has all capabilities still.
 *
 * Return: 0 or negative errno.
 */
int orthros_join_ns(struct orthros_image *img, u64 nsproxy)
{
	struct orthros_obj *obj = orthros_obj_find(img, &nsproxy_type, nsproxy);
	struct nsproxy *proxy;

	if (!obj)
		return -ENOENT;
	if (!obj->dst) {
		proxy = make_proxy(img, obj->rec);
		if (IS_ERR(proxy))
			return orthros_fail(PTR_ERR(proxy), "namespaces");
		orthros_obj_built(obj, proxy);
	}
	proxy = obj->dst;
	if (current->nsproxy == proxy)
		return 0;
	get_nsproxy(proxy);
	switch_task_namespaces(current, proxy);
	return 0;
}

/**
 * orthros_enter_ns() - be in another namespace for a while
 * @type:	of this type
 * @ns:		of this kernel
 * @old:	set: what orthros_leave_ns() goes back to
 *
 * Return: 0 or negative errno.
 */
int orthros_enter_ns(enum orthros_ns type, struct ns_common *ns, struct nsproxy **old)
{
	struct nsproxy *proxy = copy_proxy();

	if (IS_ERR(proxy))
		return PTR_ERR(proxy);
	put_into(proxy, type, ns);
	*old = current->nsproxy;
	get_nsproxy(*old);
	switch_task_namespaces(current, proxy);
	return 0;
}

/**
 * orthros_children_in() - have children in a PID namespace for a while
 * @ns:		of this kernel
 * @old:	set: what orthros_leave_ns() goes back to, or NULL: there is no need to
 *
 * Return: 0 or negative errno.
 */
int orthros_children_in(struct ns_common *ns, struct nsproxy **old)
{
	*old = NULL;
	if (ns == &current->nsproxy->pid_ns_for_children->ns)
		return 0;
	return orthros_enter_ns(ORTHROS_NS_PID, ns, old);
}

/**
 * orthros_leave_ns() - go back
 * @old:	from orthros_enter_ns()
 */
void orthros_leave_ns(struct nsproxy *old)
{
	switch_task_namespaces(current, old);
}

static void release_proxies(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &nsproxy_type) {
		if (obj->dst)
			put_nsproxy(obj->dst);
		obj->dst = NULL;
	}
}

const struct orthros_kind orthros_nsproxy_kind = {
	.name	= "namespaces of processes",
	.release = release_proxies,
};
