# basin: build, test, run. `make help` lists what there is to make.

VARIANT ?= release
CC      ?= cc
CONFIG  ?= capacity.yaml
VERSION := 0.1.0

# MPI=1 adds ranks, in a folder of its own: build/release-mpi/basin.
MPI ?=
BUILD := build/$(VARIANT)$(if $(MPI),-mpi)
BASIN := $(BUILD)/basin

# HDF5 by its serial name where there is one: `hdf5` may be the MPI build. The flags are
# asked for when first needed, so that `make setup test` can install before it asks.
PACKAGES = yaml-0.1 libpng freetype2 nettle zlib libcjson libutf8proc \
           $(shell pkg-config --exists hdf5-serial && echo hdf5-serial || echo hdf5) \
           $(if $(MPI),$(shell pkg-config --exists ompi-c && echo ompi-c || echo mpich))
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wcast-qual -Wvla -Wundef -Wformat=2 -Wno-missing-field-initializers
# No contraction of a*b+c: the same source gives the same bits with every compiler.
ALL_CPPFLAGS = -D_GNU_SOURCE -DBASIN_VERSION='"$(VERSION)"' -Isrc -I. $(PKG_CFLAGS) $(CPPFLAGS)
# One set of objects for the command, the archive and the shared library.
ALL_CFLAGS = -std=c11 -g -fPIC -fno-semantic-interposition -fopenmp -ffp-contract=off -fno-math-errno $(WARNINGS) \
             $(CFLAGS_$(VARIANT)) $(CFLAGS)
ALL_LDFLAGS = -fopenmp $(LDFLAGS_$(VARIANT)) $(LDFLAGS)
# OpenBLAS before GSL, and kept even where only GSL calls it: `pkg-config --libs gsl` would
# bring gslcblas, 20 times slower.
ALL_LDLIBS = -Wl,--no-as-needed -lopenblas -Wl,--as-needed -lgsl -lhdf5_hl $(PKG_LIBS) -ldl -lm $(LDLIBS)

# GSL's element access inline; its range checks stay in the other variants.
CFLAGS_release := -O2 -DHAVE_INLINE -DGSL_RANGE_CHECK_OFF
# As released, but to be loaded by the benchmark.
CFLAGS_bench   := $(CFLAGS_release) -fPIC
CFLAGS_debug   := -O0
CFLAGS_san     := -O1 -fsanitize=address,undefined -fno-omit-frame-pointer \
                  -fno-sanitize-recover=undefined
LDFLAGS_san    := -fsanitize=address,undefined
CFLAGS_tsan    := -O1 -fsanitize=thread
LDFLAGS_tsan   := -fsanitize=thread
CFLAGS_cov     := -O0 --coverage
LDFLAGS_cov    := --coverage
CFLAGS_fuzz    := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
LDFLAGS_fuzz   := -fsanitize=fuzzer,address,undefined
ifneq ($(CI),)
WARNINGS += -Werror
endif
ifeq ($(CFLAGS_$(VARIANT)),)
$(error VARIANT is one of release, debug, san, cov, fuzz, bench; not "$(VARIANT)")
endif

