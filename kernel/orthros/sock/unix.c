// SPDX-License-Identifier: GPL-2.0-only
/*
 * UNIX sockets. Each is made by itself; who is connected with whom, and what
 * is queued, follows when all of them exist (tie_unix()).
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fdtable.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/uio.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include "../ns/ns.h"
#include "sock_internal.h"
#include "unix_inside.h"

static const struct orthros_sock_ops unix_ops;

/* SO_PEERGROUPS: its gids. Key: the struct sock */
static const struct orthros_type groups_type = { .name = "groups of a UNIX socket's peer" };

#define UNIX_MSGS_MAX	SZ_1M
#define UNIX_QUEUE_MAX	SZ_64M
#define UNIX_MSG_MAX	SZ_16M
#define UNIX_FILES_MAX	253		/* SCM_MAX_FD */

/* ---- reading ----------------------------------------------------------- */

/* What is refused if something is that @sock leads to: its file, if it has one. */
static struct orthros_obj *holder(const struct orthros_finder *who, struct orthros_obj *sock)
{
	const struct orthros_sock_rec *rec = sock->rec;

	return (rec->file ? orthros_obj_find(who->img, &orthros_file_type, rec->file) : NULL) ?:
	       sock;
}

/* SCM_RIGHTS: the files behind the header of their message. */
static int read_passed(const struct orthros_finder *who, struct orthros_writer *w, u64 fp,
		       u32 *nr)
{
	struct orthros_image *img = who->img;
	struct orthros_scm_view scm;
	u64 addr, *key;
	int i, err;

	*nr = 0;
	err = orthros_read_rec(&img->src->mem, &orthros_table_scm, fp, &scm);
	if (err)
		return err;
	if (scm.count < 0 || scm.count > UNIX_FILES_MAX)
		return orthros_bad(-EINVAL, "UNIX message with %d files", scm.count);
	for (i = 0; i < scm.count; i++) {
		err = orthros_src_u64(img->src, scm.files + i * sizeof(u64), &addr);
		if (err)
			return err;
		err = orthros_note_file(who, "passed file", holder(who, w->obj), addr);
		if (err)
			return err;
		key = orthros_append(w, sizeof(*key));
		if (!key)
			return -ENOMEM;
		*key = addr;
	}
	*nr = scm.count;
	return 0;
}

/* struct sockaddr_un */
static int read_addr(const struct orthros_src *src, u64 at, u32 *len, u8 *name)
{
	struct orthros_unix_addr_view addr;
	int err;

	*len = 0;
	if (!at)
		return 0;
	err = orthros_read_rec(&src->mem, &orthros_table_unix_addr, at, &addr);
	if (err)
		return err;
	if (addr.len <= (int)sizeof(short) || addr.len > ORTHROS_UNIX_ADDR_MAX)
		return orthros_bad(-EINVAL, "UNIX address of %d bytes", addr.len);
	*len = addr.len;
	return orthros_src_read(src, addr.name, name, addr.len);
}

/* A sender that was closed since: only its name is left, for recvfrom(). */
static int read_sender(const struct orthros_finder *who, struct orthros_writer *w, u64 sk,
		       u32 *len)
{
	u8 name[ORTHROS_UNIX_ADDR_MAX], *to;
	struct orthros_unix_view v;
	int err;

	*len = 0;
	if (!sk || orthros_obj_find(who->img, &orthros_sock_type, sk))
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_unix, sk, &v);
	if (!err)
		err = read_addr(who->img->src, v.addr, len, name);
	if (err || !*len)
		return err;
	to = orthros_append(w, ALIGN(*len, 8));
	if (!to)
		return -ENOMEM;
	memcpy(to, name, *len);
	return 0;
}

