// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices. Virtual ones are made again; one that a driver has made of
 * a card is known by where the card is plugged in. Each gets the number, name
 * and settings that it had.
 *
 * A card must be up before there can be routes and sockets, but must not
 * touch the network before the commit: the old kernel may still go on. Until
 * then its driver is not called to open it, to send, and to filter.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <linux/jhash.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/veth.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>
#include <net/sch_generic.h>
#include "net/core/dev.h"
#include "../ns/ns.h"
#include "net_internal.h"
#include "nl.h"

#define LINKS_MAX	4096
/* Devices on devices, as the kernel limits them, and their other ends. */
#define LEVELS_MAX	32
/* Numbers that devices have meanwhile. */
#define INDEX_MEANWHILE	0x40000000

enum link_type {
	LINK_LO,
	LINK_CARD,	/* a driver's */
	LINK_FALLBACK,	/* made by the kernel itself, down */
	LINK_VIRTUAL,	/* made by a request */
	LINK_UNKNOWN,
};

/* A message about a device, and what is often asked of it. */
struct link {
	const struct ifinfomsg *ifi;
	struct nlattr *tb[IFLA_MAX + 1];
	struct nlattr *info[IFLA_INFO_MAX + 1];
	char name[IFNAMSIZ];
	char kind[16];
	const char *bus;
	enum link_type type;
};

static LIST_HEAD(stubs);

/* A card that waits for the commit. */
struct stub {
	struct list_head list;
	struct net_device *dev;
	const struct net_device_ops *real;
	struct net_device_ops ops;
};

/* ---- reading ------------------------------------------------------------ */

/*
 * Devices that drivers make when they are loaded, one each, down. This kernel
 * makes its own.
 */
static bool is_fallback(const struct link *l)
{
	static const char *const names[] = {
		"sit0", "tunl0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip6gre0",
		"ip_vti0", "ip6_vti0", "bond0", "ifb0", "ifb1", "teql0",
	};

	return !(l->ifi->ifi_flags & IFF_UP) &&
	       match_string(names, ARRAY_SIZE(names), l->name) >= 0;
}

static const char *find_bus(const struct orthros_net_data *net, int ifindex)
{
	const struct orthros_netconf_bus *bus;
	size_t len, i;

	bus = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_BUS, &len);
	for (i = 0; i < len / sizeof(*bus); i++)
		if (bus[i].ifindex == ifindex &&
		    strnlen(bus[i].name, sizeof(bus->name)) < sizeof(bus->name))
			return bus[i].name;
	return NULL;
}

static int parse_link(const struct orthros_net_data *net, const struct nlmsghdr *nlh,
		      struct link *l)
{
	int err;

	memset(l, 0, sizeof(*l));
	err = nlmsg_parse_deprecated(nlh, sizeof(*l->ifi), l->tb, IFLA_MAX, NULL, NULL);
	if (err)
		return orthros_bad(err, "netconf: a link");
	l->ifi = nlmsg_data(nlh);
	if (!l->tb[IFLA_IFNAME] || !l->tb[IFLA_MTU] || nla_len(l->tb[IFLA_MTU]) != 4 ||
	    l->ifi->ifi_index <= 0 || l->ifi->ifi_index >= INDEX_MEANWHILE)
		return orthros_bad(-EINVAL, "netconf: link %d", l->ifi->ifi_index);
	nla_strscpy(l->name, l->tb[IFLA_IFNAME], sizeof(l->name));
	if (l->tb[IFLA_LINKINFO]) {
		err = nla_parse_nested_deprecated(l->info, IFLA_INFO_MAX, l->tb[IFLA_LINKINFO],
						  NULL, NULL);
		if (err)
			return orthros_bad(err, "netconf: link %s", l->name);
	}
	if (l->info[IFLA_INFO_KIND])
		nla_strscpy(l->kind, l->info[IFLA_INFO_KIND], sizeof(l->kind));
	l->bus = find_bus(net, l->ifi->ifi_index);

