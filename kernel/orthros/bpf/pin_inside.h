/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_BPF_PIN_INSIDE_H
#define _ORTHROS_BPF_PIN_INSIDE_H

#include <linux/types.h>

struct orthros_bpf_pin_rec;
struct super_block;

int orthros_bpf_make_pin(struct super_block *sb, const struct orthros_bpf_pin_rec *rec, void *raw);

#endif /* _ORTHROS_BPF_PIN_INSIDE_H */
