// SPDX-License-Identifier: GPL-2.0-only
/*
 * What recvmsg(MSG_ERRQUEUE) has to tell: errors of packets, when packets went out, what
 * MSG_ZEROCOPY has let go of. An entry is a packet with what is to be told in it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/orthros/abi/errqueue.h>
#include <net/sock.h>
#include "errqueue_tables.h"
#include "sock_internal.h"
#include "udp_tables.h"

/* Key: its struct sock */
static const struct orthros_type errors_type = { .name = "error queue of a socket" };

#define ENTRIES_MAX	SZ_1M
#define QUEUE_MAX	SZ_256M
#define LEN_MAX		SZ_128K

/* Headers in front of the data: of the packet, and of the one that it is about. */
static int read_entry(struct orthros_image *img, struct orthros_writer *w, u64 addr,
		      const struct orthros_skb_view *skb)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_errors_rec *errors;
	struct orthros_error_rec rec = {};
	struct orthros_udp_skb_view v;
	struct orthros_exterr_view e;
	struct orthros_ip_cb_view cb;
	u64 head;
	void *to;
	int err;

	err = orthros_read_rec(mem, &orthros_table_udp_skb, addr, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_exterr, skb->cb, &e);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_ip_cb, skb->cb, &cb);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_hwtstamp, skb->head + skb->end,
				       &rec.hwtstamp);
	if (!err)
		err = orthros_src_read(img->src, skb->cb, rec.pktinfo, sizeof(rec.pktinfo));
	if (err)
		return err;
	head = skb->data - skb->head;
	if (skb->len > LEN_MAX || head > LEN_MAX)
		return orthros_bad(-EINVAL, "entry of an error queue of %u bytes", skb->len);
	memcpy(rec.ee, e.ee, sizeof(rec.ee));
	rec.addr_offset = e.addr_offset;
	rec.port = e.port;
	rec.opt_stats = e.opt_stats;
	rec.iif = cb.iif6;
	rec.protocol = v.protocol;
	rec.tstamp = skb->tstamp;
	rec.head = head;
	rec.network = v.network;
	rec.transport = v.transport;
	rec.len = skb->len;
	to = orthros_append(w, sizeof(rec) + ALIGN(head + skb->len, 8));
	if (!to)
		return -ENOMEM;
	memcpy(to, &rec, sizeof(rec));
	errors = w->obj->rec;
	errors->nr++;
	err = orthros_src_read(img->src, skb->head, to + sizeof(rec), head);
	return err ?: orthros_read_payload(img, skb, 0, to + sizeof(rec) + head, skb->len);
}

/**
 * orthros_read_errors() - read the error queue of a socket
 * @who:	through whom it was found
 * @addr:	struct sock
 * @sk:		as it was read
 *
 * Return: 0 or -errno.
 */
int orthros_read_errors(const struct orthros_finder *who, u64 addr,
			const struct orthros_sk_view *sk)
{
	struct orthros_writer w = {
		.used = sizeof(struct orthros_errors_rec), .max = QUEUE_MAX,
	};
	struct orthros_skb_view skb;
	u32 left = ENTRIES_MAX;
	u64 at;
	bool isnew;
	int err = 0;

	BUILD_BUG_ON(sizeof(struct orthros_error_rec) % 8);
	/* A running source takes some out while we look. */
	if (!who->img->frozen || !sk->error_len)
		return 0;
	w.obj = orthros_obj_get(who->img, &errors_type, addr, who->pid, w.used, &isnew);
	if (IS_ERR(w.obj) || !isnew)
		return PTR_ERR_OR_ZERO(w.obj);
	for (at = sk->error_first; !err && at != sk->error_queue; at = skb.next) {
		err = left-- ? 0 : orthros_bad(-ELOOP, "error queue does not end");
		if (!err)
			err = orthros_read_rec(&who->img->src->mem, &orthros_table_skb, at, &skb);
		if (!err)
			err = read_entry(who->img, &w, at, &skb);
	}
	return err;
}

