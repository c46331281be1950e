// SPDX-License-Identifier: GPL-2.0-only
/*
 * UDP sockets, with the datagrams that wait in them.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/udp.h>
#include <linux/orthros/abi/udp.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>
#include <net/udp.h>
#include "sock_internal.h"
#include "udp_tables.h"

/* Key: its struct sock */
static const struct orthros_type udp_type = { .name = "UDP socket" };

#define UDP_MSGS_MAX	SZ_1M
#define UDP_QUEUE_MAX	SZ_1G
#define UDP_LEN_MAX	SZ_64K

/* ---- reading ----------------------------------------------------------- */

static int read_datagram(struct orthros_image *img, struct orthros_writer *w,
			 const struct orthros_skb_view *skb, u64 addr)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_udp_msg_rec msg = {};
	struct orthros_udp_gso_view gso;
	struct orthros_udp_skb_view v;
	struct orthros_udp_rec *rec;
	struct orthros_ip_cb_view cb;
	size_t len;
	void *to;
	int err;

	err = orthros_read_rec(mem, &orthros_table_udp_skb, addr, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_ip_cb, v.cb, &cb);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_udp_gso, v.head + v.end, &gso);
	if (err)
		return err;
	if (skb->len > UDP_LEN_MAX)
		return orthros_bad(-EINVAL, "datagram of %u bytes", skb->len);
	len = v.protocol == (__force u16)htons(ETH_P_IPV6) ? sizeof(struct ipv6hdr) :
							     sizeof(struct iphdr);
	err = orthros_src_read(img->src, v.head + v.network, msg.ip, len);
	if (!err)
		err = orthros_src_read(img->src, v.head + v.transport, msg.udp, sizeof(msg.udp));
	if (!err)
		err = orthros_src_read(img->src, v.cb, msg.pktinfo, sizeof(msg.pktinfo));
	if (err)
		return err;
	msg.protocol = v.protocol;
	msg.iif = cb.iif6;
	msg.tstamp = skb->tstamp;
	msg.mark = v.mark;
	if (gso.type & gso.bit)
		msg.gso_size = gso.size;
	msg.len = skb->len;
	to = orthros_append(w, sizeof(msg) + ALIGN(skb->len, 8));
	if (!to)
		return -ENOMEM;
	memcpy(to, &msg, sizeof(msg));
	rec = w->obj->rec;
	rec->nr_msgs++;
	return orthros_read_payload(img, skb, 0, to + sizeof(msg), skb->len);
}

static int read_queue(struct orthros_image *img, struct orthros_writer *w, u64 head, u64 first)
{
	struct orthros_skb_view skb;
	u32 left = UDP_MSGS_MAX;
	u64 addr;
	int err;

	for (addr = first; addr != head; addr = skb.next) {
		if (!left--)
			return orthros_bad(-ELOOP, "UDP queue %#llx does not end", head);
		err = orthros_read_rec(&img->src->mem, &orthros_table_skb, addr, &skb);
		if (!err)
			err = read_datagram(img, w, &skb, addr);
		if (err)
			return err;
	}
	return 0;
}

static u32 flag_if(bool on, u32 flag)
{
	return on ? flag : 0;
}

static u32 read_flags(const struct orthros_udp_view *v, const struct orthros_udp_bits *b)
{
	return flag_if(v->flags & BIT_ULL(b->cork & 63), ORTHROS_UDP_CORK) |
	       flag_if(v->flags & BIT_ULL(b->no_check6_tx & 63), ORTHROS_UDP_NO_CHECK6_TX) |
	       flag_if(v->flags & BIT_ULL(b->no_check6_rx & 63), ORTHROS_UDP_NO_CHECK6_RX) |
	       flag_if(v->flags & BIT_ULL(b->gro & 63), ORTHROS_UDP_GRO);
}

static int read_options(const struct orthros_finder *who, struct orthros_udp_rec *rec,
			const struct orthros_udp_view *v)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_udp_bits b;
	int err;

	err = orthros_read_rec(mem, &orthros_table_udp_bits, 0, &b);
	if (err)
		return err;
	if (v->encap)
		return orthros_refused(who, "UDP socket with encapsulation");
	if (v->pending)
		return orthros_refused(who, "UDP socket with a datagram half written");
	rec->flags = read_flags(v, &b);
	rec->gso_size = v->gso_size;
	return 0;
}

