// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raw IP sockets and ping sockets, with the packets that wait in them. Those of IPv4's raw
 * ones begin with the IP header, others have it in front of their data.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/orthros/abi/raw.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/raw.h>
#include <net/tcp_states.h>
#include "raw_tables.h"
#include "sock_internal.h"
#include "udp_tables.h"

/* Key: its struct sock */
static const struct orthros_type raw_type = { .name = "raw IP socket" };

#define MSGS_MAX	SZ_1M
#define QUEUE_MAX	SZ_1G
#define MSG_MAX		SZ_128K
#define RA_MAX		SZ_4K

static bool is_ping(const struct orthros_sock_rec *srec)
{
	return srec->type == SOCK_DGRAM;
}

/* ---- reading ----------------------------------------------------------- */

/* Is it in the list of those that get what routers are to look at? */
static int in_ra_chain(struct orthros_image *img, const struct orthros_table *table, u64 addr,
		       u64 sk, bool *in, s32 *sel)
{
	struct orthros_ra_view v;
	u32 left = RA_MAX;
	int err;

	for (*in = false; addr && !*in; addr = v.next) {
		if (!left--)
			return orthros_bad(-ELOOP, "list of router alerts does not end");
		err = orthros_read_rec(&img->src->mem, table, addr, &v);
		if (err)
			return err;
		*in = v.sk == sk;
		*sel = v.sel;
	}
	return 0;
}

static int read_routing(const struct orthros_finder *who, struct orthros_raw_rec *rec,
			const struct orthros_sock_rec *srec, u64 addr, u64 of, u32 mrouter)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_raw_net_view net;
	struct orthros_raw_env env;
	bool alerts, alerts6 = false;
	u64 first = 0;
	s32 sel = 0;
	int err;

	err = orthros_read_rec(mem, &orthros_table_raw_env, 0, &env);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_raw_net, of, &net);
	if (!err)
		err = in_ra_chain(who->img, &orthros_table_raw_ra, net.ra_chain, addr, &alerts,
				  &sel);
	if (!err && env.ra_chain6)
		err = orthros_src_u64(who->img->src, env.ra_chain6, &first);
	if (!err && first)
		err = in_ra_chain(who->img, &orthros_table_raw_ra6, first, addr, &alerts6,
				  &sel);
	if (err)
		return err;
	rec->alert = alerts;
	rec->alert6 = alerts6 ? sel : -1;
	if (mrouter || (srec->family == AF_INET6 && srec->protocol == IPPROTO_ICMPV6 &&
			net.mc_forwarding6))
		return orthros_refused(who, "raw IP socket of a multicast router");
	return 0;
}

static int read_own(const struct orthros_finder *who, struct orthros_raw_rec *rec,
		    const struct orthros_sock_rec *srec, u64 addr, u64 of)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_raw6_view v6;
	struct orthros_raw_view v;
	int err;

	if (srec->family == AF_INET) {
		err = orthros_read_rec(mem, &orthros_table_raw, addr, &v);
		if (err)
			return err;
		memcpy(rec->filter, &v.filter, sizeof(v.filter));
		return read_routing(who, rec, srec, addr, of, v.mrouter);
	}
	err = orthros_read_rec(mem, &orthros_table_raw6, addr, &v6);
	if (err)
		return err;
	memcpy(rec->filter, v6.filter, sizeof(rec->filter));
	rec->checksum = v6.checksum;
	rec->offset = v6.offset;
	return read_routing(who, rec, srec, addr, of, v6.mrouter);
}

static int read_msg(struct orthros_image *img, struct orthros_writer *w, u64 addr,
		    const struct orthros_skb_view *skb, u16 family, bool ping)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_raw_msg_rec msg = {};
	struct orthros_udp_skb_view v;
	struct orthros_ip_cb_view cb;
	struct orthros_raw_rec *rec;
	void *to;
	int err;

	err = orthros_read_rec(mem, &orthros_table_udp_skb, addr, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_ip_cb, v.cb, &cb);
	if (err)
		return err;
	if (skb->len > MSG_MAX)
		return orthros_bad(-EINVAL, "packet of %u bytes", skb->len);
	if (family == AF_INET6)
		err = orthros_src_read(img->src, v.head + v.network, msg.ip,
				       sizeof(struct ipv6hdr));
	else if (ping)
		err = orthros_src_read(img->src, v.head + v.network, msg.ip, sizeof(struct iphdr));
	if (!err)
		err = orthros_src_read(img->src, v.cb, msg.pktinfo, sizeof(msg.pktinfo));
	if (err)
		return err;
	msg.iif = cb.iif6;
	msg.len = skb->len;
	msg.mark = v.mark;
	msg.tstamp = skb->tstamp;
	to = orthros_append(w, sizeof(msg) + ALIGN(skb->len, 8));
	if (!to)
		return -ENOMEM;
	memcpy(to, &msg, sizeof(msg));
	rec = w->obj->rec;
	rec->nr_msgs++;
	return orthros_read_payload(img, skb, 0, to + sizeof(msg), skb->len);
}

