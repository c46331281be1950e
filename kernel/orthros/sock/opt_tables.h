/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where socket options lie that are set again one by one, see
 * opt_tables.c and opt.c.
 */
#ifndef _ORTHROS_TABLES_SOCK_OPT_H
#define _ORTHROS_TABLES_SOCK_OPT_H

#include <linux/orthros/abi/sock.h>
#include "../core/table.h"

/*
 * The options that one struct has, by &enum orthros_sock_opt, 0 for those that
 * another one has. There is a table for each struct.
 */
struct orthros_opt_view {
	s64 val[ORTHROS_OPT_NR];
};

/**
 * struct orthros_opt_bits - options that are bits of inet_sock.inet_flags since
 *			     Linux 6.7; address 0
 * @bit:	number of the bit, 0 if it is none
 * @mask:	bits that stand in inet_sock.cmsg_flags before, 0 if it is none
 */
struct orthros_opt_bits {
	u32 bit[ORTHROS_OPT_NR];
	u32 mask[ORTHROS_OPT_NR];
};

/**
 * struct orthros_opt_inet - of a struct inet_sock
 * @flags:	inet_flags
 * @has_flags:	it has them
 * @cmsg_flags:	where they were in part
 * @mc_addr:	IP_MULTICAST_IF: address
 * @mc_index:	and device
 * @port_range:	IP_LOCAL_PORT_RANGE: lower and upper end
 * @fl_list:	IPv6 flow labels, where they are not in &struct orthros_opt_inet6
 */
struct orthros_opt_inet {
	u64 flags;
	u8 has_flags;
	u32 cmsg_flags;
	u32 mc_addr;
	s32 mc_index;
	u8 port_range[4];
	u64 fl_list;
};

/**
 * struct orthros_opt_inet6 - of a struct ipv6_pinfo
 * @ac_list:	anycast addresses
 * @fl_list:	flow labels
 * @repflow:	IPV6_FLOWLABEL_MGR: labels are reflected
 * @repflow_bit: its number in inet_flags, 0 if it is there
 * @pktinfo:	IPV6_PKTINFO: address and device
 */
struct orthros_opt_inet6 {
	u64 ac_list;
	u64 fl_list;
	u32 repflow;
	u32 repflow_bit;
	u8 pktinfo[20];
};

struct orthros_fl_view {
	u64 next;
	u64 fl;
};

/**
 * struct orthros_flowlabel_view - a struct ip6_flowlabel
 * @rec:	what is carried as it is
 * @opt:	extension headers that belong to it
 * @linger:	in ticks
 * @expires:	likewise, absolute
 * @owner:	struct pid, if it is a process's
 */
struct orthros_flowlabel_view {
	struct orthros_flowlabel_rec rec;
	u64 opt;
	u64 linger;
	u64 expires;
	u64 owner;
};

/**
 * struct orthros_sk_filter_view - programs of a struct sock, or 0
 * @filter:	what holds @prog, perhaps for several sockets
 * @group:	what holds @reuseport
 * @prog:	its filter
 * @reuseport:	of its group
 */
struct orthros_sk_filter_view {
	u64 filter;
	u64 group;
	u64 prog;
	u64 reuseport;
};

/* A struct bpf_prog, as it was given if it was a classic one: @insns is not 0. */
struct orthros_bpf_prog_view {
	u64 insns;
	u16 len;
};

/**
 * struct orthros_mcast_view - a struct ip_mc_socklist or ipv6_mc_socklist
 * @next:	next one
 * @list:	list of sources, or 0
 * @sources:	address of the first source
 * @count:	how many
 * @ifindex:	device
 * @mode:	MCAST_INCLUDE or MCAST_EXCLUDE
 * @group:	address; the first four bytes for IPv4
 * @addr:	IPv4: local address that it was joined by
 */
struct orthros_mcast_view {
	u64 next;
	u64 list;
	u64 sources;
	u32 count;
	s32 ifindex;
	u32 mode;
	u8 group[16];
	u8 addr[4];
};

/* struct saved_syn: lengths of headers, and where they begin. */
struct orthros_saved_syn_view {
	u64 data;
	u32 mac;
	u32 network;
	u32 tcp;
};

extern struct orthros_table orthros_table_sock_opt_sk;
extern struct orthros_table orthros_table_sock_opt_inet;
extern struct orthros_table orthros_table_sock_opt_inet6;
extern struct orthros_table orthros_table_sock_opt_tcp;
extern struct orthros_table orthros_table_sock_opt_bits;
extern struct orthros_table orthros_table_sock_opt_more;
extern struct orthros_table orthros_table_sock_opt_more6;
extern struct orthros_table orthros_table_fl_socklist;
extern struct orthros_table orthros_table_flowlabel;
extern struct orthros_table orthros_table_sk_filter;
extern struct orthros_table orthros_table_bpf_prog;
extern struct orthros_table orthros_table_mcast4;
extern struct orthros_table orthros_table_mcast6;
extern struct orthros_table orthros_table_saved_syn;

#endif /* _ORTHROS_TABLES_SOCK_OPT_H */
