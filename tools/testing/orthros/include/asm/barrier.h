/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_HOST_BARRIER_H
#define _ORTHROS_HOST_BARRIER_H

/* There is one thread only. */
#define smp_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)
/* Likewise. */
#define smp_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)

#endif
