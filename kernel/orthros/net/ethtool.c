// SPDX-License-Identifier: GPL-2.0
/*
 * What ethtool has set of network devices, beside their features: a hook notes
 * which commands somebody has given. Those whose settings the driver can be asked
 * for are told, and set in the next kernel with the checks that the ioctl makes;
 * the others are named. A virtual device uses all the queues that it is made with,
 * so that its channels are told in any case.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/ethtool.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/orthros.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include "../core/sections.h"
#include "../core/warnings.h"
#include "ethtool_compat.h"
#include "ethtool_inside.h"
#include "net_internal.h"

/* Bounds the work that a bad driver can cause. */
#define FLAGS_MAX	32

/**
 * struct done - a command that somebody has given
 * @list:	in @done_list
 * @net:	cookie of the network namespace of the device
 * @ifindex:	to which device
 * @cmd:	ETHTOOL_S*
 */
struct done {
	struct list_head list;
	u64 net;
	int ifindex;
	u32 cmd;
};

/* In the order of the last commands; under RTNL. */
static LIST_HEAD(done_list);

/* ---- settings that a driver can be asked for ---------------------------- */

/* Under RTNL, all of them: 0 or -errno. */
typedef int (*value_fn)(struct net_device *dev, void *value);

static int get_channels(struct net_device *dev, void *value)
{
	if (!dev->ethtool_ops->get_channels || !dev->ethtool_ops->set_channels)
		return -EOPNOTSUPP;
	dev->ethtool_ops->get_channels(dev, value);
	return 0;
}

static int set_channels(struct net_device *dev, void *value)
{
	struct ethtool_channels *new = value, now = { .cmd = ETHTOOL_GCHANNELS };
	int err = get_channels(dev, &now);

	if (err)
		return err;
	if (new->rx_count == now.rx_count && new->tx_count == now.tx_count &&
	    new->combined_count == now.combined_count && new->other_count == now.other_count)
		return 0;
	if (new->rx_count > now.max_rx || new->tx_count > now.max_tx ||
	    new->combined_count > now.max_combined || new->other_count > now.max_other)
		return -EINVAL;
	if (!new->combined_count && (!new->rx_count || !new->tx_count))
		return -EINVAL;
	return orthros_check_max_channel(dev, new) ?: dev->ethtool_ops->set_channels(dev, new);
}

static int get_ring(struct net_device *dev, void *value)
{
	struct kernel_ethtool_ringparam more = {};

	if (!dev->ethtool_ops->get_ringparam || !dev->ethtool_ops->set_ringparam)
		return -EOPNOTSUPP;
	dev->ethtool_ops->get_ringparam(dev, value, &more, NULL);
	return 0;
}

static int set_ring(struct net_device *dev, void *value)
{
	struct ethtool_ringparam *new = value, max = { .cmd = ETHTOOL_GRINGPARAM };
	struct kernel_ethtool_ringparam more = {};

	if (!dev->ethtool_ops->get_ringparam || !dev->ethtool_ops->set_ringparam)
		return -EOPNOTSUPP;
	dev->ethtool_ops->get_ringparam(dev, &max, &more, NULL);
	if (new->rx_pending > max.rx_max_pending ||
	    new->rx_mini_pending > max.rx_mini_max_pending ||
	    new->rx_jumbo_pending > max.rx_jumbo_max_pending ||
	    new->tx_pending > max.tx_max_pending)
		return -EINVAL;
	return dev->ethtool_ops->set_ringparam(dev, new, &more, NULL);
}

static int get_coalesce(struct net_device *dev, void *value)
{
	struct kernel_ethtool_coalesce more = {};

	if (!dev->ethtool_ops->get_coalesce || !dev->ethtool_ops->set_coalesce)
		return -EOPNOTSUPP;
	return dev->ethtool_ops->get_coalesce(dev, value, &more, NULL);
}

