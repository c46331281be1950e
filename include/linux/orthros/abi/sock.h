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
#define ORTHROS_SOCK_SAVE_SYN		0x00000800
#define ORTHROS_SOCK_THIN_LTO		0x00001000
#define ORTHROS_SOCK_DONE		0x00002000	/* was connected once */
#define ORTHROS_SOCK_RCVTSTAMP		0x00004000
#define ORTHROS_SOCK_RCVTSTAMPNS	0x00008000
#define ORTHROS_SOCK_TSTAMP_NEW		0x00010000
#define ORTHROS_SOCK_DEBUG		0x00020000

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
} __packed;

#define ORTHROS_UNIX_ADDR_MAX	112	/* a struct sockaddr_un and the NUL that may follow it */

/**
 * struct orthros_unix_msg_rec - one unread message; its @nr_files keys (__u64)
 *				 and its data follow it
 * @sender:	key of the SOCK object it came from, 0 for one that is gone
 * @len:	bytes, padded to 8 in the record
 * @pid:	SCM_CREDENTIALS
 * @uid:	likewise
 * @gid:	likewise
 * @nr_files:	SCM_RIGHTS: keys of FILE objects
 * @pad:	0
 */
struct orthros_unix_msg_rec {
	__u64	sender;
	__u32	len;
	__s32	pid;
	__u32	uid;
	__u32	gid;
	__u32	nr_files;
	__u32	pad;
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
 * @conn:	SS_* of struct socket
 * @dead:	its program has closed it, TCP goes on
 * @pad:	0
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
	__u8	conn;
	__u8	dead;
	__u16	pad;
	struct orthros_sock_inet_rec inet;
	struct orthros_sock_tcp_rec tcp;
	struct orthros_sock_unix_rec un;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_SOCK_H */