static int read_msg(const struct orthros_finder *who, struct orthros_writer *w,
		    const struct orthros_skb_view *skb)
{
	struct orthros_image *img = who->img;
	struct orthros_unix_msg_rec *msg;
	struct orthros_sock_rec *rec;
	struct orthros_unixcb_view cb;
	size_t at = w->used;
	u32 len, nr = 0, name_len;
	s32 pid;
	u8 *to;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_unixcb, skb->cb, &cb);
	if (err)
		return err;
	/* A running source reads what we look at. */
	if (img->frozen &&
	    (skb->len > UNIX_MSG_MAX || skb->data_len > skb->len || cb.consumed > skb->len))
		return orthros_bad(-EINVAL, "UNIX message of %u bytes, %u read", skb->len,
				   cb.consumed);
	if (!orthros_append(w, sizeof(*msg)))
		return -ENOMEM;
	if (cb.fp) {
		err = read_passed(who, w, cb.fp, &nr);
		if (err)
			return err;
	}
	if (!img->frozen)
		return 0;

	len = skb->len - cb.consumed;
	err = orthros_read_pidnr(img->src, cb.pid, &pid);
	if (!err)
		err = read_sender(who, w, skb->sk, &name_len);
	if (!err && len) {
		to = orthros_append(w, ALIGN(len, 8));
		err = to ? orthros_read_payload(img, skb, cb.consumed, to, len) : -ENOMEM;
	}
	if (err)
		return err;
	msg = w->obj->rec + at;
	msg->sender = skb->sk;
	msg->len = len;
	msg->uid = cb.uid;
	msg->gid = cb.gid;
	msg->pid = pid;
	msg->nr_files = nr;
	msg->name_len = name_len;
	msg->tstamp = skb->tstamp;
	rec = w->obj->rec;
	rec->un.nr_msgs++;
	return 0;
}

static struct orthros_obj *read_bare(const struct orthros_finder *who, struct orthros_obj *of,
				     u64 sk)
{
	return orthros_read_bare_sock(who, sk, &unix_ops);
}

/*
 * A connection that no accept() has taken yet is a socket without a file. @of is the
 * file of the listener; what was just accepted is of no concern to it.
 */
static struct orthros_obj *read_embryo(const struct orthros_finder *who, struct orthros_obj *of,
				       u64 sk)
{
	const struct orthros_file_rec *listener = of->rec;
	struct orthros_sock_rec *rec;
	struct orthros_obj *sock;

	sock = orthros_read_bare_sock(who, sk, &unix_ops);
	if (sock == ERR_PTR(-EAGAIN))
		return of;
	if (IS_ERR_OR_NULL(sock))
		return sock;
	rec = sock->rec;
	if (rec->file)
		return who->img->frozen ?
		       ERR_PTR(orthros_bad(-EINVAL, "UNIX socket %#llx twice", sk)) : of;
	rec->listener = listener->object;
	/* In the order in which they wait, whoever was found first. */
	list_move_tail(&sock->list, orthros_objs(who->img, &orthros_sock_type));
	return sock;
}

static int read_queue(const struct orthros_finder *who, struct orthros_obj *sock,
		      const struct orthros_sk_view *sk, bool listening)
{
	struct orthros_writer w = {
		.obj = sock, .used = sizeof(struct orthros_sock_rec), .max = UNIX_QUEUE_MAX,
	};
	struct orthros_loop loop = {};
	struct orthros_skb_view skb;
	u64 addr = sk->receive_first;
	u32 left = UNIX_MSGS_MAX;
	int err;

	BUILD_BUG_ON(sizeof(struct orthros_sock_rec) % 8);
	while (addr != sk->receive_queue) {
		if (!left-- || orthros_loop_closed(&loop, addr))
			return orthros_bad(-ELOOP, "UNIX socket %#llx: queue does not end",
					   sock->src);
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_skb, addr, &skb);
		if (!err)
			err = listening ? orthros_note(who, "connection", holder(who, sock),
						       skb.sk, read_embryo) :
					  read_msg(who, &w, &skb);
		if (err)
			return err;
		addr = skb.next;
	}
	return 0;
}