static int set_coalesce(struct net_device *dev, void *value)
{
	struct kernel_ethtool_coalesce more = {};
	struct ethtool_coalesce now = { .cmd = ETHTOOL_GCOALESCE };
	int err;

	if (!dev->ethtool_ops->get_coalesce || !dev->ethtool_ops->set_coalesce)
		return -EOPNOTSUPP;
	err = dev->ethtool_ops->get_coalesce(dev, &now, &more, NULL);
	if (err)
		return err;
	return orthros_ethtool_may_coalesce(dev, value) ?
	       dev->ethtool_ops->set_coalesce(dev, value, &more, NULL) : -EOPNOTSUPP;
}

static int get_pause(struct net_device *dev, void *value)
{
	if (!dev->ethtool_ops->get_pauseparam || !dev->ethtool_ops->set_pauseparam)
		return -EOPNOTSUPP;
	dev->ethtool_ops->get_pauseparam(dev, value);
	return 0;
}

static int set_pause(struct net_device *dev, void *value)
{
	return dev->ethtool_ops->set_pauseparam ?
	       dev->ethtool_ops->set_pauseparam(dev, value) : -EOPNOTSUPP;
}

static int get_level(struct net_device *dev, void *value)
{
	struct ethtool_value *v = value;

	if (!dev->ethtool_ops->get_msglevel || !dev->ethtool_ops->set_msglevel)
		return -EOPNOTSUPP;
	v->data = dev->ethtool_ops->get_msglevel(dev);
	return 0;
}

static int set_level(struct net_device *dev, void *value)
{
	struct ethtool_value *v = value;

	if (!dev->ethtool_ops->set_msglevel)
		return -EOPNOTSUPP;
	dev->ethtool_ops->set_msglevel(dev, v->data);
	return 0;
}

static int get_wol(struct net_device *dev, void *value)
{
	if (!dev->ethtool_ops->get_wol || !dev->ethtool_ops->set_wol)
		return -EOPNOTSUPP;
	dev->ethtool_ops->get_wol(dev, value);
	return 0;
}

static int set_wol(struct net_device *dev, void *value)
{
	struct ethtool_wolinfo *new = value, now = { .cmd = ETHTOOL_GWOL };
	int err = get_wol(dev, &now);

	if (err)
		return err;
	if (new->wolopts & ~now.supported)
		return -EINVAL;
	err = dev->ethtool_ops->set_wol(dev, new);
	if (!err)
		orthros_set_wol_enabled(dev, new->wolopts);
	return err;
}

/* The struct of a command is the interface to user space, the same in each kernel. */
static const struct setting {
	u32 cmd;
	u32 get_cmd;
	size_t size;
	value_fn get;
	value_fn set;
} settings[] = {
	{ ETHTOOL_SCHANNELS, ETHTOOL_GCHANNELS, sizeof(struct ethtool_channels), get_channels,
	  set_channels },
	{ ETHTOOL_SRINGPARAM, ETHTOOL_GRINGPARAM, sizeof(struct ethtool_ringparam), get_ring,
	  set_ring },
	{ ETHTOOL_SCOALESCE, ETHTOOL_GCOALESCE, sizeof(struct ethtool_coalesce), get_coalesce,
	  set_coalesce },
	{ ETHTOOL_SPAUSEPARAM, ETHTOOL_GPAUSEPARAM, sizeof(struct ethtool_pauseparam), get_pause,
	  set_pause },
	{ ETHTOOL_SMSGLVL, ETHTOOL_GMSGLVL, sizeof(struct ethtool_value), get_level, set_level },
	{ ETHTOOL_SWOL, ETHTOOL_GWOL, sizeof(struct ethtool_wolinfo), get_wol, set_wol },
};

static const struct setting *find_setting(u32 cmd)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (settings[i].cmd == cmd)
			return &settings[i];
	return NULL;
}

