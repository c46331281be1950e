// SPDX-License-Identifier: GPL-2.0-only
/*
 * The network that sockets need in this stage: lo and its addresses. Every
 * other device of the source is refused by name, but for those that the
 * kernel makes by itself and nobody uses.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/file.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/inetdevice.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sizes.h>
#include <linux/socket.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/sock.h>
#include "files.h"

#define NETDEVS_MAX	SZ_64K

/* ---- reading ----------------------------------------------------------- */

static struct orthros_ifaddr_rec *new_addr(struct orthros_lo_rec *rec)
{
	return rec->nr < ORTHROS_IFADDR_MAX ? &rec->addrs[rec->nr++] : NULL;
}

static int read_addrs4(struct orthros_image *img, struct orthros_lo_rec *rec, u64 in_dev)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_in_dev_view dev;
	struct orthros_ifaddr_view v;
	struct orthros_ifaddr_rec *a;
	u64 addr;
	int err;

	if (!in_dev)
		return 0;
	err = orthros_read_rec(mem, &orthros_table_in_dev, in_dev, &dev);
	if (err)
		return err;
	for (addr = dev.first; addr; addr = v.next) {
		err = orthros_read_rec(mem, &orthros_table_ifaddr, addr, &v);
		if (err)
			return err;
		a = new_addr(rec);
		if (!a)
			return orthros_refuse(img, 0, "", "netdev lo: more than %u addresses",
					      ORTHROS_IFADDR_MAX);
		a->family = AF_INET;
		a->prefixlen = v.prefixlen;
		a->scope = v.scope;
		a->flags = v.flags;
		memcpy(a->local, v.local, 4);
		memcpy(a->addr, v.addr, 4);
		memcpy(a->broadcast, v.broadcast, 4);
		a->valid_lft = v.valid_lft;
		a->preferred_lft = v.preferred_lft;
		memcpy(a->label, v.label, sizeof(a->label));
	}
	return 0;
}

static int read_addrs6(struct orthros_image *img, struct orthros_lo_rec *rec, u64 in6_dev)
{
	const struct orthros_mem *mem = &img->src->mem;
	static const u8 any[16];
	struct orthros_in6_dev_view dev;
	struct orthros_ifaddr6_view v;
	struct orthros_ifaddr_rec *a;
	struct orthros_list_iter it;
	int err;

	if (!in6_dev)
		return 0;
	err = orthros_read_rec(mem, &orthros_table_in6_dev, in6_dev, &dev);
	if (err || !dev.head)
		return err;
	orthros_src_for_each(&it, img->src, dev.head, ORTHROS_IFADDR_MAX + 1) {
		err = orthros_read_rec(mem, &orthros_table_ifaddr6, it.node - dev.node_off, &v);
		if (err)
			return err;
		a = new_addr(rec);
		if (!a)
			return orthros_refuse(img, 0, "", "netdev lo: more than %u addresses",
					      ORTHROS_IFADDR_MAX);
		a->family = AF_INET6;
		a->prefixlen = min_t(u32, v.prefix_len, 128);
		a->scope = v.scope;
		a->flags = v.flags;
		memcpy(a->local, v.addr, 16);
		memcpy(a->addr, memcmp(v.peer, any, 16) ? v.peer : v.addr, 16);
		a->valid_lft = v.valid_lft;
		a->preferred_lft = v.preferred_lft;
	}
	return it.err;
}

/*
 * Devices that drivers make when they are loaded, one each, down. This kernel
 * makes its own.
 */
static bool is_fallback(const struct orthros_netdev_view *v)
{
	static const char *const names[] = {
		"sit0", "tunl0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip6gre0",
		"ip_vti0", "ip6_vti0", "dummy0", "bond0", "ifb0", "ifb1", "teql0",
	};
	unsigned int i;

	if (v->flags & IFF_UP)
		return false;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(v->name, names[i]))
			return true;
	return false;
}

