// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of kernel/bpf/syscall.c (patches/<version>/0026-bpf): programs as they were given,
 * which the verifier rewrites, by their numbers.
 */
#ifdef CONFIG_ORTHROS
#include <linux/orthros/abi/bpf.h>
#include "kept_inside.h"

DEFINE_XARRAY_FLAGS(orthros_bpf_kept, XA_FLAGS_LOCK_IRQ);

static bool orthros_bpf_is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static bool orthros_bpf_is_indexed(const struct bpf_insn *insn)
{
	return insn->src_reg == BPF_PSEUDO_MAP_IDX || insn->src_reg == BPF_PSEUDO_MAP_IDX_VALUE;
}

static bool orthros_bpf_has_map(const struct bpf_insn *insn)
{
	return insn->src_reg == BPF_PSEUDO_MAP_FD || insn->src_reg == BPF_PSEUDO_MAP_VALUE ||
	       orthros_bpf_is_indexed(insn);
}

static bool orthros_bpf_is_kernels(const struct bpf_insn *insn)
{
	if (orthros_bpf_is_wide(insn))
		return insn->src_reg == BPF_PSEUDO_BTF_ID;
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL;
}

/* The number of the map that an instruction names, or 0: the verifier says why. */
static u32 orthros_bpf_map_id(const struct bpf_insn *insn, const union bpf_attr *attr,
			      bpfptr_t uattr)
{
	bpfptr_t fds = make_bpfptr(attr->fd_array, uattr.is_kernel);
	struct bpf_map *map;
	int fd = insn->imm;
	u32 id;

	if (orthros_bpf_is_indexed(insn) &&
	    copy_from_bpfptr_offset(&fd, fds, insn->imm * sizeof(fd), sizeof(fd)))
		return 0;
	map = bpf_map_get(fd);
	if (IS_ERR(map))
		return 0;
	id = map->id;
	bpf_map_put(map);
	return id;
}

/*
 * What cannot be kept is refused by name when it should go to another kernel: no error
 * here. Returns NULL then.
 */
static struct orthros_bpf_kept *orthros_bpf_keep(const struct bpf_prog *prog,
						 const union bpf_attr *attr, bpfptr_t uattr)
{
	const struct bpf_insn *insns = prog->insnsi;
	struct orthros_bpf_map_use *use;
	struct orthros_bpf_kept *kept;
	u32 i, nr = 0, what = 0;

	for (i = 0; i < prog->len; i++) {
		what |= orthros_bpf_is_kernels(&insns[i]) ? ORTHROS_BPF_KERNEL : 0;
		if (!orthros_bpf_is_wide(&insns[i]))
			continue;
		nr += orthros_bpf_has_map(&insns[i]);
		i++;
	}
	kept = kvzalloc(struct_size(kept, insns, prog->len) + nr * sizeof(*use),
			GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!kept)
		return NULL;
	if (attr->prog_btf_fd || attr->core_relo_cnt)
		what |= ORTHROS_BPF_BTF;
	if (attr->attach_prog_fd || attr->attach_btf_id)
		what |= ORTHROS_BPF_TARGET;
	if (attr->prog_ifindex)
		what |= ORTHROS_BPF_DEVICE;
	kept->type = attr->prog_type;
	kept->attach = attr->expected_attach_type;
	kept->flags = attr->prog_flags;
	kept->what = what;
	kept->len = prog->len;
	memcpy(kept->insns, insns, prog->len * sizeof(*insns));
	use = (void *)&kept->insns[prog->len];
	for (i = 0; i < prog->len; i++) {
		if (!orthros_bpf_is_wide(&insns[i]))
			continue;
		if (orthros_bpf_has_map(&insns[i])) {
			use->insn = i;
			use->map = orthros_bpf_map_id(&insns[i], attr, uattr);
			if (!use->map) {
				kvfree(kept);
				return NULL;
			}
			use++;
			kept->nr_maps++;
		}
		i++;
	}
	return kept;
}

/* It has a number. */
static void orthros_bpf_publish(struct orthros_bpf_kept *kept, const struct bpf_prog *prog)
{
	if (!kept)
		return;
	kept->prog = (unsigned long)prog;
	if (xa_err(xa_store_irq(&orthros_bpf_kept, prog->aux->id, kept, GFP_KERNEL_ACCOUNT)))
		kvfree(kept);
}

/* The number is given back, in any context. */
static void orthros_bpf_forget(u32 id)
{
	struct orthros_bpf_kept *kept;
	unsigned long flags;

	xa_lock_irqsave(&orthros_bpf_kept, flags);
	kept = __xa_erase(&orthros_bpf_kept, id);
	xa_unlock_irqrestore(&orthros_bpf_kept, flags);
	/* Whoever lets go of a program may hold a lock. */
	if (is_vmalloc_addr(kept))
		vfree_atomic(kept);
	else
		kfree(kept);
}

/**
 * orthros_bpf_next_prog() - the number that the next program gets
 * @id:		it, if it is free
 */
void orthros_bpf_next_prog(u32 id)
{
	idr_set_cursor(&prog_idr, id);
}

/**
 * orthros_bpf_next_map() - the number that the next map gets
 * @id:		it, if it is free
 */
void orthros_bpf_next_map(u32 id)
{
	idr_set_cursor(&map_idr, id);
}
#else
static inline void *orthros_bpf_keep(const struct bpf_prog *prog, const union bpf_attr *attr,
				     bpfptr_t uattr)
{
	return NULL;
}

static inline void orthros_bpf_publish(void *kept, const struct bpf_prog *prog) { }
static inline void orthros_bpf_forget(u32 id) { }
#endif