	if (l->ifi->ifi_type == ARPHRD_LOOPBACK && l->ifi->ifi_index == LOOPBACK_IFINDEX)
		l->type = LINK_LO;
	else if (l->bus)
		l->type = LINK_CARD;
	else if (is_fallback(l))
		l->type = LINK_FALLBACK;
	else if (!strcmp(l->kind, "dummy") || !strcmp(l->kind, "vlan") ||
		 !strcmp(l->kind, "veth") || !strcmp(l->kind, "bridge"))
		l->type = LINK_VIRTUAL;
	else
		l->type = LINK_UNKNOWN;
	return 0;
}

/* Calls fn for each device. */
static int each_link(const struct orthros_net_data *net,
		     int (*fn)(void *ctx, struct link *l), void *ctx)
{
	const struct nlmsghdr *nlh;
	unsigned int nr = 0;
	struct link *l;
	const void *sec;
	int err = 0, rem;
	size_t len;

	l = kmalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return -ENOMEM;
	sec = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_LINK, &len);
	orthros_for_each_msg(nlh, rem, sec, len) {
		if (++nr > LINKS_MAX)
			err = orthros_bad(-E2BIG, "netconf: links");
		err = err ?: parse_link(net, nlh, l) ?: fn(ctx, l);
		if (err)
			break;
	}
	kfree(l);
	return err;
}

static u32 link_u32(const struct link *l, int type)
{
	return l->tb[type] && nla_len(l->tb[type]) == 4 ? nla_get_u32(l->tb[type]) : 0;
}

static bool has_xdp(const struct link *l)
{
	const struct nlattr *a;

	if (!l->tb[IFLA_XDP])
		return false;
	a = nla_find_nested(l->tb[IFLA_XDP], IFLA_XDP_ATTACHED);
	return a && nla_len(a) == 1 && nla_get_u8(a) != XDP_ATTACHED_NONE;
}

static const struct nlattr *port_of_bridge(const struct link *l)
{
	const struct nlattr *kind = l->info[IFLA_INFO_SLAVE_KIND];

	return kind && !nla_strcmp(kind, "bridge") ? l->info[IFLA_INFO_SLAVE_DATA] : NULL;
}

/* Is the other end in a namespace that goes, too? */
static bool is_pair_across(const struct orthros_net_data *net, const struct link *l,
			   struct orthros_net_data *other)
{
	return !strcmp(l->kind, "veth") && l->tb[IFLA_LINK_NETNSID] &&
	       orthros_net_called(net, link_u32(l, IFLA_LINK_NETNSID), other);
}

static int check_link(void *ctx, struct link *l)
{
	const struct orthros_net_data *net = ctx;
	struct orthros_image *img = net->img;
	const struct orthros_finder who = orthros_of_machine(img);
	struct orthros_net_data other;

	if (l->type == LINK_UNKNOWN)
		return orthros_refuse(&who, "netdev %s: %s%s", l->name,
				      l->kind[0] ? l->kind : "no driver",
				      l->ifi->ifi_flags & IFF_UP ? "" : " (down)");
	if (l->type == LINK_CARD && net->ns != orthros_initial_ns(img, ORTHROS_NS_NET))
		return orthros_refuse(&who, "netdev %s: a card in a network namespace", l->name);
	if (l->tb[IFLA_LINK_NETNSID] && l->type == LINK_VIRTUAL && !is_pair_across(net, l, &other))
		return orthros_refuse(&who, "netdev %s: its other end is in a namespace",
				      l->name);
	if (has_xdp(l))
		return orthros_refuse(&who, "netdev %s: XDP program", l->name);
	if (!strcmp(l->kind, "bridge"))
		return orthros_check_bridge(img, l->name, l->info[IFLA_INFO_DATA]);
	return orthros_check_bridge_port(img, l->name, port_of_bridge(l));
}

/**
 * orthros_check_links() - name the devices that cannot be carried
 * @net:	what the source told
 *
 * Return: 0, or -errno if what it told does not parse.
 */
int orthros_check_links(const struct orthros_net_data *net)
{
	return each_link(net, check_link, (void *)net);
}

