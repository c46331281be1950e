/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of sockets.
 *
 * Option values are those of setsockopt(2), times are milliseconds. A change
 * of layout bumps the version of its record.
 */
#ifndef _LINUX_ORTHROS_ABI_SOCK_H
#define _LINUX_ORTHROS_ABI_SOCK_H

#include <linux/types.h>
#include <linux/orthros/abi/task.h>

#define ORTHROS_SOCK_VERSION	2

/* orthros_sock_rec.flags: on/off options. Append only. */
#define ORTHROS_SOCK_REUSEPORT		0x00000001
#define ORTHROS_SOCK_V6ONLY		0x00000002
#define ORTHROS_SOCK_KEEPALIVE		0x00000004
#define ORTHROS_SOCK_OOBINLINE		0x00000008
#define ORTHROS_SOCK_LINGER		0x00000010
#define ORTHROS_SOCK_BROADCAST		0x00000020
#define ORTHROS_SOCK_DONTROUTE		0x00000040
#define ORTHROS_SOCK_PASSCRED		0x00000080
#define ORTHROS_SOCK_FREEBIND		0x00000100
#define ORTHROS_SOCK_TRANSPARENT	0x00000200
#define ORTHROS_SOCK_BIND_NO_PORT	0x00000400
#define ORTHROS_SOCK_THIN_LTO		0x00001000
#define ORTHROS_SOCK_DONE		0x00002000	/* was connected once */
#define ORTHROS_SOCK_RCVTSTAMP		0x00004000
#define ORTHROS_SOCK_RCVTSTAMPNS	0x00008000
#define ORTHROS_SOCK_TSTAMP_NEW		0x00010000
#define ORTHROS_SOCK_DEBUG		0x00020000
#define ORTHROS_SOCK_SELECT_ERR_QUEUE	0x00040000
#define ORTHROS_SOCK_RXQ_OVFL		0x00080000
#define ORTHROS_SOCK_RCVMARK		0x00100000
#define ORTHROS_SOCK_WIFI_STATUS	0x00200000
#define ORTHROS_SOCK_NOFCS		0x00400000
#define ORTHROS_SOCK_ZEROCOPY		0x00800000
#define ORTHROS_SOCK_LOCK_FILTER	0x01000000
#define ORTHROS_SOCK_PASSSEC		0x02000000
#define ORTHROS_SOCK_PASSPIDFD		0x04000000
#define ORTHROS_SOCK_TXTIME		0x08000000

/*
 * Options that are set again as they were read, by orthros_sock_rec.opts. In the
 * kernel only, so in any order.
 */
