// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets: what all families have in common, and the choice of the family by
 * the name of the source's proto_ops.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/init_task.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include "../core/steps.h"
#include "../ns/ns.h"
#include "errqueue_tables.h"
#include "sock_internal.h"

/* Options that are on or off: the source's bit numbers and the record's flags. */
static int read_sk_flags(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 flags)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_sk_flags f;
	u64 rest = flags;
	int err;

	err = orthros_read_rec(mem, &orthros_table_sk_flags, 0, &f);
	if (err)
		return err;
	{
		const struct {
			u32 bit;
			u32 flag;
		} map[] = {
			{ f.urginline, ORTHROS_SOCK_OOBINLINE },
			{ f.keepopen, ORTHROS_SOCK_KEEPALIVE },
			{ f.linger, ORTHROS_SOCK_LINGER },
			{ f.broadcast, ORTHROS_SOCK_BROADCAST },
			{ f.localroute, ORTHROS_SOCK_DONTROUTE },
			{ f.done, ORTHROS_SOCK_DONE },
			{ f.rcvtstamp, ORTHROS_SOCK_RCVTSTAMP },
			{ f.rcvtstampns, ORTHROS_SOCK_RCVTSTAMPNS },
			{ f.tstamp_new, ORTHROS_SOCK_TSTAMP_NEW },
			{ f.dbg, ORTHROS_SOCK_DEBUG },
			{ f.select_err_queue, ORTHROS_SOCK_SELECT_ERR_QUEUE },
			{ f.rxq_ovfl, ORTHROS_SOCK_RXQ_OVFL },
			{ f.rcvmark, ORTHROS_SOCK_RCVMARK },
			{ f.wifi_status, ORTHROS_SOCK_WIFI_STATUS },
			{ f.nofcs, ORTHROS_SOCK_NOFCS },
			{ f.zerocopy, ORTHROS_SOCK_ZEROCOPY },
			{ f.txtime, ORTHROS_SOCK_TXTIME },
			{ f.filter_locked, ORTHROS_SOCK_LOCK_FILTER },
			/* These follow from the rest. */
			{ f.fasync, 0 },
			{ f.timestamp, 0 },
			{ f.zapped, 0 },
			{ f.use_write_queue, 0 },
			{ f.rcu_free, 0 },
			{ f.destroy, 0 },
			{ f.dead, 0 },
			{ f.timestamping_rx, 0 },
		};
		unsigned int i;

		for (i = 0; i < ARRAY_SIZE(map); i++) {
			if (map[i].bit > 63)
				return orthros_bad(-EINVAL, "sock_flags bit %u", map[i].bit);
			if (flags & BIT_ULL(map[i].bit))
				rec->flags |= map[i].flag;
			rest &= ~BIT_ULL(map[i].bit);
		}
	}
	if (rest)
		return orthros_refused(who, "socket option (sk_flags %#llx)", rest);
	return 0;
}

static int read_sk(const struct orthros_finder *who, struct orthros_sock_rec *rec,
		   const struct orthros_socket_view *socket, const struct orthros_sk_view *sk)
{
	struct orthros_file_consts c;
	int err;

	err = orthros_file_consts(who->img, &c);
	if (err)
		return err;
	err = orthros_read_net_ns(who, sk->net, &rec->ns);
	if (err)
		return err;
	if (sk->user_data)
		return orthros_refused(who, "socket that a part of the kernel uses");
	if (socket->flags & BIT_ULL(socket->bit_passsec & 63))
		rec->flags |= ORTHROS_SOCK_PASSSEC;
	if (socket->bit_passpidfd && socket->flags & BIT_ULL(socket->bit_passpidfd & 63)) {
		if (!ORTHROS_PASSPIDFD)
			return orthros_refused(who, "SO_PASSPIDFD, unknown to the other kernel");
		rec->flags |= ORTHROS_SOCK_PASSPIDFD;
	}

	err = read_sk_flags(who, rec, sk->flags);
	if (err)
		return err;
	if (socket->flags & BIT_ULL(socket->bit_passcred & 63))
		rec->flags |= ORTHROS_SOCK_PASSCRED;
	if (sk->reuseport)
		rec->flags |= ORTHROS_SOCK_REUSEPORT;
	if (sk->v6only)
		rec->flags |= ORTHROS_SOCK_V6ONLY;
	rec->version = ORTHROS_SOCK_VERSION;
	rec->family = sk->family;
	rec->type = socket->type;
	rec->protocol = sk->protocol;
	rec->reuse = sk->reuse;
	rec->shutdown = sk->shutdown;
	rec->userlocks = sk->userlocks;
	rec->backlog = sk->max_ack_backlog;
	rec->sndbuf = sk->sndbuf;
	rec->rcvbuf = sk->rcvbuf;
	rec->rcvlowat = sk->rcvlowat;
	rec->peek_off = sk->peek_off;
	rec->rcvtimeo = orthros_src_ms(&c, sk->rcvtimeo);
	rec->sndtimeo = orthros_src_ms(&c, sk->sndtimeo);
	rec->linger = orthros_src_ms(&c, sk->linger);
	rec->priority = sk->priority;
	rec->mark = sk->mark;
	rec->uid = sk->uid;
	rec->error = sk->err;
	rec->bound_dev = sk->bound_dev_if;
	return 0;
}

