// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP connections. They are read as they stand: sequence numbers, windows,
 * what was agreed on, both queues. They are rebuilt by the kernel's own repair
 * path: a connect() that sends nothing, and sends that are queued as if they
 * had been transmitted. What it does not reach is set. No timer runs and no
 * packet leaves before the commit; after it each connection is kicked, so that
 * no end waits for a timeout.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/tcp.h>
#include <linux/uio.h>
#include <net/flow.h>
#include <net/inet_common.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/tcp.h>
#include "sock_internal.h"
#include "tcp_tables.h"

/* Key: its struct sock */
static const struct orthros_type tcp_conn_type = { .name = "TCP connection" };

#define QUEUE_MAX	SZ_1G	/* what may wait in both queues */
#define SKBS_MAX	SZ_1M
/* Who was silent for so long has no packet under way that could be lost. */
#define IDLE_MS		5000

/* ---- reading ----------------------------------------------------------- */

/**
 * struct queue_reader - where a walk of a queue is
 * @img:	image
 * @w:		appends the data to the TCP_CONN object
 * @cb:		of the buffer at hand
 * @skb:	that buffer
 * @pos:	sequence number of the next byte that is wanted
 * @len:	bytes taken so far
 * @nr:		segments taken so far, of those out of order
 * @fin:	a FIN was met
 */
struct queue_reader {
	struct orthros_image *img;
	struct orthros_writer w;
	struct orthros_tcp_cb_view cb;
	struct orthros_skb_view skb;
	u32 pos;
	u32 len;
	u32 nr;
	bool fin;
};

static int read_skb(struct queue_reader *q, u64 addr)
{
	const struct orthros_mem *mem = &q->img->src->mem;
	u32 counts;
	int err;

	err = orthros_read_rec(mem, &orthros_table_skb, addr, &q->skb);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_tcp_cb, q->skb.cb, &q->cb);
	if (err)
		return err;
	/* Somebody was about to add to it, which counts when its end has moved. */
	counts = q->cb.end_seq - q->cb.seq;
	if (q->img->crashed && counts < q->skb.len) {
		q->skb.data_len -= min(q->skb.data_len, q->skb.len - counts);
		q->skb.len = counts;
	}
	if (q->cb.end_seq - q->cb.seq != q->skb.len + !!(q->cb.flags & TCPHDR_FIN))
		return orthros_bad(-EINVAL, "TCP segment %u-%u of %u bytes", q->cb.seq,
				   q->cb.end_seq, q->skb.len);
	return 0;
}

/* The bytes of the buffer at hand from q->pos on; one buffer follows the other. */
static int take_skb(struct queue_reader *q)
{
	u32 off = q->pos - q->cb.seq, n;
	void *to;
	int err;

	/* Acknowledged or read in full already. */
	if (!after(q->cb.end_seq, q->pos))
		return 0;
	if (before(q->pos, q->cb.seq))
		return orthros_bad(-EINVAL, "TCP queue: gap from %u to %u", q->pos, q->cb.seq);
	if (q->fin)
		return orthros_bad(-EINVAL, "TCP queue: data behind a FIN");
	n = off < q->skb.len ? q->skb.len - off : 0;
	if (n) {
		to = orthros_append(&q->w, n);
		if (!to)
			return -ENOMEM;
		err = orthros_read_payload(q->img, &q->skb, off, to, n);
		if (err)
			return err;
	}
	q->len += n;
	q->pos = q->cb.end_seq;
	q->fin = q->cb.flags & TCPHDR_FIN;
	return 0;
}

/* The length of the part that ends here; what follows begins aligned. */
static int end_part(struct queue_reader *q, u32 *len)
{
	*len = q->len;
	q->len = 0;
	if (!orthros_append(&q->w, ALIGN(q->w.used, 8) - q->w.used))
		return -ENOMEM;
	return 0;
}

static int read_list(struct queue_reader *q, u64 head, u64 first)
{
	u32 left = SKBS_MAX;
	u64 addr;
	int err;

	for (addr = first; addr != head; addr = q->skb.next) {
		if (!left--)
			return orthros_bad(-ELOOP, "TCP queue %#llx does not end", head);
		err = read_skb(q, addr);
		if (!err)
			err = take_skb(q);
		if (err)
			return err;
	}
	return 0;
}

static int take_sent(void *ctx, u64 node)
{
	struct queue_reader *q = ctx;

	return read_skb(q, node - q->skb.rb_off) ?: take_skb(q);
}