static int read_name(const struct orthros_finder *who, struct orthros_obj *sock,
		     const struct orthros_unix_view *v)
{
	struct orthros_sock_rec *rec = sock->rec;
	unsigned int before = who->img->refused;
	u32 len;
	int err;

	if (!v->addr)
		return 0;
	err = read_addr(who->img->src, v->addr, &len, rec->un.addr);
	if (err)
		return err;
	rec->un.addr_len = len;
	if (!v->dentry) {
		rec->un.hashed = v->hash > v->hash_mod;
		return 0;
	}
	rec->un.hashed = !!v->bind_pprev;
	rec->un.vfsmount = v->mnt;
	rec->un.dentry = v->dentry;
	err = orthros_read_path(who, v->mnt, v->dentry);
	if (err < 0)
		return err;
	return err || who->img->refused != before ? ORTHROS_REFUSED : 0;
}

/* The other end: in some process's table, closed, or still to be accepted. */
static int read_peer(const struct orthros_finder *who, struct orthros_obj *sock, u64 peer)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_sock_rec *rec = sock->rec;
	struct orthros_socket_view socket;
	struct orthros_sk_flags bits;
	struct orthros_sk_view *sk;
	struct orthros_obj *known, *file;
	int err;

	known = orthros_obj_find(who->img, &orthros_sock_type, peer);
	if (known)
		known = holder(who, known);
	/* What was read in another round will not be refused any more. */
	if (peer == sock->src ||
	    (known && !known->refused && known->round != who->img->round)) {
		rec->un.peer = peer;
		return 0;
	}

	sk = kmalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return -ENOMEM;
	err = orthros_read_rec(mem, &orthros_table_sk_flags, 0, &bits);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_sk, peer, sk);
	if (!err && sk->socket)
		err = orthros_read_rec(mem, &orthros_table_socket, sk->socket, &socket);
	if (err)
		goto out;
	file = sk->socket ? orthros_obj_find(who->img, &orthros_file_type, socket.file) : NULL;
	if ((file && orthros_file_is_lost(file)) ||
	    (!sk->socket && sk->flags & BIT_ULL(bits.dead & 63))) {
		rec->un.peer_gone = 1;
		goto out;
	}
	rec->un.peer = peer;
	/* Without a socket it waits to be accepted. */
	err = sk->socket ? orthros_note_file(who, "its peer", holder(who, sock), socket.file) :
			   orthros_note(who, "its peer", holder(who, sock), peer, read_bare);
out:
	kfree(sk);
	return err;
}

/* SO_PEERGROUPS */
static int read_peer_groups(const struct orthros_finder *who, u64 sock,
			    const struct orthros_cred_rec *cred)
{
	struct orthros_obj *obj;
	size_t size;
	bool isnew;

	if (cred->ngroups < 0 || cred->ngroups > ORTHROS_MAX_GROUPS)
		return orthros_bad(-EINVAL, "peer of a UNIX socket with %d groups", cred->ngroups);
	if (!cred->ngroups)
		return 0;
	size = cred->ngroups * sizeof(u32);
	obj = orthros_obj_get(who->img, &groups_type, sock, who->pid, size, &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	/* While the source runs it is read more than once, and may have changed. */
	if (!isnew && obj->rec_size < size)
		return -EAGAIN;
	return orthros_src_read(who->img->src, cred->groups, obj->rec, size);
}

/* Read a UNIX socket. */
static int read_unix(const struct orthros_finder *who, struct orthros_obj *sock, u64 addr)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_sock_rec *rec = sock->rec;
	struct orthros_unix_view v;
	struct orthros_sk_view *sk;
	int err;

	sk = kmalloc(sizeof(*sk), GFP_KERNEL);
	if (!sk)
		return -ENOMEM;
	err = orthros_read_rec(mem, &orthros_table_unix, addr, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_sk, addr, sk);
	if (err)
		goto out;

	switch (sk->state) {
	case TCP_LISTEN:
		if (!rec->file) {
			err = orthros_bad(-EINVAL, "UNIX socket %#llx listens and is closed", addr);
			goto out;
		}
		rec->state = ORTHROS_SOCK_LISTEN;
		break;
	case TCP_ESTABLISHED:
		rec->state = ORTHROS_SOCK_CONNECTED;
		break;
	case TCP_CLOSE:
		rec->state = ORTHROS_SOCK_CLOSED;
		break;
	default:
		err = orthros_refused(who, "UNIX socket in state %u", sk->state);
		goto out;
	}
	if (v.oob_skb) {
		err = orthros_refused(who, "UNIX socket with out-of-band data");
		goto out;
	}
	err = read_name(who, sock, &v);
	if (err)
		goto out;

	err = orthros_read_pidnr(who->img->src, sk->peer_pid, &rec->un.peer_pid);
	if (!err && sk->peer_cred) {
		rec->un.peer_cred_set = 1;
		err = orthros_read_rec(mem, &orthros_table_cred, sk->peer_cred,
				       &rec->un.peer_cred);
		if (!err)
			err = orthros_read_user_ns(who, rec->un.peer_cred.user_ns) ?:
			      read_peer_groups(who, addr, &rec->un.peer_cred);
	}
	if (!err && v.peer)
		err = read_peer(who, sock, v.peer);
	if (!err)
		err = read_queue(who, sock, sk, rec->state == ORTHROS_SOCK_LISTEN);
out:
	kfree(sk);
	return err;
}

