/* SPDX-License-Identifier: GPL-2.0 */
/* Records of packet sockets. A change of layout bumps the version. */
#ifndef _LINUX_ORTHROS_ABI_PACKET_H
#define _LINUX_ORTHROS_ABI_PACKET_H

#include <linux/types.h>

#define ORTHROS_PACKET_VERSION		1

#define ORTHROS_PACKET_ORIGDEV		0x01
#define ORTHROS_PACKET_AUXDATA		0x02
#define ORTHROS_PACKET_TX_HAS_OFF	0x04
#define ORTHROS_PACKET_LOSS		0x08
#define ORTHROS_PACKET_QDISC_BYPASS	0x10
#define ORTHROS_PACKET_IGNORE_OUTGOING	0x20

/* What a packet that stands for several is cut into. */
enum orthros_packet_gso {
	ORTHROS_PACKET_GSO_TCPV4,
	ORTHROS_PACKET_GSO_TCPV6,
	ORTHROS_PACKET_GSO_TCP_ECN,
	ORTHROS_PACKET_GSO_UDP_L4,
	ORTHROS_PACKET_GSO_NR,
};

/**
 * struct orthros_fanout_rec - PACKET_FANOUT
 * @group:	source address of the group, 0 for none
 * @max:	members that it may have
 * @next:	whose turn it is, if they take turns
 * @place:	the socket's, among the others
 * @id:		of the group
 * @type:	PACKET_FANOUT_*
 * @flags:	PACKET_FANOUT_FLAG_*, eight bits lower
 */
struct orthros_fanout_rec {
	__u64	group;
	__u32	max;
	__u32	next;
	__u32	place;
	__u16	id;
	__u8	type;
	__u8	flags;
} __packed;

/**
 * struct orthros_packet_mc_rec - PACKET_ADD_MEMBERSHIP
 * @ifindex:	device
 * @count:	how often
 * @type:	PACKET_MR_*
 * @alen:	bytes of @addr
 * @addr:	address
 */
struct orthros_packet_mc_rec {
	__s32	ifindex;
	__s32	count;
	__u16	type;
	__u16	alen;
	__u8	addr[32];
} __packed;

/**
 * struct orthros_packet_msg_rec - a packet that waits; its bytes follow
 * @tstamp:	when it came, 0 if nobody wanted to know
 * @len:	bytes
 * @origlen:	bytes that it had
 * @network:	where the header of the network layer begins
 * @ifindex:	device
 * @hatype:	of it, ARPHRD_*
 * @protocol:	ETH_P_*, in network order
 * @vlan_proto:	of the VLAN tag, 0 for none; in network order
 * @vlan_tci:	the tag
 * @pkttype:	PACKET_*
 * @halen:	bytes of @addr
 * @addr:	of the sender
 * @ip_summed:	CHECKSUM_*
 * @gso:		bits of &enum orthros_packet_gso
 * @gso_size:	bytes of each packet that it stands for, 0 if it stands for itself
 * @csum_start:	where a checksum that is to be reckoned begins, from the bytes'
 * @csum_offset: and where it goes, from there
 * @pad:	0
 */
struct orthros_packet_msg_rec {
	__s64	tstamp;
	__u32	len;
	__u32	origlen;
	__s32	network;
	__s32	ifindex;
	__u16	hatype;
	__u16	protocol;
	__u16	vlan_proto;
	__u16	vlan_tci;
	__u8	pkttype;
	__u8	halen;
	__u8	addr[8];
	__u8	ip_summed;
	__u8	gso;
	__u16	gso_size;
	__s32	csum_start;
	__u16	csum_offset;
	__u8	pad[4];
} __packed;

/**
 * struct orthros_ring_rec - PACKET_RX_RING or PACKET_TX_RING
 * @block_size:	bytes of a block; its memory follows the packets of the socket
 * @block_nr:	blocks, 0 if there is no ring
 * @frame_size:	bytes of a frame
 * @frame_nr:	frames
 * @head:	frame that is next
 * @retire:	of a ring of blocks: ms after which one is handed over
 * @priv:	bytes that the program has in each
 * @features:	TP_FT_REQ_*
 * @active:	block that is being filled
 * @last_active: block that was, when the time was last looked at
 * @frozen:	there is none: the program has them all
 * @start:	that block; another one if it is @frozen
 * @next:	where the next packet goes in it
 * @prev:	where the last one is
 * @freezes:	how often it was frozen, since somebody asked
 * @pad:	0
 * @seq:	number of the next block
 */
struct orthros_ring_rec {
	__u32	block_size;
	__u32	block_nr;
	__u32	frame_size;
	__u32	frame_nr;
	__u32	head;
	__u32	retire;
	__u32	priv;
	__u32	features;
	__u32	active;
	__u32	last_active;
	__u32	frozen;
	__u32	start;
	__u32	next;
	__u32	prev;
	__u32	freezes;
	__u32	pad;
	__u64	seq;
} __packed;

/**
 * struct orthros_packet_rec - a packet socket; memberships and packets follow
 * @version:	%ORTHROS_PACKET_VERSION
 * @flags:	ORTHROS_PACKET_*
 * @ifindex:	device that it is bound to, 0 for all, -1 for one that is gone
 * @protocol:	ETH_P_*, in network order
 * @pad:	0
 * @copy_thresh: PACKET_COPY_THRESH
 * @tp_version:	TPACKET_*
 * @reserve:	PACKET_RESERVE
 * @tstamp:	PACKET_TIMESTAMP
 * @packets:	PACKET_STATISTICS
 * @drops:	likewise
 * @vnet_hdr:	bytes of PACKET_VNET_HDR, 0 for none
 * @pad2:	0
 * @fanout:	PACKET_FANOUT
 * @ring:	what is received, and what is sent
 * @nr_mc:	memberships
 * @nr_msgs:	packets
 */
struct orthros_packet_rec {
	__u32	version;
	__u32	flags;
	__s32	ifindex;
	__u16	protocol;
	__u16	pad;
	__s32	copy_thresh;
	__u32	tp_version;
	__u32	reserve;
	__u32	tstamp;
	__u32	packets;
	__u32	drops;
	__u32	vnet_hdr;
	__u32	pad2;
	struct orthros_fanout_rec fanout;
	struct orthros_ring_rec ring[2];
	__u32	nr_mc;
	__u32	nr_msgs;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_PACKET_H */
