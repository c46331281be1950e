/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of packet sockets sees of a source kernel, see packet_tables.c.
 */
#ifndef _ORTHROS_TABLES_PACKET_H
#define _ORTHROS_TABLES_PACKET_H

#include <linux/orthros/abi/packet.h>
#include "../core/table.h"

/*
 * struct orthros_packet_bits - numbers of the bits in packet_sock.flags, 0 for those that
 *				a kernel does not have; the first one is @origdev; @gso are
 *				values of SKB_GSO_*
 */
struct orthros_packet_bits {
	u32 origdev;
	u32 auxdata;
	u32 tx_has_off;
	u32 loss;
	u32 qdisc_bypass;
	u32 vnet_hdr;
	u32 running;
	u32 gso[ORTHROS_PACKET_GSO_NR];
	u64 direct_xmit;
};

/**
 * struct orthros_packet_view - a struct packet_sock
 * @rec:	what is carried as it is
 * @flags:	PACKET_SOCK_* by number
 * @xmit:	how it sends, where that is no flag
 * @fanout:	struct packet_fanout, or 0
 * @ring:	struct packet_ring_buffer, of what is received and of what is sent
 * @mclist:	struct packet_mclist, or 0
 * @vnet_hdr:	bytes of PACKET_VNET_HDR
 * @ignore_outgoing:	PACKET_IGNORE_OUTGOING
 */
struct orthros_packet_view {
	struct orthros_packet_rec rec;
	u64 flags;
	u64 xmit;
	u64 fanout;
	u64 ring[2];
	u64 mclist;
	u8 vnet_hdr;
	u8 ignore_outgoing;
};

struct orthros_packet_mc_view {
	struct orthros_packet_mc_rec rec;
	u64 next;
};

/**
 * struct orthros_packet_skb_view - a struct sk_buff in its queue
 * @network:	of its head
 * @vlan:	it has a tag
 */
struct orthros_packet_skb_view {
	u16 network;
	u16 protocol;
	u16 vlan_proto;
	u16 vlan_tci;
	u16 vlan;
	u16 csum_start;
	u16 csum_offset;
	u8 ip_summed;
};

/* struct skb_shared_info: that it stands for several packets. */
struct orthros_packet_gso_view {
	u32 type;
	u16 size;
};

/**
 * struct orthros_fanout_view - a struct packet_fanout
 * @rec:	what is carried as it is
 * @members:	array of its sockets
 * @nr:		how many there are
 * @filter:	a program chooses; else who is next
 */
struct orthros_fanout_view {
	struct orthros_fanout_rec rec;
	u64 members;
	u64 filter;
	u32 nr;
};

/**
 * struct orthros_ring_view - a struct packet_ring_buffer
 * @rec:	what is carried as it is
 * @blocks:	array of addresses of its blocks, 0 if there is no ring
 * @pages:	of a block
 * @frame_max:	the last frame
 * @start:	address of the block that is filled
 * @next:	where the next packet goes
 * @prev:	where the last one is
 */
struct orthros_ring_view {
	struct orthros_ring_rec rec;
	u64 blocks;
	u64 start;
	u64 next;
	u64 prev;
	u32 pages;
	u32 frame_max;
};

/* What a packet socket keeps in it. */
struct orthros_packet_cb_view {
	u32 origlen;
	s32 ifindex;
	u16 hatype;
	u8 pkttype;
	u8 halen;
	u8 addr[8];
};

extern struct orthros_table orthros_table_packet_bits;
extern struct orthros_table orthros_table_packet;
extern struct orthros_table orthros_table_packet_mc;
extern struct orthros_table orthros_table_packet_skb;
extern struct orthros_table orthros_table_packet_cb;
extern struct orthros_table orthros_table_packet_gso;
extern struct orthros_table orthros_table_packet_fanout;
extern struct orthros_table orthros_table_packet_ring;
extern struct orthros_table orthros_table_packet_ring3;

#endif /* _ORTHROS_TABLES_PACKET_H */
