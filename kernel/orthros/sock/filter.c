// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classic BPF programs of sockets: the kernel keeps them as they were given,
 * for those who ask. They are given again.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/filter.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/net.h>
#include <linux/uaccess.h>
#include "opt_tables.h"
#include "sock_internal.h"

/* Struct bpf_prog, a classic one */
static const struct orthros_type filter_type = { .name = "socket filter" };

static int read_prog(const struct orthros_finder *who, u64 addr, const char *what, u64 *key)
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
		return orthros_refused(who, "%s of extended BPF", what);
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
	return err ?: read_prog(who, v.prog, "socket filter", &rec->filter) ?:
		      read_prog(who, v.reuseport, "SO_REUSEPORT program", &rec->reuseport_filter);
}

/* It is copied from user memory, with no way around that. */
static int attach(struct orthros_image *img, struct socket *sock, int name, u64 key)
{
	struct orthros_obj *obj = orthros_obj_find(img, &filter_type, key);
	const struct orthros_filter_rec *rec;
	struct sock_fprog prog;
	unsigned long at, size;
	int err = -EFAULT;

	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	size = PAGE_ALIGN(rec->len * sizeof(rec->insns[0]));
	at = vm_mmap(NULL, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(at))
		return at;
	prog.len = rec->len;
	prog.filter = (struct sock_filter __user *)at;
	if (!copy_to_user((void __user *)at, rec->insns, rec->len * sizeof(rec->insns[0])))
		err = orthros_setsockopt(sock, SOL_SOCKET, name, &prog, sizeof(prog));
	vm_munmap(at, size);
	return err;
}

/**
 * orthros_set_filters() - give a socket its programs again
 * @img:	image
 * @rec:	the socket
 * @sock:	complete but for that
 *
 * Context: a process that has its memory.
 * Return: 0 or -errno.
 */
int orthros_set_filters(struct orthros_image *img, const struct orthros_sock_rec *rec,
			struct socket *sock)
{
	int err = 0;

	if (rec->filter)
		err = attach(img, sock, SO_ATTACH_FILTER, rec->filter);
	if (!err && rec->flags & ORTHROS_SOCK_LOCK_FILTER)
		err = orthros_setsockopt_int(sock, SOL_SOCKET, SO_LOCK_FILTER, 1);
	if (!err && rec->reuseport_filter)
		err = attach(img, sock, SO_ATTACH_REUSEPORT_CBPF, rec->reuseport_filter);
	return err ? orthros_fail(err, "socket filter") : 0;
}
