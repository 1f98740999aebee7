# basin: build, test, run. `make help` lists the targets.
#
#   make setup experiment CONFIG=capacity.yaml
#   make setup test

VARIANT ?= release
CC      ?= cc
CONFIG  ?= capacity.yaml
CLANG_FORMAT ?= clang-format
CLANG_TIDY   ?= clang-tidy

BUILD := build/$(VARIANT)
BASIN := $(BUILD)/basin

# HDF5 by its serial name: `hdf5` may be the MPI build.
HDF5 := $(shell pkg-config --exists hdf5-serial && echo hdf5-serial || echo hdf5)
PACKAGES := yaml-0.1 libpng freetype2 nettle zlib $(HDF5)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wcast-qual -Wvla -Wundef -Wformat=2
# No contraction of a*b+c: the same source gives the same bits with every compiler.
CPPFLAGS += -D_GNU_SOURCE -Isrc -I. $(shell pkg-config --cflags $(PACKAGES))
CFLAGS   += -std=c11 -g -fopenmp -ffp-contract=off -fno-math-errno $(WARNINGS) $(CFLAGS_$(VARIANT))
LDFLAGS  += -fopenmp $(LDFLAGS_$(VARIANT))
# OpenBLAS before GSL: `pkg-config --libs gsl` would bring gslcblas, 20 times slower.
LDLIBS   += -lopenblas -lgsl -lhdf5_hl $(shell pkg-config --libs $(PACKAGES)) -lm

CFLAGS_release := -O2
CFLAGS_debug   := -O0
CFLAGS_san     := -O1 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
LDFLAGS_san    := -fsanitize=address,undefined
CFLAGS_cov     := -O0 --coverage
LDFLAGS_cov    := --coverage
ifneq ($(CI),)
CFLAGS += -Werror
endif

SOURCES := $(sort $(wildcard src/*/*.c experiments/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(filter-out $(BUILD)/src/cli/%, $(OBJECTS))
COMMAND := $(filter $(BUILD)/src/cli/%, $(OBJECTS))
UNIT    := $(patsubst tests/unit/%.c, $(BUILD)/tests/%, $(sort $(wildcard tests/unit/test_*.c)))
FORMATTED := $(wildcard src/*/*.[ch] experiments/*.[ch] tests/*/*.[ch])

.PHONY: all
all: $(BASIN)

$(BASIN): $(COMMAND) $(BUILD)/libbasin.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libbasin.a: $(LIBRARY)
	@rm -f $@
	$(AR) rcs $@ $^

# The flags are part of what an object is made from.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS) $(CFLAGS)' > $@
.PHONY: FORCE

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo 'cc $<'
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(BUILD)/tests/unit/main.o $(BUILD)/libbasin.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) $(LDLIBS)

-include $(wildcard $(BUILD)/*/*/*.d $(BUILD)/*/*.d)

.SECONDARY:
.PHONY: unit
unit: $(UNIT)

.PHONY: clean
clean:
	rm -rf build
