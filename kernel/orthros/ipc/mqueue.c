// SPDX-License-Identifier: GPL-2.0-only
/*
 * POSIX message queues: those that have a name, and those that are only open. Nobody
 * waits at one when the source is read, as mq_timedsend() and mq_timedreceive() are made
 * again; of a kernel that has failed, what was just being handed to one who waits is lost.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bits.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ipc_namespace.h>
#include <linux/limits.h>
#include <linux/msg.h>
#include <linux/pid.h>
#include <linux/signal.h>
#include <linux/sizes.h>
#include "../core/cred.h"
#include "../core/pid.h"
#include "../files/files.h"
#include "../fs/fs.h"
#include "../ns/ns.h"
#include "ipc_internal.h"
#include "mqueue_inside.h"
#include "mqueue_tables.h"

/* Bytes of all messages, with what is before each. */
#define QUEUE_MAX	SZ_2G

/* Key: its inode; built of it: its dentry */
static const struct orthros_type mqueue_type = { .name = "POSIX message queue" };

static const struct orthros_mqueue_env *mqueue_env(struct orthros_image *img)
{
	static struct orthros_mqueue_env env;

	if (!env.init_ipc_ns &&
	    orthros_read_rec(&img->src->mem, &orthros_table_mqueue_env, 0, &env))
		return NULL;
	return &env;
}

/* ---- reading ------------------------------------------------------------ */

struct message_walk {
	struct orthros_image *img;
	struct orthros_writer w;
	u64 max_len;
	u64 bytes;
	u32 nr;
};

static int read_message(struct message_walk *walk, u64 msg)
{
	struct orthros_msg_head head;
	int err;

	if (++walk->nr > ORTHROS_MQUEUE_MSGS)
		return orthros_bad(-EUCLEAN, "POSIX message queue: too many messages");
	err = orthros_read_message(walk->img, &walk->w, msg, 0, walk->max_len, &head);
	walk->bytes += head.len;
	return err;
}

static int read_priority(void *ctx, u64 node)
{
	struct message_walk *walk = ctx;
	const struct orthros_mqueue_env *env = mqueue_env(walk->img);
	struct orthros_mqueue_node_view v;
	struct orthros_list_iter it;
	int err;

	err = orthros_read_rec(&walk->img->src->mem, &orthros_table_mqueue_node,
			       node - env->node_off, &v);
	if (err)
		return err;
	orthros_src_for_each(&it, walk->img->src, v.list, ORTHROS_MQUEUE_MSGS) {
		err = read_message(walk, it.node - env->msg_list_off);
		if (err)
			return err;
	}
	return it.err;
}

static int read_messages(struct orthros_image *img, struct orthros_obj *obj,
			 const struct orthros_mqueue_view *v)
{
	struct orthros_mqueue_rec *rec = obj->rec;
	struct message_walk walk = {
		.img = img, .max_len = rec->msgsize,
		.w = { .obj = obj, .used = sizeof(*rec), .max = QUEUE_MAX },
	};
	int err;

	err = orthros_src_rb_walk(img->src, v->tree, ORTHROS_MQUEUE_MSGS, read_priority, &walk);
	if (err)
		return err;
	if (walk.nr != v->curmsgs || walk.bytes != v->qsize)
		return orthros_bad(-EAGAIN, "POSIX message queue: %u of %llu messages", walk.nr,
				   v->curmsgs);
	rec = obj->rec;
	rec->nr = walk.nr;
	return 0;
}

static int read_notify(const struct orthros_finder *who, struct orthros_mqueue_rec *rec,
		       const struct orthros_mqueue_view *v)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_mqueue_cookie_view cookie;
	int err;

	rec->notified = !!v->notify_owner;
	if (!rec->notified) {
		rec->notify_sock = 0;
		return 0;
	}
	if (v->notify_user_ns != mqueue_env(who->img)->init_user_ns)
		return orthros_refused(who, "notification of another user namespace");
	err = orthros_read_pidnr(src, v->notify_owner, &rec->notify_pid);
	if (err)
		return err;
	switch (rec->notify) {
	case SIGEV_NONE:
		rec->notify_sock = 0;
		return 0;
	case SIGEV_SIGNAL:
		rec->notify_sock = 0;
		return valid_signal(rec->notify_signo) ? 0 :
		       orthros_bad(-EUCLEAN, "mq_notify(): signal %u", rec->notify_signo);
	case SIGEV_THREAD:
		err = orthros_read_rec(&src->mem, &orthros_table_mqueue_cookie, v->cookie, &cookie);
		return err ?: orthros_src_read(src, cookie.data, rec->cookie, sizeof(rec->cookie));
	}
	return orthros_bad(-EUCLEAN, "mq_notify(): %u", rec->notify);
}