/* ---- numbers and names -------------------------------------------------- */

static bool plugged_in_at(const struct net_device *dev, const char *bus)
{
	const struct device *d;

	for (d = dev->dev.parent; d; d = d->parent)
		if (!strcmp(dev_name(d), bus))
			return true;
	return false;
}

/* Under RTNL. A card is recognised by its place, and its address if it has two ports. */
static struct net_device *find_own(const struct link *l)
{
	const struct nlattr *perm = l->tb[IFLA_PERM_ADDRESS];
	struct net_device *dev, *found = NULL;

	if (l->type == LINK_LO)
		return orthros_this_net()->loopback_dev;
	for_each_netdev(orthros_this_net(), dev) {
		if (l->type == LINK_FALLBACK && !strcmp(dev->name, l->name))
			return dev;
		if (l->type != LINK_CARD || !plugged_in_at(dev, l->bus))
			continue;
		if (perm && nla_len(perm) == dev->addr_len &&
		    !memcmp(nla_data(perm), dev->perm_addr, dev->addr_len))
			return dev;
		if (!found)
			found = dev;
	}
	return found;
}

/* Whoever has them meanwhile, under RTNL. */
static int take_name(struct net_device *dev, const char *name)
{
	struct net_device *other;
	char meanwhile[IFNAMSIZ];
	int err = 0;

	if (!strcmp(dev->name, name))
		return 0;
	other = __dev_get_by_name(dev_net(dev), name);
	if (other) {
		snprintf(meanwhile, sizeof(meanwhile), "orthros%u", other->ifindex & 0xffff);
		err = dev_change_name(other, meanwhile);
	}
	return err ?: dev_change_name(dev, name);
}

static int take_index(struct net_device *dev, int ifindex, int *meanwhile)
{
	struct net_device *other;
	int err = 0;

	if (dev->ifindex == ifindex)
		return 0;
	other = __dev_get_by_index(dev_net(dev), ifindex);
	if (other)
		err = orthros_dev_set_index(other, ++*meanwhile);
	return err ?: orthros_dev_set_index(dev, ifindex);
}

struct place {
	int last;	/* highest number in use */
	int meanwhile;
};

static int place_link(void *ctx, struct link *l)
{
	struct place *p = ctx;
	struct net_device *dev;
	int err = 0;

	p->last = max(p->last, l->ifi->ifi_index);
	if (l->type == LINK_LO || l->type == LINK_VIRTUAL)
		return 0;
	rtnl_lock();
	dev = find_own(l);
	if (dev) {
		err = take_index(dev, l->ifi->ifi_index, &p->meanwhile) ?:
		      take_name(dev, l->name);
	} else if (l->type == LINK_CARD) {
		err = -ENODEV;
	}
	rtnl_unlock();
	return err ? orthros_fail(err, "netdev %s: no such device at %s", l->name,
				  l->bus ?: "all") : 0;
}

/**
 * orthros_drop_links() - remove this kernel's own virtual devices
 * @nl:		socket of NETLINK_ROUTE
 *
 * The source has had them or has not. Before a hop, since it takes its time.
 *
 * Return: 0 or -errno.
 */
int orthros_drop_links(struct orthros_nl *nl)
{
	struct ifinfomsg ifi = {};
	struct net_device *dev;
	int err = 0;

	do {
		ifi.ifi_index = 0;
		rtnl_lock();
		for_each_netdev(orthros_this_net(), dev)
			if (dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, "dummy"))
				ifi.ifi_index = dev->ifindex;
		rtnl_unlock();
		if (ifi.ifi_index)
			err = orthros_nl_send(nl, RTM_DELLINK, 0, &ifi, sizeof(ifi), NULL, 0);
	} while (ifi.ifi_index && !err);
	return err;
}

static int free_index(void *ctx, struct link *l)
{
	struct place *p = ctx;
	struct net_device *dev;
	int err = 0;

	if (l->type != LINK_VIRTUAL)
		return 0;
	rtnl_lock();
	dev = __dev_get_by_index(orthros_this_net(), l->ifi->ifi_index);
	if (dev)
		err = orthros_dev_set_index(dev, ++p->last);
	rtnl_unlock();
	return err;
}