/* The peer will not send it again before it sees that it must: kept as it is. */
static int take_ooo(void *ctx, u64 node)
{
	struct queue_reader *q = ctx;
	struct orthros_tcp_seg_rec *seg;
	size_t at = q->w.used;
	void *to;
	int err;

	err = read_skb(q, node - q->skb.rb_off);
	if (err || !q->skb.len)
		return err;
	if (!orthros_append(&q->w, sizeof(*seg) + ALIGN(q->skb.len, 8)))
		return -ENOMEM;
	seg = q->w.obj->rec + at;
	seg->seq = q->cb.seq;
	seg->len = q->skb.len;
	q->nr++;
	to = seg + 1;
	return orthros_read_payload(q->img, &q->skb, 0, to, q->skb.len);
}

static int read_received(struct queue_reader *q, const struct orthros_sk_view *sk,
			 struct orthros_tcp_conn_rec *c)
{
	struct orthros_sk_flags bits;
	int err;

	err = orthros_read_rec(&q->img->src->mem, &orthros_table_sk_flags, 0, &bits);
	if (err)
		return err;
	/* Who has closed reads no more, and the queue is gone. */
	if (sk->flags & BIT_ULL(bits.dead & 63)) {
		c->copied_seq = c->rcv_nxt;
		return end_part(q, &c->len_rcv);
	}
	q->pos = c->copied_seq;
	err = read_list(q, sk->receive_queue, sk->receive_first);
	if (!err)
		err = end_part(q, &c->len_rcv);
	if (err)
		return err;
	if (q->fin)
		c->flags |= ORTHROS_TCP_FIN_UNREAD;
	if (q->pos != c->rcv_nxt)
		return orthros_bad(-EINVAL, "TCP receive queue ends at %u, not %u", q->pos,
				   c->rcv_nxt);
	return 0;
}

static int read_queues(struct queue_reader *q, const struct orthros_tcp_queues_view *v,
		       const struct orthros_sk_view *sk, struct orthros_tcp_conn_rec *c)
{
	const struct orthros_src *src = q->img->src;
	int err;

	/* It has sent a SYN and no more. */
	if (c->state == TCP_SYN_SENT)
		return 0;
	err = read_received(q, sk, c);
	if (err || c->state == TCP_CLOSE)
		return err;

	q->fin = false;
	q->pos = c->snd_una;
	err = orthros_src_rb_walk(src, v->rtx_root, SKBS_MAX, take_sent, q);
	if (!err)
		err = end_part(q, &c->len_sent);
	if (err)
		return err;
	if (q->fin)
		c->flags |= ORTHROS_TCP_FIN_SENT;
	if (q->pos != c->snd_nxt)
		return orthros_bad(-EINVAL, "TCP retransmission queue ends at %u, not %u", q->pos,
				   c->snd_nxt);
	err = read_list(q, v->write_head, v->write_first);
	if (!err)
		err = end_part(q, &c->len_unsent);
	if (err)
		return err;
	if (q->fin && !(c->flags & ORTHROS_TCP_FIN_SENT))
		c->flags |= ORTHROS_TCP_FIN_UNSENT;
	if (q->pos != c->write_seq)
		return orthros_bad(-EINVAL, "TCP send queue ends at %u, not %u", q->pos,
				   c->write_seq);
	err = orthros_src_rb_walk(src, v->ooo_root, SKBS_MAX, take_ooo, q);
	c->nr_ooo = q->nr;
	return err;
}

/* What stands in units of the source. */
static int convert(const struct orthros_finder *who, struct orthros_tcp_conn_rec *c,
		   const struct orthros_tcp_queues_view *v, const struct orthros_inet_view *inet,
		   const struct orthros_inet6_view *inet6, u16 family)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_tcp_global_view global;
	struct orthros_file_consts consts;
	u64 now;
	int err;

	err = orthros_file_consts(who->img, &consts);
	if (!err)
		err = orthros_read_rec(&src->mem, &orthros_table_tcp_global, 0, &global);
	if (!err)
		err = orthros_src_u64(src, global.jiffies, &now);
	if (err)
		return err;
	c->rto = orthros_src_ms(&consts, c->rto);
	c->idle_rcv = orthros_src_ms(&consts, (u32)(now - v->lrcvtime));
	c->idle_ack = orthros_src_ms(&consts, (u32)(now - v->rcv_tstamp));
	c->idle_snd = orthros_src_ms(&consts, (u32)(now - v->lsndtime));
	c->dport = inet->dport;
	c->flow_label = inet6->flow_label;
	if (family == AF_INET6)
		memcpy(c->daddr, inet->remote6, sizeof(c->daddr));
	else
		memcpy(c->daddr, inet->remote4, sizeof(inet->remote4));
	return 0;
}

