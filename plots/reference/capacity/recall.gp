# The larger the network, the steeper the fall
# Figure recall of basin's plan cc8c2ce4c647228c19f22e37238a75f7, drawn from the results alone.
# Draw it again: gnuplot -d -c recall.gp svg (or png, pdf, tex, dumb)
set encoding utf8
format = ARGC > 0 ? ARG1 : 'svg'
text = format eq 'dumb'
columns = ARGC > 1 ? int(ARG2) : 79
if (format eq 'svg') {
    set terminal svg size 960,600 font 'sans-serif,17' noenhanced background 'white'
} else { if (format eq 'png') {
    set terminal pngcairo size 1440,900 font 'sans,12.5' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
} else { if (format eq 'pdf') {
    set terminal pdfcairo size 10.000,6.250 font 'sans,12.5' fontscale 0.75 linewidth 1 pointscale 1 noenhanced
} else { if (format eq 'tex') {
    set terminal cairolatex pdf size 6.000,3.750 font ',10' fontscale 0.75 linewidth 1 pointscale 1 header '\fontsize{10}{12}\selectfont'
} else { if (format eq 'sixel') {
    set terminal sixelgd size 960,600 font 'sans,12' noenhanced
} else { if (text) {
    set terminal dumb noenhanced mono size columns,24
} else {
    print 'use svg, png, pdf, tex, sixel or dumb, not '.format
    exit status 1
}}}}}}
if (!text && format ne 'sixel') { set output 'recall'.(format eq 'tex' ? '-tex' : '').'.'.format }

set border 3 lc rgb '#444444'
set tics out nomirror
set format '%.6g'
set style fill solid noborder
set pointintervalbox 0
if (!text) { set grid lt 1 lw 0.6 lc rgb '#e0e0e0' back }
shade(value) = text ? NaN : value
set title 'The larger the network, the steeper the fall'."\n "
set key outside right top vertical Left reverse noinvert spacing 1.25 samplen 2.5 title 'dimension'.(format eq 'tex' ? "\n " : '') left width 2
if (text) { set key below horizontal title '' }
$curve0 << EOD
0.02 1 1 1
0.03 1 1 1
0.04 1 1 1
0.05 1 1 1
0.06 1 1 1
0.07 1 1 1
0.08 1 1 1
0.09 0.99875 0.996085688 1.00141431
0.1 0.9975 0.993859857 1.00114014
0.11 0.99125 0.983497508 0.999002492
0.12 0.98875 0.979242724 0.998257276
0.13 0.96625 0.950338309 0.982161691
0.14 0.88875 0.860967814 0.916532186
0.15 0.8375 0.804970653 0.870029347
0.16 0.6875 0.642306065 0.732693935
0.17 0.59125 0.534326761 0.648173239
0.18 0.425 0.390521429 0.459478571
0.19 0.28375 0.236855082 0.330644918
0.2 0.21125 0.182398237 0.240101763
0.21 0.10375 0.0753612177 0.132138782
0.22 0.05625 0.0374985936 0.0750014064
0.23 0.0175 0.00729646213 0.0277035379
0.24 0.01 0.00325976472 0.0167402353
EOD
$curve1 << EOD
0.02 1 1 1
0.03 1 1 1
0.04 1 1 1
0.05 1 1 1
0.06 1 1 1
0.07 1 1 1
0.08 1 1 1
0.09 1 1 1
0.1 1 1 1
0.11 0.99875 0.996085688 1.00141431
0.12 0.99625 0.991953926 1.00054607
0.13 0.97 0.957093432 0.982906568
0.14 0.895 0.871813852 0.918186148
0.15 0.78 0.738087514 0.821912486
0.16 0.59625 0.557487542 0.635012458
0.17 0.34125 0.295623577 0.386876423
0.18 0.17375 0.13607722 0.21142278
0.19 0.09375 0.0760368335 0.111463166
0.2 0.0325 0.0202712242 0.0447287758
0.21 0.01625 0.00509377372 0.0274062263
0.22 0.005 0.000233933926 0.00976606607
0.23 0 0 0
0.24 0.00125 -0.00141431193 0.00391431193
EOD
$curve2 << EOD
0.02 1 1 1
0.03 1 1 1
0.04 1 1 1
0.05 1 1 1
0.06 1 1 1
0.07 1 1 1
0.08 1 1 1
0.09 1 1 1
0.1 1 1 1
0.11 1 1 1
0.12 0.99625 0.991953926 1.00054607
0.13 0.98125 0.969925368 0.992574632
0.14 0.91 0.881938163 0.938061837
0.15 0.70625 0.674226493 0.738273507
0.16 0.3925 0.344700531 0.440299469
0.17 0.1425 0.11289535 0.17210465
0.18 0.03375 0.0204284403 0.0470715597
0.19 0.00875 0.00204496201 0.015455038
0.2 0.00125 -0.00141431193 0.00391431193
0.21 0 0 0
0.22 0 0 0
0.23 0 0 0
0.24 0 0 0
EOD
set arrow 1 from 0.1379,graph 0 to 0.1379,graph 1 nohead lw 1.2 dt '.' lc rgb '#444444'
set label 1 'alpha_c = 0.1379' at 0.1379,graph 1 center offset 0,0.6 front tc rgb '#444444'
set xrange [0.0112:0.2488]
set xtics 0.05
set xlabel 'load alpha = N / d (patterns per unit)'
set yrange [-0.0415274569:1.04152746]
set ylabel 'fraction of cues recalled'
plot $curve0 using 1:(shade($3)):4 with filledcurves fill transparent solid 0.20 noborder lc rgb '#0072B2' notitle, \
     $curve1 using 1:(shade($3)):4 with filledcurves fill transparent solid 0.20 noborder lc rgb '#D55E00' notitle, \
     $curve2 using 1:(shade($3)):4 with filledcurves fill transparent solid 0.20 noborder lc rgb '#009E73' notitle, \
     $curve0 using 1:2 with linespoints lw 2 dt 1 lc rgb '#0072B2' pt 7 ps 0.8 notitle, \
     $curve1 using 1:2 with linespoints lw 2 dt 1 lc rgb '#D55E00' pt 5 ps 0.8 notitle, \
     $curve2 using 1:2 with linespoints lw 2 dt 1 lc rgb '#009E73' pt 9 ps 0.8 notitle, \
     keyentry with linespoints lw 2 dt 1 lc rgb '#0072B2' pt 7 ps 0.8 title '500', \
     keyentry with linespoints lw 2 dt 1 lc rgb '#D55E00' pt 5 ps 0.8 title '1000', \
     keyentry with linespoints lw 2 dt 1 lc rgb '#009E73' pt 9 ps 0.8 title '2000'
if (!text) { unset output }
