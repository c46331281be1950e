// SPDX-License-Identifier: GPL-2.0
/*
 * What this kernel tells the next one of its network's configuration: the
 * answers to its own netlink requests, and the sysctls that were written.
 *
 * It is taken by the ActiveOS itself, for a check and again when every process
 * is frozen. A kernel that has crashed cannot do that; a takeover then would
 * have to read the tables of devices, addresses and routes.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/init_task.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/neighbour.h>
#include <linux/netdevice.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/nexthop.h>
#include <linux/orthros.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/fib_rules.h>
#include <net/net_namespace.h>
#include "net_internal.h"
#include "nl.h"

/* Somebody may change things during a check. */
#define DUMP_TRIES	5

/* The next kernel finds it by its name. */
struct orthros_netconf orthros_netconf __aligned(8);

/* ---- sysctls ------------------------------------------------------------ */

#define SYSCTL_VALUE_MAX	SZ_4K

/**
 * struct written - a sysctl that somebody writes
 * @list:	in written_list
 * @old:	what it was before that, or NULL
 * @done:	has been written
 * @path:	below /proc/sys
 */
struct written {
	struct list_head list;
	char *old;
	bool done;
	char path[];
};

static LIST_HEAD(written_list);
static DEFINE_MUTEX(written_lock);

/* Beside those that say what is, or that are carried in another way. */
static bool not_carried(const char *path)
{
	static const char *const names[] = {
		"kernel/ns_last_pid", "kernel/hostname", "kernel/domainname",
		"kernel/random/", "kernel/orthros",
		"kernel/sem_next_id", "kernel/msg_next_id", "kernel/shm_next_id",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (str_has_prefix(path, names[i]))
			return true;
	return false;
}

/* A text for kfree(), or NULL. */
static char *value_of(struct file *file)
{
	char *value = kmalloc(SYSCTL_VALUE_MAX, GFP_KERNEL), *old = NULL;
	struct file *reading = dentry_open(&file->f_path, O_RDONLY, &init_cred);
	loff_t pos = 0;
	ssize_t len;

	if (value && !IS_ERR(reading)) {
		len = kernel_read(reading, value, SYSCTL_VALUE_MAX - 1, &pos);
		old = len >= 0 ? kstrndup(value, len, GFP_KERNEL) : NULL;
	}
	if (!IS_ERR(reading))
		fput(reading);
	kfree(value);
	return old;
}

/* Its path in @page, or NULL if it is not to be carried. */
static const char *path_of(struct file *file, char *page)
{
	char *path = dentry_path_raw(file->f_path.dentry, page, PAGE_SIZE);

	if (IS_ERR(path) || !str_has_prefix(path, "/sys/"))
		return NULL;
	path += strlen("/sys/");
	return not_carried(path) ? NULL : path;
}

static struct written *find_written(const char *path)
{
	struct written *w;

	list_for_each_entry(w, &written_list, list)
		if (!strcmp(w->path, path))
			return w;
	return NULL;
}

static void add_written(struct file *file, const char *path)
{
	struct written *w = kmalloc(struct_size(w, path, strlen(path) + 1), GFP_KERNEL);

	if (w) {
		memcpy(w->path, path, strlen(path) + 1);
		w->done = false;
		w->old = value_of(file);
		list_add_tail(&w->list, &written_list);
	} else {
		pr_err("sysctl %s will not be carried\n", path);
	}
}

/**
 * orthros_sysctl_writing() - a file below /proc/sys is about to be written
 * @file:	file
 *
 * Hook in fs/proc/proc_sysctl.c: the first time, the value is noted.
 */
void orthros_sysctl_writing(struct file *file)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	const char *path = page ? path_of(file, page) : NULL;

	mutex_lock(&written_lock);
	if (path && !find_written(path))
		add_written(file, path);
	mutex_unlock(&written_lock);
	free_page((unsigned long)page);
}

/**
 * orthros_sysctl_written() - a file below /proc/sys was written
 * @file:	file
 *
 * Hook in fs/proc/proc_sysctl.c. What nobody has written has its default, and
 * has that of the next kernel after a hop. The list is in the order of the
 * last writes, since some write others: ip_forward all the forwarding.
 */
