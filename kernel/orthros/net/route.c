// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, their labels, rules, routes, neighbours and queueing disciplines. They are
 * replayed as they were told. What the kernel adds by itself when a device
 * comes up was there, or has been taken away: that is taken away again.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitmap.h>
#include <linux/if_addr.h>
#include <linux/if_addrlabel.h>
#include <linux/if_bridge.h>
#include <linux/netdevice.h>
#include <linux/neighbour.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/fib_rules.h>
#include <net/ip_fib.h>
#include <net/neighbour.h>
#include <net/nexthop.h>
#include <net/rtnh.h>
#include <net/rtnetlink.h>
#include "net_internal.h"
#include "nl.h"

/* Bounds the work that a bad source can cause. */
#define MSGS_MAX	SZ_1M

/* So much may an edit add to a message. */
#define EDIT_ROOM	16

static int family_head_len(u16 type)
{
	switch (type) {
	case RTM_NEWADDR:
		return sizeof(struct ifaddrmsg);
	case RTM_NEWRULE:
		return sizeof(struct fib_rule_hdr);
	case RTM_NEWROUTE:
		return sizeof(struct rtmsg);
	case RTM_NEWNEIGH:
		return sizeof(struct ndmsg);
	case RTM_NEWQDISC:
		return sizeof(struct tcmsg);
	}
	return -1;
}

struct replay {
	struct orthros_nl *nl;
	const char *what;
	u16 type;
	u16 flags;
	/* Change the copy of a message, which has EDIT_ROOM; > 0: leave it out. */
	int (*edit)(struct nlmsghdr *nlh);
};

static int replay_one(const struct replay *r, const struct nlmsghdr *nlh)
{
	struct nlmsghdr *copy;
	int err;

	copy = kvzalloc(nlh->nlmsg_len + EDIT_ROOM, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, nlh, nlh->nlmsg_len);
	copy->nlmsg_type = r->type;
	copy->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | r->flags;
	copy->nlmsg_seq = 0;
	copy->nlmsg_pid = 0;
	err = r->edit ? r->edit(copy) : 0;
	if (!err)
		err = orthros_nl_request(r->nl, copy);
	kvfree(copy);
	/* The kernel was faster: it does the same by itself. */
	return err > 0 || err == -EEXIST ? 0 : err;
}

/* Routes need other routes: rounds, until all are there or none gets there. */
static int replay(const struct replay *r, const struct orthros_net_data *net, u32 kind)
{
	unsigned int nr = 0, i, left, done;
	const struct nlmsghdr *nlh;
	unsigned long *seen;
	const void *sec;
	int err = 0, last = 0, rem;
	size_t len;

	sec = orthros_sections_find(net->data, net->len, kind, &len);
	orthros_for_each_msg(nlh, rem, sec, len) {
		nr++;
		if (nr > MSGS_MAX || nlmsg_len(nlh) < family_head_len(nlh->nlmsg_type))
			return orthros_bad(-EINVAL, "netconf: a %s", r->what);
	}
	if (!nr)
		return 0;
	seen = bitmap_zalloc(nr, GFP_KERNEL);
	if (!seen)
		return -ENOMEM;
	do {
		left = 0;
		done = 0;
		i = 0;
		orthros_for_each_msg(nlh, rem, sec, len) {
			if (test_bit(i++, seen))
				continue;
			err = replay_one(r, nlh);
			if (err) {
				left++;
				last = err;
			} else {
				done++;
				__set_bit(i - 1, seen);
			}
		}
	} while (left && done);
	i = find_first_zero_bit(seen, nr);
	bitmap_free(seen);
	return left ? orthros_fail(last, "%s %u of %u", r->what, i + 1, nr) : 0;
}

/* ---- what this kernel has, and the source has not ----------------------- */

struct extra {
	struct orthros_nl *nl;
	const void *sec;
	size_t len;
	u16 type;
	bool (*same)(const struct nlmsghdr *a, const struct nlmsghdr *b);
	struct orthros_sections found;
};

