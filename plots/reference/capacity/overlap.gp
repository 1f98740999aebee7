# The overlap with the stored pattern collapses near 0.138 patterns per unit
# Figure overlap of basin's plan cc8c2ce4c647228c19f22e37238a75f7, drawn from the results alone.
# Draw it again: gnuplot -d -c overlap.gp svg (or png, pdf, tex, dumb)
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
if (!text && format ne 'sixel') { set output 'overlap'.(format eq 'tex' ? '-tex' : '').'.'.format }

set border 3 lc rgb '#444444'
set tics out nomirror
set format '%.6g'
set style fill solid noborder
set pointintervalbox 0
if (!text) { set grid lt 1 lw 0.6 lc rgb '#e0e0e0' back }
shade(value) = text ? NaN : value
set title 'The overlap with the stored pattern collapses near 0.138 patterns per unit'."\n "
set key outside right top vertical Left reverse noinvert spacing 1.25 samplen 2.5 title 'dimension'.(format eq 'tex' ? "\n " : '') left width 0
if (text) { set key below horizontal title '' }
$curve0 << EOD
0.02 1 1 1
0.03 1 1 1
0.04 1 1 1
0.05 0.99998 0.999950879 1.00000912
0.06 0.999925 0.999872285 0.999977715
0.07 0.99985 0.999733645 0.999966355
0.08 0.99945 0.999222357 0.999677643
0.09 0.998295 0.996720555 0.999869445
0.1 0.997375 0.995563312 0.999186688
0.11 0.99395 0.991079119 0.996820881
0.12 0.991195 0.98793282 0.99445718
0.13 0.979795 0.97444814 0.98514186
0.14 0.947685 0.932115658 0.963254342
0.15 0.919225 0.903439362 0.935010638
0.16 0.84784 0.822374529 0.873305471
0.17 0.79873 0.772969229 0.824490771
0.18 0.69746 0.674554196 0.720365804
0.19 0.60844 0.573453468 0.643426532
0.2 0.5398 0.511851117 0.567748883
0.21 0.47133 0.443589852 0.499070148
0.22 0.443045 0.429305934 0.456784066
0.23 0.39161 0.368227154 0.414992846
0.24 0.381325 0.358635514 0.404014486
EOD
$curve1 << EOD
0.02 1 1 1
0.03 1 1 1
0.04 1 1 1
0.05 0.9999925 0.999983908 1.00000109
0.06 0.9999425 0.999913411 0.999971589
0.07 0.9998425 0.99978506 0.99989994
0.08 0.999595 0.999519994 0.999670006
0.09 0.999135 0.998977624 0.999292376
0.1 0.9979 0.997649611 0.998150389
0.11 0.995795 0.99480565 0.99678435
0.12 0.9925025 0.990636993 0.994368007
0.13 0.978485 0.973271142 0.983698858
0.14 0.9340525 0.921547893 0.946557107
0.15 0.8762125 0.855032719 0.897392281
0.16 0.7627025 0.739751151 0.785653849
0.17 0.5992 0.569773209 0.628626791
0.18 0.4839275 0.45709414 0.51076086
0.19 0.4204125 0.400987251 0.439837749
0.2 0.3637125 0.346223984 0.381201016
0.21 0.3472625 0.331510983 0.363014017
0.22 0.33811 0.325497111 0.350722889
0.23 0.3271625 0.317696143 0.336628857
0.24 0.324795 0.313009509 0.336580491
EOD
$curve2 << EOD
0.02 1 1 1
0.03 1 1 1
0.04 1 1 1
0.05 0.99999 0.99998326 0.99999674
0.06 0.99997125 0.999954754 0.999987746
0.07 0.99984 0.999809607 0.999870393
0.08 0.99958875 0.999528972 0.999648528
0.09 0.9989825 0.998875299 0.999089701
0.1 0.99788375 0.997720391 0.998047109
0.11 0.9963 0.99593325 0.99666675
0.12 0.99137875 0.989144034 0.993613466
0.13 0.97891625 0.972432092 0.985400408
0.14 0.931555 0.915853772 0.947256228
0.15 0.80213375 0.781066297 0.823201203
0.16 0.59145125 0.56062592 0.62227658
0.17 0.420035 0.397750351 0.442319649
0.18 0.33040625 0.319739194 0.341073306
0.19 0.30808875 0.298718298 0.317459202
0.2 0.3059775 0.297750588 0.314204412
0.21 0.2993775 0.293049948 0.305705052
0.22 0.28693375 0.281669848 0.292197652
0.23 0.2977825 0.290530136 0.305034864
0.24 0.29085375 0.284322436 0.297385064
EOD
$curve3 << EOD
0.02 1 NaN NaN
0.0211 1 NaN NaN
0.0222 1 NaN NaN
0.0233 1 NaN NaN
0.0244 1 NaN NaN
0.0255 1 NaN NaN
0.0266 0.999999999 NaN NaN
0.0277 0.999999998 NaN NaN
0.0288 0.999999996 NaN NaN
0.0299 0.999999993 NaN NaN
0.031 0.999999987 NaN NaN
0.0321 0.999999976 NaN NaN
0.0332 0.999999959 NaN NaN
0.0343 0.999999933 NaN NaN
0.0354 0.999999893 NaN NaN
0.0365 0.999999834 NaN NaN
0.0376 0.999999749 NaN NaN
0.0387 0.999999629 NaN NaN
0.0398 0.999999463 NaN NaN
0.0409 0.999999237 NaN NaN
0.042 0.999998936 NaN NaN
0.0431 0.99999854 NaN NaN
0.0442 0.999998028 NaN NaN
0.0453 0.999997374 NaN NaN
0.0464 0.99999655 NaN NaN
0.0475 0.999995522 NaN NaN
0.0486 0.999994253 NaN NaN
0.0497 0.999992705 NaN NaN
0.0508 0.999990831 NaN NaN
0.0519 0.999988584 NaN NaN
0.053 0.99998591 NaN NaN
0.0541 0.999982752 NaN NaN
0.0552 0.999979048 NaN NaN
0.0563 0.999974733 NaN NaN
0.0574 0.999969737 NaN NaN
0.0585 0.999963986 NaN NaN
0.0596 0.9999574 NaN NaN
0.0607 0.999949896 NaN NaN
0.0618 0.999941389 NaN NaN
0.0629 0.999931786 NaN NaN
0.064 0.999920991 NaN NaN
0.0651 0.999908905 NaN NaN
0.0662 0.999895424 NaN NaN
0.0673 0.999880438 NaN NaN
0.0684 0.999863834 NaN NaN
0.0695 0.999845496 NaN NaN
0.0706 0.9998253 NaN NaN
0.0717 0.99980312 NaN NaN
0.0728 0.999778825 NaN NaN
0.0739 0.999752276 NaN NaN
0.075 0.999723332 NaN NaN
0.0761 0.999691846 NaN NaN
0.0772 0.999657663 NaN NaN
0.0783 0.999620626 NaN NaN
0.0794 0.999580567 NaN NaN
0.0805 0.999537314 NaN NaN
0.0816 0.999490688 NaN NaN
0.0827 0.999440501 NaN NaN
0.0838 0.999386558 NaN NaN
0.0849 0.999328654 NaN NaN
0.086 0.999266575 NaN NaN
0.0871 0.999200099 NaN NaN
0.0882 0.999128989 NaN NaN
0.0893 0.999053 NaN NaN
0.0904 0.998971873 NaN NaN
0.0915 0.998885333 NaN NaN
0.0926 0.998793094 NaN NaN
0.0937 0.99869485 NaN NaN
0.0948 0.998590279 NaN NaN
0.0959 0.998479039 NaN NaN
0.097 0.998360766 NaN NaN
0.0981 0.998235073 NaN NaN
0.0992 0.998101547 NaN NaN
0.1003 0.997959746 NaN NaN
0.1014 0.997809196 NaN NaN
0.1025 0.997649388 NaN NaN
0.1036 0.997479773 NaN NaN
0.1047 0.997299758 NaN NaN
0.1058 0.997108702 NaN NaN
0.1069 0.996905907 NaN NaN
0.108 0.996690614 NaN NaN
0.1091 0.99646199 NaN NaN
0.1102 0.996219125 NaN NaN
0.1113 0.995961014 NaN NaN
0.1124 0.995686547 NaN NaN
0.1135 0.995394489 NaN NaN
0.1146 0.995083464 NaN NaN
0.1157 0.994751928 NaN NaN
0.1168 0.99439814 NaN NaN
0.1179 0.994020123 NaN NaN
0.119 0.993615622 NaN NaN
0.1201 0.993182037 NaN NaN
0.1212 0.992716357 NaN NaN
0.1223 0.992215053 NaN NaN
0.1234 0.991673949 NaN NaN
0.1245 0.991088045 NaN NaN
0.1256 0.990451272 NaN NaN
0.1267 0.989756145 NaN NaN
0.1278 0.988993253 NaN NaN
0.1289 0.988150498 NaN NaN
0.13 0.987211891 NaN NaN
0.1311 0.986155549 NaN NaN
0.1322 0.984950156 NaN NaN
0.1333 0.983548109 NaN NaN
0.1344 0.981870559 NaN NaN
0.1355 0.979768233 NaN NaN
0.1366 0.976880634 NaN NaN
0.1377 0.971427565 NaN NaN

