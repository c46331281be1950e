// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket options that are read as they stand and set again by setsockopt(),
 * one by one. Those that need more than a number, or that decide how a socket
 * is made, are where the rest of its kind is.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/net_tstamp.h>
#include <linux/tcp.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include "opt_tables.h"
#include "sock_internal.h"

enum opt_family { OPT_NONE, OPT_ANY, OPT_IP, OPT_IPV6 };

/**
 * struct opt - an option
 * @family:	which sockets have it
 * @level:	of setsockopt()
 * @name:	likewise
 * @def:	value that a fresh socket has
 * @always:	what a fresh one has is a matter of settings
 * @wide:	value of eight bytes
 * @dgram:	not to be set by hand on a stream
 */
struct opt {
	u8 family;
	u16 level;
	u16 name;
	s64 def;
	bool always;
	bool wide;
	bool dgram;
};

static const struct opt opts[ORTHROS_OPT_NR] = {
	[ORTHROS_OPT_NO_CHECK] = { OPT_ANY, SOL_SOCKET, SO_NO_CHECK },
	[ORTHROS_OPT_BUSY_POLL] = { OPT_ANY, SOL_SOCKET, SO_BUSY_POLL, .always = true },
	[ORTHROS_OPT_PREFER_BUSY_POLL] = { OPT_ANY, SOL_SOCKET, SO_PREFER_BUSY_POLL },
	[ORTHROS_OPT_BUSY_POLL_BUDGET] = { OPT_ANY, SOL_SOCKET, SO_BUSY_POLL_BUDGET },
	[ORTHROS_OPT_MAX_PACING_RATE] = { OPT_ANY, SOL_SOCKET, SO_MAX_PACING_RATE, -1,
					  .wide = true },
	[ORTHROS_OPT_INCOMING_CPU] = { OPT_ANY, SOL_SOCKET, SO_INCOMING_CPU, -1 },
	[ORTHROS_OPT_TXREHASH] = { OPT_ANY, SOL_SOCKET, SO_TXREHASH, .always = true },
	[ORTHROS_OPT_PKTINFO] = { OPT_IP, SOL_IP, IP_PKTINFO },
	[ORTHROS_OPT_RECVTTL] = { OPT_IP, SOL_IP, IP_RECVTTL },
	[ORTHROS_OPT_RECVTOS] = { OPT_IP, SOL_IP, IP_RECVTOS },
	[ORTHROS_OPT_RECVOPTS] = { OPT_IP, SOL_IP, IP_RECVOPTS },
	[ORTHROS_OPT_RETOPTS] = { OPT_IP, SOL_IP, IP_RETOPTS },
	[ORTHROS_OPT_PASSSEC] = { OPT_IP, SOL_IP, IP_PASSSEC },
	[ORTHROS_OPT_ORIGDSTADDR] = { OPT_IP, SOL_IP, IP_RECVORIGDSTADDR },
	[ORTHROS_OPT_CHECKSUM] = { OPT_IP, SOL_IP, IP_CHECKSUM },
	[ORTHROS_OPT_RECVFRAGSIZE] = { OPT_IP, SOL_IP, IP_RECVFRAGSIZE },
	[ORTHROS_OPT_RECVERR] = { OPT_IP, SOL_IP, IP_RECVERR },
	[ORTHROS_OPT_RECVERR_RFC4884] = { OPT_IP, SOL_IP, IP_RECVERR_RFC4884 },
	[ORTHROS_OPT_MC_LOOP] = { OPT_IP, SOL_IP, IP_MULTICAST_LOOP, 1 },
	[ORTHROS_OPT_MC_ALL] = { OPT_IP, SOL_IP, IP_MULTICAST_ALL, 1 },
	[ORTHROS_OPT_NODEFRAG] = { OPT_IP, SOL_IP, IP_NODEFRAG },
	[ORTHROS_OPT_HDRINCL] = { OPT_IP, SOL_IP, IP_HDRINCL, .always = true },
	[ORTHROS_OPT_MC_TTL] = { OPT_IP, SOL_IP, IP_MULTICAST_TTL, 1, .dgram = true },
	[ORTHROS_OPT_RECVPKTINFO6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVPKTINFO },
	[ORTHROS_OPT_OLD_PKTINFO6] = { OPT_IPV6, SOL_IPV6, IPV6_2292PKTINFO },
	[ORTHROS_OPT_RECVHOPLIMIT6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVHOPLIMIT },
	[ORTHROS_OPT_OLD_HOPLIMIT6] = { OPT_IPV6, SOL_IPV6, IPV6_2292HOPLIMIT },
	[ORTHROS_OPT_RECVRTHDR6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVRTHDR },
	[ORTHROS_OPT_OLD_RTHDR6] = { OPT_IPV6, SOL_IPV6, IPV6_2292RTHDR },
	[ORTHROS_OPT_RECVHOPOPTS6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVHOPOPTS },
	[ORTHROS_OPT_OLD_HOPOPTS6] = { OPT_IPV6, SOL_IPV6, IPV6_2292HOPOPTS },
	[ORTHROS_OPT_RECVDSTOPTS6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVDSTOPTS },
	[ORTHROS_OPT_OLD_DSTOPTS6] = { OPT_IPV6, SOL_IPV6, IPV6_2292DSTOPTS },
	[ORTHROS_OPT_FLOWINFO6] = { OPT_IPV6, SOL_IPV6, IPV6_FLOWINFO },
	[ORTHROS_OPT_RECVTCLASS6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVTCLASS },
	[ORTHROS_OPT_RECVPATHMTU6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVPATHMTU },
	[ORTHROS_OPT_ORIGDSTADDR6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVORIGDSTADDR },
	[ORTHROS_OPT_RECVFRAGSIZE6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVFRAGSIZE },
	[ORTHROS_OPT_RECVERR6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVERR },
	[ORTHROS_OPT_RFC4884_6] = { OPT_IPV6, SOL_IPV6, IPV6_RECVERR_RFC4884 },
	[ORTHROS_OPT_MC_LOOP6] = { OPT_IPV6, SOL_IPV6, IPV6_MULTICAST_LOOP, 1 },
	[ORTHROS_OPT_MC_ALL6] = { OPT_IPV6, SOL_IPV6, IPV6_MULTICAST_ALL, 1 },
	[ORTHROS_OPT_FLOWINFO_SEND6] = { OPT_IPV6, SOL_IPV6, IPV6_FLOWINFO_SEND },
	[ORTHROS_OPT_DONTFRAG6] = { OPT_IPV6, SOL_IPV6, IPV6_DONTFRAG },
	[ORTHROS_OPT_RTALERT_ISOLATE6] = { OPT_IPV6, SOL_IPV6, IPV6_ROUTER_ALERT_ISOLATE },
	[ORTHROS_OPT_MC_HOPS6] = { OPT_IPV6, SOL_IPV6, IPV6_MULTICAST_HOPS, 1, .dgram = true },
	[ORTHROS_OPT_FRAG_SIZE6] = { OPT_IPV6, SOL_IPV6, IPV6_MTU },
	[ORTHROS_OPT_SRCPREFS6] = { OPT_IPV6, SOL_IPV6, IPV6_ADDR_PREFERENCES },
	[ORTHROS_OPT_MIN_HOPCOUNT6] = { OPT_IPV6, SOL_IPV6, IPV6_MINHOPCOUNT },
};