static int find_extra(void *ctx, const struct nlmsghdr *own)
{
	struct extra *x = ctx;
	const struct nlmsghdr *nlh;
	int rem;

	orthros_for_each_msg(nlh, rem, x->sec, x->len)
		if (x->same(nlh, own))
			return 0;
	return orthros_sections_msg(&x->found, own);
}

/* Take away what @same finds no match for. */
static int drop_extra(struct orthros_nl *nl, const struct orthros_net_data *net, u32 kind,
		      u16 get, u16 del, const void *head, size_t head_len,
		      bool (*same)(const struct nlmsghdr *a, const struct nlmsghdr *b))
{
	struct extra x = { .nl = nl, .same = same };
	struct replay r = { .nl = nl, .type = del };
	const struct nlmsghdr *nlh;
	int err, rem;

	x.sec = orthros_sections_find(net->data, net->len, kind, &x.len);
	err = orthros_nl_dump(nl, get, head, head_len, find_extra, &x);
	if (!err) {
		orthros_for_each_msg(nlh, rem, (void *)x.found.data, x.found.len) {
			err = replay_one(&r, nlh);
			if (err)
				pr_warn("network: %d extra of type %u stays: %pe\n",
					nlh->nlmsg_len, del, ERR_PTR(err));
		}
		err = 0;
	}
	kvfree(x.found.data);
	return err;
}

static const struct nlattr *attr_of(const struct nlmsghdr *nlh, int head_len, int type)
{
	return nlmsg_find_attr(nlh, head_len, type);
}

static bool same_attr(const struct nlmsghdr *a, const struct nlmsghdr *b, int head_len, int type)
{
	const struct nlattr *x = attr_of(a, head_len, type), *y = attr_of(b, head_len, type);

	if (!x || !y)
		return x == y;
	return nla_len(x) == nla_len(y) && !memcmp(nla_data(x), nla_data(y), nla_len(x));
}

/* ---- labels of addresses ------------------------------------------------ */

static bool same_label(const struct nlmsghdr *a, const struct nlmsghdr *b)
{
	const struct ifaddrlblmsg *x = nlmsg_data(a), *y = nlmsg_data(b);

	return nlmsg_len(a) >= sizeof(*x) && nlmsg_len(b) >= sizeof(*y) &&
	       x->ifal_family == y->ifal_family && x->ifal_prefixlen == y->ifal_prefixlen &&
	       x->ifal_index == y->ifal_index && same_attr(a, b, sizeof(*x), IFAL_ADDRESS) &&
	       same_attr(a, b, sizeof(*x), IFAL_LABEL);
}

/* They outlive their device, which does not come back. */
static int edit_label(struct nlmsghdr *nlh)
{
	const struct ifaddrlblmsg *ifal = nlmsg_data(nlh);
	bool gone;

	rtnl_lock();
	gone = ifal->ifal_index && !__dev_get_by_index(orthros_this_net(), ifal->ifal_index);
	rtnl_unlock();
	return gone ? 1 : 0;
}

static bool is_there(const struct orthros_sections *own, const struct nlmsghdr *label)
{
	const struct nlmsghdr *nlh;
	int rem;

	orthros_for_each_msg(nlh, rem, (void *)own->data, own->len)
		if (same_label(label, nlh))
			return true;
	return false;
}

/*
 * This kernel has those that each kernel begins with. It must not be told of them
 * again: whether there is one already it does not see of all.
 */