enum orthros_sock_opt {
	ORTHROS_OPT_NO_CHECK,
	ORTHROS_OPT_BUSY_POLL,
	ORTHROS_OPT_PREFER_BUSY_POLL,
	ORTHROS_OPT_BUSY_POLL_BUDGET,
	ORTHROS_OPT_MAX_PACING_RATE,
	ORTHROS_OPT_INCOMING_CPU,
	ORTHROS_OPT_TXREHASH,
	ORTHROS_OPT_TIMESTAMPING,
	ORTHROS_OPT_RESERVE_MEM,
	ORTHROS_OPT_TXTIME_CLOCK,
	ORTHROS_OPT_TXTIME_DEADLINE,
	ORTHROS_OPT_TXTIME_ERRORS,
	ORTHROS_OPT_PKTINFO,
	ORTHROS_OPT_RECVTTL,
	ORTHROS_OPT_RECVTOS,
	ORTHROS_OPT_RECVOPTS,
	ORTHROS_OPT_RETOPTS,
	ORTHROS_OPT_PASSSEC,
	ORTHROS_OPT_ORIGDSTADDR,
	ORTHROS_OPT_CHECKSUM,
	ORTHROS_OPT_RECVFRAGSIZE,
	ORTHROS_OPT_RECVERR,
	ORTHROS_OPT_RECVERR_RFC4884,
	ORTHROS_OPT_MC_LOOP,
	ORTHROS_OPT_MC_ALL,
	ORTHROS_OPT_NODEFRAG,
	ORTHROS_OPT_HDRINCL,
	ORTHROS_OPT_MC_TTL,
	ORTHROS_OPT_UNICAST_IF,
	ORTHROS_OPT_RECVPKTINFO6,
	ORTHROS_OPT_OLD_PKTINFO6,
	ORTHROS_OPT_RECVHOPLIMIT6,
	ORTHROS_OPT_OLD_HOPLIMIT6,
	ORTHROS_OPT_RECVRTHDR6,
	ORTHROS_OPT_OLD_RTHDR6,
	ORTHROS_OPT_RECVHOPOPTS6,
	ORTHROS_OPT_OLD_HOPOPTS6,
	ORTHROS_OPT_RECVDSTOPTS6,
	ORTHROS_OPT_OLD_DSTOPTS6,
	ORTHROS_OPT_FLOWINFO6,
	ORTHROS_OPT_RECVTCLASS6,
	ORTHROS_OPT_RECVPATHMTU6,
	ORTHROS_OPT_ORIGDSTADDR6,
	ORTHROS_OPT_RECVFRAGSIZE6,
	ORTHROS_OPT_RECVERR6,
	ORTHROS_OPT_RFC4884_6,
	ORTHROS_OPT_MC_LOOP6,
	ORTHROS_OPT_MC_ALL6,
	ORTHROS_OPT_FLOWINFO_SEND6,
	ORTHROS_OPT_DONTFRAG6,
	ORTHROS_OPT_RTALERT_ISOLATE6,
	ORTHROS_OPT_AUTOFLOWLABEL6,
	ORTHROS_OPT_AUTOFLOWLABEL_SET6,
	ORTHROS_OPT_MC_HOPS6,
	ORTHROS_OPT_UNICAST_IF6,
	ORTHROS_OPT_MC_IF6,
	ORTHROS_OPT_FRAG_SIZE6,
	ORTHROS_OPT_SRCPREFS6,
	ORTHROS_OPT_MIN_HOPCOUNT6,
	ORTHROS_OPT_TCP_SAVE_SYN,
	ORTHROS_OPT_TCP_INQ,
	ORTHROS_OPT_TCP_TX_DELAY,
	ORTHROS_OPT_TCP_FASTOPEN_CONNECT,
	ORTHROS_OPT_TCP_FASTOPEN_NO_COOKIE,
	/* Not options, but numbers that theirs count. */
	ORTHROS_OPT_TSKEY,
	ORTHROS_OPT_ZCKEY,
	ORTHROS_OPT_NR,
};

/**
 * struct orthros_fastopen_rec - TCP_FASTOPEN_KEY
 * @nr:		keys, 0 for those of the machine
 * @keys:	the first makes cookies
 */
struct orthros_fastopen_rec {
	__u32	nr;
	__u8	keys[32];
} __packed;

/* orthros_sock_rec.state */
enum orthros_sock_state {
	ORTHROS_SOCK_CLOSED = 0,	/* neither listening nor connected */
	ORTHROS_SOCK_LISTEN,
	ORTHROS_SOCK_CONNECTED,		/* TCP: there is an orthros_tcp_conn_rec */
};

/**
 * struct orthros_sock_tcp_rec - what only TCP has
 * @keepalive_time:	TCP_KEEPIDLE in ms, 0 for the default
 * @keepalive_intvl:	TCP_KEEPINTVL in ms, 0 for the default
 * @keepalive_probes:	TCP_KEEPCNT, 0 for the default
 * @nonagle:		TCP_NODELAY (1), TCP_CORK (2)
 * @defer_accept:	TCP_DEFER_ACCEPT, as retransmissions of a SYN/ACK
 * @syn_retries:	TCP_SYNCNT, 0 for the default
 * @user_timeout:	TCP_USER_TIMEOUT in ms
 * @linger2:		TCP_LINGER2 in ms, 0 for the default, -1 for none
 * @user_mss:		TCP_MAXSEG, 0 for none
 * @notsent_lowat:	TCP_NOTSENT_LOWAT, 0 for the default
 * @window_clamp:	TCP_WINDOW_CLAMP, 0 for none
 * @fastopen_qlen:	TCP_FASTOPEN of a listener, 0 for off
 * @congestion:		TCP_CONGESTION
 * @fastopen:		TCP_FASTOPEN_KEY
 * @repair:		TCP_REPAIR, of a socket that is not connected
 * @repair_queue:	TCP_REPAIR_QUEUE
 * @write_seq:		TCP_QUEUE_SEQ of what is sent
 * @rcv_nxt:		and of what is received
 * @copied_seq:		and read
 * @pad:		0
 */