static int read_udp(const struct orthros_finder *who, struct orthros_obj *obj,
		    struct orthros_sock_rec *srec, const struct orthros_sk_view *sk)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_writer w = {
		.obj = obj, .used = sizeof(struct orthros_udp_rec), .max = UDP_QUEUE_MAX,
	};
	struct orthros_udp_rec *rec = obj->rec;
	struct orthros_inet_view inet;
	struct orthros_udp_view v;
	int err;

	err = orthros_read_rec(mem, &orthros_table_udp, obj->src, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_inet, obj->src, &inet);
	if (!err)
		err = orthros_read_inet(who, srec, obj->src, &inet);
	if (!err)
		err = read_options(who, rec, &v);
	if (err)
		return err;
	rec->version = ORTHROS_UDP_VERSION;
	rec->connected = sk->state == TCP_ESTABLISHED;
	rec->dport = inet.dport;
	if (srec->family == AF_INET6)
		memcpy(rec->daddr, inet.remote6, sizeof(rec->daddr));
	else
		memcpy(rec->daddr, inet.remote4, sizeof(inet.remote4));
	/* A running source receives while we look. */
	if (!who->img->frozen)
		return 0;
	/* What recvmsg() has taken over already came first. */
	return read_queue(who->img, &w, v.reader_queue, v.reader_first) ?:
	       read_queue(who->img, &w, sk->receive_queue, sk->receive_first);
}

/* They have the same proto_ops. */
static bool is_ping(const struct orthros_sock_rec *srec)
{
	return srec->protocol == IPPROTO_ICMP || srec->protocol == IPPROTO_ICMPV6;
}

/* Read a UDP socket. */
static int udp_read(const struct orthros_finder *who, struct orthros_obj *sock, u64 addr)
{
	const struct orthros_sock_rec *srec = sock->rec;

	BUILD_BUG_ON(sizeof(struct orthros_udp_rec) % 8);
	BUILD_BUG_ON(sizeof(struct orthros_udp_msg_rec) % 8);
	if (is_ping(srec))
		return orthros_raw_ops.read(who, sock, addr);
	if (srec->protocol != IPPROTO_UDP)
		return orthros_refused(who, "UDP-Lite socket");
	return orthros_read_conn_obj(who, &udp_type, sizeof(struct orthros_udp_rec), sock,
				     read_udp);
}

/* ---- building ---------------------------------------------------------- */

static int set_flags(const struct orthros_udp_rec *rec, struct socket *sock)
{
	static const struct {
		u32 flag;
		int name;
	} opts[] = {
		{ ORTHROS_UDP_CORK, UDP_CORK },
		{ ORTHROS_UDP_NO_CHECK6_TX, UDP_NO_CHECK6_TX },
		{ ORTHROS_UDP_NO_CHECK6_RX, UDP_NO_CHECK6_RX },
		{ ORTHROS_UDP_GRO, UDP_GRO },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(opts) && !err; i++)
		if (rec->flags & opts[i].flag)
			err = orthros_setsockopt_int(sock, SOL_UDP, opts[i].name, 1);
	if (!err && rec->gso_size)
		err = orthros_setsockopt_int(sock, SOL_UDP, UDP_SEGMENT, rec->gso_size);
	return err ? orthros_fail(err, "UDP socket options") : 0;
}

/* As it lies in the queue after udp_rcv(): the headers in front of the data. */
static struct sk_buff *make_datagram(const struct orthros_udp_msg_rec *msg, const void *data)
{
	bool v6 = msg->protocol == (__force u16)htons(ETH_P_IPV6);
	unsigned int ip_len = v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	unsigned int head = ip_len + sizeof(struct udphdr);
	struct sk_buff *skb;
	int err;

