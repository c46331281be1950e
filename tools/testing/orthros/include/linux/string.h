/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_HOST_STRING_H
#define _ORTHROS_HOST_STRING_H

#include <string.h>

#endif