/* Are the header and the address there that recvmsg() looks at? */
static bool is_whole(const struct orthros_error_rec *rec)
{
	bool v6 = rec->protocol == (__force u16)htons(ETH_P_IPV6);
	u32 there = rec->head + min_t(u32, rec->len, SZ_256);
	u32 need = max_t(u32, v6 ? 40 : 20, rec->addr_offset + (v6 ? 16 : 4));

	return rec->network + need <= there;
}

static bool has_address(const struct sock_extended_err *ee, u16 port)
{
	return ee->ee_origin == SO_EE_ORIGIN_ICMP || ee->ee_origin == SO_EE_ORIGIN_ICMP6 ||
	       ee->ee_origin == SO_EE_ORIGIN_LOCAL || port;
}

static int add_entry(struct sock *sk, const struct orthros_error_rec *rec)
{
	struct sock_exterr_skb *serr;
	struct sk_buff *skb;
	int err;

	skb = alloc_skb_with_frags(rec->head, rec->len, PAGE_ALLOC_COSTLY_ORDER, &err, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	skb_put_data(skb, rec + 1, rec->head);
	__skb_pull(skb, rec->head);
	skb->data_len = rec->len;
	skb->len = rec->len;
	if (skb_store_bits(skb, 0, (const void *)(rec + 1) + rec->head, rec->len)) {
		kfree_skb(skb);
		return -EFAULT;
	}
	BUILD_BUG_ON(sizeof(serr->ee) != sizeof(rec->ee));
	serr = SKB_EXT_ERR(skb);
	memset(serr, 0, sizeof(*serr));
	memcpy(&serr->ee, rec->ee, sizeof(rec->ee));
	/* Headers are looked at in front of the data, or where these begin. */
	if ((!is_whole(rec) && has_address(&serr->ee, rec->port)) ||
	    (rec->len && !pskb_may_pull(skb, min_t(u32, rec->len, SZ_256)))) {
		kfree_skb(skb);
		return -EUCLEAN;
	}
	if (is_whole(rec)) {
		skb->network_header = rec->network;
		skb->transport_header = rec->transport;
	}
	skb->protocol = (__force __be16)rec->protocol;
	skb->tstamp = rec->tstamp;
	skb_hwtstamps(skb)->hwtstamp = rec->hwtstamp;
	if (skb->protocol == htons(ETH_P_IPV6))
		IP6CB(skb)->iif = rec->iif;
	else if (is_whole(rec))
		memcpy(skb->cb, rec->pktinfo, sizeof(rec->pktinfo));
	serr->addr_offset = rec->addr_offset;
	serr->port = (__force __be16)rec->port;
	serr->opt_stats = rec->opt_stats;
	err = sock_queue_err_skb(sk, skb);
	if (err)
		kfree_skb(skb);
	return err;
}

/**
 * orthros_fill_errors() - queue again what a socket has to tell of errors
 * @img:	image
 * @key:	struct sock in the source
 * @sock:	is otherwise what it was
 *
 * Return: 0 or -errno.
 */
int orthros_fill_errors(struct orthros_image *img, u64 key, struct socket *sock)
{
	struct orthros_obj *obj = orthros_obj_find(img, &errors_type, key);
	const struct orthros_errors_rec *errors;
	struct sock *sk = sock->sk;
	int err = 0, rcvbuf = sk->sk_rcvbuf, was = sk->sk_err;
	const void *at;
	u32 i;

	if (!obj)
		return 0;
	errors = obj->rec;
	at = errors + 1;
	/* Limits were kept when they came. */
	sk->sk_rcvbuf = INT_MAX / 2;
	for (i = 0; i < errors->nr && !err; i++) {
		const struct orthros_error_rec *rec = at;

		at += sizeof(*rec) + ALIGN(rec->head + rec->len, 8);
		err = add_entry(sk, rec);
	}
	sk->sk_rcvbuf = rcvbuf;
	sk->sk_err = was;
	return err ? orthros_fail(err, "error queue of a socket") : 0;
}
