// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of net/core/filter.c (patches/<version>/0016-net), whose
 * functions are static: a classic program that is in no user's memory.
 */
#ifdef CONFIG_ORTHROS
#include "filter_inside.h"

/**
 * orthros_classic_prog() - as bpf_prog_create_from_user(), with what was given there
 * @pfp:	the program
 * @given:	its instructions, of which it keeps a copy
 * @trans:	checks and translates them, or NULL
 *
 * Return: 0 or negative errno.
 */
int orthros_classic_prog(struct bpf_prog **pfp, const struct sock_fprog_kern *given,
			 bpf_aux_classic_check_t trans)
{
	const struct sock_fprog fprog = { .len = given->len };
	struct bpf_prog *fp;

	if (!bpf_check_basics_ok(given->filter, given->len))
		return -EINVAL;
	fp = bpf_prog_alloc(bpf_prog_size(given->len), 0);
	if (!fp)
		return -ENOMEM;
	memcpy(fp->insns, given->filter, bpf_classic_proglen(given));
	fp->len = given->len;
	if (bpf_prog_store_orig_filter(fp, &fprog)) {
		__bpf_prog_free(fp);
		return -ENOMEM;
	}
	fp = bpf_prepare_filter(fp, trans);
	if (IS_ERR(fp))
		return PTR_ERR(fp);
	*pfp = fp;
	return 0;
}
#endif /* CONFIG_ORTHROS */
