// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink sockets of the protocols that the kernel itself speaks: routing,
 * device events, socket diagnosis, audit, and generic netlink without groups, whose
 * numbers differ from kernel to kernel.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/orthros/abi/netlink.h>
#include <net/sock.h>
#include "netlink_tables.h"
#include "sock_internal.h"

/* Key: its struct sock */
static const struct orthros_type netlink_type = { .name = "netlink socket" };

#define MSGS_MAX	SZ_1M
#define QUEUE_MAX	SZ_64M
#define MSG_MAX		SZ_1M

/* ---- reading ----------------------------------------------------------- */

static int read_msgs(struct orthros_image *img, struct orthros_obj *obj,
		     const struct orthros_sk_view *sk)
{
	struct orthros_writer w = {
		.obj = obj, .used = sizeof(struct orthros_netlink_rec), .max = QUEUE_MAX,
	};
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_netlink_msg_rec *msg;
	struct orthros_netlink_cb_view cb;
	struct orthros_netlink_rec *rec;
	struct orthros_skb_view skb;
	u32 left = MSGS_MAX;
	u64 addr;
	int err;

	for (addr = sk->receive_first; addr != sk->receive_queue; addr = skb.next) {
		if (!left--)
			return orthros_bad(-ELOOP, "netlink queue does not end");
		err = orthros_read_rec(mem, &orthros_table_skb, addr, &skb);
		if (!err)
			err = orthros_read_rec(mem, &orthros_table_netlink_cb, skb.cb, &cb);
		if (err)
			return err;
		if (skb.len > MSG_MAX)
			return orthros_bad(-EINVAL, "netlink message of %u bytes", skb.len);
		msg = orthros_append(&w, sizeof(*msg) + ALIGN(skb.len, 8));
		if (!msg)
			return -ENOMEM;
		msg->portid = cb.portid;
		msg->group = cb.group;
		msg->len = skb.len;
		msg->pid = cb.pid;
		msg->uid = cb.uid;
		msg->gid = cb.gid;
		rec = obj->rec;
		rec->nr_msgs++;
		err = orthros_read_payload(img, &skb, 0, msg + 1, skb.len);
		if (err)
			return err;
	}
	return 0;
}

static u32 read_flags(const struct orthros_netlink_view *v, const struct orthros_netlink_bits *b)
{
	u32 flags = v->bound ? ORTHROS_NETLINK_BOUND : 0;

	if (v->flags & BIT_ULL(b->pktinfo & 63))
		flags |= ORTHROS_NETLINK_PKTINFO;
	if (v->flags & BIT_ULL(b->send_error & 63))
		flags |= ORTHROS_NETLINK_SEND_ERROR;
	if (v->flags & BIT_ULL(b->no_enobufs & 63))
		flags |= ORTHROS_NETLINK_NO_ENOBUFS;
	if (v->flags & BIT_ULL(b->cap_ack & 63))
		flags |= ORTHROS_NETLINK_CAP_ACK;
	if (v->flags & BIT_ULL(b->ext_ack & 63))
		flags |= ORTHROS_NETLINK_EXT_ACK;
	if (v->flags & BIT_ULL(b->strict_chk & 63))
		flags |= ORTHROS_NETLINK_STRICT_CHK;
	return flags;
}

static int read_netlink(const struct orthros_finder *who, struct orthros_obj *obj,
			const struct orthros_sk_view *sk)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_netlink_rec *rec = obj->rec;
	struct orthros_netlink_bits b;
	struct orthros_netlink_view v;
	int err;

	err = orthros_read_rec(mem, &orthros_table_netlink, obj->src, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_netlink_bits, 0, &b);
	if (err)
		return err;
	if (v.dumping)
		return orthros_refused(who, "netlink socket with an answer not complete");
	if (v.flags & BIT_ULL(b.all_nsid & 63))
		return orthros_refused(who, "netlink socket that listens to all namespaces");
	if (v.groups && v.ngroups > ORTHROS_NETLINK_GROUPS)
		return orthros_bad(-EINVAL, "netlink socket with %u groups", v.ngroups);
	if (v.groups) {
		err = orthros_src_read(who->img->src, v.groups, rec->groups,
				       DIV_ROUND_UP(v.ngroups, 64) * sizeof(u64));
		if (err)
			return err;
	}
	if (sk->protocol == NETLINK_GENERIC && memchr_inv(rec->groups, 0, sizeof(rec->groups)))
		return orthros_refused(who, "netlink socket in a group of generic netlink");
	rec->version = ORTHROS_NETLINK_VERSION;
	rec->flags = read_flags(&v, &b);
	rec->portid = v.portid;
	rec->dst_portid = v.dst_portid;
	rec->dst_group = v.dst_group;
	/* A running source receives while we look. */
	return who->img->frozen ? read_msgs(who->img, obj, sk) : 0;
}