void orthros_sysctl_written(struct file *file)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	const char *path = page ? path_of(file, page) : NULL;
	struct written *w;

	mutex_lock(&written_lock);
	w = path ? find_written(path) : NULL;
	if (w) {
		w->done = true;
		list_move_tail(&w->list, &written_list);
	}
	mutex_unlock(&written_lock);
	free_page((unsigned long)page);
}

static int dump_sysctl(struct orthros_sections *s, struct vfsmount *proc,
		       const struct written *w, char *value)
{
	const char *name = w->path;
	bool same;
	struct file *file;
	char *path, *to;
	loff_t pos = 0;
	ssize_t len;

	path = kasprintf(GFP_KERNEL, "sys/%s", name);
	if (!path)
		return -ENOMEM;
	file = file_open_root_mnt(proc, path, O_RDONLY, 0);
	kfree(path);
	/* Its device is gone, or it can only be written, like a button. */
	if (IS_ERR(file))
		return PTR_ERR(file) == -ENOMEM ? -ENOMEM : 0;
	len = kernel_read(file, value, SYSCTL_VALUE_MAX - 1, &pos);
	fput(file);
	if (len < 0)
		return len == -ENOMEM ? len : 0;
	value[len] = '\0';
	same = w->old && !strcmp(w->old, value);
	to = orthros_sections_room(s, same + strlen(name) + 1 + strlen(value) + 1);
	if (!to)
		return -ENOMEM;
	if (same)
		*to++ = ORTHROS_SYSCTL_UNCHANGED;
	memcpy(to, name, strlen(name) + 1);
	memcpy(to + strlen(name) + 1, value, strlen(value) + 1);
	return 0;
}

static int dump_sysctls(struct orthros_sections *s)
{
	struct vfsmount *proc;
	struct written *w;
	char *value;
	int err;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_SYSCTL);
	if (err || list_empty(&written_list))
		goto out;
	value = kmalloc(SYSCTL_VALUE_MAX, GFP_KERNEL);
	proc = orthros_proc_mount();
	err = value && !IS_ERR(proc) ? 0 : -ENOMEM;
	mutex_lock(&written_lock);
	if (!err)
		list_for_each_entry(w, &written_list, list)
			err = err ?: (w->done ? dump_sysctl(s, proc, w, value) : 0);
	mutex_unlock(&written_lock);
	if (!IS_ERR(proc))
		kern_unmount(proc);
	kfree(value);
out:
	if (!err)
		orthros_sections_end(s);
	return err;
}

/* Held while somebody counts on the number that the next mount is given. */
DEFINE_MUTEX(orthros_minors_lock);

/**
 * orthros_proc_mount() - proc, for those who need it without a name
 *
 * Return: mount for kern_unmount(), or ERR_PTR().
 */
struct vfsmount *orthros_proc_mount(void)
{
	struct file_system_type *type = get_fs_type("proc");
	struct vfsmount *mnt;

	if (!type)
		return ERR_PTR(-ENODEV);
	mutex_lock(&orthros_minors_lock);
	mnt = kern_mount(type);
	mutex_unlock(&orthros_minors_lock);
	module_put(type->owner);
	return mnt;
}

/* ---- network ------------------------------------------------------------ */

static int dump_section(struct orthros_nl *nl, struct orthros_sections *s, u32 kind, u16 type,
			const void *head, size_t len)
{
	int err;

	err = orthros_sections_begin(s, kind);
	if (err)
		return err;
	err = orthros_nl_dump(nl, type, head, len, orthros_sections_msg, s);
	/* A kernel without such things. */
	if (err == -EOPNOTSUPP)
		err = 0;
	if (!err)
		orthros_sections_end(s);
	return err;
}