/* ---- building ---------------------------------------------------------- */

/* A name that the socket bears but is not found by: an accepted one has its listener's. */
static int set_name(const void *name, u32 len, struct sock *sk, const struct path *path)
{
	struct unix_sock *u = unix_sk(sk);
	struct unix_address *addr;

	addr = kzalloc(sizeof(*addr) + len + 1, GFP_KERNEL);
	if (!addr)
		return -ENOMEM;
	refcount_set(&addr->refcnt, 1);
	addr->len = len;
	memcpy(addr->name, name, len);
	if (path) {
		u->path = *path;
		path_get(&u->path);
	}
	/* As in unix_stream_connect(): seen last. */
	smp_store_release(&u->addr, addr);
	return 0;
}

static int build_name(struct orthros_image *img, const struct orthros_sock_rec *rec,
		      struct socket *sock)
{
	struct path path;
	int err;

	if (rec->un.addr_len > ORTHROS_UNIX_ADDR_MAX)
		return -EINVAL;
	if (!rec->un.dentry) {
		struct sockaddr_un name = {};

		if (!rec->un.hashed)
			return set_name(rec->un.addr, rec->un.addr_len, sock->sk, NULL);
		if (rec->un.addr_len > sizeof(name))
			return -EINVAL;
		memcpy(&name, rec->un.addr, rec->un.addr_len);
		return kernel_bind(sock, (struct sockaddr *)&name, rec->un.addr_len);
	}

	err = orthros_dst_path(img, rec->un.vfsmount, rec->un.dentry, &path);
	if (err)
		return err;
	if (!rec->un.hashed)
		err = set_name(rec->un.addr, rec->un.addr_len, sock->sk, &path);
	else if (!S_ISSOCK(d_backing_inode(path.dentry)->i_mode))
		err = -ENOTSOCK;
	else
		err = orthros_unix_bind_node(sock->sk, &path, rec->un.addr, rec->un.addr_len);
	path_put(&path);
	return err;
}

/* Make a fresh UNIX socket what it was. */
static int build_unix(struct orthros_image *img, struct orthros_obj *obj, struct socket *sock)
{
	struct orthros_sock_rec *rec = obj->rec;
	struct sock *sk = sock->sk;
	int err = 0;

	if (rec->un.addr_len)
		err = build_name(img, rec, sock);
	if (!err && rec->state == ORTHROS_SOCK_LISTEN)
		err = kernel_listen(sock, rec->backlog);
	if (err)
		return orthros_fail(err, "UNIX socket \"%.*s\"", (int)sizeof(rec->un.addr) - 2,
				    rec->un.addr + 2);
	unix_state_lock(sk);
	sk->sk_max_ack_backlog = rec->backlog;
	sk->sk_userlocks = rec->userlocks;
	unix_state_unlock(sk);
	return 0;
}

/* Nobody runs yet: what takes locks in af_unix.c is plain here. */
static void connect_to(struct sock *sk, struct sock *peer)
{
	if (peer)
		sock_hold(peer);
	if (unix_peer(sk))
		sock_put(unix_peer(sk));
	unix_peer(sk) = peer;
}