static bool is_carried(u8 state)
{
	switch (state) {
	case TCP_ESTABLISHED:
	case TCP_SYN_SENT:
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
	case TCP_CLOSE:
	case TCP_CLOSE_WAIT:
	case TCP_LAST_ACK:
	case TCP_CLOSING:
		return true;
	}
	return false;
}

static int refuse(const struct orthros_finder *who, const struct orthros_sock_rec *rec,
		  const struct orthros_inet_view *inet, const char *why)
{
	u16 dport = ntohs((__force __be16)inet->dport);

	if (rec->family == AF_INET6)
		return orthros_refused(who, "TCP connection [%pI6c]:%u - [%pI6c]:%u: %s",
					   inet->local6, inet->num, inet->remote6, dport, why);
	return orthros_refused(who, "TCP connection %pI4:%u - %pI4:%u: %s", inet->local4,
				   inet->num, inet->remote4, dport, why);
}

static int read_conn(const struct orthros_finder *who, struct orthros_obj *obj,
		     struct orthros_sock_rec *rec, const struct orthros_sk_view *sk)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct queue_reader q = { .img = who->img };
	struct orthros_tcp_conn_rec c = {};
	struct orthros_tcp_queues_view v;
	struct orthros_inet6_view inet6 = {};
	struct orthros_inet_view inet;
	int err;

	err = orthros_read_rec(mem, &orthros_table_tcp_conn, obj->src, &c);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_tcp_queues, obj->src, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_inet, obj->src, &inet);
	if (!err && inet.pinet6)
		err = orthros_read_rec(mem, &orthros_table_inet6, inet.pinet6, &inet6);
	if (err)
		return err;
	if (!is_carried(c.state))
		return refuse(who, rec, &inet, "in an unknown state");
	if (v.fastopen)
		return refuse(who, rec, &inet, "fast open");
	if (v.usec_ts)
		return refuse(who, rec, &inet, "timestamps in microseconds");
	err = convert(who, &c, &v, &inet, &inet6, rec->family);
	if (err)
		return err;
	if (c.nr_sacks > ORTHROS_TCP_SACKS)
		return orthros_bad(-EINVAL, "TCP connection with %u SACKs", c.nr_sacks);
	c.version = ORTHROS_TCP_CONN_VERSION;
	/* A running source sends and receives while we look. */
	if (!who->img->frozen)
		return 0;

	q.w.obj = obj;
	q.w.used = sizeof(c);
	q.w.max = QUEUE_MAX;
	/* Where the node lies in a buffer is known before there is one. */
	err = orthros_read_rec(mem, &orthros_table_skb, obj->src, &q.skb);
	if (!err)
		err = read_queues(&q, &v, sk, &c);
	if (!err)
		memcpy(obj->rec, &c, sizeof(c));
	return err;
}

/**
 * orthros_read_tcp_conn() - read a TCP connection
 * @who:	through whom it was found
 * @sock:	SOCK object; all but the connection is read
 *
 * Also one that has ended and left data to be read.
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_tcp_conn(const struct orthros_finder *who, struct orthros_obj *sock)
{
	BUILD_BUG_ON(sizeof(struct orthros_tcp_conn_rec) % 8);
	return orthros_read_conn_obj(who, &tcp_conn_type,
				     sizeof(struct orthros_tcp_conn_rec), sock, read_conn);
}

/* ---- building ---------------------------------------------------------- */

static int connect_peer(const struct orthros_sock_rec *rec, const struct orthros_tcp_conn_rec *c,
			struct socket *sock)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = (__force __be16)c->dport,
	};
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = (__force __be16)c->dport,
	};
	struct sock *sk = sock->sk;
	int err;

	memcpy(&in6.sin6_addr, c->daddr, 16);
	memcpy(&in.sin_addr, c->daddr, 4);
	if (rec->family == AF_INET6) {
		err = __inet_stream_connect(sock, (struct sockaddr *)&in6, sizeof(in6),
					    O_NONBLOCK, 0);
		inet6_sk(sk)->flow_label = (__force __be32)c->flow_label;
	} else {
		err = __inet_stream_connect(sock, (struct sockaddr *)&in, sizeof(in),
					    O_NONBLOCK, 0);
	}
	return err;
}

/*
 * The route is gone, which only the next packet needs; connect() takes that of the
 * loopback device: for IPv6 as that of the first hop of a routing header.
 */
