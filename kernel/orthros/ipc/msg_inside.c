// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of ipc/msg.c (patches/<version>/0017-ipc), whose structs
 * and functions are static.
 */
#include "ipc_inside.h"
#ifdef CONFIG_ORTHROS

/**
 * orthros_msq_make() - make a message queue
 * @ns:		namespace
 * @rec:	its record
 *
 * Context: process context in this namespace, alone.
 * Return: 0 or negative errno.
 */
int orthros_msq_make(struct ipc_namespace *ns, const struct orthros_msg_rec *rec)
{
	struct msg_queue *msq;
	long id;

	msg_ids(ns).next_id = rec->perm.id;
	id = ksys_msgget(rec->perm.key, (rec->perm.mode & 0777) | IPC_CREAT | IPC_EXCL);
	if (id < 0)
		return id;
	if (id != rec->perm.id)
		return -EEXIST;
	rcu_read_lock();
	msq = msq_obtain_object_check(ns, id);
	if (IS_ERR(msq)) {
		rcu_read_unlock();
		return PTR_ERR(msq);
	}
	ipc_lock_object(&msq->q_perm);
	msq->q_perm.uid = KUIDT_INIT(rec->perm.uid);
	msq->q_perm.gid = KGIDT_INIT(rec->perm.gid);
	msq->q_perm.cuid = KUIDT_INIT(rec->perm.cuid);
	msq->q_perm.cgid = KGIDT_INIT(rec->perm.cgid);
	msq->q_qbytes = rec->qbytes;
	ipc_unlock_object(&msq->q_perm);
	rcu_read_unlock();
	return 0;
}

static int make_messages(const struct orthros_msg_rec *rec, struct list_head *list)
{
	const void *at = rec->msgs;
	struct msg_msg *msg;
	u32 i;

	for (i = 0; i < rec->nr; i++) {
		const struct orthros_msg_head *head = at;

		msg = orthros_msg_alloc(head + 1, head->len);
		if (IS_ERR(msg))
			return PTR_ERR(msg);
		msg->m_type = head->type;
		msg->m_ts = head->len;
		list_add_tail(&msg->m_list, list);
		at += sizeof(*head) + ALIGN(head->len, 8);
		cond_resched();
	}
	return 0;
}

/**
 * orthros_msq_set() - give a queue its messages
 * @ns:		namespace
 * @rec:	record of a queue that was made; checked
 * @lspid:	who last sent, or NULL
 * @lrpid:	who last received, or NULL
 *
 * Return: 0 or negative errno.
 */
int orthros_msq_set(struct ipc_namespace *ns, const struct orthros_msg_rec *rec,
		    struct pid *lspid, struct pid *lrpid)
{
	struct msg_msg *msg, *next;
	struct msg_queue *msq;
	LIST_HEAD(list);
	int err;

	err = make_messages(rec, &list);
	if (err)
		goto err_free;
	rcu_read_lock();
	msq = msq_obtain_object_check(ns, rec->perm.id);
	if (IS_ERR(msq)) {
		rcu_read_unlock();
		err = PTR_ERR(msq);
		goto err_free;
	}
	ipc_lock_object(&msq->q_perm);
	list_for_each_entry(msg, &list, m_list) {
		msq->q_cbytes += msg->m_ts;
		msq->q_qnum++;
		percpu_counter_add_local(&ns->percpu_msg_bytes, msg->m_ts);
		percpu_counter_add_local(&ns->percpu_msg_hdrs, 1);
	}
	list_splice_tail(&list, &msq->q_messages);
	msq->q_stime = rec->stime;
	msq->q_rtime = rec->rtime;
	msq->q_ctime = rec->ctime;
	ipc_update_pid(&msq->q_lspid, lspid);
	ipc_update_pid(&msq->q_lrpid, lrpid);
	ipc_unlock_object(&msq->q_perm);
	rcu_read_unlock();
	return 0;

err_free:
	list_for_each_entry_safe(msg, next, &list, m_list)
		free_msg(msg);
	return err;
}
#endif /* CONFIG_ORTHROS */
