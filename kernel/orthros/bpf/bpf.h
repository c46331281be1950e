/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BPF programs and maps, for other areas.
 */
#ifndef _ORTHROS_BPF_H
#define _ORTHROS_BPF_H

#include <linux/types.h>
#include "../core/image.h"
#include "../core/kind.h"
#include "../core/report.h"

struct bpf_prog;

extern const struct orthros_kind orthros_bpf_kind;
extern const struct orthros_kind orthros_bpf_fd_kind;
extern const struct orthros_kind orthros_bpf_pin_kind;

int orthros_bpf_use_prog(const struct orthros_finder *who, u64 prog, u64 by);
struct bpf_prog *orthros_bpf_dst_prog(struct orthros_image *img, u64 prog);

#endif /* _ORTHROS_BPF_H */
