// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP sockets: what listeners, connections and those not yet used have in
 * common, and the queue of a listener. Connections: tcp_conn.c.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/net.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/tcp.h>
#include "opt_tables.h"
#include "sock_internal.h"
#include "tcp_tables.h"

static const struct orthros_type tcp_syn_type = { .name = "saved SYN" };

#define ACCEPT_MAX	SZ_1M	/* connections that wait at one listener */

/* Connections that no accept() has taken yet, in their order. */
static int read_accept_queue(const struct orthros_finder *who, struct orthros_obj *listener,
			     u64 req)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_sock_rec *rec = listener->rec;
	struct orthros_tcp_accept_view v;
	struct orthros_loop loop = {};
	struct orthros_obj *sock;
	u32 left = ACCEPT_MAX;
	int err;

	/* What waits to be accepted has nothing that does so. */
	if (!rec->file)
		return orthros_bad(-EINVAL, "TCP socket %#llx listens and is closed",
				   listener->src);
	for (; req; req = v.next) {
		if (!left-- || orthros_loop_closed(&loop, req))
			return orthros_bad(-ELOOP, "TCP listener %#llx: queue does not end",
					   listener->src);
		err = orthros_read_rec(mem, &orthros_table_tcp_accept, req, &v);
		if (err)
			return err;
		sock = orthros_read_bare_sock(who, v.sk, &orthros_tcp_ops);
		/* Just accepted. */
		if (sock == ERR_PTR(-EAGAIN))
			continue;
		if (IS_ERR_OR_NULL(sock))
			return sock ? PTR_ERR(sock) : ORTHROS_REFUSED;
		rec = sock->rec;
		if (rec->file || sock == listener) {
			if (who->img->frozen)
				return orthros_bad(-EINVAL, "TCP connection %#llx twice", v.sk);
			continue;
		}
		rec->listener = listener->src;
		list_move_tail(&sock->list, orthros_objs(who->img, &orthros_sock_type));
	}
	return 0;
}

/* The SYN that TCP_SAVED_SYN has not been asked for yet. */
static int read_syn(const struct orthros_finder *who, u64 sock, u64 addr)
{
	const u32 max = MAX_HEADER + 15 * 4 + 15 * 4 + sizeof(struct ipv6hdr);
	struct orthros_saved_syn_view v;
	struct orthros_tcp_syn_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	if (!addr)
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_saved_syn, addr, &v);
	if (err)
		return err;
	if (v.mac > max || v.network > max || v.tcp > max)
		return orthros_bad(-EINVAL, "saved SYN of %u, %u and %u bytes", v.mac, v.network,
				   v.tcp);
	obj = orthros_obj_get(who->img, &tcp_syn_type, sock, who->pid,
			      struct_size(rec, data, v.mac + v.network + v.tcp), &isnew);
	if (IS_ERR(obj) || !isnew)
		return PTR_ERR_OR_ZERO(obj);
	rec = obj->rec;
	rec->mac_len = v.mac;
	rec->network_len = v.network;
	rec->tcp_len = v.tcp;
	return orthros_src_read(who->img->src, v.data, rec->data, v.mac + v.network + v.tcp);
}

static int set_syn(struct orthros_image *img, u64 sock, struct tcp_sock *tp)
{
	struct orthros_obj *obj = orthros_obj_find(img, &tcp_syn_type, sock);
	const struct orthros_tcp_syn_rec *rec = obj ? obj->rec : NULL;
	struct saved_syn *syn;
	u32 len;

	if (!rec)
		return 0;
	len = rec->mac_len + rec->network_len + rec->tcp_len;
	syn = kmalloc(struct_size(syn, data, len), GFP_KERNEL);
	if (!syn)
		return -ENOMEM;
	syn->mac_hdrlen = rec->mac_len;
	syn->network_hdrlen = rec->network_len;
	syn->tcp_hdrlen = rec->tcp_len;
	memcpy(syn->data, rec->data, len);
	tp->saved_syn = syn;
	return 0;
}

