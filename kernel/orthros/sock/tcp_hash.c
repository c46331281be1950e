// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands in the source's table of TCP connections and in no process's
 * table of files: connections that their programs have closed while data or a
 * FIN are under way, TIME_WAIT, and requests that a listener has answered.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/init_task.h>
#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/request_sock.h>
#include <net/tcp.h>
#include "../core/steps.h"
#include "../ns/ns.h"
#include "sock_internal.h"
#include "tcp_tables.h"

static const struct orthros_type tcp_req_type = { .name = "TCP request" };
static const struct orthros_type tcp_wait_type = { .name = "TIME_WAIT" };

#define BUCKETS_CHUNK	512U
#define BUCKETS_MAX	SZ_16M
#define CHAIN_MAX	SZ_1M

/* ---- reading ----------------------------------------------------------- */

static int read_wait(struct orthros_image *img, u64 addr, u64 ns)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_tcp_global_view global;
	struct orthros_file_consts consts;
	struct orthros_tcp_wait_view v;
	struct orthros_tcp_wait_rec *rec;
	struct orthros_obj *obj;
	u64 now;
	int err;

	obj = orthros_obj_add(img, &tcp_wait_type, addr, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	err = orthros_file_consts(img, &consts);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_tcp_global, 0, &global);
	if (!err)
		err = orthros_src_u64(img->src, global.jiffies, &now);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_tcp_wait, addr, rec);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_tcp_wait_more, addr, &v);
	if (err)
		return err;
	/* It only keeps the port: better none than a wrong one. */
	if (v.usec_ts || v.bound_dev_if)
		rec->substate = 0;
	rec->version = ORTHROS_TCP_WAIT_VERSION;
	rec->ns = ns;
	rec->left = v.expires > now ? orthros_src_ms(&consts, v.expires - now) : 0;
	if (rec->family == AF_INET) {
		memset(rec->addr, 0, sizeof(rec->addr));
		memset(rec->daddr, 0, sizeof(rec->daddr));
		memcpy(rec->addr, v.addr, sizeof(v.addr));
		memcpy(rec->daddr, v.daddr, sizeof(v.daddr));
	}
	return 0;
}

static int read_request(struct orthros_image *img, u64 addr)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_tcp_req_rec *rec;
	struct orthros_tcp_req_view v;
	struct orthros_obj *obj;
	int err;

	err = orthros_read_rec(mem, &orthros_table_tcp_req_more, addr, &v);
	/* With a child it is done, with fast open the connection was read. */
	if (err || v.sk || v.tfo)
		return err;
	obj = orthros_obj_add(img, &tcp_req_type, addr, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	err = orthros_read_rec(mem, &orthros_table_tcp_req, addr, rec);
	if (err)
		return err;
	rec->version = ORTHROS_TCP_REQ_VERSION;
	/* The client asks again; its SYN finds the listener. */
	if (v.usec_ts || v.iif)
		rec->listener = 0;
	if (rec->family == AF_INET) {
		memset(rec->addr, 0, sizeof(rec->addr));
		memset(rec->daddr, 0, sizeof(rec->daddr));
		memcpy(rec->addr, v.addr, sizeof(v.addr));
		memcpy(rec->daddr, v.daddr, sizeof(v.daddr));
	}
	return 0;
}

static int read_hashed(struct orthros_image *img, u64 addr,
		       const struct orthros_tcp_hashed_view *v, u64 ns, u32 dead)
{
	struct orthros_finder who = { .img = img, .comm = "", .what = "closed socket" };
	struct orthros_obj *sock;

	if (v->state == TCP_TIME_WAIT)
		return read_wait(img, addr, ns);
	if (v->state == TCP_NEW_SYN_RECV)
		return read_request(img, addr);
	if (orthros_obj_find(img, &orthros_sock_type, addr))
		return 0;
	if (!(v->flags & BIT_ULL(dead & 63)))
		who.what = "socket of the kernel";
	sock = orthros_read_bare_sock(&who, addr, &orthros_tcp_ops);
	return IS_ERR(sock) ? PTR_ERR(sock) : 0;
}