SOURCES := $(filter-out $(if $(MPI),%/ranks_none.c,%/ranks_mpi.c), \
             $(sort $(wildcard src/*/*.c experiments/*.c)))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
COMMAND := $(BUILD)/src/cli/main.o
LIBRARY := $(filter-out $(COMMAND), $(OBJECTS))
UNIT    := $(patsubst tests/unit/%.c, $(BUILD)/tests/%, $(wildcard tests/unit/test_*.c))
UNIT_COMMON := $(patsubst %.c, $(BUILD)/%.o, \
                 $(filter-out tests/unit/test_%, $(wildcard tests/unit/*.c)))
FORMATTED := $(wildcard src/*/*.[ch] experiments/*.[ch] tests/*/*.[ch])

.PHONY: all
all: $(BASIN) ## build the command (VARIANT=release|debug|san|cov, CC=gcc|clang, MPI=1)

$(BASIN): $(COMMAND) $(BUILD)/libbasin.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

$(BUILD)/libbasin.a: $(LIBRARY)
	@rm -f $@
	@$(AR) rcs $@ $^

# The command with an experiment for tests of the harness in the place of the real ones.
$(BUILD)/synthetic: $(COMMAND) $(BUILD)/tests/harness/synthetic.o $(BUILD)/libbasin.a
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

# How ranks scale, simulated.
$(BUILD)/workers: $(BUILD)/tests/harness/workers.o $(BUILD)/tests/unit/simulate.o \
                  $(BUILD)/libbasin.a
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

# Preloaded, makes the disc fail.
$(BUILD)/fault.so: tests/harness/fault.c $(BUILD)/flags
	@$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -shared -fPIC -o $@ $< -ldl

# A run in which every allocation of this project fails once.
STARVED = malloc calloc realloc strdup strndup
$(BUILD)/starved: $(filter-out %/main.o, $(COMMAND)) $(BUILD)/tests/harness/starved.o \
                  $(BUILD)/libbasin.a
	@$(CC) $(ALL_LDFLAGS) $(STARVED:%=-Wl,--wrap=%) -o $@ $^ $(ALL_LDLIBS)

# The compiler and its flags are part of what an object is made from.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@pkg-config --exists $(PACKAGES) 2>/dev/null || \
	    { echo 'libraries are missing: run `make setup` first' >&2; exit 1; }
	@echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)' > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
.PHONY: FORCE

# The provenance of a run names the commit.
$(BUILD)/commit: FORCE
	@mkdir -p $(@D)
	@git describe --always --dirty > $@.new 2>/dev/null || echo unknown > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$(BUILD)/src/run/provenance.o: $(BUILD)/commit
$(BUILD)/src/run/provenance.o: private CPPFLAGS += -DBASIN_COMMIT='"$(shell cat $(BUILD)/commit)"'

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo 'cc $<'
	@$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(UNIT_COMMON) $(BUILD)/libbasin.a
	@mkdir -p $(@D)
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) $(ALL_LDLIBS)

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d build/tidy/*/*.d build/tidy/*/*/*.d)
.SECONDARY:

# Goals after `setup` must wait for it.
ifneq ($(filter setup,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

.PHONY: setup
setup: ## install what is missing (with goals test, test-cluster, bench: what they need, too)
	@src/setup.sh $(patsubst test-%,%,$(filter test test-cluster bench,$(MAKECMDGOALS))) \
	    $(filter cluster,$(PARTS))

CORPUS ?= build/corpus/sotu

.PHONY: corpus
corpus: ## fetch the default text: State of the Union addresses
	@src/transformer/corpus.sh $(CORPUS)

MODEL ?= build/model

.PHONY: model
model: $(BASIN) corpus ## train the small BERT that experiments on encoders read, once
	@$(BASIN) train $(CORPUS) --out $(MODEL)
	@cd $(MODEL) && { sha256sum --quiet --check SHA256SUMS 2>/dev/null || \
	    sha256sum config.json model.safetensors vocab.txt > SHA256SUMS; }

.PHONY: experiment
experiment: $(BASIN) ## run, draw and judge one configuration: CONFIG=capacity.yaml
	@$(BASIN) run $(CONFIG)
	@$(BASIN) plot $(CONFIG) --terminal
	@$(BASIN) check $(CONFIG)

STORED = $(filter-out results/bench/%, $(wildcard results/*/*.h5))

.PHONY: plots
plots: $(BASIN) ## draw all figures again from the stored results alone
	@for result in $(STORED); do $(BASIN) plot $$result || exit; done