/**
 * orthros_place_links() - let this kernel's devices that the source had, too, be as there
 * @nl:		unused
 * @net:	what the source told
 *
 * Others make room.
 *
 * Return: 0 or -errno.
 */
int orthros_place_links(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	struct place p = { .last = LOOPBACK_IFINDEX, .meanwhile = INDEX_MEANWHILE };
	struct net_device *dev;
	int err;

	err = each_link(net, place_link, &p);
	if (err)
		return err;
	rtnl_lock();
	for_each_netdev(orthros_this_net(), dev)
		if (dev->ifindex < INDEX_MEANWHILE)
			p.last = max(p.last, dev->ifindex);
	for_each_netdev(orthros_this_net(), dev)
		if (!err && dev->ifindex > INDEX_MEANWHILE)
			err = orthros_dev_set_index(dev, ++p.last);
	rtnl_unlock();
	return err ?: each_link(net, free_index, &p);
}

/* ---- cards before the commit -------------------------------------------- */

static int stub_open(struct net_device *dev)
{
	return 0;
}

static int stub_stop(struct net_device *dev)
{
	return 0;
}

/* Set down by hand, it may be opened by hand. */
static int stub_stop_lost(struct net_device *dev)
{
	struct stub *stub = container_of(dev->netdev_ops, struct stub, ops);

	dev->netdev_ops = stub->real;
	netif_tx_wake_all_queues(dev);
	return 0;
}

static netdev_tx_t stub_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static void stub_rx_mode(struct net_device *dev)
{
}

static int stub_card(struct net_device *dev)
{
	struct stub *stub = kzalloc(sizeof(*stub), GFP_KERNEL);

	if (!stub)
		return -ENOMEM;
	stub->dev = dev;
	stub->real = dev->netdev_ops;
	stub->ops = *dev->netdev_ops;
	stub->ops.ndo_open = stub_open;
	stub->ops.ndo_stop = stub_stop;
	stub->ops.ndo_start_xmit = stub_xmit;
	stub->ops.ndo_set_rx_mode = stub_rx_mode;
	/* Its queues may be stopped for longer than a driver's. */
	stub->ops.ndo_tx_timeout = NULL;
	dev->netdev_ops = &stub->ops;
	list_add_tail(&stub->list, &stubs);
	return 0;
}

/**
 * orthros_hold_links() - let packets wait until the cards are open
 *
 * After the commit, before processes run.
 */
void orthros_hold_links(void)
{
	struct stub *stub;

	rtnl_lock();
	list_for_each_entry(stub, &stubs, list)
		netif_tx_disable(stub->dev);
	rtnl_unlock();
}

/* A test may want it to fail. */
static int open_card(struct net_device *dev)
{
	const struct device *d;

	for (d = dev->dev.parent; d; d = d->parent)
		if (orthros_device_fails(dev_name(d), "open"))
			return -EIO;
	return dev->netdev_ops->ndo_open ? dev->netdev_ops->ndo_open(dev) : 0;
}

/**
 * orthros_open_links() - let the cards' drivers send and receive
 *
 * After the commit, while processes run already. A card that does not come up
 * is a link that is down.
 */
void orthros_open_links(void)
{
	struct stub *stub, *next;
	char text[64];
	int err;

	rtnl_lock();
	list_for_each_entry_safe(stub, next, &stubs, list) {
		struct net_device *dev = stub->dev;

		err = 0;
		if (dev->flags & IFF_UP) {
			synchronize_net();
			dev->netdev_ops = stub->real;
			err = open_card(dev);
		} else {
			dev->netdev_ops = stub->real;
		}
		if (err) {
			snprintf(text, sizeof(text), "netdev %s does not come up: %pe", dev->name,
				 ERR_PTR(err));
			pr_err("%s\n", text);
			orthros_set_last_error("%s", text);
			/* Never opened, it must not be stopped, nor suspended as if it ran. */
			stub->ops.ndo_stop = stub_stop_lost;
			dev->netdev_ops = &stub->ops;
			netif_carrier_off(dev);
			clear_bit(__LINK_STATE_START, &dev->state);
		} else {
			netif_tx_wake_all_queues(dev);
			if (dev->flags & IFF_UP) {
				dev_set_rx_mode(dev);
				dev_activate(dev);
			}
			list_del(&stub->list);
			kfree(stub);
		}
	}
	linkwatch_run_queue();
	rtnl_unlock();
}

