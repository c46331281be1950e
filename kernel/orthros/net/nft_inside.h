/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is included in net/netfilter/nf_tables_api.c of the kernel, since it needs the statics
 * there.
 */
#ifndef _ORTHROS_NFT_INSIDE_H
#define _ORTHROS_NFT_INSIDE_H

#include <linux/types.h>

u64 *orthros_nft_chain_id(void);

#endif /* _ORTHROS_NFT_INSIDE_H */