static int connect_unrouted(const struct orthros_sock_rec *rec,
			    const struct orthros_tcp_conn_rec *c, struct socket *sock)
{
	u8 hops[sizeof(struct rt0_hdr) + sizeof(struct in6_addr)] __aligned(8) = {};
	struct ipv6_txoptions opt = { .srcrt = (void *)hops };
	struct rt0_hdr *via = (void *)hops;
	struct sock *sk = sock->sk;
	struct ipv6_pinfo *np = inet6_sk(sk);
	int err;

	via->rt_hdr.type = IPV6_SRCRT_TYPE_2;
	via->addr[0] = in6addr_loopback;
	if (np)
		rcu_assign_pointer(np->opt, &opt);
	sk->sk_bound_dev_if = LOOPBACK_IFINDEX;
	/* Its own address may be gone, too. */
	orthros_set_transparent(sk, true);
	err = connect_peer(rec, c, sock);
	orthros_set_transparent(sk, rec->flags & ORTHROS_SOCK_TRANSPARENT);
	sk->sk_bound_dev_if = rec->bound_dev;
	if (np)
		RCU_INIT_POINTER(np->opt, NULL);
	return err;
}

/*
 * connect() under TCP_REPAIR: route, hash table and congestion control, no packet.
 * Unless it is @routed the route must go when it was looked at.
 */
static int connect_quietly(const struct orthros_sock_rec *rec,
			   const struct orthros_tcp_conn_rec *c, struct socket *sock,
			   bool *routed)
{
	struct sock *sk = sock->sk;
	int err = connect_peer(rec, c, sock);

	*routed = !err;
	if (err && sk->sk_state == TCP_CLOSE)
		err = connect_unrouted(rec, c, sock);
	if (!err && sk->sk_state != TCP_ESTABLISHED)
		err = -ENOTCONN;
	return err;
}

/* What the two ends have agreed on; segments are cut by it. */
static void set_agreed(const struct orthros_tcp_conn_rec *c, struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct tcp_options_received *opt = &tp->rx_opt;

	opt->wscale_ok = !!c->wscale_ok;
	opt->snd_wscale = c->wscale_ok ? c->snd_wscale : 0;
	opt->rcv_wscale = c->wscale_ok ? c->rcv_wscale : 0;
	opt->sack_ok = c->sack_ok;
	opt->tstamp_ok = !!c->tstamp_ok;
	opt->mss_clamp = c->mss_clamp;
	opt->ts_recent = c->ts_recent;
	opt->ts_recent_stamp = c->ts_recent_stamp;
	tp->tsoffset = c->tsoffset;
	tp->tcp_header_len = sizeof(struct tcphdr) +
			     (c->tstamp_ok ? TCPOLEN_TSTAMP_ALIGNED : 0);
	tp->advmss = c->advmss;
	tp->ecn_flags = (c->ecn & ORTHROS_TCP_ECN_OK ? TCP_ECN_OK : 0) |
			(c->ecn & ORTHROS_TCP_ECN_QUEUE_CWR ? TCP_ECN_QUEUE_CWR : 0) |
			(c->ecn & ORTHROS_TCP_ECN_DEMAND_CWR ? TCP_ECN_DEMAND_CWR : 0) |
			(c->ecn & ORTHROS_TCP_ECN_SEEN ? TCP_ECN_SEEN : 0);
	/* Of a small window a segment takes half at most. */
	tp->max_window = c->max_window;
	tcp_mtup_init(sk);
	tcp_sync_mss(sk, dst_mtu(__sk_dst_get(sk)));
}

static int send_data(struct sock *sk, void *data, size_t len)
{
	struct kvec vec = { .iov_base = data, .iov_len = len };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	int n;

	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, len);
	while (msg_data_left(&msg)) {
		n = tcp_sendmsg_locked(sk, &msg, msg_data_left(&msg));
		if (n <= 0)
			return n ?: -EIO;
	}
	return 0;
}

/* A segment with nothing in it but a FIN, or data out of order. */
static struct sk_buff *make_segment(struct sock *sk, u32 seq, const void *data, u32 len)
{
	struct sk_buff *skb;
	int err;

	skb = alloc_skb_with_frags(0, len, PAGE_ALLOC_COSTLY_ORDER, &err, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb->len = len;
	skb->data_len = len;
	if (skb_store_bits(skb, 0, data, len)) {
		kfree_skb(skb);
		return NULL;
	}
	TCP_SKB_CB(skb)->seq = seq;
	TCP_SKB_CB(skb)->end_seq = seq + len;
	TCP_SKB_CB(skb)->ack_seq = tcp_sk(sk)->snd_una;
	sk_forced_mem_schedule(sk, skb->truesize);
	skb_set_owner_r(skb, sk);
	return skb;
}

static int fill_receive(const struct orthros_tcp_conn_rec *c, struct sock *sk, void *data)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	int err;