/* ---- building ----------------------------------------------------------- */

static int put_attr(struct sk_buff *skb, const struct link *l, int type)
{
	const struct nlattr *a = l->tb[type];

	return a ? nla_put(skb, type, nla_len(a), nla_data(a)) : 0;
}

static struct sk_buff *link_msg(const struct link *l, u16 flags, struct ifinfomsg **ifi)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	struct nlmsghdr *nlh;

	if (!skb)
		return NULL;
	nlh = nlmsg_put(skb, 0, 0, RTM_NEWLINK, sizeof(**ifi), NLM_F_REQUEST | NLM_F_ACK | flags);
	*ifi = nlmsg_data(nlh);
	memset(*ifi, 0, sizeof(**ifi));
	(*ifi)->ifi_index = l->ifi->ifi_index;
	return skb;
}

static int link_send(struct orthros_nl *nl, struct sk_buff *skb, int err)
{
	struct nlmsghdr *nlh = nlmsg_hdr(skb);

	if (!err) {
		nlmsg_end(skb, nlh);
		err = orthros_nl_request(nl, nlh);
	}
	nlmsg_free(skb);
	return err;
}

/* The flags are told with all bits of their mask, and taken with the known ones. */
static int put_vlan(struct sk_buff *skb, const struct nlattr *data)
{
	struct ifla_vlan_flags flags;
	const struct nlattr *a;
	int err = 0, rem;

	nla_for_each_nested(a, data, rem) {
		if (nla_type(a) == IFLA_VLAN_FLAGS && nla_len(a) == sizeof(flags)) {
			memcpy(&flags, nla_data(a), sizeof(flags));
			flags.mask = VLAN_FLAG_REORDER_HDR | VLAN_FLAG_GVRP |
				     VLAN_FLAG_LOOSE_BINDING | VLAN_FLAG_MVRP |
				     VLAN_FLAG_BRIDGE_BINDING;
			err = nla_put(skb, IFLA_VLAN_FLAGS, sizeof(flags), &flags);
		} else {
			err = nla_put(skb, a->nla_type, nla_len(a), nla_data(a));
		}
		if (err)
			return err;
	}
	return 0;
}

/* Both ends are made by one request. */
static int put_veth(struct sk_buff *skb, const struct link *peer)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, VETH_INFO_PEER);
	struct ifinfomsg *ifi;
	int err;

	if (!nest)
		return -EMSGSIZE;
	ifi = nlmsg_append(skb, sizeof(*ifi));
	if (!ifi)
		return -EMSGSIZE;
	memset(ifi, 0, sizeof(*ifi));
	ifi->ifi_index = peer->ifi->ifi_index;
	err = put_attr(skb, peer, IFLA_IFNAME) ?: put_attr(skb, peer, IFLA_ADDRESS) ?:
	      put_attr(skb, peer, IFLA_MTU) ?: put_attr(skb, peer, IFLA_TXQLEN) ?:
	      put_attr(skb, peer, IFLA_NUM_TX_QUEUES) ?: put_attr(skb, peer, IFLA_NUM_RX_QUEUES);
	nla_nest_end(skb, nest);
	return err;
}

struct links {
	struct orthros_nl *nl;
	const struct orthros_net_data *net;
	const struct link *l;
	struct orthros_net_data other;	/* where the other end of a pair is */
	unsigned int left;	/* to be done in another round */
	unsigned int done;
	int err;
	char name[IFNAMSIZ];	/* of the one that failed last */
	u32 flags;
};

