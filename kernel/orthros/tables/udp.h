/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of UDP sockets sees of a source kernel, see tables/udp.c.
 */
#ifndef _ORTHROS_TABLES_UDP_H
#define _ORTHROS_TABLES_UDP_H

#include "../table.h"

/**
 * struct orthros_udp_view - a struct udp_sock
 * @reader_queue: address of the queue of what recvmsg() has taken over
 * @reader_first: its first buffer
 * @flags:	UDP_FLAGS_*
 * @pinet6:	struct ipv6_pinfo or 0
 * @inet_flags:	all options since v6.7
 * @cmsg_flags:	those that ask for control messages before
 * @pending:	a datagram is being put together
 * @encap:	the kernel takes the datagrams
 */
struct orthros_udp_view {
	u64 reader_queue;
	u64 reader_first;
	u64 flags;
	u64 pinet6;
	u64 inet_flags;
	u32 cmsg_flags;
	s32 pending;
	s32 mc_index;
	s32 uc_index;
	u32 mc_addr;
	u16 gso_size;
	u8 encap;
	u8 no_check;
	u8 mc_ttl;
	u8 recverr;
	u8 mc_loop;
	u8 mc_all;
	u8 has_flags;
};

/**
 * struct orthros_udp6_view - a struct ipv6_pinfo
 */
struct orthros_udp6_view {
	s32 mcast_oif;
	s32 ucast_oif;
	s16 mcast_hops;
	u8 rxinfo;
	u8 rxhlim;
	u8 rxtclass;
	u8 other;
	u8 recverr;
	u8 mc_loop;
	u8 mc_all;
};

/*
 * struct orthros_udp_bits - numbers of bits and values of masks
 */
struct orthros_udp_bits {
	u32 cork;
	u32 no_check6_tx;
	u32 no_check6_rx;
	u32 gro;
	u32 m_pktinfo;
	u32 m_ttl;
	u32 m_tos;
	u32 m_other;
	u32 m_origdst;
	u32 m_checksum;
	u32 m_fragsize;
	u32 recverr;
	u32 mc_loop;
	u32 mc_all;
	u32 recverr6;
	u32 mc_loop6;
	u32 mc_all6;
};

/**
 * struct orthros_udp_skb_view - a datagram
 * @head:	start of its memory
 * @cb:		address of what the protocol keeps in it
 * @network:	offset of the IP header
 * @transport:	and of the UDP header
 * @protocol:	which IP, network order
 */
struct orthros_udp_skb_view {
	u64 head;
	u64 cb;
	u16 network;
	u16 transport;
	u16 protocol;
};

/*
 * struct orthros_ip_cb_view - a struct inet6_skb_parm
 */
struct orthros_ip_cb_view {
	s32 iif6;
};

#endif /* _ORTHROS_TABLES_UDP_H */