/* Where a device that a driver has made is plugged in. */
static int dump_bus(struct orthros_sections *s)
{
	struct orthros_netconf_bus *bus;
	struct net_device *dev;
	struct device *parent;
	int err;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_BUS);
	if (err)
		return err;
	rtnl_lock();
	for_each_netdev(&init_net, dev) {
		if (!dev->dev.parent)
			continue;
		/* Its own bus numbers in the order of discovery: virtio0. */
		for (parent = dev->dev.parent; parent->parent; parent = parent->parent)
			if (dev_is_pci(parent))
				break;
		if (!dev_is_pci(parent))
			parent = dev->dev.parent;
		bus = orthros_sections_room(s, sizeof(*bus));
		err = bus ? 0 : -ENOMEM;
		if (err)
			break;
		bus->ifindex = dev->ifindex;
		strscpy(bus->name, dev_name(parent), sizeof(bus->name));
	}
	rtnl_unlock();
	orthros_sections_end(s);
	return err;
}

static int dump_network(struct orthros_nl *nl, struct orthros_sections *s)
{
	struct {
		struct ifinfomsg ifi;
		struct nlattr nla;
		u32 mask;
	} link = {
		.nla = { .nla_len = NLA_HDRLEN + 4, .nla_type = IFLA_EXT_MASK },
		.mask = RTEXT_FILTER_SKIP_STATS | RTEXT_FILTER_BRVLAN,
	};
	const struct ifaddrmsg addr = {};
	const struct fib_rule_hdr rule = {};
	const struct rtmsg route4 = { .rtm_family = AF_INET };
	const struct rtmsg route6 = { .rtm_family = AF_INET6 };
	const struct ndmsg neigh = {};
	const struct ndmsg proxy = { .ndm_flags = NTF_PROXY };
	const struct ndmsg fdb = { .ndm_family = PF_BRIDGE };
	const struct br_port_msg mdb = { .family = PF_BRIDGE };
	const struct nhmsg nexthop = {};
	const struct tcmsg qdisc = {};

	return dump_section(nl, s, ORTHROS_NETCONF_LINK, RTM_GETLINK, &link, sizeof(link)) ?:
	       dump_bus(s) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_ADDR, RTM_GETADDR, &addr, sizeof(addr)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_RULE, RTM_GETRULE, &rule, sizeof(rule)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_ROUTE4, RTM_GETROUTE, &route4, sizeof(route4)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_ROUTE6, RTM_GETROUTE, &route6, sizeof(route6)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_NEIGH, RTM_GETNEIGH, &neigh, sizeof(neigh)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_PROXY, RTM_GETNEIGH, &proxy, sizeof(proxy)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_NEXTHOP, RTM_GETNEXTHOP, &nexthop,
			    sizeof(nexthop)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_FDB, RTM_GETNEIGH, &fdb, sizeof(fdb)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_MDB, RTM_GETMDB, &mdb, sizeof(mdb)) ?:
	       orthros_dump_devices(s) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_QDISC, RTM_GETQDISC, &qdisc, sizeof(qdisc));
}

static int dump_nftables(struct orthros_sections *s)
{
	const struct nfgenmsg head = { .nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0 };
	struct orthros_nl nl;
	int err;

	err = orthros_nl_open(&nl, NETLINK_NETFILTER);
	if (err)
		return err == -EPROTONOSUPPORT ? 0 : err;
	err = dump_section(&nl, s, ORTHROS_NETCONF_NFTABLES,
			   NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, &head, sizeof(head));
	orthros_nl_close(&nl);
	return err;
}

/**
 * orthros_netconf_take() - describe the network as it is now
 *
 * Context: process context of the initiator, before the other kernel is given
 * a command that looks at it.
 * Return: 0 or -errno.
 */
int orthros_netconf_take(void)
{
	struct orthros_sections s;
	struct orthros_nl nl;
	int err, try;

	err = orthros_nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return err;
	for (try = 0; try < DUMP_TRIES; try++) {
		memset(&s, 0, sizeof(s));
		err = dump_network(&nl, &s) ?: dump_nftables(&s) ?: dump_sysctls(&s);
		if (!err)
			break;
		kvfree(s.data);
		if (err != -EAGAIN)
			break;
	}
	orthros_nl_close(&nl);
	if (err)
		return err;
	kvfree((void *)(unsigned long)orthros_netconf.data);
	orthros_netconf.version = ORTHROS_NETCONF_VERSION;
	orthros_netconf.data = (unsigned long)s.data;
	orthros_netconf.len = s.len;
	return 0;
}