static int make_virtual(struct links *s, const struct link *l, const struct link *peer)
{
	struct nlattr *info, *data;
	struct ifinfomsg *ifi;
	struct sk_buff *skb;
	int err;

	skb = link_msg(l, NLM_F_CREATE | NLM_F_EXCL, &ifi);
	if (!skb)
		return -ENOMEM;
	err = put_attr(skb, l, IFLA_IFNAME) ?: put_attr(skb, l, IFLA_ADDRESS) ?:
	      put_attr(skb, l, IFLA_MTU) ?: put_attr(skb, l, IFLA_TXQLEN) ?:
	      put_attr(skb, l, IFLA_NUM_TX_QUEUES) ?: put_attr(skb, l, IFLA_NUM_RX_QUEUES);
	if (!err && !strcmp(l->kind, "vlan"))
		err = put_attr(skb, l, IFLA_LINK);
	info = nla_nest_start_noflag(skb, IFLA_LINKINFO);
	if (!info || err || nla_put_string(skb, IFLA_INFO_KIND, l->kind))
		return link_send(s->nl, skb, -EMSGSIZE);
	data = nla_nest_start_noflag(skb, IFLA_INFO_DATA);
	if (!data)
		return link_send(s->nl, skb, -EMSGSIZE);
	if (peer)
		err = put_veth(skb, peer);
	else if (l->info[IFLA_INFO_DATA] && !strcmp(l->kind, "bridge"))
		err = orthros_put_bridge(skb, l->info[IFLA_INFO_DATA]);
	else if (l->info[IFLA_INFO_DATA] && !strcmp(l->kind, "vlan"))
		err = put_vlan(skb, l->info[IFLA_INFO_DATA]);
	nla_nest_end(skb, data);
	nla_nest_end(skb, info);
	return link_send(s->nl, skb, err);
}

static bool have_index(int ifindex)
{
	bool have;

	rtnl_lock();
	have = __dev_get_by_index(orthros_this_net(), ifindex);
	rtnl_unlock();
	return have;
}

static int make_peer(void *ctx, struct link *peer)
{
	struct links *s = ctx;

	if (peer->ifi->ifi_index != link_u32(s->l, IFLA_LINK))
		return 0;
	return make_virtual(s, s->l, peer) ?: 1;
}

static int send_away(struct links *s, const struct link *peer)
{
	struct net *to = orthros_dst_net(s->net->img, s->other.ns);
	const int index = INDEX_MEANWHILE + s->l->ifi->ifi_index;
	struct net_device *dev;
	int err = -ENODEV;

	rtnl_lock();
	dev = __dev_get_by_index(orthros_this_net(), index);
	if (dev)
		err = dev_change_net_namespace(dev, to, NULL) ?:
		      orthros_dev_set_index(dev, peer->ifi->ifi_index) ?:
		      take_name(dev, peer->name);
	rtnl_unlock();
	return err;
}

/* With a peer by another name and number than its own, which may be somebody's here. */
static int make_meanwhile(struct links *s, const struct link *l, struct link *peer)
{
	const struct ifinfomsg *own = peer->ifi;
	struct ifinfomsg ifi = { .ifi_index = INDEX_MEANWHILE + l->ifi->ifi_index };
	struct {
		struct nlattr attr;
		char name[IFNAMSIZ];
	} name = { .attr = { .nla_type = IFLA_IFNAME, .nla_len = sizeof(name) } };
	int err;

	snprintf(name.name, sizeof(name.name), "orthros%d", l->ifi->ifi_index);
	peer->ifi = &ifi;
	peer->tb[IFLA_IFNAME] = &name.attr;
	err = make_virtual(s, l, peer);
	peer->ifi = own;
	return err;
}

/* Made here, and sent to where it belongs. */
static int make_peer_across(void *ctx, struct link *peer)
{
	struct links *s = ctx;

	if (peer->ifi->ifi_index != link_u32(s->l, IFLA_LINK) || strcmp(peer->kind, "veth"))
		return 0;
	return make_meanwhile(s, s->l, peer) ?: send_away(s, peer) ?: 1;
}

