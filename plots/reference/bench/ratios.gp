# How many times faster than each peer, in the set-up "best"
# Drawn from the recorded benchmark alone. Draw it again: gnuplot -c ratios.gp svg (or png)
set encoding utf8
format = ARGC > 0 ? ARG1 : 'svg'
if (format eq 'svg') {
    set terminal svg size 960,1562 font 'sans-serif,15' noenhanced background 'white'
} else {
    set terminal pngcairo size 1440,2343 font 'sans,11.5' fontscale 1.5 linewidth 1.5 \
        pointscale 1.3 noenhanced
}
set output 'ratios.'.format
set border 1 lc rgb '#444444'
set tics out nomirror
set grid x lt 1 lw 0.6 lc rgb '#e0e0e0' back
set title 'basin against peers that are set up as well as can be'
set xlabel 'times faster than the peer (logarithmic scale)'
set logscale x
set xrange [0.6231158835388008:1042.7616359008553]
set yrange [59:0]
set ytics scale 0 ('async d=1000 N=100 / numpy 64 at once' 1, 'async d=1000 N=100 / python per neuron' 2, 'async d=2000 N=200 / numpy 64 at once' 3, 'async d=2000 N=200 / python per neuron' 4, 'async d=4000 N=400 / numpy 64 at once' 5, 'async d=4000 N=400 / python per neuron' 6, 'attention L=1024 d=64 / torch' 7, 'attention L=4096 d=64 / torch' 8, 'small encoder / torch' 9, 'small encoder, k90 / torch' 10, 'BERT-base 2 x 512 / torch' 11, 'BERT-base 2 x 512, k90 / torch' 12, 'dense z^3 d=256 N=4000 / torch table of F' 13, 'dense z^3 d=256 N=4000 / torch closed form' 14, 'dense z^3 d=512 N=4000 / torch table of F' 15, 'dense z^3 d=512 N=4000 / torch closed form' 16, 'FAVOR+ L=1024 / performer-pytorch' 17, 'FAVOR+ L=1024 / torch tuned' 18, 'FAVOR+ L=4096 / performer-pytorch' 19, 'FAVOR+ L=4096 / torch tuned' 20, 'FAVOR+ L=16384 / performer-pytorch' 21, 'FAVOR+ L=16384 / torch tuned' 22, 'Gaussians, 10^6 / gsl ziggurat' 23, 'Gaussians, 10^6 / numpy float32' 24, 'Gaussians, 10^6 / torch' 25, 'k90 of 73728 rows / torch sort' 26, 'k90 of 6144 rows / torch sort' 27, 'softmax d=64 N=10000 / torch' 28, 'softmax d=64 N=10000 / torch 64 at a time' 29, 'softmax d=64 N=10000 / hopfield-layers' 30, 'softmax d=256 N=10000 / torch' 31, 'softmax d=256 N=10000 / torch 64 at a time' 32, 'softmax d=256 N=10000 / hopfield-layers' 33, 'softmax d=1024 N=10000 / torch' 34, 'softmax d=1024 N=10000 / torch 64 at a time' 35, 'softmax d=1024 N=10000 / hopfield-layers' 36, 'softmax d=64 N=100000 / torch' 37, 'softmax d=64 N=100000 / torch 64 at a time' 38, 'softmax d=64 N=100000 / hopfield-layers' 39, 'softmax d=256 N=100000 / torch' 40, 'softmax d=256 N=100000 / torch 64 at a time' 41, 'softmax d=256 N=100000 / hopfield-layers' 42, 'sparsemax d=64 N=10000 / torch sort' 43, 'sparsemax d=256 N=10000 / torch sort' 44, 'sweep rows / C HDF5 row by row' 45, 'sweep rows / h5py row by row' 46, 'sweep rows, fsynced / C HDF5 row by row' 47, 'sweep rows, fsynced / h5py row by row' 48, 'sync d=1000 N=140 / numpy W S' 49, 'sync d=1000 N=140 / numpy low rank' 50, 'sync d=2000 N=200 / numpy W S' 51, 'sync d=2000 N=200 / numpy low rank' 52, 'sync d=2000 N=280 / numpy W S' 53, 'sync d=2000 N=280 / numpy low rank' 54, 'sync d=4000 N=400 / numpy W S' 55, 'sync d=4000 N=400 / numpy low rank' 56, 'training step / torch, hidden words' 57, 'training step / torch, all tokens' 58)
set key outside below center horizontal height 1 spacing 1.25 samplen 1.5
set lmargin 46
set rmargin 4
set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb '#444444' lw 1.2 back
$met << EOD
96.029 88.461 99.242 1
656.32 631.19 802.12 2
59.11 55.024 59.829 3
581.04 511.13 596.38 4
52.851 38.297 56.6 5
551.34 532.2 661.87 6
52.279 49.36 53.305 15
1.4177 1.3028 1.4472 32
1.3004 1.2355 1.5692 35
1.968 1.7239 2.2557 38
1.6392 1.5472 1.7846 41
44.471 39.405 47.546 43
1.5008 1.4802 1.5114 57
EOD
$missed << EOD
1.0248 0.99702 1.0872 11
41.431 37.068 43.982 13
1.4965 1.3973 1.5645 14
1.9316 1.8906 1.9863 16
1.2045 1.1569 1.2621 21
0.92706 0.888 0.97522 22
3.0409 2.9378 3.6085 23
2.3774 2.3382 2.4343 24
0.99777 0.96015 1.274 25
27.991 25.777 39.29 26
1.6648 1.5566 1.7301 28
1.7037 1.6537 1.75 29
1.5008 1.4393 1.525 30
1.1871 1.0826 1.2527 31
1.1597 1.1184 1.2012 33
1.0413 0.95329 1.1707 34
1.0646 0.91581 1.1403 36
1.6147 1.4845 1.7147 37
1.599 1.4489 1.6278 39
1.2016 1.1455 1.3513 40
1.1682 0.86888 1.3145 42
14.202 13.314 15.499 44
5.894 5.5415 9.1621 45
161.97 136.15 186.41 46
11.082 10.098 11.488 51
5.3875 5.0959 5.5429 52
9.0685 8.5853 9.0931 53
4.1885 3.9774 4.2976 54
17.242 11.091 17.625 55
5.9972 4.1484 6.7437 56
2.0737 2.06 2.1461 58
EOD
$free << EOD
1.351 1.3332 1.3747 7
1.6966 1.6645 1.7706 8
0.98538 0.81005 1.147 9
1.5792 1.3861 1.6859 10
2.3973 2.3706 2.4432 12
1.3481 1.1626 1.4121 17
1.1047 0.83249 1.132 18
1.0243 1.0037 1.1894 19
0.83105 0.81562 1.1217 20
36.527 27.278 38.304 27
4.137 3.61 6.5743 47
92.928 76.605 104.57 48
6.1546 6.0495 6.2755 49
3.5701 3.5131 3.6864 50
EOD
$goals << EOD
20 1
220 2
20 3
220 4
20 5
220 6
1.1 11
50 13
2.5 14
50 15
2.5 16
2.8 21
2.4 22
5 23
5 24
3 25
40 26
1.9 28
1.9 29
1.9 30
1.4 31
1.4 32
1.4 33
1.15 34
1.15 35
1.15 36
1.9 37
1.9 38
1.9 39
1.4 40
1.4 41
1.4 42
35 43
15 44
40 45
1000 46
20 51
10 52
20 53
10 54
20 55
10 56
1.35 57
2.1 58
EOD
plot $met using 1:4:2:3 with xerrorbars pt 7 lc rgb '#0072B2' title 'goal met', \
     $missed using 1:4:2:3 with xerrorbars pt 5 lc rgb '#D55E00' title 'goal missed', \
     $free using 1:4:2:3 with xerrorbars pt 9 lc rgb '#888888' title 'no goal set', \
     $goals using 1:2 with points pt 2 lw 1.5 lc rgb '#000000' title 'goal'