/* A PID, also of a process that has ended, whose number is still told. */
static int pid_of_number(s32 nr, struct pid **pid)
{
	bool made;

	*pid = NULL;
	if (nr <= 0)
		return 0;
	*pid = orthros_pid_get(nr, &made);
	if (IS_ERR(*pid))
		return PTR_ERR(*pid);
	/* All processes are here: it is nobody's, as it was. */
	if (made)
		free_pid(*pid);
	return 0;
}

/* Credentials and time of a message are those of its sender then, not of the builder. */
static int set_msg_creds(struct sock *sk, struct sk_buff *before,
			 const struct orthros_unix_msg_rec *msg)
{
	struct sk_buff *skb;
	struct pid *pid;
	int err;

	err = pid_of_number(msg->pid, &pid);
	if (err)
		return err;

	skb = before ? skb_peek_next(before, &sk->sk_receive_queue) :
		       skb_peek(&sk->sk_receive_queue);
	for (; skb; skb = skb_peek_next(skb, &sk->sk_receive_queue)) {
		put_pid(UNIXCB(skb).pid);
		UNIXCB(skb).pid = get_pid(pid);
		UNIXCB(skb).uid = make_kuid(&init_user_ns, msg->uid);
		UNIXCB(skb).gid = make_kgid(&init_user_ns, msg->gid);
		skb->tstamp = msg->tstamp;
	}
	put_pid(pid);
	return 0;
}

/* Descriptors of the files that a message passes, for the time of the call. */
static int put_fds(struct orthros_image *img, struct cmsghdr *cmsg, const u64 *keys, u32 nr)
{
	int *fds = CMSG_DATA(cmsg);
	struct orthros_obj *obj;
	struct file *file;
	u32 i;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	for (i = 0; i < nr; i++) {
		cmsg->cmsg_len = CMSG_LEN(i * sizeof(int));
		obj = orthros_obj_find(img, &orthros_file_type, keys[i]);
		file = obj ? orthros_build_file(img, obj) : ERR_PTR(-ENOENT);
		if (IS_ERR(file))
			return PTR_ERR(file);
		fds[i] = get_unused_fd_flags(O_CLOEXEC);
		if (fds[i] < 0)
			return fds[i];
		fd_install(fds[i], get_file(file));
	}
	cmsg->cmsg_len = CMSG_LEN(nr * sizeof(int));
	return 0;
}

static void close_fds(struct cmsghdr *cmsg)
{
	int *fds = CMSG_DATA(cmsg);
	u32 i, nr = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (i = 0; i < nr; i++)
		close_fd(fds[i]);
}

static int send_msg(struct orthros_image *img, const struct orthros_sock_rec *rec,
		    struct sock *to, const struct orthros_unix_msg_rec *msg, const u64 *files,
		    const void *name, void *data)
{
	struct kvec vec = { .iov_base = data, .iov_len = msg->len };
	struct msghdr hdr = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct socket *sender, *gone = NULL;
	struct cmsghdr *cmsg = NULL;
	struct orthros_obj *obj;
	struct sk_buff *before;
	int sndbuf, err;
	u8 state;

	obj = orthros_obj_find(img, &orthros_sock_type, msg->sender);
	sender = obj ? obj->dst : NULL;
	if (!sender) {
		err = sock_create(AF_UNIX, rec->type, 0, &gone);
		if (err)
			return err;
		sender = gone;
		err = msg->name_len ? set_name(name, msg->name_len, gone->sk, NULL) : 0;
		if (err)
			goto out;
	}
	if (msg->nr_files) {
		cmsg = kzalloc(CMSG_SPACE(msg->nr_files * sizeof(int)), GFP_KERNEL);
		err = cmsg ? put_fds(img, cmsg, files, msg->nr_files) : -ENOMEM;
		if (err)
			goto out;
		hdr.msg_control = cmsg;
		hdr.msg_controllen = cmsg->cmsg_len;
	}

	/* Limits were kept when it was sent first. */
	sndbuf = sender->sk->sk_sndbuf;
	state = sender->sk->sk_state;
	sender->sk->sk_sndbuf = SZ_1G;
	sender->sk->sk_state = TCP_ESTABLISHED;
	connect_to(sender->sk, to);
	before = skb_peek_tail(&to->sk_receive_queue);

	err = kernel_sendmsg(sender, &hdr, &vec, 1, msg->len);
	if (err >= 0)
		err = err == msg->len ? 0 : -EIO;
	if (!err)
		err = set_msg_creds(to, before, msg);

	connect_to(sender->sk, NULL);
	sender->sk->sk_state = state;
	sender->sk->sk_sndbuf = sndbuf;
out:
	if (cmsg)
		close_fds(cmsg);
	kfree(cmsg);
	if (gone)
		sock_release(gone);
	return err;
}