/* Of a kernel that has failed: the namespace at its other end is lost. */
static int make_alone(struct links *s, const struct link *l)
{
	struct link *peer = kmemdup(l, sizeof(*l), GFP_KERNEL);
	int err = -ENOMEM;

	if (peer) {
		peer->tb[IFLA_ADDRESS] = NULL;
		err = make_meanwhile(s, l, peer);
	}
	kfree(peer);
	return err;
}

static int make_pair(struct links *s, const struct link *l)
{
	struct net *to;
	int err;

	s->l = l;
	if (!l->tb[IFLA_LINK_NETNSID]) {
		err = each_link(s->net, make_peer, s);
	} else {
		to = is_pair_across(s->net, l, &s->other) ?
		     orthros_dst_net(s->net->img, s->other.ns) : NULL;
		if (!to && s->net->img->crashed)
			return make_alone(s, l);
		err = to ? each_link(&s->other, make_peer_across, s) : -ENXIO;
	}
	return err == 1 ? 0 : err ?: -ENXIO;
}

static int make_link(void *ctx, struct link *l)
{
	struct links *s = ctx;
	int err;

	if (l->type != LINK_VIRTUAL || have_index(l->ifi->ifi_index))
		return 0;
	if (!strcmp(l->kind, "veth"))
		err = make_pair(s, l);
	else if (!strcmp(l->kind, "vlan") && !have_index(link_u32(l, IFLA_LINK)))
		err = -ENODEV;
	else
		err = make_virtual(s, l, NULL);
	if (err) {
		s->err = err;
		s->left++;
		strscpy(s->name, l->name, sizeof(s->name));
	} else {
		s->done++;
	}
	return 0;
}

/* What can be set of any device, while it is down. */
static int set_link(void *ctx, struct link *l)
{
	struct links *s = ctx;
	struct net_device *dev;
	struct ifinfomsg *ifi;
	struct sk_buff *skb;
	int err = 0;

	if (l->type == LINK_FALLBACK && !have_index(l->ifi->ifi_index))
		return 0;
	if (l->type == LINK_CARD) {
		rtnl_lock();
		dev = __dev_get_by_index(orthros_this_net(), l->ifi->ifi_index);
		err = dev ? stub_card(dev) : -ENODEV;
		rtnl_unlock();
	}
	skb = err ? NULL : link_msg(l, 0, &ifi);
	if (!skb)
		return err ?: -ENOMEM;
	ifi->ifi_change = IFF_PROMISC | IFF_ALLMULTI | IFF_NOARP | IFF_MULTICAST | IFF_DEBUG |
			  IFF_DYNAMIC;
	ifi->ifi_flags = l->ifi->ifi_flags & ifi->ifi_change;
	err = put_attr(skb, l, IFLA_MTU) ?: put_attr(skb, l, IFLA_TXQLEN) ?:
	      put_attr(skb, l, IFLA_GROUP) ?: put_attr(skb, l, IFLA_IFALIAS) ?:
	      put_attr(skb, l, IFLA_MASTER);
	if (!err && (l->type == LINK_CARD || l->type == LINK_VIRTUAL))
		err = put_attr(skb, l, IFLA_ADDRESS);
	err = link_send(s->nl, skb, err);
	if (!err && l->tb[IFLA_PROP_LIST]) {
		struct ifinfomsg who = { .ifi_index = l->ifi->ifi_index };

		err = orthros_nl_send(s->nl, RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL, &who,
				      sizeof(who), l->tb[IFLA_PROP_LIST],
				      nla_total_size(nla_len(l->tb[IFLA_PROP_LIST])));
	}
	return err ? orthros_fail(err, "netdev %s: settings", l->name) : 0;
}