static int read_lo(struct orthros_image *img, u64 addr, const struct orthros_netdev_view *v)
{
	struct orthros_lo_rec *rec;
	struct orthros_obj *obj;
	int err;

	obj = orthros_obj_add(img, ORTHROS_KIND_NETDEV, addr, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->version = ORTHROS_LO_VERSION;
	rec->up = !!(v->flags & IFF_UP);
	rec->mtu = v->mtu;
	err = read_addrs4(img, rec, v->ip);
	return err ?: read_addrs6(img, rec, v->ip6);
}

/**
 * orthros_read_net() - read the network devices
 * @img:	image
 *
 * Return: 0 or -errno; devices that cannot be carried are reported.
 */
int orthros_read_net(struct orthros_image *img)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_file_consts c;
	struct orthros_netdev_view v;
	struct orthros_netns_view net;
	struct orthros_list_iter it;
	int err;

	err = orthros_file_consts(img, &c);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_netns, c.init_net, &net);
	if (err)
		return err;
	orthros_src_for_each(&it, img->src, net.dev_head, NETDEVS_MAX) {
		u64 dev = it.node - net.dev_off;

		err = orthros_read_rec(mem, &orthros_table_netdev, dev, &v);
		if (err)
			return err;
		if (dev == net.loopback)
			err = read_lo(img, dev, &v);
		else if (!is_fallback(&v))
			orthros_refuse(img, 0, "", "netdev %s%s", v.name,
				       v.flags & IFF_UP ? "" : " (down)");
		if (err)
			return err;
	}
	return it.err;
}

/* ---- building ---------------------------------------------------------- */

/* Sends one request and takes its answer, as any user of rtnetlink. */
static int rtnl_request(struct socket *nl, struct nlmsghdr *nlh)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &kernel, .msg_namelen = sizeof(kernel) };
	struct kvec vec = { .iov_base = nlh, .iov_len = nlh->nlmsg_len };
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} ack;
	int ret;

	ret = kernel_sendmsg(nl, &msg, &vec, 1, vec.iov_len);
	if (ret < 0)
		return ret;
	memset(&msg, 0, sizeof(msg));
	vec.iov_base = &ack;
	vec.iov_len = sizeof(ack);
	/* The request was carried out within the call that sent it. */
	ret = kernel_recvmsg(nl, &msg, &vec, 1, sizeof(ack), MSG_DONTWAIT);
	if (ret < 0)
		return ret;
	if (ret < sizeof(ack) || ack.nlh.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return ack.err.error;
}

