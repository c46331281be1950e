/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for sock/: code is written for the newest
 * kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_SOCK_COMPAT_H
#define _ORTHROS_SOCK_COMPAT_H

#include <linux/version.h>

#include <linux/if_packet.h>
#include <linux/tcp.h>
#include <linux/uio.h>
#include <net/inet_sock.h>

/* Linux kernel commit 614e8316aa4c ("tcp: add support for usec resolution in TCP TS") (in v6.7) */
static inline void orthros_reqsk_init(struct tcp_request_sock *treq)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	treq->req_usec_ts = false;
#endif
}

/* The bit fields of inet_sock became bits of inet_flags in v6.7. */
static inline void orthros_set_transparent(struct sock *sk, bool on)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	inet_assign_bit(TRANSPARENT, sk, on);
#else
	inet_sk(sk)->transparent = on;
#endif
}

/* Linux kernel commit 5e2ff6704a27 ("scm: add SO_PASSPIDFD and SCM_PIDFD") (in v6.5) */
#ifdef SO_PASSPIDFD
#define ORTHROS_PASSPIDFD	SO_PASSPIDFD
#else
#define ORTHROS_PASSPIDFD	0
#endif

/* Linux kernel commit dfc39d4026fb ("net/packet: support mergeable feature of virtio") (in v6.6) */
#ifndef PACKET_VNET_HDR_SZ
#define PACKET_VNET_HDR_SZ	0
#endif

/* Linux kernel commit b534dc46c8ae ("net_tstamp: add SOF_TIMESTAMPING_OPT_ID_TCP") (in v6.2) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define SOF_TIMESTAMPING_OPT_ID_TCP	0
#endif

#endif /* _ORTHROS_SOCK_COMPAT_H */
