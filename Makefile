# SPDX-License-Identifier: GPL-2.0-only
#
# Orthros: see README.rst; "make" alone lists what there is.

include versions.mk

# The two kernels of a hop, and the kernels' configuration.
SRC ?= $(firstword $(KERNELS))
DST ?= $(lastword $(KERNELS))
FLAVOUR ?= test
OUT ?= build/out

export FLAVOUR

vm = scripts/orthros-vm --src $(SRC) --dst $(DST)

.DEFAULT_GOAL := help

.PHONY: help
help:
	@echo 'make demo       redis-server goes from $(SRC) to $(DST) (SRC=, DST=)'
	@echo 'make demo-disk  nginx and redis on a disk serve the host through 3 hops'
	@echo 'make run        the same machine with a shell on the console'
	@echo 'make check      all tests'
	@echo 'make bench      the time of each phase of a hop; CRIU and kexec beside it'
	@echo 'make soak       HOPS hops in a row under load'
	@echo
	@echo 'make kernels    build all kernels: $(KERNELS)'
	@echo 'make kernel-VER build one; FLAVOUR=debug has the kernel'\''s checkers on'
	@echo 'make tools      build the orthros program'
	@echo 'make menuconfig-VER, make saveconfig-VER'
	@echo '                try options by hand; what differs from configs/'
	@echo 'make lint       checkpatch and shellcheck'
	@echo 'make clean      remove build products, keep the trees and ccache'
	@echo 'make distclean  remove build/'
	@echo
	@echo 'KVM=1 uses KVM instead of TCG in guests.'

.PHONY: deps
deps:
	@scripts/install-deps $(KERNELS:%=linux-source-%)

.PHONY: kernels
kernels: $(KERNELS:%=kernel-%)

# One at a time: each build uses all processors.
.NOTPARALLEL:

.PHONY: $(KERNELS:%=kernel-%)
$(KERNELS:%=kernel-%): kernel-%: deps
	@echo "  KERNEL  $* ($(FLAVOUR))"
	@scripts/build-kernel $* $(FLAVOUR)

.PHONY: $(KERNELS:%=menuconfig-%) $(KERNELS:%=saveconfig-%)
$(KERNELS:%=menuconfig-%): menuconfig-%: deps
	@scripts/build-kernel $* $(FLAVOUR) menuconfig

$(KERNELS:%=saveconfig-%): saveconfig-%: deps
	@scripts/build-kernel $* $(FLAVOUR) savedefconfig
	@cat build/linux-$*/out-$(FLAVOUR)/defconfig

.PHONY: tools
tools: deps
	@$(MAKE) --no-print-directory -C tools/orthros

.PHONY: demo
demo: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/mkdebroot build/demo redis-server redis-cli
	@install -D -m 755 tools/testing/orthros/demo.sh build/demo/usr/bin/demo
	@$(vm) --add build/demo --timeout 600 --out $(OUT)/demo -- demo

.PHONY: demo-disk
demo-disk: HOPS = 3
demo-disk: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/demo-disk $(SRC) $(DST) $(HOPS) $(OUT)/demo-disk

.PHONY: run
run: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/mkdebroot build/demo redis-server redis-cli
	@install -D -m 755 tools/testing/orthros/demo.sh build/demo/usr/bin/demo
	@$(vm) --add build/demo --interactive --out $(OUT)/run

.PHONY: check
check: kernels tools
	@scripts/check $(KERNELS)

.PHONY: bench
bench: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/bench $(SRC) $(DST) $(OUT)/bench
	@tools/testing/orthros/yardstick $(SRC) $(DST) $(OUT)/bench

.PHONY: soak
HOPS ?= 20
soak: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/soak $(SRC) $(DST) $(HOPS) $(OUT)/soak

.PHONY: lint
lint:
	@scripts/lint

.PHONY: clean
clean:
	rm -rf build/vm build/demo build/demo-disk build/net build/yardstick build/check build/log $(OUT)
	rm -rf $(KERNELS:%=build/linux-%/out-*)
	@[ ! -e tools/orthros/Makefile ] || $(MAKE) -C tools/orthros clean

.PHONY: distclean
distclean:
	rm -rf build