static int addr_request(struct socket *nl, int ifindex, u16 type,
			const struct orthros_ifaddr_rec *a)
{
	unsigned int len = a->family == AF_INET6 ? 16 : 4;
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;
	struct sk_buff *skb;
	u32 flags = a->flags;
	int err;

	skb = nlmsg_new(512, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	nlh = nlmsg_put(skb, 0, 0, type, sizeof(*ifa), NLM_F_REQUEST | NLM_F_ACK |
			(type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_REPLACE : 0));
	err = -EMSGSIZE;
	if (!nlh)
		goto out;
	/* It has been in use: nobody else has it. */
	if (a->family == AF_INET6)
		flags = (flags & ~IFA_F_TENTATIVE) | IFA_F_NODAD;
	ifa = nlmsg_data(nlh);
	memset(ifa, 0, sizeof(*ifa));
	ifa->ifa_family = a->family;
	ifa->ifa_prefixlen = a->prefixlen;
	ifa->ifa_scope = a->scope;
	ifa->ifa_index = ifindex;
	ifa->ifa_flags = flags;
	if (nla_put(skb, IFA_LOCAL, len, a->local) || nla_put(skb, IFA_ADDRESS, len, a->addr) ||
	    nla_put_u32(skb, IFA_FLAGS, flags))
		goto out;
	if (a->family == AF_INET) {
		if (memchr_inv(a->broadcast, 0, 4) && nla_put(skb, IFA_BROADCAST, 4, a->broadcast))
			goto out;
		if (a->label[0] && nla_put(skb, IFA_LABEL, strnlen(a->label, 15) + 1, a->label))
			goto out;
	}
	if (a->valid_lft != U32_MAX && a->valid_lft) {
		struct ifa_cacheinfo ci = {
			.ifa_valid = a->valid_lft,
			.ifa_prefered = a->preferred_lft,
		};

		if (nla_put(skb, IFA_CACHEINFO, sizeof(ci), &ci))
			goto out;
	}
	nlmsg_end(skb, nlh);
	err = rtnl_request(nl, nlh);
out:
	nlmsg_free(skb);
	return err;
}

/* What the kernel gives lo when it comes up, and somebody had taken away. */
static int drop_default(struct socket *nl, int ifindex, const struct orthros_lo_rec *rec,
			const struct orthros_ifaddr_rec *def)
{
	int err;
	u32 i;

	for (i = 0; i < rec->nr; i++)
		if (rec->addrs[i].family == def->family &&
		    !memcmp(rec->addrs[i].local, def->local, 16))
			return 0;
	err = addr_request(nl, ifindex, RTM_DELADDR, def);
	return err == -EADDRNOTAVAIL || err == -EAFNOSUPPORT || err == -EOPNOTSUPP ? 0 : err;
}

static int set_link(struct net_device *dev, const struct orthros_lo_rec *rec)
{
	int err = 0;

	rtnl_lock();
	if (dev->mtu != rec->mtu)
		err = dev_set_mtu(dev, rec->mtu);
	if (!err)
		err = dev_change_flags(dev, rec->up ? dev->flags | IFF_UP : dev->flags & ~IFF_UP,
				       NULL);
	rtnl_unlock();
	return err;
}

static int build_lo(const struct orthros_lo_rec *rec)
{
	static const struct orthros_ifaddr_rec lo4 = {
		.family = AF_INET, .prefixlen = 8, .scope = RT_SCOPE_HOST,
		.local = { 127, 0, 0, 1 }, .addr = { 127, 0, 0, 1 },
	};
	static const struct orthros_ifaddr_rec lo6 = {
		.family = AF_INET6, .prefixlen = 128, .scope = RT_SCOPE_HOST,
		.local = { [15] = 1 }, .addr = { [15] = 1 },
	};
	struct net_device *dev = init_net.loopback_dev;
	struct socket *nl;
	struct file *file;
	int err;
	u32 i;

	err = set_link(dev, rec);
	if (err)
		return orthros_fail(err, "netdev lo");

	err = sock_create(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &nl);
	if (err)
		return err;
	/* Its file says that we may. */
	file = sock_alloc_file(nl, 0, NULL);
	if (IS_ERR(file))
		return PTR_ERR(file);
	for (i = 0; i < rec->nr && i < ORTHROS_IFADDR_MAX && !err; i++) {
		err = addr_request(nl, dev->ifindex, RTM_NEWADDR, &rec->addrs[i]);
		if (err)
			orthros_fail(err, "netdev lo: address %u", i);
	}
	if (!err && rec->up)
		err = drop_default(nl, dev->ifindex, rec, &lo4);
	if (!err && rec->up)
		err = drop_default(nl, dev->ifindex, rec, &lo6);
	fput(file);
	return err;
}

/**
 * orthros_build_net() - bring up lo with its addresses
 * @img:	image
 *
 * Before any socket is bound; process context, as root in the initial
 * namespaces.
 *
 * Return: 0 or -errno.
 */
int orthros_build_net(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_set_tcp_limits(img);
	orthros_for_each_obj(obj, img, ORTHROS_KIND_NETDEV) {
		err = build_lo(obj->rec);
		if (err)
			return err;
	}
	return 0;
}