/* A new SOCK object, or the one that is known. */
static struct orthros_obj *read_sock(const struct orthros_finder *who, u64 addr, u64 file,
				     const struct orthros_socket_view *socket,
				     const struct orthros_sk_view *sk,
				     const struct orthros_sock_ops *ops)
{
	struct orthros_sock_rec *rec;
	struct orthros_obj *sock;
	bool isnew;
	int err;

	sock = orthros_obj_get(who->img, &orthros_sock_type, addr, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(sock))
		return sock;
	rec = sock->rec;
	memset(rec, 0, sizeof(*rec));
	sock->round = who->img->round;
	rec->file = file;
	rec->conn = socket->state;
	sock->ops = ops;
	err = read_sk(who, rec, socket, sk);
	if (!err)
		err = orthros_read_sk_opts(who, rec, addr);
	if (!err)
		err = orthros_read_filters(who, rec, addr);
	if (!err)
		err = ops->read(who, sock, addr);
	if (!err)
		err = orthros_read_errors(who, addr, sk);
	if (err < 0)
		return ERR_PTR(err);
	sock->refused = err;
	return err ? NULL : sock;
}

static int sock_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			  const struct orthros_file_view *view,
			  const struct orthros_finode_view *inode)
{
	struct orthros_image *img = who->img;
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_file_rec *frec = obj->rec;
	const struct orthros_mark *mark;
	struct orthros_socket_view socket;
	struct orthros_sk_view *sk;
	struct orthros_obj *sock;
	int err;

	err = orthros_read_rec(mem, &orthros_table_socket, view->private_data, &socket);
	if (err)
		return err;
	mark = orthros_mark_find(img->src, ORTHROS_MARK_SOCK, socket.ops);
	if (mark && !mark->ops)
		return orthros_refused(who, "%s", mark->what);

	sk = kmalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return -ENOMEM;
	err = orthros_read_rec(mem, &orthros_table_sk, socket.sk, sk);
	if (err)
		goto out;
	if (!mark) {
		err = orthros_refused(who, "socket of family %u, type %d", sk->family,
				      socket.type);
		goto out;
	}
	if (sk->socket != view->private_data) {
		err = img->frozen ? orthros_bad(-EINVAL, "socket %#llx: sk %#llx points elsewhere",
						view->private_data, socket.sk) : -EAGAIN;
		goto out;
	}
	frec->object = socket.sk;
	sock = read_sock(who, socket.sk, obj->src, &socket, sk, mark->ops);
	err = IS_ERR(sock) ? PTR_ERR(sock) : sock ? 0 : ORTHROS_REFUSED;
out:
	kfree(sk);
	return err;
}

/**
 * orthros_read_bare_sock() - read a socket that is not open
 * @who:	through whom it was found
 * @addr:	struct sock: a connection that waits to be accepted, or one that
 *		its program has closed
 * @ops:	what it must be
 *
 * Return: the SOCK object, NULL if it was refused (and reported), or ERR_PTR.
 */
