// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of ipc/mqueue.c (patches/<version>/0017-ipc), whose structs
 * and functions are static.
 */
#ifdef CONFIG_ORTHROS
#include "compat.h"
#include "ipc_inside.h"
#include "mqueue_inside.h"

/* Nobody limits what had been granted; the caller has all rights. */
static int make_unlimited(struct dentry *dentry, const struct orthros_mqueue_rec *rec)
{
	struct mq_attr attr = { .mq_maxmsg = rec->maxmsg, .mq_msgsize = rec->msgsize };
	struct rlimit *limit = &current->signal->rlim[RLIMIT_MSGQUEUE];
	unsigned long before = limit->rlim_cur;
	int err;

	WRITE_ONCE(limit->rlim_cur, RLIM_INFINITY);
	err = mqueue_create_attr(dentry, rec->mode, &attr);
	WRITE_ONCE(limit->rlim_cur, before);
	return err;
}

/**
 * orthros_mqueue_make() - make a queue
 * @ns:		namespace
 * @rec:	its record
 *
 * Context: as its owner with all capabilities, who is charged, alone.
 *
 * Return: its dentry with a reference, or an ERR_PTR().
 */
struct dentry *orthros_mqueue_make(struct ipc_namespace *ns, const struct orthros_mqueue_rec *rec)
{
	struct dentry *root = ns->mq_mnt->mnt_root, *dentry;
	int err;

	inode_lock(d_inode(root));
	dentry = lookup_one_len(rec->name, root, strlen(rec->name));
	if (IS_ERR(dentry))
		goto out;
	err = d_really_is_positive(dentry) ? -EEXIST : make_unlimited(dentry, rec);
	if (err) {
		dput(dentry);
		dentry = ERR_PTR(err);
	} else if (!rec->linked) {
		mqueue_unlink(d_inode(root), dentry);
		d_drop(dentry);
	}
out:
	inode_unlock(d_inode(root));
	return dentry;
}

/**
 * orthros_mqueue_insert() - give a queue a message
 * @dentry:	the queue
 * @head:	what it is
 * @data:	its bytes
 *
 * Return: 0 or negative errno.
 */
int orthros_mqueue_insert(struct dentry *dentry, const struct orthros_msg_head *head,
			  const void *data)
{
	struct mqueue_inode_info *info = MQUEUE_I(d_inode(dentry));
	struct msg_msg *msg = orthros_msg_alloc(data, head->len);
	int err;

	if (IS_ERR(msg))
		return PTR_ERR(msg);
	msg->m_type = head->type;
	msg->m_ts = head->len;
	spin_lock(&info->lock);
	err = msg_insert(msg, info);
	spin_unlock(&info->lock);
	if (err)
		free_msg(msg);
	return err;
}

/* SIGEV_THREAD: what is sent to @sock is made now. An error takes the reference of it. */
static struct sk_buff *make_cookie(struct sock *sock, const u8 *data)
{
	struct sk_buff *skb = alloc_skb(NOTIFY_COOKIE_LEN, GFP_KERNEL);
	int rcvbuf = sock->sk_rcvbuf, err;
	long timeo = 0;

	BUILD_BUG_ON(NOTIFY_COOKIE_LEN != ORTHROS_MQUEUE_COOKIE);
	if (!skb) {
		sock_put(sock);
		return ERR_PTR(-ENOMEM);
	}
	skb_put_data(skb, data, NOTIFY_COOKIE_LEN);
	/* There was room for it. */
	WRITE_ONCE(sock->sk_rcvbuf, INT_MAX);
	err = netlink_attachskb(sock, skb, &timeo, NULL);
	WRITE_ONCE(sock->sk_rcvbuf, rcvbuf);
	return err ? ERR_PTR(err) : skb;
}

/**
 * orthros_mqueue_notify() - as mq_notify(), of another process
 * @dentry:	the queue
 * @rec:	how, and whom
 * @owner:	whom; a reference of it goes over
 * @file:	of the socket that is told, or NULL
 *
 * Return: 0 or negative errno.
 */
int orthros_mqueue_notify(struct dentry *dentry, const struct orthros_mqueue_rec *rec,
			  struct pid *owner, struct file *file)
{
	struct mqueue_inode_info *info = MQUEUE_I(d_inode(dentry));
	struct sk_buff *cookie;
	struct sock *sock;

	if (rec->notify == SIGEV_THREAD) {
		sock = netlink_getsockbyfilp(file);
		if (IS_ERR(sock))
			return PTR_ERR(sock);
		cookie = make_cookie(sock, rec->cookie);
		if (IS_ERR(cookie))
			return PTR_ERR(cookie);
		info->notify_sock = sock;
		info->notify_cookie = cookie;
	}
	info->notify.sigev_notify = rec->notify;
	info->notify.sigev_signo = rec->notify_signo;
	info->notify.sigev_value.sival_ptr = (void __user *)(unsigned long)rec->notify_value;
	info->notify_self_exec_id = rec->notify_exec_id;
	info->notify_owner = owner;
	info->notify_user_ns = get_user_ns(&init_user_ns);
	return 0;
}

/**
 * orthros_mqueue_set() - attributes of a queue that is complete
 * @dentry:	the queue
 * @rec:	its record
 */
void orthros_mqueue_set(struct dentry *dentry, const struct orthros_mqueue_rec *rec)
{
	struct timespec64 atime = { .tv_sec = rec->atime, .tv_nsec = rec->atime_ns };
	struct timespec64 mtime = { .tv_sec = rec->mtime, .tv_nsec = rec->mtime_ns };
	struct timespec64 ctime = { .tv_sec = rec->ctime, .tv_nsec = rec->ctime_ns };
	struct inode *inode = d_inode(dentry);

	inode->i_ino = rec->ino;
	inode->i_mode = rec->mode;
	inode->i_uid = KUIDT_INIT(rec->uid);
	inode->i_gid = KGIDT_INIT(rec->gid);
	orthros_set_time(inode, atime, atime);
	orthros_set_time(inode, mtime, mtime);
	orthros_set_time(inode, ctime, ctime);
}
#endif /* CONFIG_ORTHROS */