/* @linked: found by its name, else by a file. */
static int read_queue(const struct orthros_finder *who, u64 inode, bool linked,
		      const struct orthros_mqueue_name_view *name)
{
	const struct orthros_mqueue_env *env = mqueue_env(who->img);
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_mqueue_rec *rec;
	struct orthros_mqueue_view *v;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	err = orthros_read_rec(mem, &orthros_table_mqueue, inode - env->inode_off, v);
	if (err)
		goto out;
	rec = &v->rec;
	err = -EUCLEAN;
	if (!name->len || name->len >= sizeof(rec->name) || rec->maxmsg <= 0 ||
	    rec->maxmsg > ORTHROS_MQUEUE_MSGS || rec->msgsize <= 0 ||
	    rec->msgsize > ORTHROS_MQUEUE_MSGSIZE || v->curmsgs > rec->maxmsg ||
	    !S_ISREG(rec->mode)) {
		orthros_bad(err, "POSIX message queue %#llx", inode);
		goto out;
	}
	/* Made or removed since its directory was read. */
	err = !linked != !v->nlink ? -EAGAIN : 0;
	if (!err)
		err = orthros_src_read(who->img->src, name->name, rec->name, name->len);
	if (!err && (strnlen(rec->name, name->len) != name->len || strchr(rec->name, '/')))
		err = -EUCLEAN;
	if (err) {
		orthros_bad(err, "POSIX message queue %#llx: name", inode);
		goto out;
	}
	/* Its namespace has gone, and it is only open. */
	if (!v->ns) {
		err = orthros_refused(who, "of an IPC namespace that is gone");
		goto out;
	}
	rec->ns = v->ns + env->ns_off;
	if (v->user_ns && v->user_ns != env->init_user_ns) {
		err = orthros_refused(who, "of a user in another namespace");
		goto out;
	}
	err = read_notify(who, rec, v);
	if (err)
		goto out;
	/* Bit 31 says that somebody has looked at it, see fs/read_inode.c. */
	rec->atime_ns &= ~BIT(31);
	rec->mtime_ns &= ~BIT(31);
	rec->ctime_ns &= ~BIT(31);
	rec->version = ORTHROS_MQUEUE_VERSION;
	rec->linked = linked;
	obj = orthros_obj_get(who->img, &mqueue_type, inode, who->pid, sizeof(*rec), &isnew);
	err = PTR_ERR_OR_ZERO(obj);
	if (err || !isnew)
		goto out;
	memcpy(obj->rec, rec, sizeof(*rec));
	err = read_messages(who->img, obj, v);
out:
	kfree(v);
	return err;
}

static int read_child(struct orthros_image *img, u64 child, const struct orthros_dentry_view *v,
		      void *ctx)
{
	const struct orthros_mqueue_name_view name = { .name = v->name, .len = v->name_len };
	const struct orthros_finder who = {
		.img = img, .comm = "", .what = "POSIX message queue",
	};
	int err;

	if (!v->inode)
		return 0;
	if (!IS_ENABLED(CONFIG_POSIX_MQUEUE))
		return orthros_refuse(&who, "the other kernel has none");
	err = read_queue(&who, v->inode, true, &name);
	return err == ORTHROS_REFUSED ? 0 : err;
}

static int read_ns(struct orthros_image *img, u64 addr, struct orthros_mqueue_ns_view *ns)
{
	const struct orthros_mqueue_env *env = mqueue_env(img);

	*ns = (struct orthros_mqueue_ns_view){};
	if (!env || !env->init_ipc_ns || !addr)
		return 0;
	return orthros_read_rec(&img->src->mem, &orthros_table_mqueue_ns, addr - env->ns_off, ns);
}

