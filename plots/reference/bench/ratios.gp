# How many times faster than each peer, in the set-up "best"
# Drawn from the recorded benchmark alone. Draw it again: gnuplot -c ratios.gp svg (or png)
set encoding utf8
format = ARGC > 0 ? ARG1 : 'svg'
if (format eq 'svg') {
    set terminal svg size 960,1874 font 'sans-serif,15' noenhanced background 'white'
} else {
    set terminal pngcairo size 1440,2811 font 'sans,11.5' fontscale 1.5 linewidth 1.5 \
        pointscale 1.3 noenhanced
}
set output 'ratios.'.format
set border 1 lc rgb '#444444'
set tics out nomirror
set grid x lt 1 lw 0.6 lc rgb '#e0e0e0' back
set title 'basin against peers that are set up as well as can be'
set xlabel 'times faster than the peer (logarithmic scale)'
set logscale x
set xrange [0.6800362610950406:1445.1489171944627]
set yrange [72:0]
set ytics scale 0 ('async d=1000 N=100 / numpy 64 at once' 1, 'async d=1000 N=100 / python per neuron' 2, 'async d=1000 N=100 / engine: reference' 3, 'async d=2000 N=200 / numpy 64 at once' 4, 'async d=2000 N=200 / python per neuron' 5, 'async d=2000 N=200 / engine: reference' 6, 'async d=4000 N=400 / numpy 64 at once' 7, 'async d=4000 N=400 / python per neuron' 8, 'async d=4000 N=400 / engine: reference' 9, 'attention L=1024 d=64 / torch' 10, 'attention L=4096 d=64 / torch' 11, 'small encoder / torch' 12, 'small encoder / ONNX Runtime' 13, 'small encoder, k90 / torch' 14, 'BERT-base 2 x 512 / torch' 15, 'BERT-base 2 x 512 / ONNX Runtime' 16, 'BERT-base 2 x 512, k90 / torch' 17, 'capacity.yaml / engine: reference' 18, 'dense z^3 d=256 N=4000 / torch table of F' 19, 'dense z^3 d=256 N=4000 / torch closed form' 20, 'dense z^3 d=512 N=4000 / torch table of F' 21, 'dense z^3 d=512 N=4000 / torch closed form' 22, 'FAVOR+ L=1024 / performer-pytorch' 23, 'FAVOR+ L=1024 / torch tuned' 24, 'FAVOR+ L=4096 / performer-pytorch' 25, 'FAVOR+ L=4096 / torch tuned' 26, 'FAVOR+ L=16384 / performer-pytorch' 27, 'FAVOR+ L=16384 / torch tuned' 28, 'Gaussians, 10^6 / gsl ziggurat' 29, 'Gaussians, 10^6 / numpy float32' 30, 'Gaussians, 10^6 / torch' 31, 'k90 of 73728 rows / torch sort' 32, 'k90 of 6144 rows / torch sort' 33, 'softmax d=64 N=10000 / torch' 34, 'softmax d=64 N=10000 / torch 64 at a time' 35, 'softmax d=64 N=10000 / hopfield-layers' 36, 'softmax d=64 N=10000 / ONNX Runtime' 37, 'softmax d=256 N=10000 / torch' 38, 'softmax d=256 N=10000 / torch 64 at a time' 39, 'softmax d=256 N=10000 / hopfield-layers' 40, 'softmax d=256 N=10000 / ONNX Runtime' 41, 'softmax d=1024 N=10000 / torch' 42, 'softmax d=1024 N=10000 / torch 64 at a time' 43, 'softmax d=1024 N=10000 / hopfield-layers' 44, 'softmax d=1024 N=10000 / ONNX Runtime' 45, 'softmax d=64 N=100000 / torch' 46, 'softmax d=64 N=100000 / torch 64 at a time' 47, 'softmax d=64 N=100000 / hopfield-layers' 48, 'softmax d=256 N=100000 / torch' 49, 'softmax d=256 N=100000 / torch 64 at a time' 50, 'softmax d=256 N=100000 / hopfield-layers' 51, 'sparsemax d=64 N=10000 / torch sort' 52, 'sparsemax d=256 N=10000 / torch sort' 53, 'sweep rows / C HDF5 row by row' 54, 'sweep rows / h5py row by row' 55, 'sweep rows, fsynced / C HDF5 row by row' 56, 'sweep rows, fsynced / h5py row by row' 57, 'sync d=1000 N=140 / numpy W S' 58, 'sync d=1000 N=140 / numpy low rank' 59, 'sync d=1000 N=140 / engine: reference' 60, 'sync d=2000 N=200 / numpy W S' 61, 'sync d=2000 N=200 / numpy low rank' 62, 'sync d=2000 N=200 / engine: reference' 63, 'sync d=2000 N=280 / numpy W S' 64, 'sync d=2000 N=280 / numpy low rank' 65, 'sync d=2000 N=280 / engine: reference' 66, 'sync d=4000 N=400 / numpy W S' 67, 'sync d=4000 N=400 / numpy low rank' 68, 'sync d=4000 N=400 / engine: reference' 69, 'training step / torch, hidden words' 70, 'training step / torch, all tokens' 71)
set key outside below center horizontal height 1 spacing 1.25 samplen 1.5
set lmargin 46
set rmargin 4
set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb '#444444' lw 1.2 back
$met << EOD
184.85 177.76 190.19 1
1089.9 985.65 1111.7 2
92.968 82.549 94.85 4
844.7 823.39 889.34 5
73.308 72.784 73.933 7
738.46 731.57 757.83 8
1.1347 1.1064 1.1578 15
89.819 83.432 128.04 19
3.3736 2.9856 3.81 20
118.02 106.49 171.86 21
3.5431 3.4218 4.0512 22
2.1645 1.874 2.3872 35
1.5541 1.4871 1.8449 37
1.7373 1.4426 1.8158 39
1.4311 1.3219 1.4638 43
2.115 1.902 2.4291 47
1.6429 1.4577 1.7021 50
46.704 41.086 48.934 52
25.768 22.092 32.455 61
12.258 11.162 14.816 62
41.564 38.775 55.112 64
20.232 17.476 21.961 65
29.777 29.166 30.797 67
10.403 10.281 12.016 68
1.4209 1.2648 1.4982 70
2.1388 1.9614 2.1964 71
EOD
$missed << EOD
1.0471 1.0214 1.1099 16
2.0727 2.0455 2.1294 27
1.6507 1.5866 1.7105 28
3.2328 2.9456 3.9229 29
2.3605 2.3202 2.6701 30
1.0413 0.9503 1.4358 31
30.945 25.972 35.956 32
1.735 1.4561 1.8636 34
1.8044 1.6237 1.9943 36
1.1523 1.0661 1.2878 38
1.2167 1.1187 1.2928 40
1.1874 1.0698 1.2946 41
1.0185 1.0018 1.0797 42
1.0477 0.88405 1.1673 44
1.0206 0.99268 1.0514 45
1.7596 1.6623 1.9047 46
1.5452 1.4767 1.6949 48
1.2536 1.2177 1.3022 49
1.217 1.2014 1.2376 51
13.909 13.155 16.007 53
9.2629 6.9891 10.62 54
215.51 172.81 257.01 55
EOD
$free << EOD
13.426 12.776 14.182 3
15.206 14.866 15.485 6
21.73 21.541 22.853 9
1.9326 1.7289 2.005 10
1.7629 1.7329 1.8399 11
1.0499 1.0245 1.0965 12
1.2037 1.0857 1.237 13
2.0892 1.8959 2.2125 14
2.4389 2.3874 2.575 17
10.696 9.0196 12.146 18
1.7879 1.735 1.9507 23
1.2818 1.2542 1.3698 24
1.7043 1.6451 1.7624 25
1.3777 1.3539 1.4635 26
33.66 28.334 35.104 33
5.7079 4.9207 6.3978 56
129.51 125.74 140.39 57
31.996 28.362 40.745 58
17.359 15.663 21.164 59
15.362 14.966 16.347 60
12.991 10.034 14.278 63
18.994 17.767 23.349 66
13.43 12.883 14.894 69
EOD
$goals << EOD
20 1
220 2
20 4
220 5
20 7
220 8
1.1 15
1.3 16
50 19
2.5 20
50 21
2.5 22
2.8 27
2.4 28
5 29
5 30
3 31
40 32
1.9 34
1.9 35
1.9 36
1.3 37
1.4 38
1.4 39
1.4 40
1.2 41
1.15 42
1.15 43
1.15 44
1.2 45
1.9 46
1.9 47
1.9 48
1.4 49
1.4 50
1.4 51
35 52
15 53
40 54
1000 55
20 61
10 62
20 64
10 65
20 67
10 68
1.35 70
2.1 71
EOD
plot $met using 1:4:2:3 with xerrorbars pt 7 lc rgb '#0072B2' title 'goal met', \
     $missed using 1:4:2:3 with xerrorbars pt 5 lc rgb '#D55E00' title 'goal missed', \
     $free using 1:4:2:3 with xerrorbars pt 9 lc rgb '#888888' title 'no goal set', \
     $goals using 1:2 with points pt 2 lw 1.5 lc rgb '#000000' title 'goal'