static int read_chain(struct orthros_image *img, u64 node, u32 dead)
{
	struct orthros_tcp_hashed_view v;
	struct orthros_loop loop = {};
	u32 left = CHAIN_MAX;
	u64 addr, ns;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_tcp_hashed, node, &v);
	/* An odd one ends the chain. */
	for (; !err && !(node & 1); node = v.next) {
		if (!left-- || orthros_loop_closed(&loop, node))
			return orthros_bad(-ELOOP, "table of TCP connections: chain does not end");
		addr = node - v.node_off;
		err = orthros_read_rec(&img->src->mem, &orthros_table_tcp_hashed, addr, &v);
		/* Of a namespace that was refused, or that ends, none goes. */
		if (!err && orthros_net_ns_known(img, v.net, &ns))
			err = read_hashed(img, addr, &v, ns, dead);
	}
	return err;
}

/*
 * Read the TCP connections that no process has open.
 *
 * They come and go: only of a source that stands still.
 */
static int gather(struct orthros_image *img)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_tcp_global_view global;
	struct orthros_tcp_hash_view hash;
	struct orthros_sk_flags bits;
	u32 first, i, nr;
	u64 *heads;
	int err;

	if (!img->frozen)
		return 0;
	err = orthros_read_rec(mem, &orthros_table_sk_flags, 0, &bits);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_tcp_global, 0, &global);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_tcp_hash, global.hash, &hash);
	if (err)
		return err;
	if (hash.mask >= BUCKETS_MAX || hash.bucket_size != sizeof(u64))
		return orthros_bad(-EINVAL, "table of TCP connections: %u buckets of %u bytes",
				   hash.mask, hash.bucket_size);
	heads = kmalloc_array(BUCKETS_CHUNK, sizeof(*heads), GFP_KERNEL);
	if (!heads)
		return -ENOMEM;
	for (first = 0; first <= hash.mask && !err; first += nr) {
		nr = min(BUCKETS_CHUNK, hash.mask + 1 - first);
		err = orthros_src_read(img->src, hash.buckets + first * sizeof(u64), heads,
				       nr * sizeof(u64));
		for (i = 0; i < nr && !err; i++)
			if (!(heads[i] & 1))
				err = read_chain(img, heads[i], bits.dead);
	}
	kfree(heads);
	return err;
}

/* ---- building ---------------------------------------------------------- */

static bool is_ipv4(u16 family, const u8 *addr)
{
	struct in6_addr in6;

	memcpy(&in6, addr, sizeof(in6));
	return family == AF_INET || ipv6_addr_v4mapped(&in6);
}

static __be32 ipv4_of(u16 family, const u8 *addr)
{
	__be32 in;

	memcpy(&in, family == AF_INET ? addr : addr + 12, sizeof(in));
	return in;
}

static struct request_sock *alloc_request(struct sock *listener,
					  const struct orthros_tcp_req_rec *rec)
{
	struct request_sock *req;

	if (is_ipv4(rec->family, rec->daddr)) {
		req = inet_reqsk_alloc(&tcp_request_sock_ops, listener, true);
		if (!req)
			return NULL;
		sk_rcv_saddr_set(req_to_sk(req), ipv4_of(rec->family, rec->addr));
		sk_daddr_set(req_to_sk(req), ipv4_of(rec->family, rec->daddr));
		tcp_rsk(req)->af_specific = &tcp_request_sock_ipv4_ops;
		return req;
	}
#if IS_ENABLED(CONFIG_IPV6)
	req = inet_reqsk_alloc(&tcp6_request_sock_ops, listener, true);
	if (!req)
		return NULL;
	memcpy(&inet_rsk(req)->ir_v6_loc_addr, rec->addr, 16);
	memcpy(&inet_rsk(req)->ir_v6_rmt_addr, rec->daddr, 16);
	tcp_rsk(req)->af_specific = &tcp_request_sock_ipv6_ops;
	return req;
#else
	return NULL;
#endif
}

