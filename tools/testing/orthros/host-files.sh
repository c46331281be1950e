# SPDX-License-Identifier: GPL-2.0-only
#
# shellcheck shell=sh
#
# Sourced by what compiles parts of kernel/orthros for the host, in the top
# directory. The files are found by their names, wherever they lie.

# named NAME...: the paths of these files, all of which must be there.
named() {
	for name; do
		path=$(find kernel/orthros -name "$name" | sort)
		[ -n "$path" ] || echo "kernel/orthros has no $name" >&2
		echo "$path"
	done
}

# The files that define tables, in the order of their paths.
table_files() {
	find kernel/orthros -name '*.c' ! -name '*_kunit.c' \
		-exec grep -l '^ORTHROS_TABLE(' {} + | sort
}

# The monitor and its tests, but for its tables.
monitor_files() {
	find kernel/orthros/monitor -name '*.c' ! -name '*tables.c' | sort
}

# Where headers are that these files name without a directory.
header_dirs() {
	named btf.h table.h btf_blob.h | xargs -n 1 dirname | sort -u | sed 's/^/-iquote /'
	echo '-iquote kernel/orthros'
}

# exports_def FILE: all lists of exports in one; who includes whom is left out.
exports_def() {
	find kernel/orthros -name '*exports.def' | sort |
		xargs sed '/^[[:space:]]*#[[:space:]]*include/d' >"$1"
}

# tables_list FILE: C that has every table in one list; in the kernel each kind
# lists its own.
tables_list() {
	names=$(table_files | xargs sed -n 's/^ORTHROS_TABLE(\([a-z0-9_]*\),.*/\1/p')
	{
		echo '#include "table.h"'
		# shellcheck disable=SC2086 # a list
		printf 'extern struct orthros_table orthros_table_%s;\n' $names
		echo 'struct orthros_table *const orthros_tables[] = {'
		# shellcheck disable=SC2086 # a list
		printf '\t&orthros_table_%s,\n' $names
		echo '	NULL'
		echo '};'
	} >"$1"
}