/* Read a TCP socket. */
static int tcp_read(const struct orthros_finder *who, struct orthros_obj *sock, u64 sk)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_sock_rec *rec = sock->rec;
	struct orthros_file_consts c;
	struct orthros_inet_view inet;
	struct orthros_tcp_view v;
	struct orthros_sk_view *skv;
	u32 received;
	u8 state;
	int err;

	if (rec->protocol != IPPROTO_TCP)
		return orthros_refused(who, "stream socket of protocol %u", rec->protocol);
	err = orthros_file_consts(who->img, &c);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_inet, sk, &inet);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_tcp, sk, &v);
	if (err)
		return err;
	skv = kmalloc(sizeof(*skv), GFP_KERNEL);
	if (!skv)
		return -ENOMEM;
	err = orthros_read_rec(mem, &orthros_table_sk, sk, skv);
	state = skv->state;
	received = skv->receive_len;
	kfree(skv);
	if (err)
		return err;

	if (state == TCP_LISTEN)
		rec->state = ORTHROS_SOCK_LISTEN;
	else if (state == TCP_CLOSE && !received)
		rec->state = ORTHROS_SOCK_CLOSED;
	else
		rec->state = ORTHROS_SOCK_CONNECTED;
	if (rec->state == ORTHROS_SOCK_LISTEN && v.fastopen_qlen)
		return orthros_refused(who, "TCP listener with a fast open connection");
	if (v.ulp_ops)
		return orthros_refused(who, "TCP upper layer protocol (TLS, ...)");
	if (v.md5 || v.ao)
		return orthros_refused(who, "TCP MD5 or AO keys");
	if (v.repair && rec->state != ORTHROS_SOCK_CLOSED)
		return orthros_refused(who, "TCP_REPAIR of a connection");
	if (v.fastopen_key) {
		err = orthros_read_rec(mem, &orthros_table_fastopen_keys, v.fastopen_key,
				       &rec->tcp.fastopen);
		if (err)
			return err;
		if (!rec->tcp.fastopen.nr || rec->tcp.fastopen.nr > TCP_FASTOPEN_KEY_MAX)
			return orthros_bad(-EUCLEAN, "%u keys of TCP fast open",
					   rec->tcp.fastopen.nr);
	}

	err = orthros_read_inet(who, rec, sk, &inet);
	if (err)
		return err;
	if (v.thin_lto)
		rec->flags |= ORTHROS_SOCK_THIN_LTO;
	rec->tcp.keepalive_time = orthros_src_ms(&c, v.keepalive_time);
	rec->tcp.keepalive_intvl = orthros_src_ms(&c, v.keepalive_intvl);
	rec->tcp.keepalive_probes = v.keepalive_probes;
	rec->tcp.nonagle = v.nonagle;
	rec->tcp.defer_accept = v.defer_accept;
	rec->tcp.syn_retries = v.syn_retries;
	/* This one is milliseconds in the kernel, too. */
	rec->tcp.user_timeout = v.user_timeout;
	rec->tcp.linger2 = v.linger2 < 0 ? -1 : orthros_src_ms(&c, v.linger2);
	rec->tcp.user_mss = v.user_mss;
	rec->tcp.notsent_lowat = v.notsent_lowat;
	rec->tcp.window_clamp = v.window_clamp;
	rec->tcp.fastopen_qlen = max(v.fastopen_max, 0);
	memcpy(rec->tcp.congestion, v.congestion, sizeof(rec->tcp.congestion));
	rec->tcp.repair = v.repair;
	rec->tcp.repair_queue = v.repair_queue;
	rec->tcp.write_seq = v.write_seq;
	rec->tcp.rcv_nxt = v.rcv_nxt;
	rec->tcp.copied_seq = v.copied_seq;
	rec->inet.fastreuse = v.fastreuse;
	rec->inet.fastreuseport = v.fastreuseport;
	err = read_syn(who, sock->src, v.saved_syn);
	if (err)
		return err;
	if (rec->state == ORTHROS_SOCK_CONNECTED)
		return orthros_read_tcp_conn(who, sock);
	if (rec->state == ORTHROS_SOCK_LISTEN)
		return read_accept_queue(who, sock, v.accept_head);
	return 0;
}