	skb = alloc_skb_with_frags(head, msg->len, PAGE_ALLOC_COSTLY_ORDER, &err, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reset_network_header(skb);
	skb_put_data(skb, msg->ip, ip_len);
	if (!v6)
		ip_hdr(skb)->ihl = sizeof(struct iphdr) / 4;
	skb_set_transport_header(skb, ip_len);
	skb_put_data(skb, msg->udp, sizeof(struct udphdr));
	__skb_pull(skb, head);
	skb->data_len = msg->len;
	skb->len = msg->len;
	if (skb_store_bits(skb, 0, data, msg->len)) {
		kfree_skb(skb);
		return NULL;
	}
	skb->protocol = (__force __be16)msg->protocol;
	skb->tstamp = msg->tstamp;
	skb->mark = msg->mark;
	if (msg->gso_size) {
		skb_shinfo(skb)->gso_size = msg->gso_size;
		skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(msg->len, msg->gso_size);
	}
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	if (v6)
		IP6CB(skb)->iif = msg->iif;
	else
		memcpy(skb->cb, msg->pktinfo, sizeof(msg->pktinfo));
	return skb;
}

static int fill_queue(struct orthros_obj *obj, struct sock *sk)
{
	const struct orthros_udp_rec *rec = obj->rec;
	void *end = obj->rec + obj->rec_size;
	void *pos = obj->rec + sizeof(*rec);
	struct sk_buff *skb;
	u32 i;
	int err;

	/* Limits were kept when they came. */
	sk->sk_rcvbuf = INT_MAX / 2;
	for (i = 0; i < rec->nr_msgs; i++) {
		const struct orthros_udp_msg_rec *msg = pos;

		pos += sizeof(*msg);
		if (pos > end || msg->len > UDP_LEN_MAX || msg->len > end - pos)
			return -EINVAL;
		skb = make_datagram(msg, pos);
		if (!skb)
			return -ENOMEM;
		local_bh_disable();
		err = __udp_enqueue_schedule_skb(sk, skb);
		local_bh_enable();
		if (err) {
			kfree_skb(skb);
			return err;
		}
		pos += ALIGN(msg->len, 8);
	}
	return 0;
}

/* Make a fresh UDP socket what it was. */
static int udp_build(struct orthros_image *img, struct orthros_obj *sobj, struct socket *sock)
{
	const struct orthros_sock_rec *srec = sobj->rec;
	const struct orthros_udp_rec *rec;
	struct sock *sk = sock->sk;
	struct orthros_obj *obj;
	int err;

	if (is_ping(srec))
		return orthros_raw_ops.build(img, sobj, sock);
	obj = orthros_obj_find(img, &udp_type, sobj->src);
	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	err = orthros_set_inet(srec, sock);
	if (!err)
		err = set_flags(rec, sock);
	if (!err)
		err = orthros_bind_inet(srec, sock);
	if (!err && rec->connected)
		orthros_connect_inet(sock, rec->daddr, rec->dport);
	if (!err) {
		err = fill_queue(obj, sk);
		if (err)
			return orthros_fail(err, "datagrams of a UDP socket");
	}
	if (!err)
		err = orthros_inet_done(srec, sock);
	if (err)
		return err;
	lock_sock(sk);
	sk->sk_rcvbuf = srec->rcvbuf;
	sk->sk_userlocks = srec->userlocks;
	sk->sk_shutdown = srec->shutdown;
	sk->sk_err = srec->error;
	release_sock(sk);
	sock->state = srec->conn;
	return orthros_set_mcast(img, sobj->src, sock);
}

/* All are bound: from now on, who may still bind to a port is asked again. */
static int tie_udp(struct orthros_image *img)
{
	const struct orthros_sock_rec *srec;
	struct orthros_obj *obj, *sobj;
	struct socket *sock;

	orthros_for_each_obj(obj, img, &udp_type) {
		sobj = orthros_obj_find(img, &orthros_sock_type, obj->src);
		sock = sobj ? sobj->dst : NULL;
		if (!sock)
			continue;
		srec = sobj->rec;
		lock_sock(sock->sk);
		sock->sk->sk_reuse = srec->reuse;
		release_sock(sock->sk);
	}
	return 0;
}

static const struct orthros_sock_ops udp_ops = {
	.family	= AF_INET,
	.family6 = AF_INET6,
	.read	= udp_read,
	.build	= udp_build,
};

static const struct orthros_mark udp_marks[] = {
	{ ORTHROS_MARK_SOCK, "inet_dgram_ops", "UDP socket", &udp_ops },
	{ ORTHROS_MARK_SOCK, "inet6_dgram_ops", "UDP socket", &udp_ops },
	{}
};

const struct orthros_kind orthros_udp_kind = {
	.name	= "UDP socket",
	.tables	= ORTHROS_TABLES(&orthros_table_udp, &orthros_table_udp_bits,
				 &orthros_table_udp_skb, &orthros_table_udp_gso,
				 &orthros_table_ip_cb),
	.marks	= udp_marks,
	.tie	= tie_udp,
};