static int send_msgs(struct orthros_image *img, struct orthros_obj *obj, struct sock *sk)
{
	const struct orthros_sock_rec *rec = obj->rec;
	void *pos = obj->rec + sizeof(*rec);
	void *end = obj->rec + obj->rec_size;
	u32 i;
	int err;

	for (i = 0; i < rec->un.nr_msgs; i++) {
		const struct orthros_unix_msg_rec *msg = pos;
		const u64 *files;
		const void *name;

		files = pos += sizeof(*msg);
		if (pos > end || msg->nr_files > UNIX_FILES_MAX ||
		    msg->nr_files * sizeof(u64) > end - pos)
			return -EINVAL;
		name = pos += msg->nr_files * sizeof(u64);
		if (msg->name_len > ORTHROS_UNIX_ADDR_MAX || ALIGN(msg->name_len, 8) > end - pos)
			return -EINVAL;
		pos += ALIGN(msg->name_len, 8);
		if (msg->len > end - pos)
			return -EINVAL;
		err = send_msg(img, rec, sk, msg, files, name, pos);
		if (err)
			return orthros_fail(err, "UNIX message of %u bytes", msg->len);
		pos += ALIGN(msg->len, 8);
	}
	return 0;
}

/* Limit and filter have let in what is in the queue; the filter may be a later one. */
static int fill_queue(struct orthros_image *img, struct orthros_obj *obj, struct sock *sk)
{
	const struct orthros_sock_rec *rec = obj->rec;
	struct sk_filter *filter;
	int err;

	lock_sock(sk);
	filter = rcu_replace_pointer(sk->sk_filter, NULL, lockdep_sock_is_held(sk));
	release_sock(sk);
	sk->sk_max_ack_backlog = INT_MAX;
	err = send_msgs(img, obj, sk);
	sk->sk_max_ack_backlog = rec->backlog;
	rcu_assign_pointer(sk->sk_filter, filter);
	return err;
}

/* A closed peer is a socket that is dead; its user may yet have to learn of it. */
static int connect_to_gone(const struct orthros_sock_rec *rec, struct sock *sk)
{
	struct socket *gone;
	int err;

	err = sock_create(AF_UNIX, rec->type, 0, &gone);
	if (err)
		return err;
	connect_to(sk, gone->sk);
	sock_release(gone);
	return 0;
}

static int set_peer_cred(const struct orthros_sock_rec *rec, struct sock *sk,
			 const struct orthros_obj *groups)
{
	const struct cred *cred = NULL, *old_cred;
	struct pid *pid, *old_pid;
	int err;

	if (rec->un.peer_cred_set) {
		cred = orthros_cred_get(&rec->un.peer_cred, NULL);
		if (!IS_ERR(cred) && groups)
			cred = orthros_cred_with_groups(cred, groups->rec,
							groups->rec_size / sizeof(u32));
		if (IS_ERR(cred))
			return PTR_ERR(cred);
	}
	err = pid_of_number(rec->un.peer_pid, &pid);
	if (err) {
		put_cred(cred);
		return err;
	}
	spin_lock(&sk->sk_peer_lock);
	old_pid = sk->sk_peer_pid;
	old_cred = sk->sk_peer_cred;
	sk->sk_peer_pid = pid;
	sk->sk_peer_cred = cred;
	spin_unlock(&sk->sk_peer_lock);
	put_pid(old_pid);
	put_cred(old_cred);
	return 0;
}

