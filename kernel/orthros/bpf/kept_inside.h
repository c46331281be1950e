/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_BPF_KEPT_INSIDE_H
#define _ORTHROS_BPF_KEPT_INSIDE_H

#include <linux/types.h>
#include <linux/xarray.h>

extern struct xarray orthros_bpf_kept;

void orthros_bpf_next_prog(u32 id);
void orthros_bpf_next_map(u32 id);

#endif /* _ORTHROS_BPF_KEPT_INSIDE_H */