static int build_labels(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	const struct replay r = {
		.nl = nl, .what = "label", .type = RTM_NEWADDRLABEL,
		.flags = NLM_F_CREATE | NLM_F_EXCL, .edit = edit_label,
	};
	const struct ifaddrlblmsg all = { .ifal_family = AF_INET6 };
	struct orthros_sections own = {};
	const struct nlmsghdr *nlh;
	unsigned int nr = 0;
	const void *sec;
	size_t len;
	int err, rem;

	sec = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_ADDRLABEL, &len);
	if (!len)
		return 0;
	err = drop_extra(nl, net, ORTHROS_NETCONF_ADDRLABEL, RTM_GETADDRLABEL, RTM_DELADDRLABEL,
			 &all, sizeof(all), same_label) ?:
	      orthros_nl_dump(nl, RTM_GETADDRLABEL, &all, sizeof(all), orthros_sections_msg, &own);
	orthros_for_each_msg(nlh, rem, sec, len) {
		if (err)
			break;
		if (++nr > MSGS_MAX || nlmsg_len(nlh) < sizeof(all))
			err = orthros_bad(-EINVAL, "netconf: a label");
		else if (!is_there(&own, nlh))
			err = replay_one(&r, nlh);
	}
	kvfree(own.data);
	return err ? orthros_fail(err, "labels of addresses") : 0;
}

/* ---- addresses ---------------------------------------------------------- */

static bool same_addr(const struct nlmsghdr *a, const struct nlmsghdr *b)
{
	const struct ifaddrmsg *x = nlmsg_data(a), *y = nlmsg_data(b);

	return x->ifa_family == y->ifa_family && x->ifa_index == y->ifa_index &&
	       x->ifa_prefixlen == y->ifa_prefixlen &&
	       same_attr(a, b, sizeof(*x), IFA_LOCAL) &&
	       same_attr(a, b, sizeof(*x), IFA_ADDRESS);
}

static int edit_addr(struct nlmsghdr *nlh)
{
	struct ifaddrmsg *ifa = nlmsg_data(nlh);
	struct nlattr *flags;

	if (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6)
		return 1;
	if (ifa->ifa_family == AF_INET || ifa->ifa_index == LOOPBACK_IFINDEX)
		return 0;
	flags = nlmsg_find_attr(nlh, sizeof(*ifa), IFA_FLAGS);
	if (!flags || nla_len(flags) != 4)
		return 0;
	/* It has been in use: nobody else has it. Unless that was just being found out. */
	if (!(nla_get_u32(flags) & (IFA_F_TENTATIVE | IFA_F_DADFAILED)))
		*(u32 *)nla_data(flags) |= IFA_F_NODAD;
	return 0;
}

/* Once it is there, the flag goes that kept it from being looked for. */
static int edit_addr_late(struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = nlmsg_data(nlh);
	const struct nlattr *flags = attr_of(nlh, sizeof(*ifa), IFA_FLAGS);

	return ifa->ifa_family != AF_INET6 || ifa->ifa_index == LOOPBACK_IFINDEX ||
	       !flags || nla_len(flags) != 4 ||
	       nla_get_u32(flags) & (IFA_F_NODAD | IFA_F_TENTATIVE | IFA_F_DADFAILED) ? 1 : 0;
}

/* What IPv6 gives to a device by itself would first be looked for. */
static bool not_own_addr6(const struct nlmsghdr *a, const struct nlmsghdr *own)
{
	const struct ifaddrmsg *ifa = nlmsg_data(own);

	return ifa->ifa_family != AF_INET6 || ifa->ifa_index == LOOPBACK_IFINDEX;
}

/**
 * orthros_build_addrs() - give the devices their addresses, and these their labels
 * @nl:		socket of NETLINK_ROUTE
 * @net:	what the source told
 *
 * Return: 0 or -errno.
 */
int orthros_build_addrs(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	const struct replay r = {
		.nl = nl, .what = "address", .type = RTM_NEWADDR,
		.flags = NLM_F_CREATE | NLM_F_REPLACE, .edit = edit_addr,
	};
	const struct ifaddrmsg all = {};

	return build_labels(nl, net) ?:
	       drop_extra(nl, net, ORTHROS_NETCONF_ADDR, RTM_GETADDR, RTM_DELADDR, &all,
			  sizeof(all), not_own_addr6) ?:
	       replay(&r, net, ORTHROS_NETCONF_ADDR) ?:
	       drop_extra(nl, net, ORTHROS_NETCONF_ADDR, RTM_GETADDR, RTM_DELADDR, &all,
			  sizeof(all), same_addr);
}

