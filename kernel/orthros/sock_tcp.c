// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP sockets that have no connection: listeners, and those not yet used.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/tcp.h>
#include "files.h"

static int read_inet(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 sk,
		     const struct orthros_inet_view *v)
{
	struct orthros_inet6_view v6 = { .hop_limit = -1 };
	int err;

	if (v->pinet6) {
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_inet6, v->pinet6, &v6);
		if (err)
			return err;
	}
	if (v->opt || v6.opt)
		return orthros_file_refuse(who, "socket with IP options");
	if (v->mc_list || v6.mc_list)
		return orthros_file_refuse(who, "socket in a multicast group");
	if (v->has_flags ? v->flags & BIT_ULL(v->bit_freebind & 63) : v->freebind)
		rec->flags |= ORTHROS_SOCK_FREEBIND;
	if (v->has_flags ? v->flags & BIT_ULL(v->bit_transparent & 63) : v->transparent)
		rec->flags |= ORTHROS_SOCK_TRANSPARENT;
	if (v->has_flags ? v->flags & BIT_ULL(v->bit_bind_no_port & 63) : v->bind_no_port)
		rec->flags |= ORTHROS_SOCK_BIND_NO_PORT;
	if (rec->family == AF_INET6)
		memcpy(rec->inet.addr, v->local6, 16);
	else
		memcpy(rec->inet.addr, v->local4, 4);
	rec->inet.port = v->num;
	rec->inet.ttl = v->ttl;
	rec->inet.tos = v->tos;
	rec->inet.min_ttl = v->min_ttl;
	rec->inet.pmtudisc = v->pmtudisc;
	rec->inet.hop_limit = v6.hop_limit;
	rec->inet.tclass = v6.tclass;
	rec->inet.pmtudisc6 = v6.pmtudisc;
	return 0;
}

static int refuse_connection(const struct orthros_finder *who, const struct orthros_sock_rec *rec,
			     const struct orthros_inet_view *v)
{
	u16 dport = ntohs((__force __be16)v->dport);

	if (rec->family == AF_INET6)
		return orthros_file_refuse(who, "TCP connection [%pI6c]:%u - [%pI6c]:%u",
					   v->local6, v->num, v->remote6, dport);
	return orthros_file_refuse(who, "TCP connection %pI4:%u - %pI4:%u", v->local4, v->num,
				   v->remote4, dport);
}