static int read_queue(struct orthros_image *img, struct orthros_obj *obj,
		      const struct orthros_sk_view *sk, bool ping)
{
	struct orthros_writer w = {
		.obj = obj, .used = sizeof(struct orthros_raw_rec), .max = QUEUE_MAX,
	};
	struct orthros_skb_view skb;
	u32 left = MSGS_MAX;
	u64 addr;
	int err;

	for (addr = sk->receive_first; addr != sk->receive_queue; addr = skb.next) {
		if (!left--)
			return orthros_bad(-ELOOP, "queue of packets does not end");
		err = orthros_read_rec(&img->src->mem, &orthros_table_skb, addr, &skb);
		if (!err)
			err = read_msg(img, &w, addr, &skb, sk->family, ping);
		if (err)
			return err;
	}
	return 0;
}

static int read_raw(const struct orthros_finder *who, struct orthros_obj *obj,
		    struct orthros_sock_rec *srec, const struct orthros_sk_view *sk)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_raw_rec *rec = obj->rec;
	struct orthros_raw_cork_view cork;
	struct orthros_inet_view inet;
	int err;

	memset(rec, 0, sizeof(*rec));
	err = orthros_read_rec(mem, &orthros_table_inet, obj->src, &inet);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_raw_cork, obj->src, &cork);
	if (!err)
		err = orthros_read_inet(who, srec, obj->src, &inet);
	if (!err && !is_ping(srec))
		err = read_own(who, rec, srec, obj->src, sk->net);
	if (err)
		return err;
	if (cork.nr)
		return orthros_refused(who, "raw IP socket with a packet half written");
	rec->version = ORTHROS_RAW_VERSION;
	rec->ping = is_ping(srec);
	rec->connected = sk->state == TCP_ESTABLISHED;
	rec->dport = inet.dport;
	if (srec->family == AF_INET6)
		memcpy(rec->daddr, inet.remote6, sizeof(rec->daddr));
	else
		memcpy(rec->daddr, inet.remote4, sizeof(inet.remote4));
	/* A running source receives while we look. */
	return who->img->frozen ? read_queue(who->img, obj, sk, rec->ping) : 0;
}

/* Read a raw IP socket, or a ping socket. */
static int raw_read(const struct orthros_finder *who, struct orthros_obj *sock, u64 addr)
{
	BUILD_BUG_ON(sizeof(struct orthros_raw_rec) % 8);
	BUILD_BUG_ON(sizeof(struct orthros_raw_msg_rec) % 8);
	return orthros_read_conn_obj(who, &raw_type, sizeof(struct orthros_raw_rec), sock,
				     read_raw);
}

/* ---- building ---------------------------------------------------------- */

static void set_own(const struct orthros_raw_rec *rec, struct sock *sk)
{
	struct raw6_sock *raw6;

	lock_sock(sk);
	if (sk->sk_family == AF_INET) {
		memcpy(&raw_sk(sk)->filter, rec->filter, sizeof(raw_sk(sk)->filter));
	} else {
		raw6 = raw6_sk(sk);
		BUILD_BUG_ON(sizeof(raw6->filter) != sizeof(rec->filter));
		memcpy(&raw6->filter, rec->filter, sizeof(rec->filter));
		raw6->checksum = rec->checksum;
		raw6->offset = rec->offset;
	}
	release_sock(sk);
}

/* As it lies in the queue: @head bytes of the IP header in front of the data. */
static struct sk_buff *make_packet(const struct orthros_raw_msg_rec *msg, unsigned int head)
{
	struct sk_buff *skb;
	int err;