/**
 * orthros_settle_addrs() - addresses are what they were, to the last flag
 * @nl:		socket of NETLINK_ROUTE
 * @net:	what the source told
 *
 * After the commit.
 *
 * Return: 0 or -errno.
 */
int orthros_settle_addrs(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	const struct replay r = {
		.nl = nl, .what = "address", .type = RTM_NEWADDR,
		.flags = NLM_F_REPLACE, .edit = edit_addr_late,
	};

	return replay(&r, net, ORTHROS_NETCONF_ADDR);
}

/* ---- rules -------------------------------------------------------------- */

static bool same_rule(const struct nlmsghdr *a, const struct nlmsghdr *b)
{
	return a->nlmsg_len == b->nlmsg_len &&
	       !memcmp(nlmsg_data(a), nlmsg_data(b), nlmsg_len(a));
}

static int edit_rule(struct nlmsghdr *nlh)
{
	const struct fib_rule_hdr *frh = nlmsg_data(nlh);
	struct nlattr *a;

	if (frh->family != AF_INET && frh->family != AF_INET6)
		return 1;
	/* Priority 0 is not told, and would be a free one. */
	if (!attr_of(nlh, sizeof(*frh), FRA_PRIORITY)) {
		nlh->nlmsg_len = NLMSG_ALIGN(nlh->nlmsg_len);
		a = (void *)nlh + nlh->nlmsg_len;
		a->nla_len = NLA_HDRLEN + sizeof(u32);
		a->nla_type = FRA_PRIORITY;
		nlh->nlmsg_len += nla_total_size(sizeof(u32));
	}
	return 0;
}

/* ---- routes ------------------------------------------------------------- */

static u32 route_table(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = nlmsg_data(nlh);
	const struct nlattr *a = attr_of(nlh, sizeof(*rtm), RTA_TABLE);

	return a && nla_len(a) == 4 ? nla_get_u32(a) : rtm->rtm_table;
}

/* Made by the kernel with an address, and gone with it. */
static bool is_kernels(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = nlmsg_data(nlh);

	return rtm->rtm_protocol == RTPROT_KERNEL &&
	       (route_table(nlh) == RT_TABLE_LOCAL || rtm->rtm_type == RTN_LOCAL ||
		rtm->rtm_type == RTN_BROADCAST || rtm->rtm_type == RTN_ANYCAST ||
		rtm->rtm_type == RTN_MULTICAST);
}

static bool same_route(const struct nlmsghdr *a, const struct nlmsghdr *b)
{
	const struct rtmsg *x = nlmsg_data(a), *y = nlmsg_data(b);

	/* What comes and goes with an address has been decided there. */
	if (is_kernels(b) || y->rtm_protocol != RTPROT_KERNEL)
		return true;
	return x->rtm_family == y->rtm_family && x->rtm_dst_len == y->rtm_dst_len &&
	       x->rtm_type == y->rtm_type && x->rtm_tos == y->rtm_tos &&
	       route_table(a) == route_table(b) &&
	       same_attr(a, b, sizeof(*x), RTA_DST) &&
	       same_attr(a, b, sizeof(*x), RTA_OIF) &&
	       same_attr(a, b, sizeof(*x), RTA_PRIORITY);
}

/*
 * Learnt from a router: its next word must find it again, which it does not by
 * what netlink can say.
 */
static bool is_learnt(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = nlmsg_data(nlh);

	return rtm->rtm_family == AF_INET6 && rtm->rtm_protocol == RTPROT_RA &&
	       !rtm->rtm_dst_len && attr_of(nlh, sizeof(*rtm), RTA_GATEWAY);
}

