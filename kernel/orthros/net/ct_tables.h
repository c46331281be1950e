/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is read of connections that conntrack follows.
 */
#ifndef _ORTHROS_CT_TABLES_H
#define _ORTHROS_CT_TABLES_H

#include <linux/types.h>
#include "../core/table.h"

/**
 * struct orthros_ct_env - where they are
 * @buckets:	address of the pointer to the hash table
 * @size:	address of how many buckets it has
 * @jiffies:	address of jiffies_64
 */
struct orthros_ct_env {
	u64 buckets;
	u64 size;
	u64 jiffies;
};

/**
 * struct orthros_ct_node - one of the two places of a connection in the hash table
 * @next:	the next one, or an odd number
 * @dir:	which of the two
 * @off:	of the node in it
 * @ct_off:	of it, the first, in the connection
 */
struct orthros_ct_node {
	u64 next;
	u8 dir;
	u32 off;
	u32 ct_off;
};

/**
 * struct orthros_ct_tuple - who talks to whom
 * @src:	address, network byte order
 * @dst:	address, network byte order
 * @src_id:	port or what the protocol has instead, network byte order
 * @dst_id:	likewise
 * @l3num:	AF_*
 * @protonum:	IPPROTO_*
 */
struct orthros_ct_tuple {
	u8 src[16];
	u8 dst[16];
	u16 src_id;
	u16 dst_id;
	u16 l3num;
	u8 protonum;
};

/**
 * struct orthros_ct_tcp_dir - what TCP does in a direction, as &struct ip_ct_tcp_state
 * @td_end:	highest sequence number sent
 * @td_maxend:	and that may be sent
 * @td_maxwin:	widest window
 * @td_maxack:	highest number acknowledged
 * @td_scale:	of the window
 * @flags:	IP_CT_TCP_FLAG_*
 */
struct orthros_ct_tcp_dir {
	u32 td_end;
	u32 td_maxend;
	u32 td_maxwin;
	u32 td_maxack;
	u8 td_scale;
	u8 flags;
};

/**
 * struct orthros_ct_tcp - as &struct ip_ct_tcp
 * @seen:	both directions
 * @last_seq:	of the last packet
 * @last_ack:	likewise
 * @last_end:	likewise
 * @last_win:	likewise
 * @state:	enum tcp_conntrack
 * @last_dir:	of the last packet
 * @retrans:	how often it has come
 * @last_index:	its sort
 * @last_wscale:	of a SYN
 * @last_flags:	of a SYN
 */
struct orthros_ct_tcp {
	struct orthros_ct_tcp_dir seen[2];
	u32 last_seq;
	u32 last_ack;
	u32 last_end;
	u16 last_win;
	u8 state;
	u8 last_dir;
	u8 retrans;
	u8 last_index;
	u8 last_wscale;
	u8 last_flags;
};

/**
 * struct orthros_ct_sctp - as &struct ip_ct_sctp
 * @vtag:	of both directions, network byte order
 * @state:	enum sctp_conntrack
 * @init:	of both directions
 * @last_dir:	of the last packet
 * @flags:	as there
 */
struct orthros_ct_sctp {
	u32 vtag[2];
	u32 state;
	u8 init[2];
	u8 last_dir;
	u8 flags;
};

/**
 * struct orthros_ct_gre - as &struct nf_ct_gre
 * @stream_timeout:	in ticks
 * @timeout:	in ticks
 */
struct orthros_ct_gre {
	u32 stream_timeout;
	u32 timeout;
};

/**
 * struct orthros_ct_more - of a connection, what is read and not carried as it is
 * @net:	its namespace
 * @ext:	its extensions, or 0
 * @master:	the connection that has announced it, or 0
 * @timeout:	in ticks, of which it has the lower half
 * @use:	references
 * @secmark:	of a security module
 * @udp_stream:	in ticks: since when packets go both ways
 */
struct orthros_ct_more {
	u64 net;
	u64 ext;
	u64 master;
	u32 timeout;
	u32 use;
	u32 secmark;
	u64 udp_stream;
};

/* Of the sorts of extensions that there may be. */
#define ORTHROS_CT_EXTS	32

/**
 * struct orthros_ct_ids - numbers of extensions; that of the helper is 0, as is one that
 *			   a kernel lacks
 * @help:	helper
 * @nat:	address translation
 * @seqadj:	numbers that a helper has moved
 * @acct:	counters
 * @labels:	labels
 * @tstamp:	when it began
 * @timeout:	of a policy
 * @synproxy:	what was answered for a server
 * @act_ct:	of tc
 */
struct orthros_ct_ids {
	u32 help;
	u32 nat;
	u32 seqadj;
	u32 acct;
	u32 labels;
	u32 tstamp;
	u32 timeout;
	u32 synproxy;
	u32 act_ct;
};

/**
 * struct orthros_ct_ext - extensions of a connection
 * @off:	by its number, where one is, 0 if there is none
 */
struct orthros_ct_ext {
	u8 off[ORTHROS_CT_EXTS];
};

struct orthros_ct_help {
	u64 helper;
};

struct orthros_ct_helper {
	char name[16];
};

struct orthros_ct_nat {
	s32 masq_index;
};

struct orthros_ct_acct {
	u64 packets[2];
	u64 bytes[2];
};

struct orthros_ct_seqadj {
	u32 pos[2];
	s32 before[2];
	s32 after[2];
};

struct orthros_ct_labels {
	u8 bits[16];
};

/**
 * struct orthros_ct_base - of a connection, what is carried as it is
 * @status:	IPS_*
 * @mark:	of whoever marks
 * @zone:	its zone
 * @zone_flags:	NF_CT_FLAG_*
 * @zone_dir:	directions that are in the zone
 */
struct orthros_ct_base {
	u64 status;
	u32 mark;
	u16 zone;
	u8 zone_flags;
	u8 zone_dir;
};

extern struct orthros_table orthros_table_ct_env;
extern struct orthros_table orthros_table_ct_node;
extern struct orthros_table orthros_table_ct_orig;
extern struct orthros_table orthros_table_ct_reply;
extern struct orthros_table orthros_table_ct_base;
extern struct orthros_table orthros_table_ct_more;
extern struct orthros_table orthros_table_ct_tcp;
extern struct orthros_table orthros_table_ct_sctp;
extern struct orthros_table orthros_table_ct_gre;
extern struct orthros_table orthros_table_ct_ids;
extern struct orthros_table orthros_table_ct_ext;
extern struct orthros_table orthros_table_ct_help;
extern struct orthros_table orthros_table_ct_helper;
extern struct orthros_table orthros_table_ct_nat;
extern struct orthros_table orthros_table_ct_acct;
extern struct orthros_table orthros_table_ct_seqadj;
extern struct orthros_table orthros_table_ct_labels;

#endif /* _ORTHROS_CT_TABLES_H */
