/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of TCP connections: what lies behind a socket's options, see sock.h.
 *
 * Sequence numbers and windows are as on the wire, unscaled; times are
 * milliseconds unless the name ends in _us. A change of layout bumps the
 * version.
 */
#ifndef _LINUX_ORTHROS_ABI_TCP_H
#define _LINUX_ORTHROS_ABI_TCP_H

#include <linux/types.h>

#define ORTHROS_TCP_CONN_VERSION	1
#define ORTHROS_TCP_WAIT_VERSION	1
#define ORTHROS_TCP_REQ_VERSION		1

/* orthros_tcp_conn_rec.ecn: RFC 3168. */
#define ORTHROS_TCP_ECN_OK		0x01
#define ORTHROS_TCP_ECN_QUEUE_CWR	0x02
#define ORTHROS_TCP_ECN_DEMAND_CWR	0x04
#define ORTHROS_TCP_ECN_SEEN		0x08

/* orthros_tcp_conn_rec.flags */
#define ORTHROS_TCP_FIN_UNREAD	0x01	/* the peer's FIN ends the unread data */
#define ORTHROS_TCP_FIN_SENT	0x02	/* ours was sent and is not acknowledged */
#define ORTHROS_TCP_FIN_UNSENT	0x04	/* ours waits behind the unsent data */

#define ORTHROS_TCP_SACKS	4

/**
 * struct orthros_tcp_seg_rec - data that came out of order, @len bytes follow
 * @seq:	of its first byte
 * @len:	bytes, padded to 8 in the record
 */
struct orthros_tcp_seg_rec {
	__u32	seq;
	__u32	len;
} __packed;

/**
 * struct orthros_tcp_conn_rec - a TCP connection; its data follow
 * @version:	%ORTHROS_TCP_CONN_VERSION
 * @state:	TCP_ESTABLISHED, ... as in TCP_INFO
 * @flags:	ORTHROS_TCP_*
 * @daddr:	the peer's address in network order, the first four bytes for IPv4
 * @dport:	and port, in network order
 * @flow_label:	IPv6, in network order
 * @rcv_nxt:	next byte expected
 * @copied_seq:	next byte the program reads
 * @rcv_wup:	@rcv_nxt when a window was last advertised
 * @rcv_wnd:	that window
 * @rcv_ssthresh: the largest that is advertised for now
 * @snd_una:	first byte not acknowledged
 * @snd_nxt:	next byte to be sent
 * @write_seq:	next byte the program writes
 * @snd_wnd:	the peer's window
 * @snd_wl1:	sequence number of the segment that told it
 * @max_window:	the largest it ever was
 * @snd_sml:	end of the last small segment sent
 * @pushed_seq:	end of what was last pushed
 * @snd_up:	our urgent pointer
 * @urg_seq:	the peer's
 * @urg_data:	its urgent byte, and whether it is there and was read
 * @tsoffset:	of our timestamps to the monotonic clock
 * @ts_recent:	the peer's timestamp to echo
 * @ts_recent_stamp: when it came, seconds of the monotonic clock
 * @mss_clamp:	the peer's MSS
 * @advmss:	ours
 * @rcv_mss:	what segments of the peer seem to have
 * @wscale_ok:	window scaling was agreed on
 * @snd_wscale:	the peer's
 * @rcv_wscale:	ours
 * @sack_ok:	SACK was agreed on (1), a D-SACK was seen (4)
 * @tstamp_ok:	timestamps were agreed on
 * @ecn:	ORTHROS_TCP_ECN_*
 * @quick:	ACKs still to be sent at once
 * @pingpong:	interactive use was seen
 * @ack_pending: an ACK is owed
 * @nr_sacks:	entries in @sacks
 * @nr_ooo:	segments out of order
 * @srtt_us:	smoothed round-trip time, times 8
 * @mdev_us:	its deviation
 * @mdev_max_us: the largest deviation of late
 * @rttvar_us:	smoothed @mdev_max_us
 * @rtt_seq:	when @rttvar_us is due
 * @rtt_min_us:	smallest round-trip time
 * @rto:	retransmission timeout
 * @snd_cwnd:	congestion window, segments
 * @snd_ssthresh: slow start below it
 * @snd_cwnd_cnt: of linear growth
 * @snd_cwnd_clamp: upper limit
 * @prior_cwnd:	before the last loss
 * @reordering:	segments that may overtake each other
 * @rcvq_space:	what the program read per round trip
 * @idle_rcv:	since data came
 * @idle_ack:	since an ACK came
 * @idle_snd:	since data were sent
 * @segs_in:	counters of TCP_INFO, this and the following
 * @segs_out:	likewise
 * @data_segs_in: likewise
 * @data_segs_out: likewise
 * @delivered:	likewise
 * @delivered_ce: likewise
 * @total_retrans: likewise
 * @lost:	likewise
 * @dsack_dups:	likewise
 * @reord_seen:	likewise
 * @rcv_ooopack: likewise
 * @bytes_sent:	likewise
 * @bytes_acked: likewise
 * @bytes_received: likewise
 * @bytes_retrans: likewise
 * @sacks:	pairs of first byte and end, newest first
 * @len_rcv:	bytes of unread data, the first part of what follows
 * @len_sent:	bytes that were sent and are not acknowledged, the second
 * @len_unsent:	bytes that were not sent, the third; @nr_ooo segments come
 *		after it. Each part is padded to 8.
 * @pad:	0
 */