static int connect_sock(struct orthros_image *img, const struct orthros_obj *obj,
			struct socket *sock)
{
	const struct orthros_sock_rec *rec = obj->rec;
	struct sock *sk = sock->sk;
	struct orthros_obj *peer;
	int err = 0;

	if (rec->un.peer) {
		peer = orthros_obj_find(img, &orthros_sock_type, rec->un.peer);
		if (!peer || !peer->dst)
			return orthros_fail(-ENOTCONN, "peer of a UNIX socket");
		connect_to(sk, ((struct socket *)peer->dst)->sk);
	} else if (rec->un.peer_gone) {
		err = connect_to_gone(rec, sk);
	}
	if (err)
		return err;
	if (rec->state == ORTHROS_SOCK_CONNECTED) {
		sk->sk_state = TCP_ESTABLISHED;
		sock->state = SS_CONNECTED;
	}
	/* Last: either would have kept messages out. */
	sk->sk_shutdown = rec->shutdown;
	sk->sk_err = rec->error;
	return set_peer_cred(rec, sk, orthros_obj_find(img, &groups_type, obj->src));
}

/*
 * The last step of unix_stream_connect(): the connection waits for accept(),
 * which will give it a struct socket.
 */
static int queue_embryo(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_sock_rec *rec = obj->rec;
	struct socket *sock = obj->dst, *listening;
	struct sock *sk = sock->sk;
	struct orthros_obj *listener;
	struct sk_buff *skb;

	listener = orthros_obj_find(img, &orthros_sock_type, rec->listener);
	listening = listener ? listener->dst : NULL;
	if (!listening)
		return orthros_fail(-ENOTCONN, "listener of a UNIX connection");
	skb = sock_wmalloc(sk, 1, 1, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	unix_sk(sk)->listener = listening->sk;
	obj->dst = NULL;
	orthros_detach_sock(sock, &unix_sk(sk)->peer_wq);
	skb_queue_tail(&listening->sk->sk_receive_queue, skb);
	return 0;
}

/*
 * Fill queues and connect UNIX sockets.
 *
 * Messages go first, while no socket has a peer: each is sent by the socket
 * it came from, connected for that one moment.
 */
static int tie_unix(struct orthros_image *img)
{
	const struct orthros_sock_rec *rec;
	struct orthros_obj *obj;
	struct socket *sock;
	int err;

	orthros_for_each_obj(obj, img, &orthros_sock_type) {
		rec = obj->rec;
		sock = obj->dst;
		if (!sock || rec->family != AF_UNIX || !rec->un.nr_msgs)
			continue;
		err = fill_queue(img, obj, sock->sk);
		if (err)
			return err;
	}
	orthros_for_each_obj(obj, img, &orthros_sock_type) {
		rec = obj->rec;
		sock = obj->dst;
		if (!sock || rec->family != AF_UNIX)
			continue;
		err = connect_sock(img, obj, sock);
		if (err)
			return err;
	}
	orthros_for_each_obj(obj, img, &orthros_sock_type) {
		rec = obj->rec;
		if (!obj->dst || rec->family != AF_UNIX || rec->file)
			continue;
		err = queue_embryo(img, obj);
		if (err)
			return err;
	}
	return 0;
}

static const struct orthros_sock_ops unix_ops = {
	.family	= AF_UNIX,
	.read	= read_unix,
	.build	= build_unix,
};

static const struct orthros_mark unix_marks[] = {
	{ ORTHROS_MARK_SOCK, "unix_stream_ops", "UNIX socket", &unix_ops },
	{ ORTHROS_MARK_SOCK, "unix_dgram_ops", "UNIX socket", &unix_ops },
	{ ORTHROS_MARK_SOCK, "unix_seqpacket_ops", "UNIX socket", &unix_ops },
	{}
};

const struct orthros_kind orthros_unix_kind = {
	.name	= "UNIX socket",
	.tables	= ORTHROS_TABLES(&orthros_table_unix, &orthros_table_unix_addr,
				 &orthros_table_unixcb, &orthros_table_scm),
	.marks	= unix_marks,
	.tie	= tie_unix,
};
