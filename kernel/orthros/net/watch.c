// SPDX-License-Identifier: GPL-2.0
/*
 * Whether the network's configuration has changed since it was told: the kernel listens
 * to its own netlink messages, as a program would that shows them, in each network
 * namespace.
 *
 * Neighbours come and go all the time, and are found again; nobody listens for them.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/init_task.h>
#include <linux/net.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/sockptr.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>
#include "net_internal.h"

static const u32 route_groups[] = {
	RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
	RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, RTNLGRP_NEXTHOP, RTNLGRP_TC,
	RTNLGRP_MDB,
};

static const u32 netfilter_groups[] = { NFNLGRP_NFTABLES };

static const struct ear {
	int protocol;
	const u32 *groups;
	unsigned int nr;
} ears[] = {
	{ NETLINK_ROUTE, route_groups, ARRAY_SIZE(route_groups) },
	{ NETLINK_NETFILTER, netfilter_groups, ARRAY_SIZE(netfilter_groups) },
};

/* Of a namespace, which they do not keep. */
struct listening {
	struct socket *sock[ARRAY_SIZE(ears)];
};

static unsigned int net_id;
/* NULL: nobody listens. */
static orthros_changed_fn tell;

/* That something has changed is all that counts. Any context. */
static void heard(struct sock *sk)
{
	orthros_changed_fn changed = READ_ONCE(sk->sk_user_data);

	skb_queue_purge(&sk->sk_receive_queue);
	if (changed)
		changed();
}

static int open_ear(struct net *net, const struct ear *ear, struct socket **sock)
{
	struct sock *sk;
	unsigned int i;
	int err;

	err = sock_create_kern(net, AF_NETLINK, SOCK_RAW, ear->protocol, sock);
	if (err) {
		*sock = NULL;
		return err == -EPROTONOSUPPORT ? 0 : err;
	}
	sk = (*sock)->sk;
	WRITE_ONCE(sk->sk_user_data, tell);
	sk->sk_data_ready = heard;
	for (i = 0; i < ear->nr && !err; i++) {
		u32 group = ear->groups[i];

		err = (*sock)->ops->setsockopt(*sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
					       KERNEL_SOCKPTR(&group), sizeof(group));
		/* A kernel without such things. */
		if (err == -EINVAL)
			err = 0;
	}
	return err;
}

static void __net_exit close_ears(struct net *net)
{
	struct listening *l = net_generic(net, net_id);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ears); i++) {
		if (!l->sock[i])
			continue;
		WRITE_ONCE(l->sock[i]->sk->sk_user_data, NULL);
		sock_release(l->sock[i]);
		l->sock[i] = NULL;
	}
	tell();
}

static int __net_init open_ears(struct net *net)
{
	struct listening *l = net_generic(net, net_id);
	const struct cred *old = override_creds(&init_cred);
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(ears) && !err; i++)
		err = open_ear(net, &ears[i], &l->sock[i]);
	revert_creds(old);
	if (err)
		close_ears(net);
	else
		tell();
	return err;
}

/* A namespace that comes is a change, too. */
static struct pernet_operations listen_ops = {
	.init	= open_ears,
	.exit	= close_ears,
	.id	= &net_id,
	.size	= sizeof(struct listening),
};

/**
 * orthros_watch_net() - be told when the configuration changes
 * @changed:	called then, in any context; NULL: no more
 *
 * Return: 0 or negative errno.
 */
int orthros_watch_net(orthros_changed_fn changed)
{
	int err;

	if (tell)
		unregister_pernet_subsys(&listen_ops);
	tell = changed;
	if (!changed)
		return 0;
	err = register_pernet_subsys(&listen_ops);
	if (err)
		tell = NULL;
	return err;
}