/* ---- reading ------------------------------------------------------------ */

static const struct orthros_opt_bits *opt_bits(struct orthros_image *img)
{
	static struct orthros_opt_bits bits;
	static const struct orthros_src *of;

	if (of != img->src) {
		if (orthros_read_rec(&img->src->mem, &orthros_table_sock_opt_bits, 0, &bits))
			return NULL;
		of = img->src;
	}
	return &bits;
}

/* Each option is in one of the structs. */
static int add_values(struct orthros_image *img, const struct orthros_table *table, u64 addr,
		      struct orthros_opt_view *v, struct orthros_sock_rec *rec)
{
	int i, err;

	err = orthros_read_rec(&img->src->mem, table, addr, v);
	if (err)
		return err;
	for (i = 0; i < ORTHROS_OPT_NR; i++)
		rec->opts[i] |= v->val[i];
	return 0;
}

static int add_bits(struct orthros_image *img, const struct orthros_opt_inet *more,
		    struct orthros_sock_rec *rec)
{
	const struct orthros_opt_bits *b = opt_bits(img);
	u64 masks = more->has_flags ? more->flags : more->cmsg_flags;
	int i;

	if (!b)
		return -EINVAL;
	for (i = 0; i < ORTHROS_OPT_NR; i++) {
		if (b->mask[i])
			rec->opts[i] = !!(masks & b->mask[i]);
		if (more->has_flags && b->bit[i])
			rec->opts[i] = !!(more->flags & BIT_ULL(b->bit[i] & 63));
	}
	return 0;
}