	if (c->state == TCP_CLOSE) {
		struct kvec vec = { .iov_base = data, .iov_len = c->len_rcv };
		struct msghdr msg = {};

		/* sendmsg() would want a connection. */
		iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, c->len_rcv);
		while (msg_data_left(&msg)) {
			err = tcp_send_rcvq(sk, &msg, msg_data_left(&msg));
			if (err <= 0)
				return err ?: -EIO;
		}
	} else {
		tp->repair_queue = TCP_RECV_QUEUE;
		err = send_data(sk, data, c->len_rcv);
		if (err)
			return err;
	}
	if (!(c->flags & ORTHROS_TCP_FIN_UNREAD))
		return 0;
	skb = skb_peek_tail(&sk->sk_receive_queue);
	if (!skb) {
		skb = make_segment(sk, tp->rcv_nxt, NULL, 0);
		if (!skb)
			return -ENOMEM;
		__skb_queue_tail(&sk->sk_receive_queue, skb);
	}
	TCP_SKB_CB(skb)->tcp_flags |= TCPHDR_FIN;
	TCP_SKB_CB(skb)->end_seq++;
	WRITE_ONCE(tp->rcv_nxt, tp->rcv_nxt + 1);
	return 0;
}

static int send_fin(struct sock *sk)
{
	u32 before = tcp_sk(sk)->write_seq;

	tcp_send_fin(sk);
	return tcp_sk(sk)->write_seq == before + 1 ? 0 : -ENOMEM;
}

static int fill_send(const struct orthros_tcp_conn_rec *c, struct sock *sk, void *sent,
		     void *unsent)
{
	struct tcp_sock *tp = tcp_sk(sk);
	int err;

	/* Under TCP_REPAIR what is queued has been sent. */
	tp->repair_queue = TCP_SEND_QUEUE;
	err = send_data(sk, sent, c->len_sent);
	if (!err && c->flags & ORTHROS_TCP_FIN_SENT)
		err = send_fin(sk);
	if (err)
		return err;
	/* What is left goes out as soon as there is a window. */
	tp->repair = 0;
	tp->repair_queue = TCP_NO_QUEUE;
	tp->snd_wnd = 0;
	err = send_data(sk, unsent, c->len_unsent);
	if (!err && c->flags & ORTHROS_TCP_FIN_UNSENT)
		err = send_fin(sk);
	return err;
}

static int fill_ooo(const struct orthros_tcp_conn_rec *c, struct sock *sk, void *pos, void *end)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	u32 i;

	for (i = 0; i < c->nr_ooo; i++) {
		const struct orthros_tcp_seg_rec *seg = pos;

		pos += sizeof(*seg);
		if (pos > end || seg->len > end - pos)
			return -EINVAL;
		skb = make_segment(sk, seg->seq, pos, seg->len);
		if (!skb)
			return -ENOMEM;
		tcp_rbtree_insert(&tp->out_of_order_queue, skb);
		tp->ooo_last_skb = skb;
		pos += ALIGN(seg->len, 8);
	}
	tp->rx_opt.num_sacks = c->nr_ooo ? c->nr_sacks : 0;
	for (i = 0; i < tp->rx_opt.num_sacks; i++) {
		tp->selective_acks[i].start_seq = c->sacks[i * 2];
		tp->selective_acks[i].end_seq = c->sacks[i * 2 + 1];
	}
	return 0;
}