/**
 * orthros_read_tcp() - read a TCP socket
 * @who:	through whom it was found
 * @sock:	SOCK object; its common part is filled
 * @sk:		struct tcp_sock in the source
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_tcp(const struct orthros_finder *who, struct orthros_obj *sock, u64 sk)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_sock_rec *rec = sock->rec;
	struct orthros_file_consts c;
	struct orthros_inet_view inet;
	struct orthros_tcp_view v;
	struct orthros_sk_view *skv;
	u32 received, accepted;
	u8 state;
	int err;

	if (rec->protocol != IPPROTO_TCP)
		return orthros_file_refuse(who, "stream socket of protocol %u", rec->protocol);
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
	accepted = skv->ack_backlog;
	kfree(skv);
	if (err)
		return err;

	if (state == TCP_LISTEN)
		rec->state = ORTHROS_SOCK_LISTEN;
	else if (state == TCP_CLOSE)
		rec->state = ORTHROS_SOCK_CLOSED;
	else
		return refuse_connection(who, rec, &inet);
	if (received)
		return orthros_file_refuse(who, "closed TCP connection with unread data");
	if (rec->state == ORTHROS_SOCK_LISTEN && (v.accept_head || accepted || v.fastopen_qlen))
		return orthros_file_refuse(who, "TCP listener with %u connections to accept",
					   accepted);
	if (rec->state == ORTHROS_SOCK_LISTEN && v.qlen)
		return orthros_file_refuse(who, "TCP listener with %d connections half open",
					   v.qlen);
	if (v.ulp_ops)
		return orthros_file_refuse(who, "TCP upper layer protocol (TLS, ...)");
	if (v.md5 || v.ao)
		return orthros_file_refuse(who, "TCP MD5 or AO keys");
	if (v.repair)
		return orthros_file_refuse(who, "TCP_REPAIR");

	err = read_inet(who, rec, sk, &inet);
	if (err)
		return err;
	if (v.save_syn)
		rec->flags |= ORTHROS_SOCK_SAVE_SYN;
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
	return 0;
}

static int set_inet_options(const struct orthros_sock_rec *rec, struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct inet_sock *inet = inet_sk(sk);
	int err = 0;

	if (rec->flags & ORTHROS_SOCK_FREEBIND)
		err = orthros_setsockopt_int(sock, SOL_IP, IP_FREEBIND, 1);
	if (!err && rec->flags & ORTHROS_SOCK_TRANSPARENT)
		err = orthros_setsockopt_int(sock, SOL_IP, IP_TRANSPARENT, 1);
	if (!err && rec->flags & ORTHROS_SOCK_BIND_NO_PORT)
		err = orthros_setsockopt_int(sock, SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	if (!err && rec->family == AF_INET6)
		err = orthros_setsockopt_int(sock, SOL_IPV6, IPV6_V6ONLY,
					     !!(rec->flags & ORTHROS_SOCK_V6ONLY));
	if (err)
		return orthros_fail(err, "IP options of a socket");

	lock_sock(sk);
	inet->tos = rec->inet.tos;
	inet->uc_ttl = rec->inet.ttl;
	inet->min_ttl = rec->inet.min_ttl;
	inet->pmtudisc = rec->inet.pmtudisc;
	if (rec->family == AF_INET6) {
		struct ipv6_pinfo *np = inet6_sk(sk);

		np->hop_limit = rec->inet.hop_limit;
		np->tclass = rec->inet.tclass;
		np->pmtudisc = rec->inet.pmtudisc6;
	}
	release_sock(sk);
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

	lock_sock(sk);
	tp->keepalive_time = orthros_dst_jiffies(tcp->keepalive_time);
	tp->keepalive_intvl = orthros_dst_jiffies(tcp->keepalive_intvl);
	tp->keepalive_probes = tcp->keepalive_probes;
	tp->nonagle = tcp->nonagle;
	tp->linger2 = tcp->linger2 < 0 ? -1 : orthros_dst_jiffies(tcp->linger2);
	tp->rx_opt.user_mss = tcp->user_mss;
	tp->notsent_lowat = tcp->notsent_lowat;
	tp->window_clamp = tcp->window_clamp;
	tp->save_syn = !!(rec->flags & ORTHROS_SOCK_SAVE_SYN);
	tp->thin_lto = !!(rec->flags & ORTHROS_SOCK_THIN_LTO);
	icsk->icsk_syn_retries = tcp->syn_retries;
	icsk->icsk_user_timeout = tcp->user_timeout;
	icsk->icsk_accept_queue.rskq_defer_accept = tcp->defer_accept;
	release_sock(sk);
	return 0;
}

static int bind_inet(const struct orthros_sock_rec *rec, struct socket *sock)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(rec->inet.port),
	};
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(rec->inet.port),
	};
	struct sock *sk = sock->sk;
	int i, err = 0;

	if (!rec->inet.port && !memchr_inv(rec->inet.addr, 0, sizeof(rec->inet.addr)))
		return 0;
	memcpy(&in6.sin6_addr, rec->inet.addr, 16);
	memcpy(&in.sin_addr, rec->inet.addr, 4);

	/*
	 * Two sockets may have been bound while neither listened. Listening,
	 * the one that is built first would keep the other out: then, as for
	 * TCP_REPAIR, the conflict is known not to be one.
	 */
	for (i = 0; i < 2; i++) {
		if (rec->family == AF_INET6)
			err = kernel_bind(sock, (struct sockaddr *)&in6, sizeof(in6));
		else
			err = kernel_bind(sock, (struct sockaddr *)&in, sizeof(in));
		if (err != -EADDRINUSE)
			break;
		sk->sk_reuse = SK_FORCE_REUSE;
	}
	sk->sk_reuse = rec->reuse;
	if (err && rec->family == AF_INET6)
		return orthros_fail(err, "bind to [%pI6c]:%u", rec->inet.addr, rec->inet.port);
	if (err)
		return orthros_fail(err, "bind to %pI4:%u", rec->inet.addr, rec->inet.port);
	return 0;
}

/**
 * orthros_build_tcp() - make a fresh TCP socket what it was
 * @img:	image
 * @rec:	the socket
 * @sock:	fresh, common options are set
 *
 * Return: 0 or -errno.
 */
int orthros_build_tcp(struct orthros_image *img, struct orthros_sock_rec *rec,
		      struct socket *sock)
{
	struct sock *sk = sock->sk;
	int err;

	err = set_inet_options(rec, sock);
	if (!err)
		err = set_tcp_options(rec, sock);
	if (!err)
		err = bind_inet(rec, sock);
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
	}
	lock_sock(sk);
	sk->sk_userlocks = rec->userlocks;
	sk->sk_shutdown = rec->shutdown;
	release_sock(sk);
	return 0;
}
