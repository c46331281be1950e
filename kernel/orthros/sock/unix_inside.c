// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of net/unix/af_unix.c (patches/<version>/0009-files), as
 * what it needs is static there: binding a socket to a node that exists.
 */
#ifdef CONFIG_ORTHROS
#include "unix_inside.h"

/**
 * orthros_unix_bind_node() - bind a fresh UNIX socket to an existing node
 * @sk:		socket without a name
 * @path:	the S_IFSOCK node, moved here with its file system
 * @name:	address as bind(2) was given it
 * @len:	its bytes
 *
 * unix_bind_bsd() without the mknod. Process context.
 *
 * Return: 0, -EINVAL if it has a name, -ENOMEM.
 */
int orthros_unix_bind_node(struct sock *sk, const struct path *path, const void *name, int len)
{
	struct unix_sock *u = unix_sk(sk);
	struct net *net = sock_net(sk);
	unsigned int new_hash, old_hash;
	struct unix_address *addr;

	addr = kzalloc(sizeof(*addr) + len + 1, GFP_KERNEL);
	if (!addr)
		return -ENOMEM;
	refcount_set(&addr->refcnt, 1);
	addr->len = len;
	memcpy(addr->name, name, len);

	mutex_lock(&u->bindlock);
	if (u->addr) {
		mutex_unlock(&u->bindlock);
		unix_release_addr(addr);
		return -EINVAL;
	}
	old_hash = sk->sk_hash;
	new_hash = unix_bsd_hash(d_backing_inode(path->dentry));
	unix_table_double_lock(net, old_hash, new_hash);
	u->path = *path;
	path_get(&u->path);
	__unix_set_addr_hash(net, sk, addr, new_hash);
	unix_table_double_unlock(net, old_hash, new_hash);
	unix_insert_bsd_socket(sk);
	mutex_unlock(&u->bindlock);
	return 0;
}
#endif /* CONFIG_ORTHROS */