struct orthros_sock_tcp_rec {
	__u32	keepalive_time;
	__u32	keepalive_intvl;
	__u32	keepalive_probes;
	__u32	nonagle;
	__u32	defer_accept;
	__u32	syn_retries;
	__u32	user_timeout;
	__s32	linger2;
	__u32	user_mss;
	__u32	notsent_lowat;
	__u32	window_clamp;
	__u32	fastopen_qlen;
	char	congestion[16];
	struct orthros_fastopen_rec fastopen;
	__u8	repair;
	__u8	repair_queue;
	__u16	pad;
	__u32	write_seq;
	__u32	rcv_nxt;
	__u32	copied_seq;
} __packed;

/**
 * struct orthros_sock_inet_rec - what only AF_INET and AF_INET6 have
 * @addr:	bound address in network order; the first four bytes for IPv4
 * @port:	bound port in host order, 0 for none
 * @ttl:	IP_TTL, -1 for the default
 * @hop_limit:	IPV6_UNICAST_HOPS, -1 for the default
 * @tos:	IP_TOS
 * @tclass:	IPV6_TCLASS
 * @min_ttl:	IP_MINTTL
 * @pmtudisc:	IP_MTU_DISCOVER
 * @pmtudisc6:	IPV6_MTU_DISCOVER
 * @flow_label:	IPv6: of a connected socket of datagrams, network order
 * @fastreuse:	of the port: as its owners' SO_REUSEADDR are, or -1: connect() chose it
 * @fastreuseport: likewise for SO_REUSEPORT
 * @pad:	0
 */
struct orthros_sock_inet_rec {
	__u8	addr[16];
	__u16	port;
	__s16	ttl;
	__s16	hop_limit;
	__u8	tos;
	__u8	tclass;
	__u8	min_ttl;
	__u8	pmtudisc;
	__u8	pmtudisc6;
	__s8	fastreuse;
	__s8	fastreuseport;
	__u8	pad[3];
	__u32	flow_label;
} __packed;

/**
 * struct orthros_flowlabel_rec - a lease of IPV6_FLOWLABEL_MGR
 * @dst:	to whom
 * @label:	network order
 * @share:	IPV6_FL_S_*
 * @pad:	0
 * @linger:	seconds that it stays when nobody has it any more
 * @expires:	seconds that it stays at least
 */
struct orthros_flowlabel_rec {
	__u8	dst[16];
	__u32	label;
	__u8	share;
	__u8	pad;
	__u16	linger;
	__u32	expires;
} __packed;

/**
 * struct orthros_filter_rec - a classic BPF program
 * @len:	instructions
 * @insns:	struct sock_filter
 */
struct orthros_filter_rec {
	__u32	len;
	__u32	pad;
	__u64	insns[];
} __packed;

/**
 * struct orthros_mcast_rec - membership in a multicast group
 * @sock:	key of the SOCK object
 * @family:	AF_INET or AF_INET6
 * @include:	not 0: only from @sources; else from all but those
 * @ifindex:	device
 * @group:	address in network order, the first four bytes for IPv4
 * @addr:	IPv4: local address that it was joined by
 * @nr:		entries in @sources
 * @sources:	addresses
 */
struct orthros_mcast_rec {
	__u64	sock;
	__u16	family;
	__u16	include;
	__s32	ifindex;
	__u8	group[16];
	__u8	addr[4];
	__u32	nr;
	__u8	sources[][16];
} __packed;

#define ORTHROS_UNIX_ADDR_MAX	112	/* a struct sockaddr_un and the NUL that may follow it */

/**
 * struct orthros_unix_msg_rec - one unread message; its @nr_files keys (__u64),
 *				 its sender's name and its data follow it
 * @sender:	key of the SOCK object it came from, 0 for one that is gone
 * @len:	bytes, padded to 8 in the record
 * @pid:	SCM_CREDENTIALS
 * @uid:	likewise
 * @gid:	likewise
 * @nr_files:	SCM_RIGHTS: keys of FILE objects
 * @name_len:	bytes of its sender's struct sockaddr_un, padded to 8 in the record;
 *		0 if it has none
 * @tstamp:	when it was sent, in ns; 0 if nobody wanted to know
 */
struct orthros_unix_msg_rec {
	__u64	sender;
	__s64	tstamp;
	__u32	len;
	__s32	pid;
	__u32	uid;
	__u32	gid;
	__u32	nr_files;
	__u32	name_len;
} __packed;