static int build_request(struct orthros_image *img, const struct orthros_tcp_req_rec *rec)
{
	const struct orthros_sock_rec *listening;
	struct inet_request_sock *ireq;
	struct tcp_request_sock *treq;
	struct orthros_obj *listener;
	struct request_sock *req;
	struct socket *sock;
	bool added;

	listener = orthros_obj_find(img, &orthros_sock_type, rec->listener);
	sock = listener ? listener->dst : NULL;
	/* Without a listener its packets find nobody in the source either. */
	if (!sock || sock->sk->sk_state != TCP_LISTEN)
		return 0;
	listening = listener->rec;
	req = alloc_request(sock->sk, rec);
	if (!req)
		return -ENOMEM;
	ireq = inet_rsk(req);
	treq = tcp_rsk(req);
	ireq->ireq_family = rec->family;
	ireq->ir_num = rec->port;
	ireq->ir_rmt_port = (__force __be16)rec->dport;
	ireq->ir_iif = 0;
	ireq->ir_mark = rec->mark;
	ireq->snd_wscale = rec->snd_wscale;
	ireq->rcv_wscale = rec->rcv_wscale;
	ireq->wscale_ok = !!rec->wscale_ok;
	ireq->tstamp_ok = !!rec->tstamp_ok;
	ireq->sack_ok = !!rec->sack_ok;
	ireq->ecn_ok = !!rec->ecn_ok;
	ireq->acked = !!rec->acked;
	ireq->no_srccheck = !!(listening->flags & ORTHROS_SOCK_TRANSPARENT);
	ireq->smc_ok = 0;
	req->mss = rec->mss;
	req->ts_recent = rec->ts_recent;
	req->rsk_rcv_wnd = rec->rcv_wnd;
	req->rsk_window_clamp = rec->window_clamp;
	req->syncookie = 0;
	treq->rcv_isn = rec->rcv_isn;
	treq->snt_isn = rec->snt_isn;
	treq->rcv_nxt = rec->rcv_nxt;
	treq->ts_off = rec->ts_off;
	treq->txhash = rec->txhash;
	treq->snt_synack = rec->snt_synack_us;
	treq->last_oow_ack_time = 0;
	treq->syn_tos = 0;
	treq->tfo_listener = false;
	treq->is_mptcp = false;
	orthros_reqsk_init(treq);
	/* Its timer is pinned. */
	local_bh_disable();
	added = inet_csk_reqsk_queue_hash_add(sock->sk, req, req->timeout);
	local_bh_enable();
	if (!added) {
		reqsk_free(req);
		return -EEXIST;
	}
	reqsk_put(req);
	return 0;
}

/*
 * Let both ends go on with handshakes.
 *
 * After the commit, when clocks are set, and before packets come: the timers
 * of the requests start.
 */
static void start(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &tcp_req_type) {
		err = build_request(img, obj->rec);
		if (err)
			pr_err("TCP handshake is lost: %pe\n", ERR_PTR(err));
	}
	orthros_reconnect_tcp(img);
}

static int bind_connect(const struct orthros_tcp_wait_rec *rec, struct socket *sock)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	bool v6 = rec->family == AF_INET6;
	void *addr = v6 ? (void *)&in6 : (void *)&in;
	int err, len = v6 ? sizeof(in6) : sizeof(in);

	memcpy(&in6.sin6_addr, rec->addr, 16);
	memcpy(&in.sin_addr, rec->addr, 4);
	in6.sin6_port = htons(rec->port);
	in.sin_port = htons(rec->port);
	err = kernel_bind(sock, addr, len);
	if (err)
		return err;
	memcpy(&in6.sin6_addr, rec->daddr, 16);
	memcpy(&in.sin_addr, rec->daddr, 4);
	in6.sin6_port = (__force __be16)rec->dport;
	in.sin_port = (__force __be16)rec->dport;
	return kernel_connect(sock, addr, len, O_NONBLOCK);
}

