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
set xrange [0.6794313100441908:1444.1282279460406]
set yrange [59:0]
set ytics scale 0 ('async d=1000 N=100 / numpy 64 at once' 1, 'async d=1000 N=100 / python per neuron' 2, 'async d=2000 N=200 / numpy 64 at once' 3, 'async d=2000 N=200 / python per neuron' 4, 'async d=4000 N=400 / numpy 64 at once' 5, 'async d=4000 N=400 / python per neuron' 6, 'attention L=1024 d=64 / torch' 7, 'attention L=4096 d=64 / torch' 8, 'small encoder / torch' 9, 'small encoder, k90 / torch' 10, 'BERT-base 2 x 512 / torch' 11, 'BERT-base 2 x 512, k90 / torch' 12, 'dense z^3 d=256 N=4000 / torch table of F' 13, 'dense z^3 d=256 N=4000 / torch closed form' 14, 'dense z^3 d=512 N=4000 / torch table of F' 15, 'dense z^3 d=512 N=4000 / torch closed form' 16, 'FAVOR+ L=1024 / performer-pytorch' 17, 'FAVOR+ L=1024 / torch tuned' 18, 'FAVOR+ L=4096 / performer-pytorch' 19, 'FAVOR+ L=4096 / torch tuned' 20, 'FAVOR+ L=16384 / performer-pytorch' 21, 'FAVOR+ L=16384 / torch tuned' 22, 'Gaussians, 10^6 / gsl ziggurat' 23, 'Gaussians, 10^6 / numpy float32' 24, 'Gaussians, 10^6 / torch' 25, 'k90 of 73728 rows / torch sort' 26, 'k90 of 6144 rows / torch sort' 27, 'softmax d=64 N=10000 / torch' 28, 'softmax d=64 N=10000 / torch 64 at a time' 29, 'softmax d=64 N=10000 / hopfield-layers' 30, 'softmax d=256 N=10000 / torch' 31, 'softmax d=256 N=10000 / torch 64 at a time' 32, 'softmax d=256 N=10000 / hopfield-layers' 33, 'softmax d=1024 N=10000 / torch' 34, 'softmax d=1024 N=10000 / torch 64 at a time' 35, 'softmax d=1024 N=10000 / hopfield-layers' 36, 'softmax d=64 N=100000 / torch' 37, 'softmax d=64 N=100000 / torch 64 at a time' 38, 'softmax d=64 N=100000 / hopfield-layers' 39, 'softmax d=256 N=100000 / torch' 40, 'softmax d=256 N=100000 / torch 64 at a time' 41, 'softmax d=256 N=100000 / hopfield-layers' 42, 'sparsemax d=64 N=10000 / torch sort' 43, 'sparsemax d=256 N=10000 / torch sort' 44, 'sweep rows / C HDF5 row by row' 45, 'sweep rows / h5py row by row' 46, 'sweep rows, fsynced / C HDF5 row by row' 47, 'sweep rows, fsynced / h5py row by row' 48, 'sync d=1000 N=140 / numpy W S' 49, 'sync d=1000 N=140 / numpy low rank' 50, 'sync d=2000 N=200 / numpy W S' 51, 'sync d=2000 N=200 / numpy low rank' 52, 'sync d=2000 N=280 / numpy W S' 53, 'sync d=2000 N=280 / numpy low rank' 54, 'sync d=4000 N=400 / numpy W S' 55, 'sync d=4000 N=400 / numpy low rank' 56, 'training step / torch, hidden words' 57, 'training step / torch, all tokens' 58)
set key outside below center horizontal height 1 spacing 1.25 samplen 1.5
set lmargin 46
set rmargin 4
set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb '#444444' lw 1.2 back
$met << EOD
133 112.61 180.16 1
980.32 827.8 1110.9 2
72.937 59.173 88.596 3
856.08 843.17 891.41 4
65.76 60.738 74.752 5
750.39 630.79 828.78 6
54.809 52.355 59.862 15
1.4167 1.2702 1.5628 32
1.4009 1.3574 1.68 35
2.0515 2.0113 2.2173 38
1.5708 1.4676 1.6964 41
38.517 37.007 43.198 43
24.061 23.229 26.22 55
1.511 1.3264 1.7361 57
EOD
$missed << EOD
1.0958 1.0806 1.2217 11
34.737 30.623 36.989 13
1.6496 1.5943 1.916 14
2.1435 2.0404 2.2164 16
2.1958 2.129 2.3728 21
2.0334 1.8909 2.1318 22
3.1246 2.9635 3.5895 23
2.3575 2.2757 2.4766 24
0.96781 0.92811 1.1592 25
36.718 30.572 41.611 26
1.6655 1.6547 1.6915 28
1.7748 1.7385 1.7936 29
1.5492 1.5348 1.5841 30
1.1153 1.0878 1.1904 31
1.0788 1.0047 1.1622 33
0.9988 0.88326 1.1277 34
1.0387 1.0228 1.0681 36
1.7277 1.4993 1.9668 37
1.5478 1.4582 1.6704 39
1.1293 1.0787 1.3873 40
1.1008 1.0825 1.3258 42
12.434 12.285 14.786 44
8.8122 5.9791 10.271 45
222.78 143.1 293.51 46
17.86 17.076 18.642 51
7.8918 7.7047 9.1746 52
16.513 14.632 24.387 53
7.092 6.6404 8.0993 54
8.4671 8.0309 8.6194 56
1.8569 1.5043 2.5182 58
EOD
$free << EOD
1.5039 1.4882 1.5173 7
1.9078 1.8806 1.9234 8
1.0004 0.96075 1.0823 9
1.7212 1.5338 1.9235 10
2.4031 2.21 2.5808 12
2.2541 2.0891 2.3219 17
1.7896 1.6263 1.8857 18
2.0875 1.806 2.1462 19
1.8817 1.435 1.9285 20
27.497 27.092 28.453 27
4.1698 3.7069 7.0786 47
92.32 79.061 172.4 48
13.748 13.123 14.158 49
7.4032 7.26 7.5557 50
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