EOD
set arrow 1 from 0.1379,graph 0 to 0.1379,graph 1 nohead lw 1.2 dt '.' lc rgb '#444444'
set label 1 'alpha_c = 0.1379' at 0.1379,graph 1 center offset 0,0.6 front tc rgb '#444444'
set xrange [0.0112:0.2488]
set xtics 0.05
set xlabel 'load alpha = N / d (patterns per unit)'
set yrange [0.252936277:1.02874269]
set ylabel 'overlap of the end state with the pattern'
plot $curve0 using 1:(shade($3)):4 with filledcurves fill transparent solid 0.20 noborder lc rgb '#0072B2' notitle, \
     $curve1 using 1:(shade($3)):4 with filledcurves fill transparent solid 0.20 noborder lc rgb '#D55E00' notitle, \
     $curve2 using 1:(shade($3)):4 with filledcurves fill transparent solid 0.20 noborder lc rgb '#009E73' notitle, \
     $curve3 using 1:2 with lines lw 2.2 dt '_' lc rgb '#333333' notitle, \
     $curve0 using 1:2 with linespoints lw 2 dt 1 lc rgb '#0072B2' pt 7 ps 0.8 notitle, \
     $curve1 using 1:2 with linespoints lw 2 dt 1 lc rgb '#D55E00' pt 5 ps 0.8 notitle, \
     $curve2 using 1:2 with linespoints lw 2 dt 1 lc rgb '#009E73' pt 9 ps 0.8 notitle, \
     keyentry with linespoints lw 2 dt 1 lc rgb '#0072B2' pt 7 ps 0.8 title '500', \
     keyentry with linespoints lw 2 dt 1 lc rgb '#D55E00' pt 5 ps 0.8 title '1000', \
     keyentry with linespoints lw 2 dt 1 lc rgb '#009E73' pt 9 ps 0.8 title '2000', \
     keyentry with lines lw 2.2 dt '_' lc rgb '#333333' title 'theory: ags overlap'
if (!text) { unset output }
