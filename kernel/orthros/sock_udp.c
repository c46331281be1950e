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
#include "files.h"
#include "tables/udp.h"

#define UDP_MSGS_MAX	SZ_1M
#define UDP_QUEUE_MAX	SZ_1G
#define UDP_LEN_MAX	SZ_64K

/* ---- reading ----------------------------------------------------------- */

static int read_datagram(struct orthros_image *img, struct orthros_writer *w,
			 const struct orthros_skb_view *skb, u64 addr)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_udp_msg_rec msg = {};
	struct orthros_udp_skb_view v;
	struct orthros_udp_rec *rec;
	struct orthros_ip_cb_view cb;
	size_t len;
	void *to;
	int err;

	err = orthros_read_rec(mem, &orthros_table_udp_skb, addr, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_ip_cb, v.cb, &cb);
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

static u32 read_flags4(const struct orthros_udp_view *v, const struct orthros_udp_bits *b)
{
	u32 cmsg = v->has_flags ? v->inet_flags : v->cmsg_flags;
	bool recverr = v->has_flags ? v->inet_flags & BIT_ULL(b->recverr & 63) : v->recverr;
	bool mc_loop = v->has_flags ? v->inet_flags & BIT_ULL(b->mc_loop & 63) : v->mc_loop;
	bool mc_all = v->has_flags ? v->inet_flags & BIT_ULL(b->mc_all & 63) : v->mc_all;

	return flag_if(v->flags & BIT_ULL(b->cork & 63), ORTHROS_UDP_CORK) |
	       flag_if(v->flags & BIT_ULL(b->no_check6_tx & 63), ORTHROS_UDP_NO_CHECK6_TX) |
	       flag_if(v->flags & BIT_ULL(b->no_check6_rx & 63), ORTHROS_UDP_NO_CHECK6_RX) |
	       flag_if(v->flags & BIT_ULL(b->gro & 63), ORTHROS_UDP_GRO) |
	       flag_if(v->no_check, ORTHROS_UDP_NO_CHECK) |
	       flag_if(cmsg & b->m_pktinfo, ORTHROS_UDP_PKTINFO) |
	       flag_if(cmsg & b->m_ttl, ORTHROS_UDP_RECVTTL) |
	       flag_if(cmsg & b->m_tos, ORTHROS_UDP_RECVTOS) |
	       flag_if(recverr, ORTHROS_UDP_RECVERR) |
	       flag_if(mc_loop, ORTHROS_UDP_MC_LOOP) |
	       flag_if(mc_all, ORTHROS_UDP_MC_ALL);
}

static u32 read_flags6(const struct orthros_udp_view *v, const struct orthros_udp_bits *b,
		       const struct orthros_udp6_view *v6)
{
	bool recverr = v->has_flags ? v->inet_flags & BIT_ULL(b->recverr6 & 63) : v6->recverr;
	bool mc_loop = v->has_flags ? v->inet_flags & BIT_ULL(b->mc_loop6 & 63) : v6->mc_loop;
	bool mc_all = v->has_flags ? v->inet_flags & BIT_ULL(b->mc_all6 & 63) : v6->mc_all;

	return flag_if(v6->rxinfo, ORTHROS_UDP_PKTINFO6) |
	       flag_if(v6->rxhlim, ORTHROS_UDP_RECVHLIM6) |
	       flag_if(v6->rxtclass, ORTHROS_UDP_RECVTCLASS6) |
	       flag_if(recverr, ORTHROS_UDP_RECVERR6) |
	       flag_if(mc_loop, ORTHROS_UDP_MC_LOOP6) |
	       flag_if(mc_all, ORTHROS_UDP_MC_ALL6);
}

static int read_options(const struct orthros_finder *who, struct orthros_udp_rec *rec,
			const struct orthros_udp_view *v)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_udp6_view v6 = {};
	struct orthros_udp_bits b;
	u32 cmsg = v->has_flags ? v->inet_flags : v->cmsg_flags;
	int err;

	err = orthros_read_rec(mem, &orthros_table_udp_bits, 0, &b);
	if (!err && v->pinet6)
		err = orthros_read_rec(mem, &orthros_table_udp6, v->pinet6, &v6);
	if (err)
		return err;
	if (v->encap)
		return orthros_file_refuse(who, "UDP socket with encapsulation");
	if (v->pending)
		return orthros_file_refuse(who, "UDP socket with a datagram half written");
	if (v->mc_index || v->uc_index || v->mc_addr || v6.mcast_oif || v6.ucast_oif)
		return orthros_file_refuse(who, "UDP socket with an outgoing device");
	if (cmsg & (b.m_other | b.m_origdst | b.m_checksum | b.m_fragsize) || v6.other)
		return orthros_file_refuse(who, "UDP socket with a rare IP_RECV option");
	rec->flags = read_flags4(v, &b);
	if (v->pinet6)
		rec->flags |= read_flags6(v, &b, &v6);
	rec->mc_ttl = v->mc_ttl;
	rec->mcast_hops = v6.mcast_hops;
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

/**
 * orthros_read_udp() - read a UDP socket
 * @who:	through whom it was found
 * @sock:	SOCK object; its common part is filled
 * @addr:	struct udp_sock in the source
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_udp(const struct orthros_finder *who, struct orthros_obj *sock, u64 addr)
{
	struct orthros_sock_rec *srec = sock->rec;
	struct orthros_sk_view *sk;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	BUILD_BUG_ON(sizeof(struct orthros_udp_rec) % 8);
	BUILD_BUG_ON(sizeof(struct orthros_udp_msg_rec) % 8);
	if (srec->protocol != IPPROTO_UDP)
		return orthros_file_refuse(who, srec->protocol == IPPROTO_UDPLITE ?
					   "UDP-Lite socket" : "ping socket");
	obj = orthros_obj_get(who->img, ORTHROS_KIND_UDP, addr, who->pid,
			      sizeof(struct orthros_udp_rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	sk = kmalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return -ENOMEM;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_sk, addr, sk);
	if (!err)
		err = read_udp(who, obj, srec, sk);
	kfree(sk);
	return err;
}

/* ---- building ---------------------------------------------------------- */