static int build_learnt(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = nlmsg_data(nlh);
	const struct nlattr *gateway = attr_of(nlh, sizeof(*rtm), RTA_GATEWAY);
	const struct nlattr *metric = attr_of(nlh, sizeof(*rtm), RTA_PRIORITY);
	const struct nlattr *expires = attr_of(nlh, sizeof(*rtm), RTA_CACHEINFO);
	const struct nlattr *pref = attr_of(nlh, sizeof(*rtm), RTA_PREF);
	const struct nlattr *oif = attr_of(nlh, sizeof(*rtm), RTA_OIF);
	const struct rta_cacheinfo *ci = expires ? nla_data(expires) : NULL;
	struct net_device *dev;
	int err = -ENODEV;

	if (!oif || nla_len(oif) != 4 || !metric || nla_len(metric) != 4 || !expires ||
	    nla_len(expires) < sizeof(*ci) || nla_len(gateway) != sizeof(struct in6_addr))
		return -EINVAL;
	rtnl_lock();
	dev = __dev_get_by_index(orthros_this_net(), nla_get_u32(oif));
	if (dev)
		err = orthros_add_router(dev, nla_data(gateway), pref ? nla_get_u8(pref) : 0,
					 nla_get_u32(metric), max(ci->rta_expires / USER_HZ, 1));
	rtnl_unlock();
	return err;
}

static int build_all_learnt(const struct orthros_net_data *net)
{
	const struct nlmsghdr *nlh;
	const void *sec;
	int err, rem;
	size_t len;

	sec = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_ROUTE6, &len);
	orthros_for_each_msg(nlh, rem, sec, len) {
		if (!is_learnt(nlh))
			continue;
		err = build_learnt(nlh);
		if (err)
			return orthros_fail(err, "IPv6 default router");
	}
	return 0;
}

#define ROUTE_FLAGS	(RTNH_F_ONLINK | RTNH_F_PERVASIVE)

/* Flags that tell the state of a route are not taken for its settings. */
static int edit_route(struct nlmsghdr *nlh)
{
	struct rtmsg *rtm = nlmsg_data(nlh);
	struct rta_cacheinfo *ci;
	struct rtnexthop *nh;
	struct nlattr *a;
	int rem;

	if (is_kernels(nlh) || is_learnt(nlh) || (rtm->rtm_flags & RTM_F_CLONED))
		return 1;
	rtm->rtm_flags &= ROUTE_FLAGS;
	a = nlmsg_find_attr(nlh, sizeof(*rtm), RTA_MULTIPATH);
	if (a) {
		nh = nla_data(a);
		rem = nla_len(a);
		while (rtnh_ok(nh, rem)) {
			nh->rtnh_flags &= ROUTE_FLAGS;
			nh = rtnh_next(nh, &rem);
		}
	}
	/* A lifetime is told in one attribute, which is then not needed, and set by another. */
	a = nlmsg_find_attr(nlh, sizeof(*rtm), RTA_CACHEINFO);
	if (a && nla_len(a) >= sizeof(*ci)) {
		ci = nla_data(a);
		if (rtm->rtm_family == AF_INET6 && ci->rta_expires > 0) {
			u32 seconds = max(ci->rta_expires / USER_HZ, 1);

			a->nla_len = NLA_HDRLEN + sizeof(seconds);
			a->nla_type = RTA_EXPIRES;
			memcpy(nla_data(a), &seconds, sizeof(seconds));
			a = (void *)a + NLA_ALIGN(a->nla_len);
			a->nla_len = NLA_HDRLEN + sizeof(*ci) - sizeof(seconds) - NLA_HDRLEN;
		}
		/* An attribute that is skipped as unknown. */
		a->nla_type = RTA_PAD;
	}
	return 0;
}

/* ---- neighbours --------------------------------------------------------- */

static int edit_neigh(struct nlmsghdr *nlh)
{
	struct ndmsg *ndm = nlmsg_data(nlh);

	if (ndm->ndm_family != AF_INET && ndm->ndm_family != AF_INET6)
		return 1;
	if (ndm->ndm_state & NUD_PERMANENT)
		return 0;
	/* An address that was found out, and may be out of date. */
	if (!(ndm->ndm_state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)) ||
	    !attr_of(nlh, sizeof(*ndm), NDA_LLADDR))
		return 1;
	ndm->ndm_state = NUD_STALE;
	return 0;
}