	skb = alloc_skb_with_frags(head, msg->len, PAGE_ALLOC_COSTLY_ORDER, &err, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reset_network_header(skb);
	skb_put_data(skb, msg->ip, head);
	__skb_pull(skb, head);
	skb->data_len = msg->len;
	skb->len = msg->len;
	if (skb_store_bits(skb, 0, msg + 1, msg->len)) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

static int add_msg(struct sock *sk, const struct orthros_raw_msg_rec *msg, bool ping)
{
	bool v6 = sk->sk_family == AF_INET6;
	struct sk_buff *skb;

	if (v6 || ping) {
		skb = make_packet(msg, v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr));
	} else {
		/* The header is read where it lies. */
		skb = alloc_skb(msg->len, GFP_KERNEL);
		if (skb) {
			skb_reset_network_header(skb);
			skb_put_data(skb, msg + 1, msg->len);
		}
	}
	if (!skb)
		return -ENOMEM;
	skb_reset_transport_header(skb);
	if (!v6 && ping)
		ip_hdr(skb)->ihl = sizeof(struct iphdr) / 4;
	else if (!v6 && msg->len >= sizeof(struct iphdr))
		skb_set_transport_header(skb, min_t(u32, ip_hdrlen(skb), msg->len));
	skb->protocol = v6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	skb->tstamp = msg->tstamp;
	skb->mark = msg->mark;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	if (v6)
		IP6CB(skb)->iif = msg->iif;
	else
		memcpy(skb->cb, msg->pktinfo, sizeof(msg->pktinfo));
	/* Limits were kept when it came. */
	skb_set_owner_r(skb, sk);
	skb_queue_tail(&sk->sk_receive_queue, skb);
	return 0;
}

static int fill_queue(const struct orthros_obj *obj, struct sock *sk)
{
	const struct orthros_raw_rec *rec = obj->rec;
	const void *at = rec + 1;
	int err = 0;
	u32 i;

	for (i = 0; i < rec->nr_msgs && !err; i++) {
		const struct orthros_raw_msg_rec *msg = at;

		at += sizeof(*msg) + ALIGN(msg->len, 8);
		err = add_msg(sk, msg, rec->ping);
	}
	return err ? orthros_fail(err, "packets of a raw IP socket") : 0;
}

/* What routers are to look at comes to it, too. */
static int set_alerts(const struct orthros_raw_rec *rec, struct socket *sock)
{
	int err = 0;

	if (rec->alert)
		err = orthros_setsockopt_int(sock, SOL_IP, IP_ROUTER_ALERT, 1);
	if (!err && rec->alert6 >= 0)
		err = orthros_setsockopt_int(sock, SOL_IPV6, IPV6_ROUTER_ALERT, rec->alert6);
	return err ? orthros_fail(err, "IP_ROUTER_ALERT") : 0;
}

static int raw_build(struct orthros_image *img, struct orthros_obj *sobj, struct socket *sock)
{
	struct orthros_obj *obj = orthros_obj_find(img, &raw_type, sobj->src);
	const struct orthros_sock_rec *srec = sobj->rec;
	const struct orthros_raw_rec *rec;
	struct sock *sk = sock->sk;
	int err;

	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	err = orthros_set_inet(srec, sock) ?: orthros_bind_inet(srec, sock);
	if (!err && rec->connected)
		orthros_connect_inet(sock, rec->daddr, rec->dport);
	if (!err && !rec->ping)
		set_own(rec, sk);
	if (!err)
		err = fill_queue(obj, sk) ?: orthros_inet_done(srec, sock);
	if (!err && !rec->ping)
		err = set_alerts(rec, sock);
	if (err)
		return err;
	lock_sock(sk);
	sk->sk_reuse = srec->reuse;
	sk->sk_userlocks = srec->userlocks;
	sk->sk_shutdown = srec->shutdown;
	sk->sk_err = srec->error;
	release_sock(sk);
	sock->state = srec->conn;
	return orthros_set_mcast(img, sobj->src, sock);
}

const struct orthros_sock_ops orthros_raw_ops = {
	.family	= AF_INET,
	.family6 = AF_INET6,
	.read	= raw_read,
	.build	= raw_build,
};

static const struct orthros_mark raw_marks[] = {
	{ ORTHROS_MARK_SOCK, "inet_sockraw_ops", "raw IP socket", &orthros_raw_ops },
	{ ORTHROS_MARK_SOCK, "inet6_sockraw_ops", "raw IP socket", &orthros_raw_ops },
	{}
};

const struct orthros_kind orthros_raw_kind = {
	.name	= "raw IP socket",
	.tables	= ORTHROS_TABLES(&orthros_table_raw_env, &orthros_table_raw_net,
				 &orthros_table_raw_ra, &orthros_table_raw_ra6,
				 &orthros_table_raw, &orthros_table_raw6,
				 &orthros_table_raw_cork),
	.marks	= raw_marks,
};
