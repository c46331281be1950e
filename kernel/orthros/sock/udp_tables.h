/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of UDP sockets sees of a source kernel, see udp_tables.c.
 */
#ifndef _ORTHROS_TABLES_UDP_H
#define _ORTHROS_TABLES_UDP_H

#include "../core/table.h"

/**
 * struct orthros_udp_view - a struct udp_sock
 * @reader_queue: address of the queue of what recvmsg() has taken over
 * @reader_first: its first buffer
 * @flags:	UDP_FLAGS_*
 * @pending:	a datagram is being put together
 * @encap:	the kernel takes the datagrams
 */
struct orthros_udp_view {
	u64 reader_queue;
	u64 reader_first;
	u64 flags;
	s32 pending;
	u16 gso_size;
	u8 encap;
};

/*
 * struct orthros_udp_bits - numbers of bits
 */
struct orthros_udp_bits {
	u32 cork;
	u32 no_check6_tx;
	u32 no_check6_rx;
	u32 gro;
};

/**
 * struct orthros_udp_skb_view - a datagram
 * @head:	start of its memory
 * @cb:		address of what the protocol keeps in it
 * @network:	offset of the IP header
 * @transport:	and of the UDP header
 * @protocol:	which IP, network order
 * @end:	offset of its struct skb_shared_info
 * @mark:	SO_RCVMARK
 */
struct orthros_udp_skb_view {
	u64 head;
	u64 cb;
	u16 network;
	u16 transport;
	u16 protocol;
	u32 end;
	u32 mark;
};

/**
 * struct orthros_udp_gso_view - a struct skb_shared_info of a datagram
 * @type:	SKB_GSO_*
 * @bit:	the one of several datagrams in one
 * @size:	bytes of each
 */
struct orthros_udp_gso_view {
	u32 type;
	u32 bit;
	u16 size;
};

/*
 * struct orthros_ip_cb_view - a struct inet6_skb_parm
 */
struct orthros_ip_cb_view {
	s32 iif6;
};

extern struct orthros_table orthros_table_udp;
extern struct orthros_table orthros_table_udp_bits;
extern struct orthros_table orthros_table_udp_skb;
extern struct orthros_table orthros_table_udp_gso;
extern struct orthros_table orthros_table_ip_cb;

#endif /* _ORTHROS_TABLES_UDP_H */