struct orthros_obj *orthros_read_bare_sock(const struct orthros_finder *who, u64 addr,
					   const struct orthros_sock_ops *ops)
{
	struct orthros_socket_view socket = { .state = SS_CONNECTED };
	struct orthros_sk_flags bits;
	struct orthros_sock_rec *rec;
	struct orthros_sk_view *sk;
	struct orthros_obj *sock;
	int err;

	/* One that is not open is read once, however it is found. */
	sock = orthros_obj_find(who->img, &orthros_sock_type, addr);
	if (sock && orthros_obj_done(who->img, sock))
		return sock->refused ? NULL : sock;
	sk = kmalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return ERR_PTR(-ENOMEM);
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_sk, addr, sk);
	if (!err)
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_sk_flags, 0, &bits);
	/* Accepted under the eyes of a live walk: some process has it now. */
	if (!err && sk->socket)
		err = who->img->frozen ? orthros_bad(-EINVAL, "socket %#llx is open", addr) :
					 -EAGAIN;
	if (err) {
		sock = ERR_PTR(err);
		goto out;
	}
	socket.type = sk->type;
	if (sk->family == ops->family || sk->family == ops->family6)
		sock = read_sock(who, addr, 0, &socket, sk, ops);
	else
		sock = ERR_PTR(orthros_bad(-EINVAL, "socket %#llx of family %u", addr,
					   sk->family));
	if (!IS_ERR_OR_NULL(sock)) {
		rec = sock->rec;
		rec->dead = !!(sk->flags & BIT_ULL(bits.dead & 63));
	}
out:
	kfree(sk);
	return sock;
}

/* Before the socket is bound: some of them decide whether it may be. */
static int set_options(const struct orthros_sock_rec *rec, struct socket *sock)
{
	static const struct {
		u32 flag;
		int name;
	} opts[] = {
		{ ORTHROS_SOCK_REUSEPORT, SO_REUSEPORT },
		{ ORTHROS_SOCK_KEEPALIVE, SO_KEEPALIVE },
		{ ORTHROS_SOCK_OOBINLINE, SO_OOBINLINE },
		{ ORTHROS_SOCK_BROADCAST, SO_BROADCAST },
		{ ORTHROS_SOCK_DONTROUTE, SO_DONTROUTE },
		{ ORTHROS_SOCK_PASSCRED, SO_PASSCRED },
		{ ORTHROS_SOCK_PASSSEC, SO_PASSSEC },
		{ ORTHROS_SOCK_PASSPIDFD, ORTHROS_PASSPIDFD },
		{ ORTHROS_SOCK_DEBUG, SO_DEBUG },
		{ ORTHROS_SOCK_SELECT_ERR_QUEUE, SO_SELECT_ERR_QUEUE },
		{ ORTHROS_SOCK_RXQ_OVFL, SO_RXQ_OVFL },
		{ ORTHROS_SOCK_RCVMARK, SO_RCVMARK },
		{ ORTHROS_SOCK_WIFI_STATUS, SO_WIFI_STATUS },
		{ ORTHROS_SOCK_NOFCS, SO_NOFCS },
		{ ORTHROS_SOCK_ZEROCOPY, SO_ZEROCOPY },
	};
	struct sock *sk = sock->sk;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(opts); i++) {
		if (!(rec->flags & opts[i].flag))
			continue;
		/* Some kernels let it be set where it means nothing, others do not. */
		if (opts[i].name == SO_REUSEPORT && rec->family == AF_UNIX)
			continue;
		err = orthros_setsockopt_int(sock, SOL_SOCKET, opts[i].name, 1);
		if (err)
			return orthros_fail(err, "socket option %d", opts[i].name);
	}
	if (rec->flags & (ORTHROS_SOCK_RCVTSTAMP | ORTHROS_SOCK_RCVTSTAMPNS)) {
		bool ns = rec->flags & ORTHROS_SOCK_RCVTSTAMPNS;
		bool is_new = rec->flags & ORTHROS_SOCK_TSTAMP_NEW;

		err = orthros_setsockopt_int(sock, SOL_SOCKET,
					     ns ? (is_new ? SO_TIMESTAMPNS_NEW : SO_TIMESTAMPNS_OLD)
						: (is_new ? SO_TIMESTAMP_NEW : SO_TIMESTAMP_OLD),
					     1);
		if (err)
			return orthros_fail(err, "SO_TIMESTAMP");
	}
	if (rec->bound_dev) {
		err = orthros_setsockopt_int(sock, SOL_SOCKET, SO_BINDTOIFINDEX, rec->bound_dev);
		if (err)
			return orthros_fail(err, "socket bound to device %d", rec->bound_dev);
	}
	err = orthros_set_opts(rec, sock);
	if (err)
		return err;

	/*
	 * The rest goes in as it was found: setsockopt() doubles, rounds and
	 * limits sizes by settings of the day.
	 */
	lock_sock(sk);
	sk->sk_reuse = rec->reuse;
	if (rec->flags & ORTHROS_SOCK_LINGER)
		sock_set_flag(sk, SOCK_LINGER);
	if (rec->flags & ORTHROS_SOCK_DONE)
		sock_set_flag(sk, SOCK_DONE);
	sk->sk_lingertime = orthros_dst_jiffies(rec->linger);
	sk->sk_rcvtimeo = orthros_dst_jiffies(rec->rcvtimeo);
	sk->sk_sndtimeo = orthros_dst_jiffies(rec->sndtimeo);
	sk->sk_rcvlowat = rec->rcvlowat;
	sk->sk_sndbuf = rec->sndbuf;
	sk->sk_rcvbuf = rec->rcvbuf;
	sk->sk_peek_off = rec->peek_off;
	sk->sk_priority = rec->priority;
	sk->sk_mark = rec->mark;
	sk->sk_err = rec->error;
	release_sock(sk);
	return 0;
}