/* As the ioctl does: some drivers wake their card for it. */
static int within(struct net_device *dev, value_fn fn, void *value)
{
	int err;

	if (!dev->ethtool_ops)
		return -EOPNOTSUPP;
	if (!netif_device_present(dev))
		return -ENODEV;
	err = dev->ethtool_ops->begin ? dev->ethtool_ops->begin(dev) : 0;
	if (err < 0)
		return err;
	err = fn(dev, value);
	if (dev->ethtool_ops->complete)
		dev->ethtool_ops->complete(dev);
	return err;
}

/* ---- flags that only the driver knows ----------------------------------- */

/* Under RTNL: their names for kfree(), and how many; NULL if there are none. */
static char *flag_names(struct net_device *dev, int *nr)
{
	const struct ethtool_ops *ops = dev->ethtool_ops;
	char *names;

	*nr = 0;
	if (!ops || !ops->get_priv_flags || !ops->set_priv_flags || !ops->get_sset_count ||
	    !ops->get_strings)
		return NULL;
	*nr = ops->get_sset_count(dev, ETH_SS_PRIV_FLAGS);
	if (*nr <= 0)
		return NULL;
	names = kcalloc(*nr, ETH_GSTRING_LEN, GFP_KERNEL);
	if (names)
		ops->get_strings(dev, ETH_SS_PRIV_FLAGS, (u8 *)names);
	*nr = min(*nr, FLAGS_MAX);
	return names;
}

static int get_flags(struct net_device *dev, void *value)
{
	*(u32 *)value = dev->ethtool_ops->get_priv_flags(dev);
	return 0;
}

static int put_flags(struct net_device *dev, void *value)
{
	return dev->ethtool_ops->set_priv_flags(dev, *(u32 *)value);
}

/* Their order is each driver's own: one is known by its name. */
static int set_flag(struct net_device *dev, const struct orthros_netconf_ethtool *rec)
{
	int i, nr, err = -EOPNOTSUPP;
	char *names;
	u32 flags;

	names = flag_names(dev, &nr);
	for (i = 0; names && i < nr; i++) {
		if (strncmp(names + i * ETH_GSTRING_LEN, rec->name, ETH_GSTRING_LEN))
			continue;
		err = within(dev, get_flags, &flags);
		if (!err && !!(flags & BIT(i)) != !!rec->value[0]) {
			flags ^= BIT(i);
			err = within(dev, put_flags, &flags);
		}
		break;
	}
	kfree(names);
	return err;
}

/* ---- what somebody sets ------------------------------------------------- */

/* They leave something behind, and it is not carried in another way, as features are. */
static bool leaves_something(u32 cmd)
{
	static const u32 sets[] = {
		ETHTOOL_SSET, ETHTOOL_SLINKSETTINGS, ETHTOOL_SPFLAGS, ETHTOOL_SRXFH,
		ETHTOOL_SRXCLSRLINS, ETHTOOL_SRXCLSRLDEL, ETHTOOL_SRXNTUPLE, ETHTOOL_SRXFHINDIR,
		ETHTOOL_SRSSH, ETHTOOL_SET_DUMP, ETHTOOL_SEEE, ETHTOOL_STUNABLE,
		ETHTOOL_PHY_STUNABLE, ETHTOOL_SFECPARAM, ETHTOOL_PERQUEUE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sets); i++)
		if (sets[i] == cmd)
			return true;
	return find_setting(cmd);
}

/* Under RTNL: its device, if it is in that namespace. */
static struct net_device *device_of(const struct done *d, struct net *net)
{
	return d->net == net->net_cookie ? __dev_get_by_index(net, d->ifindex) : NULL;
}

/* Under RTNL: its device, wherever it is. */
static struct net_device *find_device(const struct done *d)
{
	struct net_device *dev = NULL;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		dev = dev ?: device_of(d, net);
	up_read(&net_rwsem);
	return dev;
}

static struct done *find_done(const struct net_device *dev, u32 cmd)
{
	struct done *d;