static int set_flags(const struct orthros_udp_rec *rec, struct socket *sock, u16 family)
{
	static const struct {
		u32 flag;
		int level;
		int name;
		bool v6;
	} opts[] = {
		{ ORTHROS_UDP_CORK, SOL_UDP, UDP_CORK },
		{ ORTHROS_UDP_NO_CHECK6_TX, SOL_UDP, UDP_NO_CHECK6_TX },
		{ ORTHROS_UDP_NO_CHECK6_RX, SOL_UDP, UDP_NO_CHECK6_RX },
		{ ORTHROS_UDP_GRO, SOL_UDP, UDP_GRO },
		{ ORTHROS_UDP_NO_CHECK, SOL_SOCKET, SO_NO_CHECK },
		{ ORTHROS_UDP_PKTINFO, SOL_IP, IP_PKTINFO },
		{ ORTHROS_UDP_RECVTTL, SOL_IP, IP_RECVTTL },
		{ ORTHROS_UDP_RECVTOS, SOL_IP, IP_RECVTOS },
		{ ORTHROS_UDP_RECVERR, SOL_IP, IP_RECVERR },
		{ ORTHROS_UDP_MC_LOOP, SOL_IP, IP_MULTICAST_LOOP },
		{ ORTHROS_UDP_MC_ALL, SOL_IP, IP_MULTICAST_ALL },
		{ ORTHROS_UDP_PKTINFO6, SOL_IPV6, IPV6_RECVPKTINFO, true },
		{ ORTHROS_UDP_RECVHLIM6, SOL_IPV6, IPV6_RECVHOPLIMIT, true },
		{ ORTHROS_UDP_RECVTCLASS6, SOL_IPV6, IPV6_RECVTCLASS, true },
		{ ORTHROS_UDP_RECVERR6, SOL_IPV6, IPV6_RECVERR, true },
		{ ORTHROS_UDP_MC_LOOP6, SOL_IPV6, IPV6_MULTICAST_LOOP, true },
		{ ORTHROS_UDP_MC_ALL6, SOL_IPV6, IPV6_MULTICAST_ALL, true },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(opts); i++) {
		if (opts[i].v6 && family != AF_INET6)
			continue;
		err = orthros_setsockopt_int(sock, opts[i].level, opts[i].name,
					     !!(rec->flags & opts[i].flag));
		if (err)
			return orthros_fail(err, "UDP socket option %d:%d", opts[i].level,
					    opts[i].name);
	}
	err = orthros_setsockopt_int(sock, SOL_IP, IP_MULTICAST_TTL, rec->mc_ttl);
	if (!err && family == AF_INET6)
		err = orthros_setsockopt_int(sock, SOL_IPV6, IPV6_MULTICAST_HOPS,
					     rec->mcast_hops == 0xff ? -1 : rec->mcast_hops);
	if (!err && rec->gso_size)
		err = orthros_setsockopt_int(sock, SOL_UDP, UDP_SEGMENT, rec->gso_size);
	return err ? orthros_fail(err, "UDP socket options") : 0;
}

static int connect_udp(const struct orthros_udp_rec *rec, struct socket *sock, u16 family)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = (__force __be16)rec->dport,
	};
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = (__force __be16)rec->dport,
	};

	memcpy(&in6.sin6_addr, rec->daddr, 16);
	memcpy(&in.sin_addr, rec->daddr, 4);
	if (family == AF_INET6)
		return kernel_connect(sock, (struct sockaddr *)&in6, sizeof(in6), 0);
	return kernel_connect(sock, (struct sockaddr *)&in, sizeof(in), 0);
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

/**
 * orthros_build_udp() - make a fresh UDP socket what it was
 * @img:	image
 * @sobj:	SOCK object
 * @sock:	fresh, common options are set
 *
 * Return: 0 or -errno.
 */
int orthros_build_udp(struct orthros_image *img, struct orthros_obj *sobj, struct socket *sock)
{
	const struct orthros_sock_rec *srec = sobj->rec;
	const struct orthros_udp_rec *rec;
	struct sock *sk = sock->sk;
	struct orthros_obj *obj;
	int err;

	obj = orthros_obj_find(img, ORTHROS_KIND_UDP, sobj->src);
	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	err = orthros_set_inet(srec, sock);
	if (!err)
		err = set_flags(rec, sock, srec->family);
	if (!err)
		err = orthros_bind_inet(srec, sock);
	if (!err && rec->connected) {
		err = connect_udp(rec, sock, srec->family);
		if (err)
			return orthros_fail(err, "connected UDP socket");
	}
	if (!err) {
		err = fill_queue(obj, sk);
		if (err)
			return orthros_fail(err, "datagrams of a UDP socket");
	}
	if (err)
		return err;
	lock_sock(sk);
	sk->sk_rcvbuf = srec->rcvbuf;
	sk->sk_reuse = srec->reuse;
	sk->sk_userlocks = srec->userlocks;
	sk->sk_shutdown = srec->shutdown;
	sk->sk_err = srec->error;
	release_sock(sk);
	sock->state = srec->conn;
	return 0;
}
