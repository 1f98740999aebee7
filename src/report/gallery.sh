#!/bin/bash
# Runs the configurations of the gallery, draws its figures into plots/reference/gallery and
# writes the page's list.
#   src/report/gallery.sh BASIN src/docs/gallery.md
set -eu
basin=$1
page=$2
to=plots/reference/gallery
# Configuration/figure: few, and small as SVG.
figures="fixed-points/count beta/weight beta/spread gallery/target-weight kernel-bias/bias approximation/order rate/ratio
separation/recall correlation/recall spread-random/heads spread-random/classes spread-performer/heads
capacity-diagonal/overlap"
mkdir -p "$to"
for figure in $figures; do
    name=${figure%/*}
    "$basin" run "$name" --quiet --extend
    "$basin" plot "$name" --quiet --format svg
    cp "plots/$name/${figure#*/}.svg" "$to/$name-${figure#*/}.svg"
done
for figure in $figures; do
    name=${figure%/*}
    # The first line of a script is the figure's title.
    title=$(sed -n '1s/^# //p' "plots/$figure.gp")
    printf '%s, from [%s.yaml](../../configs/%s.yaml)\n\n' "**$title**" "$name" "$name"
    printf '![%s](../../%s/%s-%s.svg)\n\n' "$title" "$to" "$name" "${figure#*/}"
done | src/report/insert.sh gallery "$page"