/**
 * orthros_read_mqueues() - read all queues of a namespace that have a name
 * @img:	image
 * @ns:		namespace
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_read_mqueues(struct orthros_image *img, u64 ns)
{
	struct orthros_mqueue_ns_view v;
	int err = read_ns(img, ns, &v);

	return err || !v.root ? err : orthros_read_children(img, v.root, read_child, NULL);
}

/* Those of other namespaces are read with these. */
static int read_mqueues(struct orthros_image *img)
{
	return orthros_read_mqueues(img, orthros_initial_ns(img, ORTHROS_NS_IPC));
}

/* The namespace of a queue, before what is in it. */
static int read_ns_of(const struct orthros_finder *who, u64 inode, u64 *addr)
{
	const struct orthros_mqueue_env *env = mqueue_env(who->img);
	struct orthros_mqueue_view *v;
	int err;

	if (!env || !env->init_ipc_ns)
		return orthros_bad(-EUCLEAN, "POSIX message queues of the source");
	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_mqueue, inode - env->inode_off,
			       v);
	*addr = v->ns ? v->ns + env->ns_off : 0;
	kfree(v);
	if (!err && !*addr)
		err = orthros_refused(who, "of an IPC namespace that is gone");
	return err ?: orthros_read_ns(who, *addr);
}

/*
 * mq_open() has opened it in a mount that is the kernel's own, open() in one that is
 * somewhere.
 */
static int mqueue_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			    const struct orthros_file_view *view,
			    const struct orthros_finode_view *inode)
{
	const struct orthros_finder finder = orthros_through(who, "POSIX message queue");
	struct orthros_file_rec *rec = obj->rec;
	unsigned int before = who->img->refused;
	struct orthros_mqueue_name_view name;
	const struct orthros_mqueue_rec *q;
	struct orthros_mqueue_ns_view ns;
	u64 addr;
	int err;

	err = read_ns_of(&finder, view->inode, &addr);
	if (!err)
		err = read_ns(who->img, addr, &ns);
	if (!err && !orthros_obj_find(who->img, &mqueue_type, view->inode)) {
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_mqueue_name,
				       view->dentry, &name);
		if (!err)
			err = read_queue(&finder, view->inode, false, &name);
	}
	if (err)
		return err;
	q = orthros_obj_find(who->img, &mqueue_type, view->inode)->rec;
	rec->object = view->inode;
	rec->vfsmount = 0;
	if (view->mnt == ns.mnt)
		return 0;
	if (!q->linked)
		return orthros_refused(who, "deleted POSIX message queue that open() has opened");
	rec->vfsmount = view->mnt;
	rec->dentry = view->dentry;
	err = orthros_read_path(who, view->mnt, view->dentry);
	if (err < 0)
		return err;
	return err || who->img->refused != before ? ORTHROS_REFUSED : 0;
}

static struct orthros_obj *file_of(struct orthros_image *img, u64 sock)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		const struct orthros_file_rec *rec = obj->rec;

		if (rec->object == sock && S_ISSOCK(rec->mode))
			return obj;
	}
	return NULL;
}

/* Whoever is told must have a socket that somebody has open. */
static int gather_mqueues(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &mqueue_type) {
		struct orthros_mqueue_rec *rec = obj->rec;
		const struct orthros_finder who = {
			.img = img, .pid = rec->notify_pid, .comm = "",
		};

		if (!rec->notify_sock || file_of(img, rec->notify_sock))
			continue;
		if (!img->crashed)
			orthros_refuse(&who, "notification of POSIX message queue /%s: its socket",
				       rec->name);
		rec->notified = false;
	}
	return 0;
}

/* ---- building ----------------------------------------------------------- */

#ifdef CONFIG_POSIX_MQUEUE
static int fill_queue(struct dentry *dentry, const struct orthros_mqueue_rec *rec)
{
	const void *at = rec + 1;
	int err = 0;
	u32 i;

	for (i = 0; i < rec->nr && !err; i++) {
		const struct orthros_msg_head *head = at;

		err = orthros_mqueue_insert(dentry, head, head + 1);
		at += sizeof(*head) + ALIGN(head->len, 8);
		cond_resched();
	}
	return err;
}