/* TIME_WAIT is entered as it always is, by a connection: one that never was open here. */
static int build_wait(struct orthros_image *img, const struct orthros_tcp_wait_rec *rec)
{
	struct net *net = orthros_dst_net(img, rec->ns);
	struct socket *sock;
	struct tcp_sock *tp;
	struct sock *sk;
	int err;

	if (rec->substate != TCP_TIME_WAIT && rec->substate != TCP_FIN_WAIT2)
		return 0;
	if (!net)
		return -ENOENT;
	err = sock_create_kern(net, rec->family, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return err;
	sk = sock->sk;
	tp = tcp_sk(sk);
	sk->sk_reuse = SK_FORCE_REUSE;
	tp->repair = 1;
	tp->write_seq = rec->snd_nxt;
	tp->rcv_nxt = rec->rcv_nxt;
	err = bind_connect(rec, sock);
	tp->repair = 0;
	if (err)
		goto out;

	lock_sock(sk);
	tcp_clear_xmit_timers(sk);
	tp->rcv_wup = rec->rcv_nxt;
	tp->rcv_wnd = rec->rcv_wnd;
	tp->rx_opt.rcv_wscale = rec->rcv_wscale;
	tp->rx_opt.ts_recent = rec->ts_recent;
	tp->rx_opt.ts_recent_stamp = rec->ts_recent_stamp;
	tp->tsoffset = rec->tsoffset;
	sk->sk_reuse = rec->reuse;
	sk->sk_reuseport = rec->reuseport;
	sk->sk_mark = rec->mark;
	sk->sk_priority = rec->priority;
	sk->sk_ipv6only = rec->v6only;
	inet_sk(sk)->tos = rec->tos;
#if IS_ENABLED(CONFIG_IPV6)
	if (rec->family == AF_INET6)
		inet6_sk(sk)->tclass = rec->tclass;
#endif
	inet_csk(sk)->icsk_rto = 1;
	tcp_time_wait(sk, rec->substate, max(orthros_dst_jiffies(rec->left), 1L));
	release_sock(sk);
out:
	sock_release(sock);
	return err;
}

/*
 * Let the connections in TIME_WAIT wait on.
 *
 * After the commit, when all sockets exist and the network's devices are up,
 * beside what else is left to do: nobody waits for them. If there are many,
 * processes may run already; one of the same addresses that was opened
 * meanwhile goes before.
 */
static void build_waits(struct orthros_image *img)
{
	const struct cred *old = override_creds(&init_cred);
	struct orthros_obj *obj;
	unsigned int lost = 0;
	int err = 0, first = 0;

	orthros_for_each_obj(obj, img, &tcp_wait_type) {
		err = build_wait(img, obj->rec);
		if (err) {
			lost++;
			first = first ?: err;
		}
	}
	revert_creds(old);
	if (lost)
		pr_info("%u connections in TIME_WAIT are not kept: %pe\n", lost, ERR_PTR(first));
}

static void online(struct orthros_image *img)
{
	build_waits(img);
	orthros_step_wait(&orthros_released);
	orthros_kick_tcp(img);
}

const struct orthros_kind orthros_tcp_hash_kind = {
	.name	= "TCP connections",
	.tables	= ORTHROS_TABLES(&orthros_table_tcp_global, &orthros_table_tcp_hash,
				 &orthros_table_tcp_hashed, &orthros_table_tcp_wait,
				 &orthros_table_tcp_wait_more, &orthros_table_tcp_req,
				 &orthros_table_tcp_req_more),
	.gather	= gather,
	.start	= start,
	.online	= online,
};
