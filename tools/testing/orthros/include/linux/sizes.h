/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_HOST_SIZES_H
#define _ORTHROS_HOST_SIZES_H

#define SZ_16K		0x00004000
#define SZ_64K		0x00010000
#define SZ_1M		0x00100000
#define SZ_64M		0x04000000
#define SZ_256M		0x10000000

#endif