	list_for_each_entry(d, &done_list, list)
		if (d->net == dev_net(dev)->net_cookie && d->ifindex == dev->ifindex &&
		    d->cmd == cmd)
			return d;
	return NULL;
}

/* Under RTNL. Devices come and go. */
static void note(const struct net_device *dev, u32 cmd)
{
	struct done *d, *next;

	list_for_each_entry_safe(d, next, &done_list, list) {
		if (find_device(d))
			continue;
		list_del(&d->list);
		kfree(d);
	}
	d = find_done(dev, cmd);
	if (d) {
		list_move_tail(&d->list, &done_list);
		return;
	}
	d = kmalloc(sizeof(*d), GFP_KERNEL);
	if (d) {
		d->net = dev_net(dev)->net_cookie;
		d->ifindex = dev->ifindex;
		d->cmd = cmd;
		list_add_tail(&d->list, &done_list);
	} else {
		pr_err("%s: what ethtool command %#x has set will be lost\n", dev->name, cmd);
	}
}

/**
 * orthros_ethtool_done() - a command of ethtool was carried out
 * @dev:	of which device
 * @cmd:	ETHTOOL_*
 * @sub_cmd:	the same, or what ETHTOOL_PERQUEUE has done
 * @err:	what came of it
 *
 * Hook in net/ethtool/ioctl.c, under RTNL.
 */
void orthros_ethtool_done(struct net_device *dev, u32 cmd, u32 sub_cmd, int err)
{
	if (err < 0 || !leaves_something(cmd))
		return;
	if (cmd == ETHTOOL_PERQUEUE && !find_setting(sub_cmd))
		return;
	note(dev, cmd);
}

static void warn(struct orthros_warnings *w)
{
	struct net_device *dev;
	struct done *d;
	char *names;
	int nr;

	rtnl_lock();
	list_for_each_entry(d, &done_list, list) {
		dev = find_device(d);
		if (!dev || find_setting(d->cmd))
			continue;
		names = d->cmd == ETHTOOL_SPFLAGS ? flag_names(dev, &nr) : NULL;
		if (!names)
			orthros_warn(w, "%s: ethtool command %#x: set, not carried", dev->name,
				     d->cmd);
		kfree(names);
	}
	rtnl_unlock();
}

/* ---- the source --------------------------------------------------------- */

static int tell_flags(struct orthros_sections *s, struct net_device *dev)
{
	struct orthros_netconf_ethtool *rec;
	int i, nr, err;
	char *names;
	u32 flags;

	names = flag_names(dev, &nr);
	err = names ? within(dev, get_flags, &flags) : -EOPNOTSUPP;
	for (i = 0; !err && i < nr; i++) {
		rec = orthros_sections_room(s, sizeof(*rec));
		if (!rec) {
			err = -ENOMEM;
			break;
		}
		rec->ifindex = dev->ifindex;
		rec->cmd = ETHTOOL_SPFLAGS;
		rec->value[0] = !!(flags & BIT(i));
		memcpy(rec->name, names + i * ETH_GSTRING_LEN, sizeof(rec->name));
	}
	kfree(names);
	return err == -ENOMEM ? err : 0;
}

static int tell_setting(struct orthros_sections *s, struct net_device *dev, u32 cmd)
{
	const struct setting *set = find_setting(cmd);
	struct orthros_netconf_ethtool *rec;
	u32 value[sizeof(rec->value) / sizeof(u32)] = {};
	int err;

	if (!set)
		return cmd == ETHTOOL_SPFLAGS ? tell_flags(s, dev) : 0;
	value[0] = set->get_cmd;
	err = within(dev, set->get, value);
	if (err) {
		if (err != -EOPNOTSUPP)
			pr_warn("%s: ethtool command %#x: %pe\n", dev->name, cmd, ERR_PTR(err));
		return 0;
	}
	rec = orthros_sections_room(s, sizeof(*rec));
	if (!rec)
		return -ENOMEM;
	rec->ifindex = dev->ifindex;
	rec->cmd = cmd;
	memcpy(rec->value, value, sizeof(rec->value));
	return 0;
}