/* When all ports are there: one may stand in for another. */
static int set_port(void *ctx, struct link *l)
{
	const struct nlattr *data = port_of_bridge(l);
	struct nlattr *info, *nest = NULL;
	struct links *s = ctx;
	struct ifinfomsg *ifi;
	struct sk_buff *skb;
	int err;

	if (!data)
		return 0;
	skb = link_msg(l, 0, &ifi);
	if (!skb)
		return -ENOMEM;
	info = nla_nest_start_noflag(skb, IFLA_LINKINFO);
	if (info)
		nest = nla_nest_start_noflag(skb, IFLA_INFO_SLAVE_DATA);
	err = nest ? orthros_put_bridge_port(skb, data) : -EMSGSIZE;
	if (!err) {
		nla_nest_end(skb, nest);
		nla_nest_end(skb, info);
	}
	err = link_send(s->nl, skb, err);
	return err ? orthros_fail(err, "netdev %s: settings as a port", l->name) : 0;
}

static int raise_link(void *ctx, struct link *l)
{
	struct links *s = ctx;
	struct ifinfomsg *ifi;
	struct net_device *dev;
	struct sk_buff *skb;
	bool is_up;
	int err;

	rtnl_lock();
	dev = __dev_get_by_index(orthros_this_net(), l->ifi->ifi_index);
	is_up = dev && (dev->flags & IFF_UP);
	rtnl_unlock();
	if (!dev || is_up == !!(l->ifi->ifi_flags & IFF_UP))
		return 0;
	skb = link_msg(l, 0, &ifi);
	if (!skb)
		return -ENOMEM;
	ifi->ifi_change = IFF_UP;
	ifi->ifi_flags = l->ifi->ifi_flags & IFF_UP;
	err = link_send(s->nl, skb, 0);
	if (err) {
		s->err = err;
		s->left++;
		strscpy(s->name, l->name, sizeof(s->name));
	} else {
		s->done++;
	}
	return 0;
}

/* A device may need another one first: rounds, until all are done. */
static int in_rounds(struct links *s, int (*fn)(void *ctx, struct link *l), const char *what)
{
	int err;

	do {
		s->left = 0;
		s->done = 0;
		err = each_link(s->net, fn, s);
		if (err)
			return err;
	} while (s->left && s->done);
	return s->left ? orthros_fail(s->err, "netdev %s: %s", s->name, what) : 0;
}

/* Changes with any device's carrier or state. Under RTNL. */
static u32 carriers(void)
{
	struct net_device *dev;
	struct net *net;
	u32 hash = 0;

	down_read(&net_rwsem);
	for_each_net(net)
		for_each_netdev(net, dev)
			hash = jhash_2words(netif_carrier_ok(dev), dev->operstate, hash);
	up_read(&net_rwsem);
	return hash;
}

/**
 * orthros_see_carriers() - let it show who is up
 *
 * Now, not within a second: of one end of a pair, then of the bridge that it is in, then
 * of what is on that.
 */
void orthros_see_carriers(void)
{
	u32 before, now;
	int level;

	rtnl_lock();
	now = carriers();
	for (level = 0; level < LEVELS_MAX; level++) {
		before = now;
		linkwatch_run_queue();
		now = carriers();
		if (now == before)
			break;
	}
	rtnl_unlock();
}

/**
 * orthros_make_links() - make the virtual devices
 * @nl:		socket of NETLINK_ROUTE
 * @net:	what the source told
 *
 * When those of all namespaces that are there have their places.
 *
 * Return: 0 or -errno.
 */
int orthros_make_links(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	struct links s = { .nl = nl, .net = net };

	return in_rounds(&s, make_link, "cannot be made");
}

/**
 * orthros_set_links() - give the devices the settings that they had
 * @nl:		socket of NETLINK_ROUTE
 * @net:	what the source told
 *
 * Cards do not touch the network before orthros_open_links().
 *
 * Return: 0 or -errno.
 */
int orthros_set_links(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	struct links s = { .nl = nl, .net = net };

	return each_link(net, set_link, &s) ?: each_link(net, set_port, &s) ?:
	       orthros_build_devices(net);
}

/**
 * orthros_raise_links() - those that were up come up
 * @nl:		socket of NETLINK_ROUTE
 * @net:	what the source told
 *
 * Return: 0 or -errno.
 */
int orthros_raise_links(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	struct links s = { .nl = nl, .net = net };

	return in_rounds(&s, raise_link, "does not come up");
}