static int set_tcp_options(const struct orthros_sock_rec *rec, struct socket *sock)
{
	const struct orthros_sock_tcp_rec *tcp = &rec->tcp;
	struct sock *sk = sock->sk;
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	char name[sizeof(tcp->congestion)];
	int err;

	memcpy(name, tcp->congestion, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	if (name[0] && strcmp(name, icsk->icsk_ca_ops->name)) {
		err = orthros_setsockopt(sock, SOL_TCP, TCP_CONGESTION, name, strlen(name));
		/* It decides about speed, not about meaning. */
		if (err)
			pr_warn("congestion control %s is not here: %s instead\n", name,
				icsk->icsk_ca_ops->name);
	}

	if (tcp->fastopen.nr) {
		u8 keys[sizeof(tcp->fastopen.keys)];

		memcpy(keys, tcp->fastopen.keys, sizeof(keys));
		err = orthros_setsockopt(sock, SOL_TCP, TCP_FASTOPEN_KEY, keys,
					 tcp->fastopen.nr * TCP_FASTOPEN_KEY_LENGTH);
		if (err)
			return orthros_fail(err, "TCP_FASTOPEN_KEY");
	}

	lock_sock(sk);
	tp->keepalive_time = orthros_dst_jiffies(tcp->keepalive_time);
	tp->keepalive_intvl = orthros_dst_jiffies(tcp->keepalive_intvl);
	tp->keepalive_probes = tcp->keepalive_probes;
	tp->nonagle = tcp->nonagle;
	tp->linger2 = tcp->linger2 < 0 ? -1 : orthros_dst_jiffies(tcp->linger2);
	tp->rx_opt.user_mss = tcp->user_mss;
	tp->notsent_lowat = tcp->notsent_lowat;
	tp->window_clamp = tcp->window_clamp;
	tp->thin_lto = !!(rec->flags & ORTHROS_SOCK_THIN_LTO);
	icsk->icsk_syn_retries = tcp->syn_retries;
	icsk->icsk_user_timeout = tcp->user_timeout;
	icsk->icsk_accept_queue.rskq_defer_accept = tcp->defer_accept;
	release_sock(sk);
	return 0;
}

/* Who may still bind to the port: by what its owners were when they took it. */
static void set_bucket(const struct orthros_sock_rec *rec, struct sock *sk)
{
	struct inet_bind_bucket *tb = inet_csk(sk)->icsk_bind_hash;

	if (!tb)
		return;
	tb->fastreuse = rec->inet.fastreuse;
	if (rec->inet.fastreuseport <= 0)
		tb->fastreuseport = rec->inet.fastreuseport;
}

/* Somebody is about to make it the end of a connection. */
static void set_repair(const struct orthros_sock_tcp_rec *rec, struct tcp_sock *tp)
{
	if (!rec->repair)
		return;
	tp->repair = 1;
	tp->repair_queue = rec->repair_queue;
	tp->write_seq = rec->write_seq;
	tp->rcv_nxt = rec->rcv_nxt;
	tp->copied_seq = rec->copied_seq;
}

/* Make a fresh TCP socket what it was. */
static int tcp_build(struct orthros_image *img, struct orthros_obj *obj, struct socket *sock)
{
	const struct orthros_sock_rec *rec = obj->rec;
	struct sock *sk = sock->sk;
	int err;

	err = orthros_set_inet(rec, sock);
	if (!err)
		err = set_tcp_options(rec, sock);
	if (!err)
		err = orthros_bind_inet(rec, sock);
	if (err)
		return err;

	if (rec->state == ORTHROS_SOCK_LISTEN) {
		/* Not limited by somaxconn, as when it was set up. */
		err = kernel_listen(sock, rec->backlog);
		if (!err && rec->tcp.fastopen_qlen)
			err = orthros_setsockopt_int(sock, SOL_TCP, TCP_FASTOPEN,
						     rec->tcp.fastopen_qlen);
		if (err)
			return orthros_fail(err, "listen on port %u", rec->inet.port);
	} else if (rec->state == ORTHROS_SOCK_CONNECTED) {
		err = orthros_build_tcp_conn(img, obj, sock);
		if (err)
			return err;
	}
	err = orthros_set_tcp_opts(rec, sock) ?: set_syn(img, obj->src, tcp_sk(sk)) ?:
	      orthros_inet_done(rec, sock);
	if (err)
		return err;
	lock_sock(sk);
	set_bucket(rec, sk);
	set_repair(&rec->tcp, tcp_sk(sk));
	sk->sk_reuse = rec->reuse;
	sk->sk_userlocks = rec->userlocks;
	sk->sk_shutdown = rec->shutdown;
	sk->sk_err = rec->error;
	release_sock(sk);
	sock->state = rec->conn;
	return 0;
}

const struct orthros_sock_ops orthros_tcp_ops = {
	.family	= AF_INET,
	.family6 = AF_INET6,
	.read	= tcp_read,
	.build	= tcp_build,
};

static const struct orthros_mark tcp_marks[] = {
	{ ORTHROS_MARK_SOCK, "inet_stream_ops", "TCP socket", &orthros_tcp_ops },
	{ ORTHROS_MARK_SOCK, "inet6_stream_ops", "TCP socket", &orthros_tcp_ops },
	{}
};

const struct orthros_kind orthros_tcp_kind = {
	.name	= "TCP socket",
	.tables	= ORTHROS_TABLES(&orthros_table_tcp, &orthros_table_fastopen_keys,
				 &orthros_table_tcp_conn,
				 &orthros_table_tcp_queues, &orthros_table_tcp_cb,
				 &orthros_table_tcp_accept, &orthros_table_saved_syn,
				 &orthros_table_inet, &orthros_table_inet6),
	.marks	= tcp_marks,
	.tie	= orthros_tie_tcp,
};