/**
 * orthros_dump_ethtool() - tell what ethtool has set of all devices
 * @s:	where to
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_dump_ethtool(struct orthros_sections *s)
{
	struct net_device *dev;
	struct done *d;
	int err;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_ETHTOOL);
	if (err)
		return err;
	rtnl_lock();
	for_each_netdev(orthros_this_net(), dev)
		if (!err && !dev->dev.parent)
			err = tell_setting(s, dev, ETHTOOL_SCHANNELS);
	list_for_each_entry(d, &done_list, list) {
		dev = device_of(d, orthros_this_net());
		if (!err && dev)
			err = tell_setting(s, dev, d->cmd);
	}
	rtnl_unlock();
	orthros_sections_end(s);
	return err;
}

/* ---- the destination ---------------------------------------------------- */

static int set_again(struct net_device *dev, const struct orthros_netconf_ethtool *rec)
{
	const struct setting *set = find_setting(rec->cmd);
	u32 value[sizeof(rec->value) / sizeof(u32)], now[ARRAY_SIZE(value)] = {};

	if (!set)
		return rec->cmd == ETHTOOL_SPFLAGS ? set_flag(dev, rec) : -EINVAL;
	memcpy(value, rec->value, sizeof(value));
	value[0] = set->get_cmd;
	now[0] = set->get_cmd;
	/* A driver may stop its card for it. */
	if (!within(dev, set->get, now) && !memcmp(now, value, sizeof(now)))
		return 0;
	value[0] = rec->cmd;
	return within(dev, set->set, value);
}

/**
 * orthros_build_ethtool() - set what ethtool had set
 * @net:	what the source told
 * @cards:	of cards, whose drivers have opened them; else of virtual devices
 */
void orthros_build_ethtool(const struct orthros_net_data *net, bool cards)
{
	const struct orthros_netconf_ethtool *rec;
	struct net_device *dev;
	size_t len, i;
	int err;

	BUILD_BUG_ON(sizeof(rec->value) < sizeof(struct ethtool_coalesce));
	BUILD_BUG_ON(sizeof(rec->name) != ETH_GSTRING_LEN);
	rec = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_ETHTOOL, &len);
	rtnl_lock();
	for (i = 0; i < len / sizeof(*rec); i++) {
		dev = __dev_get_by_index(orthros_this_net(), rec[i].ifindex);
		if (!dev || !!dev->dev.parent != cards)
			continue;
		/* For the hop after this one, also if it cannot be set here. */
		if (cards || rec[i].cmd != ETHTOOL_SCHANNELS)
			note(dev, rec[i].cmd);
		err = set_again(dev, &rec[i]);
		if (err)
			pr_warn("%s: ethtool command %#x: %pe\n", dev->name, rec[i].cmd,
				ERR_PTR(err));
	}
	rtnl_unlock();
}

/* ---- the source, if there is no hop ------------------------------------- */

static struct orthros_sections kept;

/* Drivers set their devices up again as they do at first. */
static void forget_kept(void)
{
	kvfree(kept.data);
	memset(&kept, 0, sizeof(kept));
}

static int keep(void *ctx)
{
	return orthros_dump_ethtool(&kept);
}

/* There are cards in the initial namespace only. */
static int freeze(void)
{
	int err = orthros_in_net(&init_net, keep, NULL);

	if (err)
		forget_kept();
	return err;
}

static int put_back(void *ctx)
{
	const struct orthros_net_data net = { .data = kept.data, .len = kept.len };

	orthros_build_ethtool(&net, true);
	return 0;
}

static void thaw(void)
{
	orthros_in_net(&init_net, put_back, NULL);
	forget_kept();
}

const struct orthros_kind orthros_ethtool_kind = {
	.name	= "ethtool",
	.warn	= warn,
	.freeze	= freeze,
	.thaw	= thaw,
};
