// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sockets of IPv4 and IPv6 have in common: options and addresses.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <net/flow.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock_reuseport.h>
#include <net/tcp_states.h>
#include <net/transp_v6.h>
#include "sock_internal.h"

/**
 * orthros_read_inet() - read what sockets of AF_INET and AF_INET6 have in common
 * @who:	through whom it was found
 * @rec:	filled
 * @sk:		struct inet_sock in the source
 * @v:		as it was read
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_inet(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 sk,
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
		return orthros_refused(who, "socket with IP options");
	err = orthros_read_inet_opts(who, rec, sk, v->pinet6);
	if (!err)
		err = orthros_read_mcast(who, sk, AF_INET, v->mc_list);
	if (!err)
		err = orthros_read_mcast(who, sk, AF_INET6, v6.mc_list);
	if (err)
		return err;
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
	rec->inet.flow_label = v6.flow_label;
	return 0;
}

/**
 * orthros_read_conn_obj() - read what lies behind the options of a socket
 * @who:	through whom it was found
 * @type:	of the object that has it; its key is that of the socket
 * @size:	bytes of its record, before data is appended
 * @sock:	SOCK object
 * @read:	fills the record
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_conn_obj(const struct orthros_finder *who, const struct orthros_type *type,
			  size_t size, struct orthros_obj *sock,
			  int (*read)(const struct orthros_finder *who, struct orthros_obj *obj,
				      struct orthros_sock_rec *rec,
				      const struct orthros_sk_view *sk))
{
	struct orthros_sk_view *sk;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(who->img, type, sock->src, who->pid, size, &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	sk = kmalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return -ENOMEM;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_sk, sock->src, sk);
	if (!err)
		err = read(who, obj, sock->rec, sk);
	kfree(sk);
	return err;
}

/**
 * orthros_set_inet() - set the options of AF_INET and AF_INET6
 * @rec:	the socket
 * @sock:	fresh
 *
 * Return: 0 or -errno.
 */
int orthros_set_inet(const struct orthros_sock_rec *rec, struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct inet_sock *inet = inet_sk(sk);
	int err;

	/* Until orthros_inet_done(): its address may be gone by now. */
	err = orthros_setsockopt_int(sock, SOL_IP, IP_FREEBIND, 1);
	if (!err && rec->flags & ORTHROS_SOCK_TRANSPARENT)
		err = orthros_setsockopt_int(sock, SOL_IP, IP_TRANSPARENT, 1);
	if (!err && rec->flags & ORTHROS_SOCK_BIND_NO_PORT)
		err = orthros_setsockopt_int(sock, SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	/* A raw one has its number already, and would not have it set any more. */
	if (!err && rec->family == AF_INET6 && rec->type != SOCK_RAW)
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

		sk->sk_ipv6only = !!(rec->flags & ORTHROS_SOCK_V6ONLY);
		np->hop_limit = rec->inet.hop_limit;
		np->tclass = rec->inet.tclass;
		np->pmtudisc = rec->inet.pmtudisc6;
	}
	release_sock(sk);
	return 0;
}

/**
 * orthros_bind_inet() - bind a socket to its address of before
 * @rec:	the socket
 * @sock:	its options are set
 *
 * Leaves it with SK_FORCE_REUSE, that it may listen or connect as well.
 *
 * Return: 0 or -errno.
 */
int orthros_bind_inet(const struct orthros_sock_rec *rec, struct socket *sock)
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
	struct net_device *dev;
	int err;

	/* A connection that has ended keeps its address, not its port. */
	if (!rec->inet.port && (rec->conn != SS_UNCONNECTED ||
				!memchr_inv(rec->inet.addr, 0, sizeof(rec->inet.addr))))
		return 0;
	memcpy(&in6.sin6_addr, rec->inet.addr, 16);
	memcpy(&in.sin_addr, rec->inet.addr, 4);

	/*
	 * Its device may be gone, or it was unbound from it; with IP_FREEBIND any
	 * other will do.
	 */
	dev = dev_get_by_index(sock_net(sk), rec->bound_dev);
	if (!dev)
		sk->sk_bound_dev_if = 0;
	dev_put(dev);
	if (!sk->sk_bound_dev_if &&
	    __ipv6_addr_needs_scope_id(ipv6_addr_type(&in6.sin6_addr)))
		in6.sin6_scope_id = LOOPBACK_IFINDEX;
	/*
	 * What would be a conflict now was none in the order in which the
	 * sockets were bound, connected and began to listen: as for TCP_REPAIR,
	 * it is known not to be one.
	 */
	sk->sk_reuse = SK_FORCE_REUSE;
	if (rec->family == AF_INET6)
		err = kernel_bind(sock, (struct sockaddr *)&in6, sizeof(in6));
	else
		err = kernel_bind(sock, (struct sockaddr *)&in, sizeof(in));
	sk->sk_bound_dev_if = rec->bound_dev;
	if (err && rec->family == AF_INET6)
		return orthros_fail(err, "bind to [%pI6c]:%u", rec->inet.addr, rec->inet.port);
	if (err)
		return orthros_fail(err, "bind to %pI4:%u", rec->inet.addr, rec->inet.port);
	return 0;
}

static int connect_inet(struct socket *sock, const u8 *daddr, u16 dport)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = (__force __be16)dport,
	};
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = (__force __be16)dport,
	};

	memcpy(&in6.sin6_addr, daddr, 16);
	memcpy(&in.sin_addr, daddr, 4);
	if (sock->sk->sk_family == AF_INET6)
		return kernel_connect(sock, (struct sockaddr *)&in6, sizeof(in6), 0);
	return kernel_connect(sock, (struct sockaddr *)&in, sizeof(in), 0);
}

/*
 * Connected when there was a route, or while SO_BROADCAST was on: it stays so, and
 * looks for a route with the next datagram. What connect() does but for that.
 */
static void connect_without_route(struct sock *sk, const u8 *daddr, u16 dport)
{
	struct inet_sock *inet = inet_sk(sk);

	lock_sock(sk);
	sk_dst_reset(sk);
	if (sk->sk_family == AF_INET6) {
		memcpy(&sk->sk_v6_daddr, daddr, sizeof(sk->sk_v6_daddr));
		inet->inet_daddr = ipv6_addr_v4mapped(&sk->sk_v6_daddr) ?
				   sk->sk_v6_daddr.s6_addr32[3] : LOOPBACK4_IPV6;
	} else {
		memcpy(&inet->inet_daddr, daddr, sizeof(inet->inet_daddr));
	}
	inet->inet_dport = (__force __be16)dport;
	reuseport_has_conns_set(sk);
	sk->sk_state = TCP_ESTABLISHED;
	sk_set_txhash(sk);
	release_sock(sk);
}

/**
 * orthros_connect_inet() - give a socket of datagrams its peer
 * @sock:	bound
 * @daddr:	address in network order, the first four bytes for IPv4
 * @dport:	and port, network order
 */
void orthros_connect_inet(struct socket *sock, const u8 *daddr, u16 dport)
{
	if (connect_inet(sock, daddr, dport))
		connect_without_route(sock->sk, daddr, dport);
}

/**
 * orthros_inet_done() - take back what only helped to build a socket
 * @rec:	the socket
 * @sock:	bound, connected or listening, as it was
 *
 * Return: 0 or -errno.
 */
int orthros_inet_done(const struct orthros_sock_rec *rec, struct socket *sock)
{
	if (rec->flags & ORTHROS_SOCK_FREEBIND)
		return 0;
	return orthros_setsockopt_int(sock, SOL_IP, IP_FREEBIND, 0);
}