static int build_queue(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_mqueue_rec *rec = obj->rec;
	const struct orthros_cred_rec owner = { .uid = rec->owner };
	struct ipc_namespace *ns = orthros_ipc_ns(img, rec->ns);
	const struct cred *cred, *raised, *old;
	struct dentry *dentry;

	if (!ns)
		return -ENOENT;

	cred = orthros_cred_get(&owner, &raised);
	if (IS_ERR(cred))
		return PTR_ERR(cred);
	old = override_creds(raised);
	dentry = orthros_mqueue_make(ns, rec);
	revert_creds(old);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	orthros_obj_built(obj, dentry);
	return fill_queue(dentry, rec);
}

/* Those without a name first: others may have theirs. */
static int build_mqueues(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int linked, err;

	for (linked = 0; linked < 2; linked++) {
		orthros_for_each_obj(obj, img, &mqueue_type) {
			const struct orthros_mqueue_rec *rec = obj->rec;

			if (rec->linked != linked)
				continue;
			err = build_queue(img, obj);
			if (err)
				return orthros_fail(err, "POSIX message queue /%s", rec->name);
		}
	}
	return 0;
}

static struct file *mqueue_build_file(struct orthros_image *img, struct orthros_obj *obj)
{
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_obj *queue = orthros_obj_find(img, &mqueue_type, rec->object);
	const struct orthros_mqueue_rec *qrec = queue ? queue->rec : NULL;
	struct path path;
	struct file *file;
	int err;

	if (!queue || !queue->dst)
		return ERR_PTR(-ENOENT);
	if (rec->vfsmount) {
		err = orthros_dst_path(img, rec->vfsmount, rec->dentry, &path);
		if (err)
			return ERR_PTR(err);
	} else {
		path.mnt = mntget(orthros_ipc_ns(img, qrec->ns)->mq_mnt);
		path.dentry = dget(queue->dst);
	}
	file = dentry_open(&path, rec->flags & (O_ACCMODE | O_NONBLOCK), current_cred());
	path_put(&path);
	if (!IS_ERR(file))
		file->f_pos = rec->pos;
	return file;
}

static int tie_notify(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_mqueue_rec *rec = obj->rec;
	struct orthros_obj *sock = NULL;
	struct pid *owner;

	if (rec->notify_sock) {
		sock = file_of(img, rec->notify_sock);
		if (!sock || !sock->dst)
			return img->crashed ? 0 : -ENOENT;
	}
	owner = orthros_ipc_pid(rec->notify_pid);
	if (!owner)
		return -ESRCH;
	return orthros_mqueue_notify(obj->dst, rec, owner, sock ? sock->dst : NULL);
}

static int tie_mqueues(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &mqueue_type) {
		const struct orthros_mqueue_rec *rec = obj->rec;

		err = rec->notified ? tie_notify(img, obj) : 0;
		if (err)
			return orthros_fail(err, "mq_notify() of /%s", rec->name);
		orthros_mqueue_set(obj->dst, rec);
	}
	return 0;
}

static void release_mqueues(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &mqueue_type) {
		dput(obj->dst);
		obj->dst = NULL;
	}
}
#endif /* CONFIG_POSIX_MQUEUE */

static const struct orthros_file_ops mqueue_ops = {
	.name	= "POSIX message queue",
	.read	= mqueue_read_file,
#ifdef CONFIG_POSIX_MQUEUE
	.build	= mqueue_build_file,
#endif
};

static const struct orthros_mark mqueue_marks[] = {
	{ ORTHROS_MARK_FILE, "mqueue_file_operations", "POSIX message queue", &mqueue_ops },
	{}
};

const struct orthros_kind orthros_mqueue_kind = {
	.name	= "POSIX message queues",
	.tables	= ORTHROS_TABLES(&orthros_table_mqueue_env, &orthros_table_mqueue_ns,
				 &orthros_table_mqueue, &orthros_table_mqueue_node,
				 &orthros_table_mqueue_name, &orthros_table_mqueue_cookie),
	.marks	= mqueue_marks,
	.read	= read_mqueues,
	.gather	= gather_mqueues,
#ifdef CONFIG_POSIX_MQUEUE
	.build	= build_mqueues,
	.tie	= tie_mqueues,
	.release = release_mqueues,
#endif
};