/* What a bridge has learnt, it learns again. */
static int edit_fdb(struct nlmsghdr *nlh)
{
	const struct nlattr *master = attr_of(nlh, sizeof(struct ndmsg), NDA_MASTER);
	struct ndmsg *ndm = nlmsg_data(nlh);

	/* Without a bridge: what the device itself receives, see device.c. */
	if (!master || nla_len(master) != 4 || !(ndm->ndm_state & (NUD_PERMANENT | NUD_NOARP)))
		return 1;
	ndm->ndm_flags &= NTF_STICKY | NTF_EXT_LEARNED;
	ndm->ndm_flags |= nla_get_u32(master) == ndm->ndm_ifindex ? NTF_SELF : NTF_MASTER;
	return 0;
}

/* ---- queueing disciplines ----------------------------------------------- */

/* Those that a device gets by itself have no handle. */
static bool is_default_qdisc(const struct nlmsghdr *nlh)
{
	const struct tcmsg *tcm = nlmsg_data(nlh);

	return !tcm->tcm_handle;
}

static bool is_simple_qdisc(const struct nlmsghdr *nlh)
{
	static const char *const names[] = { "pfifo", "bfifo", "fq_codel", "fq", "fq_pie", "sfq" };
	const struct tcmsg *tcm = nlmsg_data(nlh);
	const struct nlattr *kind = attr_of(nlh, sizeof(*tcm), TCA_KIND);
	char name[IFNAMSIZ];

	if (!kind || tcm->tcm_parent != TC_H_ROOT)
		return false;
	nla_strscpy(name, kind, sizeof(name));
	return match_string(names, ARRAY_SIZE(names), name) >= 0;
}

static int edit_qdisc(struct nlmsghdr *nlh)
{
	struct tcmsg *tcm = nlmsg_data(nlh);

	if (is_default_qdisc(nlh))
		return 1;
	tcm->tcm_info = 0;
	return 0;
}

/* ---- all ---------------------------------------------------------------- */

static int check_nexthops(struct orthros_image *img, const struct orthros_net_data *net)
{
	const struct orthros_finder who = orthros_of_machine(img);
	size_t len;

	orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_NEXTHOP, &len);
	return len ? orthros_refuse(&who, "routes: nexthop objects") : 0;
}

/* A group that somebody has joined for good; others are told again. */
static int check_group(struct orthros_image *img, const struct nlattr *group)
{
	const struct orthros_finder who = orthros_of_machine(img);
	const struct br_mdb_entry *entry;
	const struct nlattr *info;
	int rem;

	nla_for_each_nested(info, group, rem) {
		entry = nla_data(info);
		if (nla_len(info) >= sizeof(*entry) && entry->state == MDB_PERMANENT)
			return orthros_refuse(&who, "netdev %u: permanent group of a bridge",
					      entry->ifindex);
	}
	return 0;
}

static int check_mdb(struct orthros_image *img, const struct orthros_net_data *net)
{
	const struct nlattr *mdb, *group;
	const struct nlmsghdr *nlh;
	int rem, rem_group, err = 0;
	const void *sec;
	size_t len;

	sec = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_MDB, &len);
	orthros_for_each_msg(nlh, rem, sec, len) {
		if (nlmsg_len(nlh) < sizeof(struct br_port_msg))
			return orthros_bad(-EINVAL, "netconf: a group of a bridge");
		mdb = attr_of(nlh, sizeof(struct br_port_msg), MDBA_MDB);
		if (!mdb)
			continue;
		nla_for_each_nested(group, mdb, rem_group)
			err = err ?: check_group(img, group);
	}
	return err;
}

/**
 * orthros_check_routes() - name what cannot be carried
 * @img:	image, for the report
 * @net:	what the source told
 *
 * Return: 0 or -errno.
 */