struct orthros_tcp_conn_rec {
	__u16	version;
	__u8	state;
	__u8	flags;
	__u8	daddr[16];
	__u16	dport;
	__u16	urg_data;
	__u32	flow_label;
	__u32	rcv_nxt;
	__u32	copied_seq;
	__u32	rcv_wup;
	__u32	rcv_wnd;
	__u32	rcv_ssthresh;
	__u32	snd_una;
	__u32	snd_nxt;
	__u32	write_seq;
	__u32	snd_wnd;
	__u32	snd_wl1;
	__u32	max_window;
	__u32	snd_sml;
	__u32	pushed_seq;
	__u32	snd_up;
	__u32	urg_seq;
	__u32	tsoffset;
	__u32	ts_recent;
	__s32	ts_recent_stamp;
	__u16	mss_clamp;
	__u16	advmss;
	__u16	rcv_mss;
	__u8	wscale_ok;
	__u8	snd_wscale;
	__u8	rcv_wscale;
	__u8	sack_ok;
	__u8	tstamp_ok;
	__u8	ecn;
	__u8	quick;
	__u8	pingpong;
	__u8	ack_pending;
	__u8	nr_sacks;
	__u32	nr_ooo;
	__u32	srtt_us;
	__u32	mdev_us;
	__u32	mdev_max_us;
	__u32	rttvar_us;
	__u32	rtt_seq;
	__u32	rtt_min_us;
	__u32	rto;
	__u32	snd_cwnd;
	__u32	snd_ssthresh;
	__u32	snd_cwnd_cnt;
	__u32	snd_cwnd_clamp;
	__u32	prior_cwnd;
	__u32	reordering;
	__s32	rcvq_space;
	__u32	idle_rcv;
	__u32	idle_ack;
	__u32	idle_snd;
	__u32	segs_in;
	__u32	segs_out;
	__u32	data_segs_in;
	__u32	data_segs_out;
	__u32	delivered;
	__u32	delivered_ce;
	__u32	total_retrans;
	__u32	lost;
	__u32	dsack_dups;
	__u32	reord_seen;
	__u32	rcv_ooopack;
	__u64	bytes_sent;
	__u64	bytes_acked;
	__u64	bytes_received;
	__u64	bytes_retrans;
	__u32	sacks[ORTHROS_TCP_SACKS * 2];
	__u32	len_rcv;
	__u32	len_sent;
	__u32	len_unsent;
	__u32	pad;
} __packed;

