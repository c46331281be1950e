/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network's configuration: taken by the source (describe.c), replayed by
 * the destination (replay.c, link.c, bridge.c, device.c, route.c).
 */
#ifndef _ORTHROS_NET_INTERNAL_H
#define _ORTHROS_NET_INTERNAL_H

#include <linux/types.h>
#include "../core/image.h"
#include "../core/report.h"
#include "compat.h"
#include "net.h"

struct nlattr;
struct orthros_nl;
struct orthros_sections;
struct sk_buff;

/**
 * struct orthros_net_data - the sections, as the destination has read them
 * @data:	copy of the source's buffer
 * @len:	its bytes
 */
struct orthros_net_data {
	const void *data;
	size_t len;
};

int orthros_describe_net(struct orthros_sections *s, bool frozen);
int orthros_watch_net(orthros_changed_fn changed);

int orthros_check_links(struct orthros_image *img, const struct orthros_net_data *net);
int orthros_build_links(struct orthros_nl *nl, const struct orthros_net_data *net, bool up);
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
void orthros_settle_addrs(struct orthros_nl *nl, const struct orthros_net_data *net);
int orthros_build_routes(struct orthros_nl *nl, const struct orthros_net_data *net);

#endif /* _ORTHROS_NET_INTERNAL_H */
