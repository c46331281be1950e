// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done to a struct socket of this kernel, whatever its protocol.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/net.h>
#include <linux/sizes.h>
#include <linux/sockptr.h>
#include <net/ip.h>
#include <net/sock.h>
#include "sock_internal.h"

const struct orthros_type orthros_sock_type = { .name = "socket", .cost = SZ_4K };

/**
 * orthros_setsockopt() - set an option of a new socket
 * @sock:	socket
 * @level:	%SOL_SOCKET or a protocol's
 * @name:	option
 * @val:	value in kernel memory
 * @len:	its bytes
 *
 * Return: 0 or -errno.
 */
int orthros_setsockopt(struct socket *sock, int level, int name, void *val, unsigned int len)
{
	if (level == SOL_SOCKET)
		return sock_setsockopt(sock, level, name, KERNEL_SOCKPTR(val), len);
	/* They have what these options set, but do not let it be set. */
	if (level == SOL_IP && sock->type == SOCK_RAW && sock->sk->sk_family == AF_INET6)
		return ip_setsockopt(sock->sk, level, name, KERNEL_SOCKPTR(val), len);
	return sock->ops->setsockopt(sock, level, name, KERNEL_SOCKPTR(val), len);
}

/**
 * orthros_setsockopt_int() - set an option that is an int
 * @sock:	socket
 * @level:	%SOL_SOCKET or a protocol's
 * @name:	option
 * @val:	value
 *
 * Return: 0 or -errno.
 */
int orthros_setsockopt_int(struct socket *sock, int level, int name, int val)
{
	return orthros_setsockopt(sock, level, name, &val, sizeof(val));
}

/**
 * orthros_detach_sock() - leave a struct sock without its struct socket
 * @sock:	socket without a file; gone after the call
 * @wq:		where the struct sock wakes sleepers from now on, or NULL
 */
void orthros_detach_sock(struct socket *sock, struct socket_wq *wq)
{
	struct sock *sk = sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	RCU_INIT_POINTER(sk->sk_wq, wq);
	sk_set_socket(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
	sock->sk = NULL;
	sock_release(sock);
}