/**
 * struct orthros_sock_unix_rec - what only AF_UNIX has
 * @peer:	key of the connected SOCK object, 0 for none
 * @peer_gone:	there was one, it is closed
 * @vfsmount:	path of a bound socket's node, 0 for an unbound or abstract one
 * @dentry:	likewise
 * @addr_len:	bytes of @addr, 0 if it has no name
 * @addr:	struct sockaddr_un as it was bound
 * @hashed:	it is the one to be found under that name
 * @peer_pid:	SO_PEERCRED
 * @peer_cred_set: @peer_cred holds
 * @pad:	0
 * @peer_cred:	likewise
 * @nr_msgs:	messages that follow the record
 */
struct orthros_sock_unix_rec {
	__u64	peer;
	__u64	vfsmount;
	__u64	dentry;
	__u32	addr_len;
	__u8	addr[ORTHROS_UNIX_ADDR_MAX];
	__u8	peer_gone;
	__u8	hashed;
	__u8	peer_cred_set;
	__u8	pad;
	__s32	peer_pid;
	__u32	nr_msgs;
	struct orthros_cred_rec peer_cred;
} __packed;

/**
 * struct orthros_sock_rec - a socket
 * @version:	%ORTHROS_SOCK_VERSION
 * @family:	AF_*
 * @type:	SOCK_*
 * @protocol:	IPPROTO_*
 * @flags:	ORTHROS_SOCK_*
 * @state:	&enum orthros_sock_state
 * @reuse:	SO_REUSEADDR; 2 for a socket under TCP_REPAIR
 * @shutdown:	1 no more receiving, 2 no more sending
 * @userlocks:	what the user has set by hand: 1 SO_SNDBUF, 2 SO_RCVBUF,
 *		4 address, 8 port
 * @backlog:	of a listener
 * @sndbuf:	SO_SNDBUF
 * @rcvbuf:	SO_RCVBUF
 * @rcvlowat:	SO_RCVLOWAT
 * @peek_off:	SO_PEEK_OFF
 * @rcvtimeo:	SO_RCVTIMEO in ms, -1 for none
 * @sndtimeo:	SO_SNDTIMEO in ms, -1 for none
 * @linger:	SO_LINGER in ms
 * @priority:	SO_PRIORITY
 * @mark:	SO_MARK
 * @uid:	SO_REUSEPORT and netfilter look at it
 * @error:	pending SO_ERROR
 * @file:	key of the FILE object it is open as, 0 if it is not open
 * @listener:	key of the SOCK object it waits to be accepted from, 0 if it does not
 * @ns:		network namespace, by its struct ns_common
 * @conn:	SS_* of struct socket
 * @dead:	its program has closed it, TCP goes on
 * @reflects:	IPV6_FL_F_REFLECT
 * @pad:	0
 * @bound_dev:	SO_BINDTOIFINDEX
 * @mc_addr:	IP_MULTICAST_IF: address, network order
 * @mc_index:	and device
 * @port_range:	IP_LOCAL_PORT_RANGE: lower end, and upper end << 16
 * @pktinfo6:	IPV6_PKTINFO: struct in6_pktinfo
 * @pad2:	0
 * @flow_labels: key of the object of IPV6_FLOWLABEL_MGR, or 0
 * @filter:	key of the FILTER object of SO_ATTACH_FILTER, or 0
 * @reuseport_filter: likewise of SO_ATTACH_REUSEPORT_CBPF
 * @opts:	by &enum orthros_sock_opt
 * @inet:	for AF_INET and AF_INET6
 * @tcp:	for TCP
 * @un:		for AF_UNIX
 */
struct orthros_sock_rec {
	__u16	version;
	__u16	family;
	__u16	type;
	__u16	protocol;
	__u32	flags;
	__u8	state;
	__u8	reuse;
	__u8	shutdown;
	__u8	userlocks;
	__u32	backlog;
	__s32	sndbuf;
	__s32	rcvbuf;
	__s32	rcvlowat;
	__s32	peek_off;
	__s64	rcvtimeo;
	__s64	sndtimeo;
	__s64	linger;
	__u32	priority;
	__u32	mark;
	__u32	uid;
	__s32	error;
	__u64	file;
	__u64	listener;
	__u64	ns;
	__u8	conn;
	__u8	dead;
	__u8	reflects;
	__u8	pad;
	__s32	bound_dev;
	__u32	mc_addr;
	__s32	mc_index;
	__u32	port_range;
	__u8	pktinfo6[20];
	__u32	pad2;
	__u64	flow_labels;
	__u64	filter;
	__u64	reuseport_filter;
	__s64	opts[ORTHROS_OPT_NR];
	struct orthros_sock_inet_rec inet;
	struct orthros_sock_tcp_rec tcp;
	struct orthros_sock_unix_rec un;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_SOCK_H */