static int read_ipv6(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 pinet6,
		     const struct orthros_opt_inet *more, struct orthros_opt_view *v)
{
	struct orthros_opt_inet6 more6;
	int err;

	err = add_values(who->img, &orthros_table_sock_opt_inet6, pinet6, v, rec);
	if (!err)
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_sock_opt_more6, pinet6,
				       &more6);
	if (err)
		return err;
	if (more6.ac_list)
		return orthros_refused(who, "socket with an anycast address");
	rec->reflects = more6.repflow ||
			(more6.repflow_bit && more->flags & BIT_ULL(more6.repflow_bit & 63));
	rec->flow_labels = more6.fl_list ?: more->fl_list;
	err = orthros_read_flow_labels(who, rec->flow_labels);
	if (err)
		return err;
	memcpy(rec->pktinfo6, more6.pktinfo, sizeof(rec->pktinfo6));
	return 0;
}

static int read_opts(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 addr,
		     u64 pinet6, bool inet, struct orthros_opt_view *v)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_opt_inet more;
	int err;

	if (!inet)
		return add_values(who->img, &orthros_table_sock_opt_sk, addr, v, rec);
	err = add_values(who->img, &orthros_table_sock_opt_inet, addr, v, rec);
	if (!err && rec->protocol == IPPROTO_TCP && rec->type == SOCK_STREAM)
		err = add_values(who->img, &orthros_table_sock_opt_tcp, addr, v, rec);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_sock_opt_more, addr, &more);
	if (!err && pinet6)
		err = read_ipv6(who, rec, pinet6, &more, v);
	if (!err)
		err = add_bits(who->img, &more, rec);
	if (err)
		return err;
	rec->mc_addr = more.mc_addr;
	rec->mc_index = more.mc_index;
	memcpy(&rec->port_range, more.port_range, sizeof(rec->port_range));
	return 0;
}

static int check_opts(const struct orthros_finder *who, const struct orthros_sock_rec *rec)
{
	if (rec->opts[ORTHROS_OPT_RESERVE_MEM])
		return orthros_refused(who, "SO_RESERVE_MEM");
	if (rec->opts[ORTHROS_OPT_TIMESTAMPING] &
	    (SOF_TIMESTAMPING_BIND_PHC | ~(s64)SOF_TIMESTAMPING_MASK))
		return orthros_refused(who, "SO_TIMESTAMPING (%#llx)",
					   rec->opts[ORTHROS_OPT_TIMESTAMPING]);
	return 0;
}

