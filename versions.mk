# SPDX-License-Identifier: GPL-2.0-only
#
# Supported kernels, oldest first: one line each.  <ver> names Debian's
# package linux-source-<ver> and the directory patches/<ver>/; a fragment
# configs/<ver>.config is read when there is one.
KERNELS += 6.1
KERNELS += 6.12
