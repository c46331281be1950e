// SPDX-License-Identifier: GPL-2.0
/* Included at the end of net/netfilter/nf_tables_api.c. */
#include "../../kernel/orthros/net/nft_inside.h"

/**
 * orthros_nft_chain_id() - the number in the name of the last chain that was given none
 *
 * Return: where it is, in all namespaces the same.
 */
u64 *orthros_nft_chain_id(void)
{
	return &chain_id;
}