/* Read a netlink socket. */
static int netlink_read(const struct orthros_finder *who, struct orthros_obj *sock, u64 addr)
{
	const struct orthros_sock_rec *srec = sock->rec;
	struct orthros_sk_view *sk;
	struct orthros_obj *obj;
	bool isnew;
	u64 conn;
	int err;

	BUILD_BUG_ON(sizeof(struct orthros_netlink_rec) % 8);
	switch (srec->protocol) {
	case NETLINK_ROUTE:
	case NETLINK_KOBJECT_UEVENT:
	case NETLINK_SOCK_DIAG:
	case NETLINK_GENERIC:
		break;
	case NETLINK_AUDIT:
		/* What it tells the kernel, anybody else may go on with. */
		if (!orthros_src_sym(who->img->src, "auditd_conn", &conn) &&
		    !orthros_src_u64(who->img->src, conn, &conn) && conn)
			return orthros_refused(who,
						   "audit socket while a daemon is registered");
		break;
	default:
		return orthros_refused(who, "netlink socket of protocol %u", srec->protocol);
	}
	obj = orthros_obj_get(who->img, &netlink_type, addr, who->pid,
			      sizeof(struct orthros_netlink_rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	sk = kmalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return -ENOMEM;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_sk, addr, sk);
	if (!err)
		err = read_netlink(who, obj, sk);
	kfree(sk);
	return err;
}

/* ---- building ---------------------------------------------------------- */

static int set_options(const struct orthros_netlink_rec *rec, struct socket *sock)
{
	static const struct {
		u32 flag;
		int name;
	} opts[] = {
		{ ORTHROS_NETLINK_PKTINFO, NETLINK_PKTINFO },
		{ ORTHROS_NETLINK_SEND_ERROR, NETLINK_BROADCAST_ERROR },
		{ ORTHROS_NETLINK_NO_ENOBUFS, NETLINK_NO_ENOBUFS },
		{ ORTHROS_NETLINK_CAP_ACK, NETLINK_CAP_ACK },
		{ ORTHROS_NETLINK_EXT_ACK, NETLINK_EXT_ACK },
		{ ORTHROS_NETLINK_STRICT_CHK, NETLINK_GET_STRICT_CHK },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(opts); i++) {
		if (!(rec->flags & opts[i].flag))
			continue;
		err = orthros_setsockopt_int(sock, SOL_NETLINK, opts[i].name, 1);
		if (err)
			return orthros_fail(err, "netlink socket option %d", opts[i].name);
	}
	for (i = 0; i < ORTHROS_NETLINK_GROUPS; i++) {
		if (!(rec->groups[i / 64] & BIT_ULL(i % 64)))
			continue;
		err = orthros_setsockopt_int(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, i + 1);
		if (err)
			return orthros_fail(err, "netlink group %u", i + 1);
	}
	return 0;
}

static int fill_queue(struct orthros_obj *obj, struct sock *sk)
{
	const struct orthros_netlink_rec *rec = obj->rec;
	void *end = obj->rec + obj->rec_size;
	void *pos = obj->rec + sizeof(*rec);
	struct sk_buff *skb;
	u32 i;

	for (i = 0; i < rec->nr_msgs; i++) {
		const struct orthros_netlink_msg_rec *msg = pos;

		pos += sizeof(*msg);
		if (pos > end || msg->len > MSG_MAX || msg->len > end - pos)
			return -EINVAL;
		skb = alloc_skb(msg->len, GFP_KERNEL);
		if (!skb)
			return -ENOMEM;
		skb_put_data(skb, pos, msg->len);
		NETLINK_CB(skb).portid = msg->portid;
		NETLINK_CB(skb).dst_group = msg->group;
		NETLINK_CB(skb).creds.pid = msg->pid;
		NETLINK_CB(skb).creds.uid = make_kuid(&init_user_ns, msg->uid);
		NETLINK_CB(skb).creds.gid = make_kgid(&init_user_ns, msg->gid);
		/* Limits were kept when it came. */
		skb_set_owner_r(skb, sk);
		skb_queue_tail(&sk->sk_receive_queue, skb);
		pos += ALIGN(msg->len, 8);
	}
	return 0;
}

/* Make a fresh netlink socket what it was. */
static int netlink_build(struct orthros_image *img, struct orthros_obj *sobj,
			 struct socket *sock)
{
	const struct orthros_sock_rec *srec = sobj->rec;
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	const struct orthros_netlink_rec *rec;
	struct orthros_obj *obj;
	int err = 0;

	obj = orthros_obj_find(img, &netlink_type, sobj->src);
	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	if (rec->flags & ORTHROS_NETLINK_BOUND) {
		nl.nl_pid = rec->portid;
		err = kernel_bind(sock, (struct sockaddr *)&nl, sizeof(nl));
		if (err)
			return orthros_fail(err, "netlink socket %u", rec->portid);
	}
	err = set_options(rec, sock);
	if (!err && (rec->dst_portid || rec->dst_group)) {
		nl.nl_pid = rec->dst_portid;
		/* The first of them, by its number. */
		nl.nl_groups = rec->dst_group && rec->dst_group <= 32 ?
			       BIT(rec->dst_group - 1) : 0;
		err = kernel_connect(sock, (struct sockaddr *)&nl, sizeof(nl), 0);
	}
	if (!err)
		err = fill_queue(obj, sock->sk);
	if (err)
		return orthros_fail(err, "netlink socket");
	sock->sk->sk_userlocks = srec->userlocks;
	sock->sk->sk_err = srec->error;
	return 0;
}

static const struct orthros_sock_ops netlink_sock_ops = {
	.family	= AF_NETLINK,
	.read	= netlink_read,
	.build	= netlink_build,
};

static const struct orthros_mark netlink_marks[] = {
	{ ORTHROS_MARK_SOCK, "netlink_ops", "netlink socket", &netlink_sock_ops },
	{}
};

const struct orthros_kind orthros_netlink_kind = {
	.name	= "netlink socket",
	.tables	= ORTHROS_TABLES(&orthros_table_netlink, &orthros_table_netlink_bits,
				 &orthros_table_netlink_cb),
	.marks	= netlink_marks,
};