/**
 * struct orthros_tcp_wait_rec - a connection in TIME_WAIT, or in FIN_WAIT2
 *				 without a program
 * @version:	%ORTHROS_TCP_WAIT_VERSION
 * @family:	AF_INET or AF_INET6
 * @substate:	TCP_TIME_WAIT or TCP_FIN_WAIT2
 * @rcv_wscale:	as in &struct orthros_tcp_conn_rec
 * @v6only:	the socket was
 * @reuse:	SO_REUSEADDR
 * @reuseport:	SO_REUSEPORT
 * @tos:	IP_TOS
 * @tclass:	IPV6_TCLASS
 * @pad:	0
 * @port:	local port, host order
 * @dport:	the peer's, network order
 * @addr:	local address
 * @daddr:	the peer's
 * @rcv_nxt:	as in &struct orthros_tcp_conn_rec
 * @snd_nxt:	likewise
 * @rcv_wnd:	likewise, scaled as it was announced
 * @tsoffset:	likewise
 * @ts_recent:	likewise
 * @ts_recent_stamp: likewise, 0 without timestamps
 * @mark:	SO_MARK
 * @priority:	SO_PRIORITY
 * @left:	until it ends
 * @ns:		network namespace that it is in
 */
struct orthros_tcp_wait_rec {
	__u16	version;
	__u16	family;
	__u8	substate;
	__u8	rcv_wscale;
	__u8	v6only;
	__u8	reuse;
	__u8	reuseport;
	__u8	tos;
	__u8	tclass;
	__u8	pad;
	__u16	port;
	__u16	dport;
	__u8	addr[16];
	__u8	daddr[16];
	__u32	rcv_nxt;
	__u32	snd_nxt;
	__u32	rcv_wnd;
	__u32	tsoffset;
	__u32	ts_recent;
	__s32	ts_recent_stamp;
	__u32	mark;
	__u32	priority;
	__u32	left;
	__u64	ns;
} __packed;

/**
 * struct orthros_tcp_req_rec - a connection that a listener has answered and
 *				whose third packet has not come
 * @version:	%ORTHROS_TCP_REQ_VERSION
 * @family:	AF_INET or AF_INET6
 * @listener:	key of the SOCK object that listens
 * @addr:	local address
 * @daddr:	the peer's
 * @port:	local port, host order
 * @dport:	the peer's, network order
 * @mss:	the peer's MSS
 * @snd_wscale:	as in &struct orthros_tcp_conn_rec
 * @rcv_wscale:	likewise
 * @wscale_ok:	likewise
 * @tstamp_ok:	likewise
 * @sack_ok:	likewise
 * @ecn_ok:	ECN was agreed on
 * @acked:	an ACK came, TCP_DEFER_ACCEPT waits for data
 * @num_timeout: SYN/ACKs sent again
 * @rcv_isn:	the peer's first sequence number
 * @snt_isn:	ours
 * @rcv_nxt:	next byte expected
 * @ts_off:	offset of our timestamps
 * @ts_recent:	the peer's timestamp
 * @rcv_wnd:	window that was announced
 * @window_clamp: upper limit of it
 * @mark:	of the packets
 * @txhash:	of the flow
 * @snt_synack_us: when the first SYN/ACK was sent, microseconds of the
 *		monotonic clock
 */
struct orthros_tcp_req_rec {
	__u16	version;
	__u16	family;
	__u64	listener;
	__u8	addr[16];
	__u8	daddr[16];
	__u16	port;
	__u16	dport;
	__u16	mss;
	__u8	snd_wscale;
	__u8	rcv_wscale;
	__u8	wscale_ok;
	__u8	tstamp_ok;
	__u8	sack_ok;
	__u8	ecn_ok;
	__u8	acked;
	__u8	num_timeout;
	__u32	rcv_isn;
	__u32	snt_isn;
	__u32	rcv_nxt;
	__u32	ts_off;
	__u32	ts_recent;
	__u32	rcv_wnd;
	__u32	window_clamp;
	__u32	mark;
	__u32	txhash;
	__u64	snt_synack_us;
} __packed;

/**
 * struct orthros_tcp_syn_rec - the SYN that began a connection
 * @mac_len:	bytes of the link's header
 * @network_len: of the IP header
 * @tcp_len:	of the TCP header
 * @data:	the headers
 */
struct orthros_tcp_syn_rec {
	__u32	mac_len;
	__u32	network_len;
	__u32	tcp_len;
	__u8	data[];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_TCP_H */
