/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network's configuration: taken by the source (describe.c), replayed by
 * the destination (replay.c, link.c, bridge.c, device.c, route.c, nft.c).
 */
#ifndef _ORTHROS_NET_INTERNAL_H
#define _ORTHROS_NET_INTERNAL_H

#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/types.h>
#include "../core/image.h"
#include "../core/report.h"
#include "compat.h"
#include "net.h"

struct net;
struct nlattr;
struct orthros_nl;
struct orthros_sections;
struct sk_buff;

/**
 * struct orthros_net_data - what was told of a network namespace
 * @data:	sections, in a copy of the source's buffer
 * @len:	their bytes
 * @img:	image that they are of
 * @ns:		which namespace, as records refer to it
 * @pos:	where orthros_next_net() goes on
 */
struct orthros_net_data {
	const void *data;
	size_t len;
	struct orthros_image *img;
	u64 ns;
	size_t pos;
};

/* The network namespace that is told of, or set up. */
static inline struct net *orthros_this_net(void)
{
	return current->nsproxy->net_ns;
}

/* nets.c */
int orthros_in_net(struct net *net, int (*fn)(void *ctx), void *ctx);
int orthros_tell_nets(struct orthros_sections *s, int (*tell)(struct orthros_sections *s));
bool orthros_next_net(struct orthros_image *img, struct orthros_net_data *net);
bool orthros_net_called(const struct orthros_net_data *net, u32 id,
			struct orthros_net_data *found);
int orthros_build_net_ids(const struct orthros_net_data *net);
int orthros_each_net(struct orthros_image *img,
		     int (*fn)(struct orthros_nl *nl, const struct orthros_net_data *net));

int orthros_describe_net(struct orthros_sections *s, bool frozen);
int orthros_watch_net(orthros_changed_fn changed);

int orthros_check_links(const struct orthros_net_data *net);
int orthros_place_links(struct orthros_nl *nl, const struct orthros_net_data *net);
int orthros_make_links(struct orthros_nl *nl, const struct orthros_net_data *net);
int orthros_set_links(struct orthros_nl *nl, const struct orthros_net_data *net);
int orthros_raise_links(struct orthros_nl *nl, const struct orthros_net_data *net);
void orthros_see_carriers(void);
void orthros_hold_links(void);
void orthros_open_links(void);
int orthros_drop_links(struct orthros_nl *nl);

int orthros_check_bridge(struct orthros_image *img, const char *name, const struct nlattr *data);
int orthros_check_bridge_port(struct orthros_image *img, const char *name,
			      const struct nlattr *data);
int orthros_put_bridge(struct sk_buff *skb, const struct nlattr *data);
int orthros_put_bridge_port(struct sk_buff *skb, const struct nlattr *data);

int orthros_dump_devices(struct orthros_sections *s);
int orthros_build_devices(const struct orthros_net_data *net);

int orthros_dump_ethtool(struct orthros_sections *s);
void orthros_build_ethtool(const struct orthros_net_data *net, bool cards);

int orthros_check_routes(struct orthros_image *img, const struct orthros_net_data *net);
int orthros_build_addrs(struct orthros_nl *nl, const struct orthros_net_data *net);
int orthros_settle_addrs(struct orthros_nl *nl, const struct orthros_net_data *net);
int orthros_build_routes(struct orthros_nl *nl, const struct orthros_net_data *net);

int orthros_dump_nft(struct net *net, struct orthros_sections *s);
int orthros_check_nft(struct orthros_image *img, const struct orthros_net_data *data);
int orthros_build_nft(struct orthros_image *img, struct net *net,
		      const struct orthros_net_data *data);
int orthros_build_conntrack(struct net *net, const struct orthros_net_data *data);

#endif /* _ORTHROS_NET_INTERNAL_H */
