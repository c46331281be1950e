// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPC namespaces: made before the mounts, as each has a file system of its own for POSIX
 * message queues; what is in them follows; their limits come last.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/ipc_namespace.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>
#include "../fs/fs.h"
#include "../ns/ns.h"
#include "ipc_internal.h"

static int read_ipc_ns(const struct orthros_finder *who, struct orthros_obj *ns)
{
	const struct orthros_ipc_env *env = orthros_ipc_env(who->img);
	struct orthros_ipc_ns_view v;
	struct orthros_ns_rec *rec = ns->rec;
	int err;

	/* Its limits are sysctls, and what is in it is read in the steps of the kinds. */
	if (rec->initial)
		return 0;
	if (!env)
		return orthros_bad(-EINVAL, "IPC of the source");
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_ipc_ns, ns->src - env->ns_off,
			       &v);
	if (err)
		return err;
	rec = orthros_obj_grow(ns, sizeof(*rec) + sizeof(v.rec));
	if (!rec)
		return -ENOMEM;
	memcpy(rec->own, &v.rec, sizeof(v.rec));
	return orthros_ns_owner(who, ns, v.user_ns, v.uid) ?:
	       orthros_read_sysv(who->img, ns->src) ?: orthros_read_mqueues(who->img, ns->src);
}

static struct ns_common *make_ipc_ns(struct orthros_image *img, struct orthros_obj *obj,
				     struct user_namespace *owner)
{
	struct ipc_namespace *ns;

	orthros_give_minor_of(img, obj->src);
	ns = copy_ipcs(CLONE_NEWIPC, owner, &init_ipc_ns);
	return IS_ERR(ns) ? ERR_CAST(ns) : &ns->ns;
}

static int build_ipc_ns(struct orthros_image *img)
{
	return orthros_build_nss(img, ORTHROS_NS_IPC, make_ipc_ns);
}

static void set_limits(struct ipc_namespace *ns, const struct orthros_ipc_ns_rec *rec)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ns->sem_ctls); i++)
		ns->sem_ctls[i] = rec->sem_ctls[i];
	ns->shm_ctlmni = rec->shm_ctlmni;
	ns->shm_ctlmax = rec->shm_ctlmax;
	ns->shm_ctlall = rec->shm_ctlall;
	ns->shm_rmid_forced = rec->shm_rmid_forced;
	ns->msg_ctlmax = rec->msg_ctlmax;
	ns->msg_ctlmnb = rec->msg_ctlmnb;
	ns->msg_ctlmni = rec->msg_ctlmni;
	ns->mq_queues_max = rec->mq_queues_max;
	ns->mq_msg_max = rec->mq_msg_max;
	ns->mq_msgsize_max = rec->mq_msgsize_max;
	ns->mq_msg_default = rec->mq_msg_default;
	ns->mq_msgsize_default = rec->mq_msgsize_default;
}

static int tie_ipc_ns(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;

		if (rec->type == ORTHROS_NS_IPC && !rec->initial && obj->dst)
			set_limits(container_of(obj->dst, struct ipc_namespace, ns),
				   (const void *)rec->own);
	}
	return 0;
}

static const struct orthros_ns_ops ipc_ns_ops = {
	.type	= ORTHROS_NS_IPC,
	.read	= read_ipc_ns,
};

static const struct orthros_mark ipc_ns_marks[] = {
	{ ORTHROS_MARK_NS, "ipcns_operations", "IPC namespace", &ipc_ns_ops },
	{}
};

const struct orthros_kind orthros_ipc_ns_kind = {
	.name	= "IPC namespaces",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_ipc_ns),
	.marks	= ipc_ns_marks,
	.build	= build_ipc_ns,
	.tie	= tie_ipc_ns,
};