static int fill_queues(struct orthros_obj *obj, struct sock *sk)
{
	const struct orthros_tcp_conn_rec *c = obj->rec;
	struct tcp_sock *tp = tcp_sk(sk);
	void *end = obj->rec + obj->rec_size;
	void *pos = obj->rec + sizeof(*c);
	void *sent, *unsent, *ooo;
	int err;

	sent = pos + ALIGN((size_t)c->len_rcv, 8);
	unsent = sent + ALIGN((size_t)c->len_sent, 8);
	ooo = unsent + ALIGN((size_t)c->len_unsent, 8);
	if (ooo > end)
		return -EINVAL;
	/* Limits were kept when the data came first. */
	sk->sk_rcvbuf = INT_MAX / 2;
	sk->sk_sndbuf = INT_MAX / 2;
	tp->notsent_lowat = UINT_MAX;
	err = fill_receive(c, sk, pos);
	if (!err && c->state != TCP_CLOSE)
		err = fill_send(c, sk, sent, unsent);
	if (!err)
		err = fill_ooo(c, sk, ooo, end);
	if (err)
		return err;
	if (tp->rcv_nxt != c->rcv_nxt)
		return orthros_fail(-EIO, "TCP receive queue ends at %u, not %u", tp->rcv_nxt,
				    c->rcv_nxt);
	if (c->state != TCP_CLOSE && (tp->snd_nxt != c->snd_nxt || tp->write_seq != c->write_seq))
		return orthros_fail(-EIO, "TCP send queue ends at %u and %u, not %u and %u",
				    tp->snd_nxt, tp->write_seq, c->snd_nxt, c->write_seq);
	return 0;
}

static void set_windows(const struct orthros_tcp_conn_rec *c, struct tcp_sock *tp)
{
	tp->rcv_wup = c->rcv_wup;
	tp->rcv_wnd = c->rcv_wnd;
	tp->rcv_ssthresh = c->rcv_ssthresh;
	tp->snd_wnd = c->snd_wnd;
	tcp_init_wl(tp, c->snd_wl1);
	tp->snd_sml = c->snd_sml;
	tp->pushed_seq = c->pushed_seq;
	tp->snd_up = c->snd_up;
	tp->urg_seq = c->urg_seq;
	WRITE_ONCE(tp->urg_data, c->urg_data);
	tp->rcvq_space.space = c->rcvq_space;
	tp->rcvq_space.seq = c->copied_seq;
	tp->rcvq_space.time = 0;
	/* The fast path is found again by the first segment. */
	tp->pred_flags = 0;
}

static void set_congestion(const struct orthros_tcp_conn_rec *c, struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);

	tcp_snd_cwnd_set(tp, max(c->snd_cwnd, 1U));
	tp->snd_ssthresh = max(c->snd_ssthresh, 2U);
	tp->snd_cwnd_cnt = c->snd_cwnd_cnt;
	tp->snd_cwnd_clamp = max(c->snd_cwnd_clamp, 1U);
	tp->prior_cwnd = c->prior_cwnd;
	tp->snd_cwnd_stamp = tcp_jiffies32;
	tp->reordering = c->reordering;
	tp->srtt_us = c->srtt_us;
	tp->mdev_us = c->mdev_us;
	tp->mdev_max_us = c->mdev_max_us;
	tp->rttvar_us = c->rttvar_us;
	tp->rtt_seq = c->rtt_seq;
	minmax_reset(&tp->rtt_min, tcp_jiffies32, c->rtt_min_us);
	icsk->icsk_rto = clamp_t(u32, orthros_dst_jiffies(c->rto), 1, TCP_RTO_MAX);
	icsk->icsk_ack.rcv_mss = c->rcv_mss;
	icsk->icsk_ack.quick = c->quick;
	icsk->icsk_ack.pingpong = c->pingpong;
}

static void set_counters(const struct orthros_tcp_conn_rec *c, struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	u32 now = tcp_jiffies32;

	icsk->icsk_ack.lrcvtime = now - orthros_dst_jiffies(c->idle_rcv);
	tp->rcv_tstamp = now - orthros_dst_jiffies(c->idle_ack);
	tp->lsndtime = now - orthros_dst_jiffies(c->idle_snd);
	tp->segs_in = c->segs_in;
	tp->segs_out = c->segs_out;
	tp->data_segs_in = c->data_segs_in;
	tp->data_segs_out = c->data_segs_out;
	tp->delivered = c->delivered;
	tp->delivered_ce = c->delivered_ce;
	tp->total_retrans = c->total_retrans;
	tp->lost = c->lost;
	tp->dsack_dups = c->dsack_dups;
	tp->reord_seen = c->reord_seen;
	tp->rcv_ooopack = c->rcv_ooopack;
	tp->bytes_sent = c->bytes_sent;
	tp->bytes_acked = c->bytes_acked;
	tp->bytes_received = c->bytes_received;
	tp->bytes_retrans = c->bytes_retrans;
}

static int build_conn(struct orthros_obj *obj, const struct orthros_sock_rec *rec,
		      struct socket *sock)
{
	const struct orthros_tcp_conn_rec *c = obj->rec;
	struct sock *sk = sock->sk;
	struct tcp_sock *tp = tcp_sk(sk);
	bool routed;
	int err;