int orthros_check_routes(struct orthros_image *img, const struct orthros_net_data *net)
{
	const struct orthros_finder who = orthros_of_machine(img);
	const struct nlmsghdr *nlh;
	const struct nlattr *kind;
	const void *sec;
	char name[IFNAMSIZ];
	size_t len;
	int rem;

	sec = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_QDISC, &len);
	orthros_for_each_msg(nlh, rem, sec, len) {
		if (nlmsg_len(nlh) < sizeof(struct tcmsg))
			return orthros_bad(-EINVAL, "netconf: a qdisc");
		if (is_default_qdisc(nlh) || is_simple_qdisc(nlh))
			continue;
		kind = attr_of(nlh, sizeof(struct tcmsg), TCA_KIND);
		name[0] = '\0';
		if (kind)
			nla_strscpy(name, kind, sizeof(name));
		orthros_refuse(&who, "netdev %d: qdisc %s",
			       ((struct tcmsg *)nlmsg_data(nlh))->tcm_ifindex, name);
	}
	return check_nexthops(img, net) ?: check_mdb(img, net);
}

/**
 * orthros_build_routes() - rules, routes, neighbours, queueing disciplines
 * @nl:		socket of NETLINK_ROUTE
 * @net:	what the source told
 *
 * Return: 0 or -errno.
 */
int orthros_build_routes(struct orthros_nl *nl, const struct orthros_net_data *net)
{
	const struct replay rules = {
		.nl = nl, .what = "rule", .type = RTM_NEWRULE,
		.flags = NLM_F_CREATE | NLM_F_EXCL, .edit = edit_rule,
	};
	const struct replay routes4 = {
		.nl = nl, .what = "IPv4 route", .type = RTM_NEWROUTE,
		.flags = NLM_F_CREATE | NLM_F_APPEND, .edit = edit_route,
	};
	const struct replay routes6 = {
		.nl = nl, .what = "IPv6 route", .type = RTM_NEWROUTE,
		.flags = NLM_F_CREATE | NLM_F_EXCL, .edit = edit_route,
	};
	const struct replay neighs = {
		.nl = nl, .what = "neighbour", .type = RTM_NEWNEIGH,
		.flags = NLM_F_CREATE | NLM_F_REPLACE, .edit = edit_neigh,
	};
	const struct replay proxies = {
		.nl = nl, .what = "neighbour proxy", .type = RTM_NEWNEIGH,
		.flags = NLM_F_CREATE | NLM_F_REPLACE,
	};
	const struct replay fdb = {
		.nl = nl, .what = "entry of a bridge", .type = RTM_NEWNEIGH,
		.flags = NLM_F_CREATE | NLM_F_EXCL, .edit = edit_fdb,
	};
	const struct replay qdiscs = {
		.nl = nl, .what = "qdisc", .type = RTM_NEWQDISC,
		.flags = NLM_F_CREATE | NLM_F_REPLACE, .edit = edit_qdisc,
	};
	const struct rtmsg all4 = { .rtm_family = AF_INET }, all6 = { .rtm_family = AF_INET6 };
	const struct fib_rule_hdr all_rules = {};

	return drop_extra(nl, net, ORTHROS_NETCONF_RULE, RTM_GETRULE, RTM_DELRULE, &all_rules,
			  sizeof(all_rules), same_rule) ?:
	       replay(&rules, net, ORTHROS_NETCONF_RULE) ?:
	       drop_extra(nl, net, ORTHROS_NETCONF_ROUTE4, RTM_GETROUTE, RTM_DELROUTE, &all4,
			  sizeof(all4), same_route) ?:
	       drop_extra(nl, net, ORTHROS_NETCONF_ROUTE6, RTM_GETROUTE, RTM_DELROUTE, &all6,
			  sizeof(all6), same_route) ?:
	       replay(&routes4, net, ORTHROS_NETCONF_ROUTE4) ?:
	       replay(&routes6, net, ORTHROS_NETCONF_ROUTE6) ?: build_all_learnt(net) ?:
	       replay(&neighs, net, ORTHROS_NETCONF_NEIGH) ?:
	       replay(&proxies, net, ORTHROS_NETCONF_PROXY) ?:
	       replay(&fdb, net, ORTHROS_NETCONF_FDB) ?:
	       replay(&qdiscs, net, ORTHROS_NETCONF_QDISC);
}
