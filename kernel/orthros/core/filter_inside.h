/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is included in net/core/filter.c, since it needs the statics there.
 */
#ifndef _ORTHROS_FILTER_INSIDE_H
#define _ORTHROS_FILTER_INSIDE_H

#include <linux/filter.h>

int orthros_classic_prog(struct bpf_prog **pfp, const struct sock_fprog_kern *given,
			 bpf_aux_classic_check_t trans);

#endif /* _ORTHROS_FILTER_INSIDE_H */
