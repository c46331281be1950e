// SPDX-License-Identifier: GPL-2.0
/*
 * Whether the network's configuration has changed since it was told: the kernel listens
 * to its own netlink messages, as a program would that shows them.
 *
 * Neighbours come and go all the time, and are found again; nobody listens for them.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/sockptr.h>
#include <net/sock.h>
#include "net_internal.h"
#include "nl.h"

static const u32 route_groups[] = {
	RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
	RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, RTNLGRP_NEXTHOP, RTNLGRP_TC,
	RTNLGRP_MDB,
};

static const u32 netfilter_groups[] = { NFNLGRP_NFTABLES };

static struct ear {
	int protocol;
	const u32 *groups;
	unsigned int nr;
	struct orthros_nl nl;
} ears[] = {
	{ NETLINK_ROUTE, route_groups, ARRAY_SIZE(route_groups) },
	{ NETLINK_NETFILTER, netfilter_groups, ARRAY_SIZE(netfilter_groups) },
};

/* That something has changed is all that counts. Any context. */
static void heard(struct sock *sk)
{
	orthros_changed_fn changed = READ_ONCE(sk->sk_user_data);

	skb_queue_purge(&sk->sk_receive_queue);
	if (changed)
		changed();
}

static int open_ear(struct ear *ear, orthros_changed_fn changed)
{
	struct sock *sk;
	unsigned int i;
	int err;

	err = orthros_nl_open(&ear->nl, ear->protocol);
	if (err) {
		ear->nl.file = NULL;
		return err == -EPROTONOSUPPORT ? 0 : err;
	}
	sk = ear->nl.sock->sk;
	WRITE_ONCE(sk->sk_user_data, changed);
	sk->sk_data_ready = heard;
	for (i = 0; i < ear->nr && !err; i++) {
		u32 group = ear->groups[i];

		err = ear->nl.sock->ops->setsockopt(ear->nl.sock, SOL_NETLINK,
						    NETLINK_ADD_MEMBERSHIP,
						    KERNEL_SOCKPTR(&group), sizeof(group));
		/* A kernel without such things. */
		if (err == -EINVAL)
			err = 0;
	}
	return err;
}

/**
 * orthros_watch_net() - be told when the configuration changes
 * @changed:	called then, in any context; NULL: no more
 *
 * Return: 0 or negative errno.
 */
int orthros_watch_net(orthros_changed_fn changed)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(ears); i++) {
		if (ears[i].nl.file) {
			WRITE_ONCE(ears[i].nl.sock->sk->sk_user_data, NULL);
			orthros_nl_close(&ears[i].nl);
			ears[i].nl.file = NULL;
		}
		if (changed && !err)
			err = open_ear(&ears[i], changed);
	}
	return err;
}