# All configurations, or, with QUICK=1, their small forms for continuous integration.
QUICK ?=
JOBS  ?=
CONFIGS = $(sort $(filter-out configs/reference.yaml, \
            $(wildcard $(if $(QUICK),configs/ci/*.yaml,configs/*.yaml))))
RESULTS = results$(if $(QUICK),/quick)
LEDGER  = results/reference/$(if $(QUICK),quick,ledger).tsv
JUDGED  = $(foreach name,$(basename $(notdir $(CONFIGS))),$(RESULTS)/$(name)/$(name).h5)

.PHONY: reproduce
reproduce: $(BASIN) $(if $(QUICK),,model) ## run all configurations (QUICK=1: small ones), write results/LEDGER.md
	@BASIN=$(BASIN) JOBS=$(JOBS) PLOTS=$(if $(QUICK),,plots) \
	    src/report/reproduce.sh $(RESULTS) $(CONFIGS)

.PHONY: check-results
check-results: $(BASIN) ## fails if a stored result (QUICK=1: small) has not the verdict on record
	@$(BASIN) report $(wildcard $(JUDGED)) --against $(LEDGER)

# Peers are packages of the distribution, so is their Python.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)

.PHONY: bench
bench: $(BASIN) ## measure basin against numpy, PyTorch, ONNX Runtime, GSL and HDF5 (QUICK=1: few rows, a minute)
	@$(MAKE) -s VARIANT=bench CC=$(CC) build/bench/bench.so
	@-tests/bench/peers.sh build/peers
	@$(PYTHON) tests/bench/bench.py $(if $(QUICK),--quick) --out $(RESULTS)/bench
	@$(PYTHON) tests/bench/page.py $(RESULTS)/bench/bench.json plots$(if $(QUICK),/quick)/bench/
	@cd plots$(if $(QUICK),/quick)/bench && gnuplot -c ratios.gp svg && gnuplot -c ratios.gp png
	@echo 'plots$(if $(QUICK),/quick)/bench/ratios.png'

.PHONY: bench-harness
bench-harness: $(BUILD)/synthetic $(BUILD)/workers ## what the harness itself costs, into src/docs/cluster.md
	@$(PYTHON) tests/bench/harness.py $^ | src/report/insert.sh harness src/docs/cluster.md

.PHONY: bench-profile
bench-profile: $(BASIN) ## where the processor time of a run goes: CONFIG=capacity.yaml
	@$(PYTHON) tests/bench/profile.py $(CONFIG)

.PHONY: bench-reference
bench-reference: ## put the benchmark on record and its tables into src/docs/benchmark.md
	@mkdir -p plots/reference/bench
	@cp results/bench/bench.json results/reference/bench.json
	@cp plots/bench/ratios.* plots/reference/bench
	@for page in src/docs/benchmark.md README.md; do \
	    $(PYTHON) tests/bench/page.py results/reference/bench.json $$page || exit; done

.PHONY: reference
reference: ## put the ledger on record, with its page and its summary in README.md
	@mkdir -p results/reference
	@cp $(RESULTS)/ledger.tsv $(LEDGER)
	@src/report/ledger.sh page results/reference/ledger.tsv > results/reference/LEDGER.md
	@src/report/ledger.sh summary results/reference/ledger.tsv | src/report/insert.sh ledger README.md

# Ours and the peers in one process, so ours is a shared object.
BENCH := $(patsubst %.c, $(BUILD)/%.o, $(wildcard tests/bench/*.c))

$(BUILD)/bench.so: $(BENCH) $(BUILD)/libbasin.a
	@$(CC) -shared $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

.PHONY: docs
docs: $(BASIN) ## write the pages that come from the tables of fields and verbs
	@$(BASIN) docs reference --out configs/reference.yaml
	@$(BASIN) docs conventions | src/report/insert.sh conventions src/docs/conventions.md

.PHONY: gallery
gallery: $(BASIN) ## run and draw the figures of src/docs/gallery.md
	@src/report/gallery.sh $(BASIN) src/docs/gallery.md

.PHONY: unit
unit: $(UNIT) $(BENCH)

.PHONY: test
test: ## everything: unit, sanitizers, command line, configurations, layers, format
	@tests/run $(PARTS)
PARTS ?=

.PHONY: test-cluster
test-cluster: ## ranks by mpirun, and a Slurm of one node on this machine
	@tests/run cluster

# libFuzzer: every tests/fuzz/fuzz_NAME.c with its corpus tests/fuzz/corpus/NAME.
FUZZER ?= fuzz_config
FUZZ_SECONDS ?= 600

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libbasin.a
	@mkdir -p $(@D)
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

.PHONY: fuzz-one
fuzz-one:
	@$(MAKE) -s VARIANT=fuzz CC=clang build/fuzz/fuzz/$(FUZZER) >/dev/null
	@tests/fuzz/one.sh $(FUZZER) $(FUZZ_SECONDS)

.PHONY: fuzzers
fuzzers: $(patsubst tests/fuzz/%.c, $(BUILD)/fuzz/%, $(wildcard tests/fuzz/fuzz_*.c))

.PHONY: fuzz
fuzz: ## fuzz every parser for FUZZ_SECONDS each
	@for f in $(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c))); do \
	    $(MAKE) -s fuzz-one FUZZER=$$f || exit; done

.PHONY: format
format: ## put all sources into the house's format
	$(CLANG_FORMAT) -i $(FORMATTED)
CLANG_FORMAT ?= clang-format

.PHONY: format-check
format-check:
	@$(CLANG_FORMAT) --dry-run -Werror $(FORMATTED)

# One file per invocation: over several at once clang-tidy 14 reports false va_list errors.
# A stamp stands for a file that was clean with the headers it then had.
TIDY = $(patsubst %.c, build/tidy/%.ok, $(SOURCES) $(wildcard tests/unit/*.c tests/fuzz/*.c tests/harness/*.c))

.PHONY: tidy
tidy: $(TIDY) ## clang-tidy on the sources that changed since they were last clean

build/tidy/%.ok: %.c .clang-tidy tests/.clang-tidy
	@mkdir -p $(@D)
	@echo 'tidy $<'
	@$(CC) $(ALL_CPPFLAGS) -MM -MP -MT $@ -MF $(@:.ok=.d) $<
	@$(CLANG_TIDY) --quiet $< -- $(ALL_CPPFLAGS) -std=c11 -fopenmp > $(@:.ok=.log) 2>&1 || \
	    { grep -v '^[0-9]* warnings\? ' $(@:.ok=.log); exit 1; }
	@touch $@
CLANG_TIDY ?= clang-tidy

# Installation: DESTDIR for packagers, prefix for everybody. PIC objects serve both libraries.
prefix      ?= /usr/local
bindir      ?= $(prefix)/bin
libdir      ?= $(prefix)/lib
includedir  ?= $(prefix)/include/basin
mandir      ?= $(prefix)/share/man
datadir     ?= $(prefix)/share
SOVERSION   := 0
HEADERS     := $(filter-out %/inside.h %/reader.h src/kernels/%, $(wildcard src/*/*.h experiments/*.h))

$(BUILD)/libbasin.so.$(SOVERSION): $(LIBRARY)
	@$(CC) -shared -Wl,-soname,$(@F) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LDLIBS)

$(BUILD)/basin.pc: src/basin.pc.in FORCE
	@sed -e 's|@prefix@|$(prefix)|; s|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|' \
	     -e 's|@version@|$(VERSION)|; s|@private@|$(ALL_LDLIBS)|' $< > $@

.PHONY: install
install: $(BASIN) $(BUILD)/libbasin.so.$(SOVERSION) $(BUILD)/basin.pc ## command, libraries, headers, manual, completion: prefix=, DESTDIR=
	@install -d $(addprefix $(DESTDIR), $(bindir) $(libdir)/pkgconfig $(mandir)/man1 \
	    $(datadir)/bash-completion/completions $(datadir)/zsh/site-functions)
	@install $(BASIN) $(DESTDIR)$(bindir)
	@install -m 644 $(BUILD)/libbasin.a $(DESTDIR)$(libdir)
	@install -m 755 $(BUILD)/libbasin.so.$(SOVERSION) $(DESTDIR)$(libdir)
	@ln -sf libbasin.so.$(SOVERSION) $(DESTDIR)$(libdir)/libbasin.so
	@install -m 644 $(BUILD)/basin.pc $(DESTDIR)$(libdir)/pkgconfig
	@for header in $(HEADERS); do \
	    install -D -m 644 $$header $(DESTDIR)$(includedir)/$${header#src/} || exit; done
	@$(BASIN) docs man --out $(DESTDIR)$(mandir)/man1/basin.1
	@$(BASIN) docs bash --out $(DESTDIR)$(datadir)/bash-completion/completions/basin
	@$(BASIN) docs zsh --out $(DESTDIR)$(datadir)/zsh/site-functions/_basin
	@echo 'installed in $(DESTDIR)$(prefix)'

.PHONY: man
man: $(BASIN) ## write the manual page, build/basin.1
	@$(BASIN) docs man --out build/basin.1

.PHONY: clean
clean: ## remove what was built; results and plots stay
	rm -rf build

.PHONY: help
help:
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 18
