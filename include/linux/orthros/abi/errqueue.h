/* SPDX-License-Identifier: GPL-2.0 */
/* Records of error queues of sockets. */
#ifndef _LINUX_ORTHROS_ABI_ERRQUEUE_H
#define _LINUX_ORTHROS_ABI_ERRQUEUE_H

#include <linux/types.h>

/**
 * struct orthros_error_rec - an entry; @head and @len bytes follow
 * @tstamp:	when the packet went out, or came
 * @hwtstamp:	likewise, by the card
 * @ee:		struct sock_extended_err
 * @addr_offset: where the address lies, from the network header
 * @port:	network order
 * @protocol:	ETH_P_*, network order
 * @network:	where the network header lies, from the first of the bytes
 * @transport:	likewise
 * @opt_stats:	the data are SCM_TIMESTAMPING_OPT_STATS
 * @pad:	0
 * @pktinfo:	IP_PKTINFO
 * @iif:	IPv6: device
 * @head:	bytes in front of the data
 * @len:	bytes of data
 */
struct orthros_error_rec {
	__s64	tstamp;
	__s64	hwtstamp;
	__u8	ee[16];
	__u16	addr_offset;
	__u16	port;
	__u16	protocol;
	__u16	network;
	__u16	transport;
	__u8	opt_stats;
	__u8	pad[5];
	__u8	pktinfo[12];
	__s32	iif;
	__u32	head;
	__u32	len;
} __packed;

/**
 * struct orthros_errors_rec - an error queue
 * @nr:		entries, which follow
 * @pad:	0
 */
struct orthros_errors_rec {
	__u32	nr;
	__u32	pad;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_ERRQUEUE_H */
