/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the source tells of its network's configuration.
 *
 * Netlink messages are the kernel's own version-independent description of
 * network devices, addresses, routes and the like: every kernel answers
 * requests for them and accepts them. Before it is parked the source puts the
 * answers to its own requests into one buffer, a sequence of sections.
 */
#ifndef _LINUX_ORTHROS_ABI_NETCONF_H
#define _LINUX_ORTHROS_ABI_NETCONF_H

#include <linux/types.h>

#define ORTHROS_NETCONF_VERSION	3
/* Bounds what is read. */
#define ORTHROS_NETCONF_MAX	0x4000000

/* Before the path of a sysctl that is again what it was before it was written. */
#define ORTHROS_SYSCTL_UNCHANGED	'-'

/* Append only. */
enum orthros_netconf_kind {
	ORTHROS_NETCONF_LINK = 1,	/* RTM_NEWLINK */
	ORTHROS_NETCONF_BUS,		/* struct orthros_netconf_bus */
	ORTHROS_NETCONF_ADDR,		/* RTM_NEWADDR */
	ORTHROS_NETCONF_RULE,		/* RTM_NEWRULE */
	ORTHROS_NETCONF_ROUTE4,		/* RTM_NEWROUTE, IPv4 */
	ORTHROS_NETCONF_ROUTE6,		/* RTM_NEWROUTE, IPv6 */
	ORTHROS_NETCONF_NEIGH,		/* RTM_NEWNEIGH */
	ORTHROS_NETCONF_PROXY,		/* RTM_NEWNEIGH of proxies */
	ORTHROS_NETCONF_NEXTHOP,	/* RTM_NEWNEXTHOP */
	ORTHROS_NETCONF_QDISC,		/* RTM_NEWQDISC */
	ORTHROS_NETCONF_SYSCTL,		/* path below /proc/sys, value: strings */
	ORTHROS_NETCONF_NFTABLES,	/* NFT_MSG_NEWTABLE */
	ORTHROS_NETCONF_FDB,		/* RTM_NEWNEIGH of bridges */
	ORTHROS_NETCONF_MDB,		/* RTM_NEWMDB */
	ORTHROS_NETCONF_FEATURE,	/* struct orthros_netconf_feature */
	ORTHROS_NETCONF_HWADDR,		/* struct orthros_netconf_hwaddr */
	ORTHROS_NETCONF_TIMEX,		/* struct __kernel_timex, as adjtimex() gives it */
	ORTHROS_NETCONF_SYSFS,		/* path in sysfs, value: strings */
	ORTHROS_NETCONF_IRQ,		/* interrupt, list of CPUs: strings */
	ORTHROS_NETCONF_ETHTOOL,	/* struct orthros_netconf_ethtool */
	ORTHROS_NETCONF_ADDRLABEL,	/* RTM_NEWADDRLABEL */
	ORTHROS_NETCONF_NET,		/* struct orthros_netconf_net, sections */
	ORTHROS_NETCONF_NSID,		/* struct orthros_netconf_nsid */
	ORTHROS_NETCONF_NFT_CHAIN,	/* NFT_MSG_NEWCHAIN */
	ORTHROS_NETCONF_NFT_OBJ,	/* NFT_MSG_NEWOBJ */
	ORTHROS_NETCONF_NFT_SET,	/* NFT_MSG_NEWSET */
	ORTHROS_NETCONF_NFT_ELEM,	/* NFT_MSG_NEWSETELEM */
	ORTHROS_NETCONF_NFT_RULE,	/* NFT_MSG_NEWRULE */
	ORTHROS_NETCONF_NFT_FLOWTABLE,	/* NFT_MSG_NEWFLOWTABLE */
	ORTHROS_NETCONF_NFT_LAST,	/* struct orthros_netconf_nft_last */
	ORTHROS_NETCONF_NR
};

/**
 * struct orthros_netconf_sec - start of a section
 * @kind:	&enum orthros_netconf_kind
 * @len:	bytes that follow; the next section begins at a multiple of 8
 */
struct orthros_netconf_sec {
	__u32	kind;
	__u32	len;
} __packed;

/**
 * struct orthros_netconf_bus - where a network device is plugged in
 * @ifindex:	which one
 * @pad:	0
 * @name:	bus address, e.g. of PCI; the same in both kernels
 */
struct orthros_netconf_bus {
	__u32	ifindex;
	__u32	pad;
	char	name[40];
} __packed;

/**
 * struct orthros_netconf_net - a network namespace, before its own sections
 * @ns:		address of its struct ns_common
 * @inum:	its number
 * @pad:	0
 *
 * Of the initial one, the sections stand beside those of the machine.
 */
struct orthros_netconf_net {
	__u64	ns;
	__u32	inum;
	__u32	pad;
} __packed;

/**
 * struct orthros_netconf_nsid - what one network namespace calls another
 * @ns:		address of the other's struct ns_common
 * @id:		as netlink tells it
 * @pad:	0
 */
struct orthros_netconf_nsid {
	__u64	ns;
	__u32	id;
	__u32	pad;
} __packed;

/**
 * struct orthros_netconf_feature - a feature of a device that can be switched
 * @ifindex:	which device
 * @wanted:	1 if it shall be on
 * @name:	as ethtool knows it
 */
struct orthros_netconf_feature {
	__u32	ifindex;
	__u32	wanted;
	char	name[32];
} __packed;

/**
 * struct orthros_netconf_hwaddr - an address that a device was told to receive, too
 * @ifindex:	which device
 * @multicast:	1 for one of a group
 * @len:	bytes of @addr
 * @pad:	0
 * @addr:	link-layer address
 */
struct orthros_netconf_hwaddr {
	__u32	ifindex;
	__u8	multicast;
	__u8	len;
	__u8	pad[2];
	__u8	addr[32];
} __packed;

/**
 * struct orthros_netconf_ethtool - what ethtool has set of a device
 * @ifindex:	which device
 * @cmd:	by which command, ETHTOOL_S*
 * @name:	of a flag that only the driver knows, for ETHTOOL_SPFLAGS
 * @value:	what the command takes, of the interface to user space; the flag's value
 */
struct orthros_netconf_ethtool {
	__u32	ifindex;
	__u32	cmd;
	char	name[32];
	__u32	value[24];
} __packed;

/* Whose numbers a struct orthros_netconf_nft_last is of, if not those in a table. */
#define ORTHROS_NFT_TABLES	0
#define ORTHROS_NFT_BLOCKS	(~0ULL)

/**
 * struct orthros_netconf_nft_last - the handle that nf_tables has given last
 * @of:		handle of a table, for what is in it; %ORTHROS_NFT_TABLES: of tables;
 *		%ORTHROS_NFT_BLOCKS: the number in the name of a chain that has none
 * @last:	number
 */
struct orthros_netconf_nft_last {
	__u64	of;
	__u64	last;
} __packed;

/**
 * struct orthros_netconf - the buffer, under the name orthros_netconf
 * @version:	%ORTHROS_NETCONF_VERSION
 * @data:	its virtual address in the source, 0 if there is none
 * @len:	its bytes
 */
struct orthros_netconf {
	__u64	version;
	__u64	data;
	__u64	len;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_NETCONF_H */
