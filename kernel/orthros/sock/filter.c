// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF programs of sockets. Of classic ones the kernel keeps what was given, for those
 * who ask: they are given again. The others are there already, see bpf/.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/sock.h>
#include <net/sock_reuseport.h>
#include "../bpf/bpf.h"
#include "../core/filter_inside.h"
#include "opt_tables.h"
#include "sock_internal.h"

/* Struct bpf_prog, a classic one */
static const struct orthros_type filter_type = { .name = "socket filter" };
/* Several sockets share a holder, which has the reference. */
static int read_extended(const struct orthros_finder *who, u64 addr, u64 holder, u64 *key)
{
	int err = orthros_bpf_use_prog(who, addr, holder);

	*key = err ? 0 : addr;
	return err;
}

static int read_prog(const struct orthros_finder *who, u64 addr, u64 holder, const char *what,
		     u64 *key)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_bpf_prog_view v;
	struct orthros_filter_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	*key = 0;
	if (!addr)
		return 0;
	err = orthros_read_rec(mem, &orthros_table_bpf_prog, addr, &v);
	if (err)
		return err;
	if (!v.insns || !v.len)
		return read_extended(who, addr, holder, key);
	if (v.len > BPF_MAXINSNS)
		return orthros_bad(-EINVAL, "%s of %u instructions", what, v.len);
	obj = orthros_obj_get(who->img, &filter_type, addr, who->pid,
			      struct_size(rec, insns, v.len), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	*key = addr;
	/* Read already; while the source runs it may have another length by now. */
	if (!isnew)
		return 0;
	rec = obj->rec;
	rec->len = v.len;
	BUILD_BUG_ON(sizeof(rec->insns[0]) != sizeof(struct sock_filter));
	return orthros_src_read(who->img->src, v.insns, rec->insns, v.len * sizeof(rec->insns[0]));
}

/**
 * orthros_read_filters() - read the programs of a socket
 * @who:	through whom it was found
 * @rec:	its filters are set
 * @addr:	struct sock
 *
 * Return: 0, %ORTHROS_REFUSED or -errno.
 */
int orthros_read_filters(const struct orthros_finder *who, struct orthros_sock_rec *rec, u64 addr)
{
	struct orthros_sk_filter_view v;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_sk_filter, addr, &v);
	return err ?: read_prog(who, v.prog, v.filter, "socket filter", &rec->filter) ?:
		      read_prog(who, v.reuseport, v.group, "SO_REUSEPORT program",
				&rec->reuseport_filter);
}

/*
 * SO_ATTACH_FILTER would copy it from user memory, that is from a mapping of the
 * process which must not have one more. This is what stands behind it.
 */
static struct bpf_prog *make_prog(struct orthros_image *img, u64 key)
{
	struct orthros_obj *obj = orthros_obj_find(img, &filter_type, key);
	struct orthros_filter_rec *rec;
	struct sock_fprog_kern given;
	struct bpf_prog *prog;
	int err;

	if (!obj)
		return orthros_bpf_dst_prog(img, key);
	rec = obj->rec;
	given.len = rec->len;
	given.filter = (struct sock_filter *)rec->insns;
	err = orthros_classic_prog(&prog, &given, NULL);
	return err ? ERR_PTR(err) : prog;
}

static void drop_prog(struct orthros_image *img, u64 key, struct bpf_prog *prog)
{
	if (orthros_obj_find(img, &filter_type, key))
		bpf_prog_destroy(prog);
	else
		bpf_prog_put(prog);
}

/* The limit on its size, net.core.optmem_max, was kept when it was attached first. */
static int attach(struct orthros_image *img, struct sock *sk, u64 key)
{
	struct bpf_prog *prog = make_prog(img, key);
	struct sk_filter *filter;

	if (IS_ERR(prog))
		return PTR_ERR(prog);
	filter = kmalloc(sizeof(*filter), GFP_KERNEL);
	if (!filter) {
		drop_prog(img, key, prog);
		return -ENOMEM;
	}
	filter->prog = prog;
	refcount_set(&filter->refcnt, 1);
	lock_sock(sk);
	atomic_add(bpf_prog_size(prog->len), &sk->sk_omem_alloc);
	rcu_assign_pointer(sk->sk_filter, filter);
	release_sock(sk);
	return 0;
}

static int attach_reuseport(struct orthros_image *img, struct sock *sk, u64 key)
{
	struct bpf_prog *prog = make_prog(img, key);
	int err;

	if (IS_ERR(prog))
		return PTR_ERR(prog);
	lock_sock(sk);
	err = reuseport_attach_prog(sk, prog);
	release_sock(sk);
	if (err)
		drop_prog(img, key, prog);
	return err;
}

/**
 * orthros_set_filters() - give a socket its programs again
 * @img:	image
 * @rec:	the socket
 * @sock:	complete but for that
 *
 * Return: 0 or -errno.
 */
int orthros_set_filters(struct orthros_image *img, const struct orthros_sock_rec *rec,
			struct socket *sock)
{
	int err = 0;

	if (rec->filter)
		err = attach(img, sock->sk, rec->filter);
	if (!err && rec->flags & ORTHROS_SOCK_LOCK_FILTER)
		err = orthros_setsockopt_int(sock, SOL_SOCKET, SO_LOCK_FILTER, 1);
	if (!err && rec->reuseport_filter)
		err = attach_reuseport(img, sock->sk, rec->reuseport_filter);
	return err ? orthros_fail(err, "socket filter") : 0;
}
