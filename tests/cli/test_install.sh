#!/bin/bash
# Installed as a packager would: what is where, what the libraries export, and a program
# with a rule and an experiment of its own built against it, by both libraries.
source "$(dirname "$0")/lib.sh"

prefix=$work/usr
ok "make install" make -s -C "$top" install prefix="$prefix"
for file in bin/basin lib/libbasin.a lib/libbasin.so lib/pkgconfig/basin.pc share/man/man1/basin.1 \
    share/bash-completion/completions/basin share/zsh/site-functions/_basin include/basin/rules/rule.h; do
    ok "installs $file" test -s "$prefix/$file"
done
ok "DESTDIR stands before the prefix" sh -c \
    "make -s -C '$top' install DESTDIR='$work/stage' prefix=/usr && test -x stage/usr/bin/basin && grep -q '^prefix=/usr$' stage/usr/lib/pkgconfig/basin.pc"
for library in libbasin.a libbasin.so; do
    [ $library = libbasin.so ] && dynamic=-D || dynamic=-g
    foreign=$(nm "$dynamic" --defined-only "$prefix/lib/$library" 2>/dev/null | awk 'NF == 3 && $3 !~ /^basin_/ { print $3 }')
    ok "$library exports basin_ symbols alone: $foreign" test -z "$foreign"
done

cp -r "$top/tests/example" example
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
ok "a program outside the tree builds" make -s -C example
export LD_LIBRARY_PATH=$prefix/lib
own=$work/example/mybasin
says "its rule is listed" 0 'the nearest stored pattern' "$own" list rules
says "its experiment is listed" 0 'tosses of a biased coin' "$own" list experiments
ok "its experiment has a configuration" "$own" new coin --out configs/coin.yaml
ok "which runs" "$own" run coin.yaml --quiet
ok "and draws" "$own" plot coin.yaml --quiet
cat > configs/own.yaml <<'YAML'
experiment: retrieval
replicates: 4
cues: 10
patterns: {kind: polar, dimension: 100}
cue: {flip: 0.1}
rules:
  - {label: nearest, rule: nearest, steps: 1}
  - {label: one step, rule: classical, steps: 1}
sweep: [{grid: {load: [0.05, 0.3]}}]
claims:
  - id: nearest
    says: the nearest pattern is the right one
    measure: {statistic: mean, of: error, where: {label: nearest}}
    expect: {at_most: 0}
YAML
ok "its rule runs beside a built-in one" "$own" run own.yaml --quiet
says "and is judged" 0 'supported' "$own" check own.yaml
says "basin itself does not know the rule" 2 'rule must be one of' "$basin" run own.yaml --out other
says "a parameter is checked as others are" 2 'margin' "$own" run own.yaml --set rules.0.margin=-1 --out other
ok "the static library serves as well" sh -c \
    "cd example && rm '$prefix/lib/libbasin.so' && rm mybasin && make -s LDLIBS=\"\$(pkg-config --libs --static basin)\" && ./mybasin list rules | grep -q nearest"
