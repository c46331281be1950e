/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the readers of TCP connections see of a source kernel, see
 * tcp_tables.c. Connections, TIME_WAITs and requests are read into their
 * records as far as units agree; the views here have the rest.
 */
#ifndef _ORTHROS_TABLES_TCP_H
#define _ORTHROS_TABLES_TCP_H

#include <linux/orthros/abi/tcp.h>
#include "../core/table.h"

/**
 * struct orthros_tcp_global_view - where the source has what is no socket's
 * @jiffies:	address of its tick count
 * @hash:	address of its struct inet_hashinfo
 */
struct orthros_tcp_global_view {
	u64 jiffies;
	u64 hash;
};

/**
 * struct orthros_tcp_queues_view - queues and time stamps of a struct tcp_sock
 * @rtx_root:	first node of the tree of what was sent
 * @ooo_root:	of the tree of what came out of order
 * @write_head:	address of the queue of what was not sent
 * @write_first: its first struct sk_buff
 * @fastopen:	struct request_sock of a connection that is not open yet
 * @lrcvtime:	in ticks: data came
 * @rcv_tstamp:	in ticks: an ACK came
 * @lsndtime:	in ticks: data were sent
 * @usec_ts:	timestamps count microseconds
 */
struct orthros_tcp_queues_view {
	u64 rtx_root;
	u64 ooo_root;
	u64 write_head;
	u64 write_first;
	u64 fastopen;
	u32 lrcvtime;
	u32 rcv_tstamp;
	u32 lsndtime;
	u8 usec_ts;
};

/*
 * struct orthros_tcp_cb_view - a struct tcp_skb_cb
 */
struct orthros_tcp_cb_view {
	u32 seq;
	u32 end_seq;
	u8 flags;
};

/**
 * struct orthros_tcp_hash_view - the table of connections
 * @buckets:	its buckets
 * @mask:	their number less one
 * @bucket_size: bytes of one
 */
struct orthros_tcp_hash_view {
	u64 buckets;
	u32 mask;
	u32 bucket_size;
};

/*
 * struct orthros_tcp_hashed_view - what everything in that table has
 */
struct orthros_tcp_hashed_view {
	u64 next;
	u64 net;
	u64 flags;
	u32 node_off;
	u16 family;
	u8 state;
};

/**
 * struct orthros_tcp_accept_view - a struct request_sock to be accepted
 */
struct orthros_tcp_accept_view {
	u64 next;
	u64 sk;
};

/**
 * struct orthros_tcp_wait_view - the rest of a struct tcp_timewait_sock
 * @expires:	in ticks: when it ends
 * @usec_ts:	timestamps count microseconds
 * @bound_dev_if: device, 0 for any
 * @addr:	local IPv4 address
 * @daddr:	the peer's
 */
struct orthros_tcp_wait_view {
	u64 expires;
	s32 bound_dev_if;
	u8 usec_ts;
	u8 addr[4];
	u8 daddr[4];
};

/**
 * struct orthros_tcp_req_view - the rest of a struct tcp_request_sock
 * @sk:		child that was made of it, 0 for none yet
 * @iif:	device it came from, 0 if that does not matter
 * @usec_ts:	timestamps count microseconds
 * @tfo:	TCP Fast Open
 * @addr:	local IPv4 address
 * @daddr:	the peer's
 */
struct orthros_tcp_req_view {
	u64 sk;
	s32 iif;
	u8 usec_ts;
	u8 tfo;
	u8 addr[4];
	u8 daddr[4];
};

extern struct orthros_table orthros_table_tcp_global;
extern struct orthros_table orthros_table_tcp_conn;
extern struct orthros_table orthros_table_tcp_queues;
extern struct orthros_table orthros_table_tcp_cb;
extern struct orthros_table orthros_table_tcp_hash;
extern struct orthros_table orthros_table_tcp_hashed;
extern struct orthros_table orthros_table_tcp_accept;
extern struct orthros_table orthros_table_tcp_wait;
extern struct orthros_table orthros_table_tcp_wait_more;
extern struct orthros_table orthros_table_tcp_req;
extern struct orthros_table orthros_table_tcp_req_more;

#endif /* _ORTHROS_TABLES_TCP_H */
