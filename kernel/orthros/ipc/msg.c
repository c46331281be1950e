// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V message queues with their messages. Nobody waits at one when the
 * source is read: msgsnd() and msgrcv() are restarted.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/pid.h>
#include <linux/sizes.h>
#include "../files/files.h"
#include "ipc_internal.h"

/* Key: its struct kern_ipc_perm */
static const struct orthros_type msq_type = { .name = "message queue" };

#define MSGS_MAX	SZ_16M
#define QUEUE_MAX	SZ_1G

/* ---- reading ------------------------------------------------------------ */

/* The bytes follow the head, and then what heads each further page. */
static int read_bytes(struct orthros_image *img, u64 msg, const struct orthros_msg_view *v,
		      void *to)
{
	const struct orthros_ipc_env *env = orthros_ipc_env(img);
	struct orthros_msg_seg_view seg = { .next = v->next };
	u64 left = v->len, n = min_t(u64, left, PAGE_SIZE - env->msg_size), at;
	int err;

	err = orthros_src_read(img->src, msg + env->msg_size, to, n);
	while (!err && (left -= n)) {
		to += n;
		n = min_t(u64, left, PAGE_SIZE - env->seg_size);
		at = seg.next;
		err = orthros_read_rec(&img->src->mem, &orthros_table_msg_seg, at, &seg);
		if (!err)
			err = orthros_src_read(img->src, at + env->seg_size, to, n);
	}
	return err ? orthros_bad(err, "message of %llu bytes", v->len) : 0;
}

/**
 * orthros_read_message() - append a message to a record
 * @img:	image
 * @w:		of the record
 * @msg:	address of the struct msg_msg
 * @min_type:	the least type that it may have
 * @max_len:	bytes that it may have
 * @copy:	set to its head
 *
 * Return: 0 or negative errno.
 */
int orthros_read_message(struct orthros_image *img, struct orthros_writer *w, u64 msg,
			 s64 min_type, u64 max_len, struct orthros_msg_head *copy)
{
	struct orthros_msg_head *head;
	struct orthros_msg_view v;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_msg, msg, &v);
	if (err)
		return err;
	*copy = (struct orthros_msg_head){ .type = v.type, .len = v.len };
	if (v.type < min_type || v.len > max_len)
		return orthros_bad(-EUCLEAN, "message of type %lld, %llu bytes", v.type, v.len);
	head = orthros_append(w, sizeof(*head) + ALIGN(v.len, 8));
	if (!head)
		return orthros_bad(-ENOMEM, "messages of more than %lu bytes", w->used);
	*head = *copy;
	return read_bytes(img, msg, &v, head + 1);
}

/**
 * orthros_read_msq() - read a message queue
 * @img:	image
 * @ns:		namespace that it is in
 * @perm:	address of its struct kern_ipc_perm
 *
 * Return: 0 or negative errno.
 */
int orthros_read_msq(struct orthros_image *img, u64 ns, u64 perm)
{
	const struct orthros_ipc_env *env = orthros_ipc_env(img);
	struct orthros_writer w = { .used = sizeof(struct orthros_msg_rec), .max = QUEUE_MAX };
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_msg_head head;
	struct orthros_msg_rec *rec;
	struct orthros_list_iter it;
	struct orthros_msq_view v;
	u32 nr = 0;
	int err;

	err = orthros_read_rec(mem, &orthros_table_msq, perm - env->msg_off, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_ipc_perm, perm, &v.rec.perm);
	if (!err)
		err = orthros_read_pidnr(img->src, v.lspid, &v.rec.lspid);
	if (!err)
		err = orthros_read_pidnr(img->src, v.lrpid, &v.rec.lrpid);
	if (err)
		return err;
	v.rec.perm.ns = ns;
	if (v.rec.perm.id < 0)
		return orthros_bad(-EUCLEAN, "message queue %d", v.rec.perm.id);
	w.obj = orthros_obj_add(img, &msq_type, perm, 0, sizeof(*rec));
	if (IS_ERR(w.obj))
		return PTR_ERR(w.obj);
	memcpy(w.obj->rec, &v.rec, sizeof(v.rec));
	orthros_src_for_each(&it, img->src, v.messages, MSGS_MAX) {
		err = orthros_read_message(img, &w, it.node - env->msg_list_off, 1, QUEUE_MAX,
					   &head);
		if (err)
			return err;
		nr++;
	}
	if (it.err)
		return it.err;
	if (nr != v.qnum)
		return orthros_bad(-EAGAIN, "message queue %d: %u of %llu messages",
				   v.rec.perm.id, nr, v.qnum);
	rec = w.obj->rec;
	rec->nr = nr;
	rec->len = w.used - sizeof(*rec);
	return 0;
}

/* ---- building ----------------------------------------------------------- */

/**
 * orthros_build_msqs() - make all message queues
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_build_msqs(struct orthros_image *img)
{
	struct ipc_namespace *ns;
	struct orthros_obj *obj;
	struct nsproxy *old;
	int err;

	orthros_for_each_obj(obj, img, &msq_type) {
		const struct orthros_msg_rec *rec = obj->rec;

		ns = orthros_ipc_enter(img, rec->perm.ns, &old);
		if (IS_ERR(ns))
			return PTR_ERR(ns);
		err = orthros_msq_make(ns, rec);
		orthros_ipc_leave(old);
		if (err)
			return orthros_fail(err, "System V message queue %d", rec->perm.id);
	}
	return 0;
}

/**
 * orthros_tie_msqs() - give all message queues their messages
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_tie_msqs(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &msq_type) {
		const struct orthros_msg_rec *rec = obj->rec;
		struct ipc_namespace *ns = orthros_ipc_ns(img, rec->perm.ns);
		struct pid *lspid = orthros_ipc_pid(rec->lspid);
		struct pid *lrpid = orthros_ipc_pid(rec->lrpid);

		err = ns ? orthros_msq_set(ns, rec, lspid, lrpid) : -ENOENT;
		put_pid(lspid);
		put_pid(lrpid);
		if (err)
			return orthros_fail(err, "System V message queue %d", rec->perm.id);
	}
	return 0;
}