/**
 * orthros_read_sk_opts() - read the options that all sockets have
 * @who:	through whom it was found
 * @rec:	filled
 * @addr:	struct sock
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_sk_opts(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 addr)
{
	struct orthros_opt_view *v = kmalloc(sizeof(*v), GFP_KERNEL);
	int err;

	if (!v)
		return -ENOMEM;
	err = read_opts(who, rec, addr, 0, false, v);
	kfree(v);
	return err ?: check_opts(who, rec);
}

/**
 * orthros_read_inet_opts() - read the options of AF_INET and AF_INET6
 * @who:	through whom it was found
 * @rec:	filled; family, type and protocol are known
 * @addr:	struct inet_sock
 * @pinet6:	its struct ipv6_pinfo, or 0
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_inet_opts(const struct orthros_finder *who, struct orthros_sock_rec *rec,
			   u64 addr, u64 pinet6)
{
	struct orthros_opt_view *v = kmalloc(sizeof(*v), GFP_KERNEL);
	int err;

	if (!v)
		return -ENOMEM;
	err = read_opts(who, rec, addr, pinet6, true, v);
	kfree(v);
	return err;
}

/* ---- building ----------------------------------------------------------- */

static int set_opt(const struct opt *o, s64 val, struct socket *sock)
{
	if (o->wide)
		return orthros_setsockopt(sock, o->level, o->name, &val, sizeof(val));
	return orthros_setsockopt_int(sock, o->level, o->name, val);
}

static bool has_opt(const struct orthros_sock_rec *rec, const struct opt *o)
{
	if (o->dgram && rec->type == SOCK_STREAM)
		return false;
	switch (o->family) {
	case OPT_ANY:
		return true;
	case OPT_IP:
		return rec->family == AF_INET || rec->family == AF_INET6;
	case OPT_IPV6:
		return rec->family == AF_INET6;
	}
	return false;
}

/*
 * Devices and addresses, which may be gone by now: setsockopt() would not have them.
 * An accepted connection has its own from its first packet.
 */
static void set_devices(const struct orthros_sock_rec *rec, struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct ipv6_pinfo *np = inet6_sk(sk);

	lock_sock(sk);
	inet->uc_index = rec->opts[ORTHROS_OPT_UNICAST_IF];
	inet->mc_index = rec->mc_index;
	inet->mc_addr = (__force __be32)rec->mc_addr;
	if (rec->type == SOCK_STREAM)
		inet->mc_ttl = rec->opts[ORTHROS_OPT_MC_TTL];
	if (rec->family == AF_INET6 && np) {
		np->ucast_oif = rec->opts[ORTHROS_OPT_UNICAST_IF6];
		np->mcast_oif = rec->opts[ORTHROS_OPT_MC_IF6];
		if (rec->type == SOCK_STREAM)
			np->mcast_hops = rec->opts[ORTHROS_OPT_MC_HOPS6];
		BUILD_BUG_ON(sizeof(np->sticky_pktinfo) != sizeof(rec->pktinfo6));
		memcpy(&np->sticky_pktinfo, rec->pktinfo6, sizeof(rec->pktinfo6));
	}
	release_sock(sk);
}

static int set_inet(const struct orthros_sock_rec *rec, struct socket *sock)
{
	int err = 0;

	set_devices(rec, sock->sk);
	if (rec->port_range) {
		u32 range = rec->port_range;

		err = orthros_setsockopt(sock, SOL_IP, IP_LOCAL_PORT_RANGE, &range, sizeof(range));
	}
	if (!err && rec->family == AF_INET6 && rec->opts[ORTHROS_OPT_AUTOFLOWLABEL_SET6])
		err = orthros_setsockopt_int(sock, SOL_IPV6, IPV6_AUTOFLOWLABEL,
					     rec->opts[ORTHROS_OPT_AUTOFLOWLABEL6]);
	return err;
}

/* Numbers of packets go on where they stood, which nobody can set. */
static int set_timestamping(const struct orthros_sock_rec *rec, struct socket *sock, s64 flags)
{
	const s64 ids = SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_ID_TCP;
	struct sock *sk = sock->sk;
	int err;

	err = orthros_setsockopt_int(sock, SOL_SOCKET, rec->flags & ORTHROS_SOCK_TSTAMP_NEW ?
				     SO_TIMESTAMPING_NEW : SO_TIMESTAMPING_OLD, flags & ~ids);
	if (err)
		return err;
	lock_sock(sk);
	sk->sk_tsflags |= flags & ids;
	atomic_set(&sk->sk_tskey, rec->opts[ORTHROS_OPT_TSKEY]);
	release_sock(sk);
	return 0;
}