	WRITE_ONCE(tp->write_seq, c->snd_una);
	/* Its SYN is a packet: sent after the commit. */
	if (c->state == TCP_SYN_SENT)
		return 0;
	tp->repair = 1;
	tp->repair_queue = TCP_NO_QUEUE;
	tp->snd_una = c->snd_una;
	WRITE_ONCE(tp->rcv_nxt, c->copied_seq);
	WRITE_ONCE(tp->copied_seq, c->copied_seq);
	if (c->state != TCP_CLOSE) {
		err = connect_quietly(rec, c, sock, &routed);
		if (err)
			return orthros_fail(err, "TCP connection");
		set_agreed(c, sk);
		if (!routed)
			sk_dst_reset(sk);
	}
	err = fill_queues(obj, sk);
	tp->repair = 0;
	tp->repair_queue = TCP_NO_QUEUE;
	/* Nothing leaves before the commit. */
	tcp_clear_xmit_timers(sk);
	if (err)
		return orthros_fail(err, "queues of a TCP connection");

	set_windows(c, tp);
	if (c->state != TCP_CLOSE) {
		set_congestion(c, sk);
		set_counters(c, sk);
		if (c->state != TCP_ESTABLISHED)
			tcp_set_state(sk, c->state);
	}
	/* These were changed on the way. */
	tp->notsent_lowat = rec->tcp.notsent_lowat;
	tp->window_clamp = rec->tcp.window_clamp;
	sk->sk_rcvbuf = rec->rcvbuf;
	sk->sk_sndbuf = rec->sndbuf;
	inet_sk(sk)->tos = rec->inet.tos;
	sock_valbool_flag(sk, SOCK_DONE, rec->flags & ORTHROS_SOCK_DONE);
	return 0;
}

/**
 * orthros_build_tcp_conn() - connect a bound socket to its peer of before
 * @img:	image
 * @sobj:	SOCK object
 * @sock:	bound; its options are set
 *
 * Return: 0 or -errno.
 */
int orthros_build_tcp_conn(struct orthros_image *img, struct orthros_obj *sobj,
			   struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct orthros_obj *obj;
	int err;

	obj = orthros_obj_find(img, &tcp_conn_type, sobj->src);
	if (!obj)
		return -ENOENT;
	lock_sock(sk);
	err = build_conn(obj, sobj->rec, sock);
	release_sock(sk);
	if (err)
		return err;
	/* Until it is kicked. */
	sock_hold(sk);
	orthros_obj_built(obj, sk);
	return 0;
}

/*
 * The last step of a handshake: the connection waits for accept(). It needs
 * no more of its request than that there is one.
 */
static int queue_child(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_sock_rec *rec = obj->rec;
	struct socket *sock = obj->dst, *listening;
	struct orthros_obj *listener;
	struct sock *sk = sock->sk, *queued;
	struct request_sock *req;

	listener = orthros_obj_find(img, &orthros_sock_type, rec->listener);
	listening = listener ? listener->dst : NULL;
	if (!listening)
		return orthros_fail(-ENOTCONN, "listener of a TCP connection");
	req = inet_reqsk_alloc(sk->sk_prot->rsk_prot, listening->sk, true);
	if (!req)
		return -ENOMEM;
	tcp_rsk(req)->tfo_listener = false;
	refcount_set(&req->rsk_refcnt, 1);
	obj->dst = NULL;
	orthros_detach_sock(sock, NULL);
	local_bh_disable();
	queued = inet_csk_reqsk_queue_add(listening->sk, req, sk);
	local_bh_enable();
	return queued ? 0 : orthros_fail(-EINVAL, "listener of a TCP connection");
}

/* As after close(): the socket is TCP's alone until the peer has all. */
static void orphan_sock(struct orthros_obj *obj)
{
	struct socket *sock = obj->dst;
	struct sock *sk = sock->sk;

	obj->dst = NULL;
	lock_sock(sk);
	sock_orphan(sk);
	local_bh_disable();
	this_cpu_inc(*sk->sk_prot->orphan_count);
	local_bh_enable();
	release_sock(sk);
	sock->sk = NULL;
	sock_release(sock);
}

/**
 * orthros_tie_tcp() - put TCP sockets without a file where they belong
 * @img:	image; every socket is built
 *
 * Return: 0 or -errno.
 */
int orthros_tie_tcp(struct orthros_image *img)
{
	const struct orthros_sock_rec *rec;
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_sock_type) {
		rec = obj->rec;
		if (!obj->dst || rec->file || rec->family == AF_UNIX)
			continue;
		if (rec->dead) {
			orphan_sock(obj);
			continue;
		}
		err = queue_child(img, obj);
		if (err)
			return err;
	}
	return 0;
}