static struct socket *build_sock(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_sock_ops *ops = obj->ops;
	struct orthros_sock_rec *rec = obj->rec;
	struct socket *sock;
	struct net *net;
	int err;

	if (rec->family != AF_UNIX) {
		err = orthros_step_wait(&orthros_net_built);
		if (err)
			return ERR_PTR(err);
	}
	net = orthros_dst_net(img, rec->ns);
	if (!net)
		return ERR_PTR(orthros_fail(-ENOENT, "socket: network namespace"));
	err = __sock_create(net, rec->family, rec->type,
			    rec->family == AF_UNIX ? 0 : rec->protocol, &sock, 0);
	if (err)
		return ERR_PTR(orthros_fail(err, "socket of family %u, type %u", rec->family,
					    rec->type));
	sock->sk->sk_uid = make_kuid(&init_user_ns, rec->uid);
	err = set_options(rec, sock);
	if (!err)
		err = ops->build(img, obj, sock);
	/* What is in its queue has passed the filter already. */
	if (!err)
		err = orthros_set_filters(img, rec, sock);
	if (!err)
		err = orthros_set_flow_labels(img, rec, sock) ?:
		      orthros_fill_errors(img, obj->src, sock);
	if (err) {
		sock_release(sock);
		return ERR_PTR(err);
	}
	return sock;
}

static struct file *sock_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *frec = obj->rec;
	struct orthros_obj *sobj;
	struct socket *sock;
	struct file *file;

	sobj = orthros_obj_find(img, &orthros_sock_type, frec->object);
	if (!sobj)
		return ERR_PTR(-ENOENT);
	sock = build_sock(img, sobj);
	if (IS_ERR(sock))
		return ERR_CAST(sock);
	orthros_set_inode_owner(SOCK_INODE(sock), frec->mode, frec->uid, frec->gid);

	/* Releases the socket if it fails. */
	file = sock_alloc_file(sock, frec->flags & O_NONBLOCK, NULL);
	if (!IS_ERR(file))
		orthros_obj_built(sobj, sock);
	return file;
}

/* Build the sockets that are not open. */
static int tie_bare_socks(struct orthros_image *img)
{
	const struct cred *old = override_creds(&init_cred);
	const struct orthros_sock_rec *rec;
	struct orthros_obj *obj;
	struct socket *sock;
	int err = 0;

	orthros_for_each_obj(obj, img, &orthros_sock_type) {
		rec = obj->rec;
		if (rec->file || obj->dst)
			continue;
		sock = build_sock(img, obj);
		if (IS_ERR(sock)) {
			err = PTR_ERR(sock);
			break;
		}
		orthros_obj_built(obj, sock);
	}
	revert_creds(old);
	return err;
}

static const struct orthros_file_ops sock_ops = {
	.name	= "socket",
	.read	= sock_read_file,
	.build	= sock_build,
};

static const struct orthros_mark sock_marks[] = {
	{ ORTHROS_MARK_FILE, "socket_file_ops", "socket", &sock_ops },
	{}
};

const struct orthros_kind orthros_sock_kind = {
	.name	= "socket",
	.tables	= ORTHROS_TABLES(&orthros_table_socket, &orthros_table_sk,
				 &orthros_table_sk_flags, &orthros_table_skb,
				 &orthros_table_skb_shared, &orthros_table_skb_frag,
				 &orthros_table_exterr, &orthros_table_hwtstamp),
	.marks	= sock_marks,
	.tie	= tie_bare_socks,
};