static int set_txtime(const struct orthros_sock_rec *rec, struct socket *sock)
{
	struct sock_txtime txtime = {
		.clockid = rec->opts[ORTHROS_OPT_TXTIME_CLOCK],
		.flags = (rec->opts[ORTHROS_OPT_TXTIME_DEADLINE] ? SOF_TXTIME_DEADLINE_MODE : 0) |
			 (rec->opts[ORTHROS_OPT_TXTIME_ERRORS] ? SOF_TXTIME_REPORT_ERRORS : 0),
	};

	return orthros_setsockopt(sock, SOL_SOCKET, SO_TXTIME, &txtime, sizeof(txtime));
}

/**
 * orthros_set_opts() - set the options of a new socket
 * @rec:	the socket
 * @sock:	not bound yet
 *
 * Return: 0 or -errno.
 */
int orthros_set_opts(const struct orthros_sock_rec *rec, struct socket *sock)
{
	s64 tstamp = rec->opts[ORTHROS_OPT_TIMESTAMPING];
	int i, err = 0;

	for (i = 0; i < ORTHROS_OPT_NR; i++) {
		const struct opt *o = &opts[i];

		if (!has_opt(rec, o) || (rec->opts[i] == o->def && !o->always))
			continue;
		err = set_opt(o, rec->opts[i], sock);
		/* A setting of the day, and of no protocol that has it. */
		if (err && o->always)
			continue;
		if (err)
			return orthros_fail(err, "socket option %u:%u", o->level, o->name);
	}
	if (rec->family == AF_INET || rec->family == AF_INET6)
		err = set_inet(rec, sock);
	if (!err && tstamp)
		err = set_timestamping(rec, sock, tstamp);
	atomic_set(&sock->sk->sk_zckey, rec->opts[ORTHROS_OPT_ZCKEY]);
	if (!err && rec->flags & ORTHROS_SOCK_TXTIME)
		err = set_txtime(rec, sock);
	return err ? orthros_fail(err, "socket options") : 0;
}

/**
 * orthros_set_tcp_opts() - set what would be in the way of connecting
 * @rec:	the socket
 * @sock:	what it was: listening, connected or neither
 *
 * Return: 0 or -errno.
 */
int orthros_set_tcp_opts(const struct orthros_sock_rec *rec, struct socket *sock)
{
	struct tcp_sock *tp = tcp_sk(sock->sk);
	int err = 0;

	if (rec->opts[ORTHROS_OPT_TCP_TX_DELAY])
		err = orthros_setsockopt_int(sock, SOL_TCP, TCP_TX_DELAY,
					     rec->opts[ORTHROS_OPT_TCP_TX_DELAY]);
	lock_sock(sock->sk);
	tp->save_syn = rec->opts[ORTHROS_OPT_TCP_SAVE_SYN];
	tp->recvmsg_inq = rec->opts[ORTHROS_OPT_TCP_INQ];
	tp->fastopen_connect = rec->opts[ORTHROS_OPT_TCP_FASTOPEN_CONNECT];
	tp->fastopen_no_cookie = rec->opts[ORTHROS_OPT_TCP_FASTOPEN_NO_COOKIE];
	release_sock(sock->sk);
	return err ? orthros_fail(err, "TCP_TX_DELAY") : 0;
}

const struct orthros_kind orthros_sock_opt_kind = {
	.name	= "socket options",
	.tables	= ORTHROS_TABLES(&orthros_table_sock_opt_sk, &orthros_table_sock_opt_inet,
				 &orthros_table_sock_opt_inet6, &orthros_table_sock_opt_tcp,
				 &orthros_table_sock_opt_bits, &orthros_table_sock_opt_more,
				 &orthros_table_sock_opt_more6, &orthros_table_sk_filter,
				 &orthros_table_fl_socklist, &orthros_table_flowlabel,
				 &orthros_table_bpf_prog, &orthros_table_mcast4,
				 &orthros_table_mcast6),
};