/* ---- after the commit -------------------------------------------------- */

/**
 * orthros_reconnect_tcp() - go on opening connections
 * @img:	image; its sockets are there
 *
 * After the commit, before their programs look at them: each sends its SYN
 * again.
 */
void orthros_reconnect_tcp(struct orthros_image *img)
{
	const struct orthros_tcp_conn_rec *c;
	struct orthros_obj *obj, *sobj;
	struct sock *sk;
	int err;

	orthros_for_each_obj(obj, img, &tcp_conn_type) {
		c = obj->rec;
		sk = obj->dst;
		sobj = orthros_obj_find(img, &orthros_sock_type, obj->src);
		if (!sk || !sobj || !sk->sk_socket || c->state != TCP_SYN_SENT)
			continue;
		lock_sock(sk);
		sk->sk_socket->state = SS_UNCONNECTED;
		err = connect_peer(sobj->rec, c, sk->sk_socket);
		if (err && err != -EINPROGRESS) {
			pr_err("TCP connection of process %d cannot be opened: %pe\n", obj->pid,
			       ERR_PTR(err));
			sk->sk_err = -err;
		}
		release_sock(sk);
	}
}

static void start_keepalive(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 idle, when;

	if (sk->sk_state == TCP_FIN_WAIT2 && sock_flag(sk, SOCK_DEAD)) {
		inet_csk_reset_keepalive_timer(sk, tcp_fin_time(sk));
	} else if (sock_flag(sk, SOCK_KEEPOPEN)) {
		idle = keepalive_time_elapsed(tp);
		when = keepalive_time_when(tp);
		inet_csk_reset_keepalive_timer(sk, when > idle ? when - idle : 1);
	}
}

/*
 * What was under way is lost, and not by congestion: all of it goes out again,
 * as wide as the window is; what the peer has it tells by its ACKs.
 */
static void retransmit(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;

	skb_rbtree_walk(skb, &sk->tcp_rtx_queue)
		tcp_mark_skb_lost(sk, skb);
	if (!tp->lost_out)
		return;
	tp->high_seq = tp->snd_nxt;
	tp->prior_ssthresh = 0;
	tp->undo_marker = 0;
	if (icsk->icsk_ca_state != TCP_CA_Loss)
		tcp_set_ca_state(sk, TCP_CA_Loss);
	tcp_xmit_retransmit_queue(sk);
	if (!icsk->icsk_pending)
		inet_csk_reset_xmit_timer(sk, ICSK_TIME_RETRANS, icsk->icsk_rto, TCP_RTO_MAX);
}

/* Its program may have closed it since. */
static bool is_connected(const struct sock *sk)
{
	return sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN &&
	       sk->sk_state != TCP_SYN_SENT;
}

/* The first kick: the peer learns what has come, an ACK that was owed is sent. */
static void kick_ack(const struct orthros_tcp_conn_rec *c, struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	lock_sock(sk);
	if (is_connected(sk)) {
		start_keepalive(sk);
		/* The clock was another one when the socket was built. */
		tcp_mstamp_refresh(tp);
		if (c->ack_pending || tp->packets_out || !tcp_write_queue_empty(sk) ||
		    min3(c->idle_rcv, c->idle_ack, c->idle_snd) < IDLE_MS)
			tcp_send_ack(sk);
	}
	release_sock(sk);
}

/* The second one: what is not acknowledged now was lost. */
static void kick_data(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	lock_sock(sk);
	if (is_connected(sk)) {
		tcp_mstamp_refresh(tp);
		if (tp->packets_out)
			retransmit(sk);
		tcp_push_pending_frames(sk);
		/* The window is closed: ask whether it has been opened meanwhile. */
		if (!tp->packets_out && !tcp_write_queue_empty(sk)) {
			tcp_check_probe_timer(sk);
			tcp_send_window_probe(sk);
		}
	}
	release_sock(sk);
}

/**
 * orthros_kick_tcp() - let TCP connections go on
 * @img:	image
 *
 * After the commit, in process context. Timers start, the peers are told.
 */
void orthros_kick_tcp(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &tcp_conn_type)
		if (obj->dst)
			kick_ack(obj->rec, obj->dst);
	orthros_for_each_obj(obj, img, &tcp_conn_type) {
		if (!obj->dst)
			continue;
		kick_data(obj->dst);
		sock_put(obj->dst);
		obj->dst = NULL;
	}
}
