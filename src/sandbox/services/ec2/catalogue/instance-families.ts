/**
 * The families of instance types and their sizes, as `aws ec2 describe-instance-types` gives them. Each line: family,
 * architecture, maker of the processor, its GHz (- where AWS does not say), then the sizes, each with vCPUs, GiB of
 * memory and, where it has any, its own disks (count x GB). Not every family of AWS is here: those that a cluster of
 * agents is likely to be given.
 */
export const INSTANCE_FAMILIES = `
t2       x86_64 Intel  2.4  nano 1 0.5; micro 1 1; small 1 2; medium 2 4; large 2 8; xlarge 4 16; 2xlarge
          8 32
t3       x86_64 Intel  2.5  nano 2 0.5; micro 2 1; small 2 2; medium 2 4; large 2 8; xlarge 4 16; 2xlarge
          8 32
t3a      x86_64 AMD    2.2  nano 2 0.5; micro 2 1; small 2 2; medium 2 4; large 2 8; xlarge 4 16; 2xlarge
          8 32
t4g      arm64  AWS    2.5  nano 2 0.5; micro 2 1; small 2 2; medium 2 4; large 2 8; xlarge 4 16; 2xlarge
          8 32
m4       x86_64 Intel  2.4  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 10xlarge 40 160; 16xlarge
          64 256
m5       x86_64 Intel  3.1  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256; 24xlarge 96 384; metal 96 384
m5a      x86_64 AMD    2.5  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256; 24xlarge 96 384
m5d      x86_64 Intel  3.1  large 2 8 1x75; xlarge 4 16 1x150; 2xlarge 8 32 1x300; 4xlarge 16 64 2x300;
          8xlarge 32 128 2x600; 12xlarge 48 192 2x900; 16xlarge 64 256 4x600; 24xlarge 96 384 4x900; metal
          96 384 4x900
m5n      x86_64 Intel  3.1  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256; 24xlarge 96 384; metal 96 384
m6a      x86_64 AMD    3.6  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256; 24xlarge 96 384; 32xlarge 128 512; 48xlarge 192 768; metal 192 768
m6g      arm64  AWS    2.5  medium 1 4; large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32
          128; 12xlarge 48 192; 16xlarge 64 256; metal 64 256
m6gd     arm64  AWS    2.5  medium 1 4 1x59; large 2 8 1x118; xlarge 4 16 1x237; 2xlarge 8 32 1x474;
          4xlarge 16 64 1x950; 8xlarge 32 128 1x1900; 12xlarge 48 192 2x1425; 16xlarge 64 256 2x1900;
          metal 64 256 2x1900
m6i      x86_64 Intel  3.5  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256; 24xlarge 96 384; 32xlarge 128 512; metal 128 512
m6id     x86_64 Intel  3.5  large 2 8 1x118; xlarge 4 16 1x237; 2xlarge 8 32 1x474; 4xlarge 16 64 1x950;
          8xlarge 32 128 1x1900; 12xlarge 48 192 2x1425; 16xlarge 64 256 2x1900; 24xlarge 96 384 4x1425;
          32xlarge 128 512 4x1900; metal 128 512 4x1900
m6in     x86_64 Intel  3.5  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256; 24xlarge 96 384; 32xlarge 128 512; metal 128 512
m7a      x86_64 AMD    3.7  medium 1 4; large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32
          128; 12xlarge 48 192; 16xlarge 64 256; 24xlarge 96 384; 32xlarge 128 512; 48xlarge 192 768;
          metal-48xl 192 768
m7g      arm64  AWS    2.6  medium 1 4; large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32
          128; 12xlarge 48 192; 16xlarge 64 256; metal 64 256
m7i      x86_64 Intel  3.2  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256; 24xlarge 96 384; 48xlarge 192 768; metal-24xl 96 384; metal-48xl 192
          768
m7i-flex x86_64 Intel  3.2  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256
m8a      x86_64 AMD    4.5  medium 1 4; large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32
          128; 12xlarge 48 192; 16xlarge 64 256; 24xlarge 96 384; 48xlarge 192 768; metal-24xl 96 384;
          metal-48xl 192 768
m8g      arm64  AWS    2.8  medium 1 4; large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32
          128; 12xlarge 48 192; 16xlarge 64 256; 24xlarge 96 384; 48xlarge 192 768; metal-24xl 96 384;
          metal-48xl 192 768
m8i      x86_64 Intel  3.9  large 2 8; xlarge 4 16; 2xlarge 8 32; 4xlarge 16 64; 8xlarge 32 128; 12xlarge
          48 192; 16xlarge 64 256; 24xlarge 96 384; 32xlarge 128 512; 48xlarge 192 768; 96xlarge 384 1536;
          metal-48xl 192 768; metal-96xl 384 1536
c4       x86_64 Intel  2.9  large 2 3.75; xlarge 4 7.5; 2xlarge 8 15; 4xlarge 16 30; 8xlarge 36 60
c5       x86_64 Intel  3.4  large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 9xlarge 36 72; 12xlarge 48
          96; 18xlarge 72 144; 24xlarge 96 192; metal 96 192
c5a      x86_64 AMD    3.3  large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64; 12xlarge 48
          96; 16xlarge 64 128; 24xlarge 96 192
c5d      x86_64 Intel  3.4  large 2 4 1x50; xlarge 4 8 1x100; 2xlarge 8 16 1x200; 4xlarge 16 32 1x400;
          9xlarge 36 72 1x900; 12xlarge 48 96 2x900; 18xlarge 72 144 2x900; 24xlarge 96 192 4x900; metal
          96 192 4x900
c5n      x86_64 Intel  3.4  large 2 5.25; xlarge 4 10.5; 2xlarge 8 21; 4xlarge 16 42; 9xlarge 36 96;
          18xlarge 72 192; metal 72 192
c6a      x86_64 AMD    3.6  large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64; 12xlarge 48
          96; 16xlarge 64 128; 24xlarge 96 192; 32xlarge 128 256; 48xlarge 192 384; metal 192 384
c6g      arm64  AWS    2.5  medium 1 2; large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64;
          12xlarge 48 96; 16xlarge 64 128; metal 64 128
c6gd     arm64  AWS    2.5  medium 1 2 1x59; large 2 4 1x118; xlarge 4 8 1x237; 2xlarge 8 16 1x474;
          4xlarge 16 32 1x950; 8xlarge 32 64 1x1900; 12xlarge 48 96 2x1425; 16xlarge 64 128 2x1900; metal
          64 128 2x1900
c6gn     arm64  AWS    2.5  medium 1 2; large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64;
          12xlarge 48 96; 16xlarge 64 128
c6i      x86_64 Intel  3.5  large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64; 12xlarge 48
          96; 16xlarge 64 128; 24xlarge 96 192; 32xlarge 128 256; metal 128 256
c6id     x86_64 Intel  3.5  large 2 4 1x118; xlarge 4 8 1x237; 2xlarge 8 16 1x474; 4xlarge 16 32 1x950;
          8xlarge 32 64 1x1900; 12xlarge 48 96 2x1425; 16xlarge 64 128 2x1900; 24xlarge 96 192 4x1425;
          32xlarge 128 256 4x1900; metal 128 256 4x1900
c6in     x86_64 Intel  3.5  large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64; 12xlarge 48
          96; 16xlarge 64 128; 24xlarge 96 192; 32xlarge 128 256; metal 128 256
c7a      x86_64 AMD    3.7  medium 1 2; large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64;
          12xlarge 48 96; 16xlarge 64 128; 24xlarge 96 192; 32xlarge 128 256; 48xlarge 192 384; metal-48xl
          192 384
c7g      arm64  AWS    2.6  medium 1 2; large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64;
          12xlarge 48 96; 16xlarge 64 128; metal 64 128
c7gd     arm64  AWS    2.6  medium 1 2 1x59; large 2 4 1x118; xlarge 4 8 1x237; 2xlarge 8 16 1x474;
          4xlarge 16 32 1x950; 8xlarge 32 64 1x1900; 12xlarge 48 96 2x1425; 16xlarge 64 128 2x1900; metal
          64 128 2x1900
c7gn     arm64  AWS    2.6  medium 1 2; large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64;
          12xlarge 48 96; 16xlarge 64 128; metal 64 128
c7i      x86_64 Intel  3.2  large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64; 12xlarge 48
          96; 16xlarge 64 128; 24xlarge 96 192; 48xlarge 192 384; metal-24xl 96 192; metal-48xl 192 384
c7i-flex x86_64 Intel  3.2  large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64; 12xlarge 48
          96; 16xlarge 64 128
c8a      x86_64 AMD    4.5  medium 1 2; large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64;
          12xlarge 48 96; 16xlarge 64 128; 24xlarge 96 192; 48xlarge 192 384; metal-24xl 96 192;
          metal-48xl 192 384
c8g      arm64  AWS    2.8  medium 1 2; large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64;
          12xlarge 48 96; 16xlarge 64 128; 24xlarge 96 192; 48xlarge 192 384; metal-24xl 96 192;
          metal-48xl 192 384
c8gn     arm64  AWS    2.8  medium 1 2; large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64;
          12xlarge 48 96; 16xlarge 64 128; 24xlarge 96 192; 48xlarge 192 384; metal-24xl 96 192;
          metal-48xl 192 384
c8i      x86_64 Intel  3.9  large 2 4; xlarge 4 8; 2xlarge 8 16; 4xlarge 16 32; 8xlarge 32 64; 12xlarge 48
          96; 16xlarge 64 128; 24xlarge 96 192; 32xlarge 128 256; 48xlarge 192 384; 96xlarge 384 768;
          metal-48xl 192 384; metal-96xl 384 768
r4       x86_64 Intel  2.3  large 2 15.25; xlarge 4 30.5; 2xlarge 8 61; 4xlarge 16 122; 8xlarge 32 244;
          16xlarge 64 488
r5       x86_64 Intel  3.1  large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32 256;
          12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; metal 96 768
r5a      x86_64 AMD    2.5  large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32 256;
          12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768
r5d      x86_64 Intel  3.1  large 2 16 1x75; xlarge 4 32 1x150; 2xlarge 8 64 1x300; 4xlarge 16 128 2x300;
          8xlarge 32 256 2x600; 12xlarge 48 384 2x900; 16xlarge 64 512 4x600; 24xlarge 96 768 4x900; metal
          96 768 4x900
r5n      x86_64 Intel  3.1  large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32 256;
          12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; metal 96 768
r6a      x86_64 AMD    3.6  large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32 256;
          12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; 32xlarge 128 1024; 48xlarge 192 1536; metal
          192 1536
r6g      arm64  AWS    2.5  medium 1 8; large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32
          256; 12xlarge 48 384; 16xlarge 64 512; metal 64 512
r6gd     arm64  AWS    2.5  medium 1 8 1x59; large 2 16 1x118; xlarge 4 32 1x237; 2xlarge 8 64 1x474;
          4xlarge 16 128 1x950; 8xlarge 32 256 1x1900; 12xlarge 48 384 2x1425; 16xlarge 64 512 2x1900;
          metal 64 512 2x1900
r6i      x86_64 Intel  3.5  large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32 256;
          12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; 32xlarge 128 1024; metal 128 1024
r6id     x86_64 Intel  3.5  large 2 16 1x118; xlarge 4 32 1x237; 2xlarge 8 64 1x474; 4xlarge 16 128 1x950;
          8xlarge 32 256 1x1900; 12xlarge 48 384 2x1425; 16xlarge 64 512 2x1900; 24xlarge 96 768 4x1425;
          32xlarge 128 1024 4x1900; metal 128 1024 4x1900
r6in     x86_64 Intel  3.5  large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32 256;
          12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; 32xlarge 128 1024; metal 128 1024
r7a      x86_64 AMD    3.7  medium 1 8; large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32
          256; 12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; 32xlarge 128 1024; 48xlarge 192 1536;
          metal-48xl 192 1536
r7g      arm64  AWS    2.6  medium 1 8; large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32
          256; 12xlarge 48 384; 16xlarge 64 512; metal 64 512
r7i      x86_64 Intel  3.2  large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32 256;
          12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; 48xlarge 192 1536; metal-24xl 96 768;
          metal-48xl 192 1536
r8a      x86_64 AMD    4.5  medium 1 8; large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32
          256; 12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; 48xlarge 192 1536; metal-24xl 96 768;
          metal-48xl 192 1536
r8g      arm64  AWS    2.8  medium 1 8; large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32
          256; 12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; 48xlarge 192 1536; metal-24xl 96 768;
          metal-48xl 192 1536
r8i      x86_64 Intel  3.9  large 2 16; xlarge 4 32; 2xlarge 8 64; 4xlarge 16 128; 8xlarge 32 256;
          12xlarge 48 384; 16xlarge 64 512; 24xlarge 96 768; 32xlarge 128 1024; 48xlarge 192 1536;
          96xlarge 384 3072; metal-48xl 192 1536; metal-96xl 384 3072
x2iedn   x86_64 Intel  3.5  xlarge 4 128 1x118; 2xlarge 8 256 1x237; 4xlarge 16 512 1x475; 8xlarge 32 1024
          1x950; 16xlarge 64 2048 1x1900; 24xlarge 96 3072 2x1425; 32xlarge 128 4096 2x1900; metal 128
          4096 2x1900
z1d      x86_64 Intel  4.0  large 2 16 1x75; xlarge 4 32 1x150; 2xlarge 8 64 1x300; 3xlarge 12 96 1x450;
          6xlarge 24 192 1x900; 12xlarge 48 384 2x900; metal 48 384 2x900
i3       x86_64 Intel  2.3  large 2 15.25 1x475; xlarge 4 30.5 1x950; 2xlarge 8 61 1x1900; 4xlarge 16 122
          2x1900; 8xlarge 32 244 4x1900; 16xlarge 64 488 8x1900
i3en     x86_64 Intel  3.1  large 2 16 1x1250; xlarge 4 32 1x2500; 2xlarge 8 64 2x2500; 3xlarge 12 96
          1x7500; 6xlarge 24 192 2x7500; 12xlarge 48 384 4x7500; 24xlarge 96 768 8x7500; metal 96 768
          8x7500
i4g      arm64  AWS    2.5  large 2 16 1x468; xlarge 4 32 1x937; 2xlarge 8 64 1x1875; 4xlarge 16 128
          1x3750; 8xlarge 32 256 2x3750; 16xlarge 64 512 4x3750
i4i      x86_64 Intel  3.5  large 2 16 1x468; xlarge 4 32 1x937; 2xlarge 8 64 1x1875; 4xlarge 16 128
          1x3750; 8xlarge 32 256 2x3750; 12xlarge 48 384 3x3750; 16xlarge 64 512 4x3750; 24xlarge 96 768
          6x3750; 32xlarge 128 1024 8x3750; metal 128 1024 8x3750
i7i      x86_64 Intel  3.2  large 2 16 1x468; xlarge 4 32 1x937; 2xlarge 8 64 1x1875; 4xlarge 16 128
          1x3750; 8xlarge 32 256 2x3750; 12xlarge 48 384 3x3750; 16xlarge 64 512 4x3750; 24xlarge 96 768
          6x3750; 48xlarge 192 1536 12x3750; metal-24xl 96 768 6x3750; metal-48xl 192 1536 12x3750
i7ie     x86_64 Intel  3.2  large 2 16 1x1250; xlarge 4 32 1x2500; 2xlarge 8 64 2x2500; 3xlarge 12 96
          1x7500; 6xlarge 24 192 2x7500; 12xlarge 48 384 4x7500; 18xlarge 72 576 6x7500; 24xlarge 96 768
          8x7500; 48xlarge 192 1536 16x7500; metal-24xl 96 768 8x7500; metal-48xl 192 1536 16x7500
i8g      arm64  AWS    2.8  large 2 16 1x468; xlarge 4 32 1x937; 2xlarge 8 64 1x1875; 4xlarge 16 128
          1x3750; 8xlarge 32 256 2x3750; 12xlarge 48 384 3x3750; 16xlarge 64 512 4x3750; 24xlarge 96 768
          6x3750; 48xlarge 192 1536 12x3750; metal-24xl 96 768 6x3750; metal-48xl 192 1536 12x3750
im4gn    arm64  AWS    2.5  large 2 8 1x937; xlarge 4 16 1x1875; 2xlarge 8 32 1x3750; 4xlarge 16 64
          1x7500; 8xlarge 32 128 2x7500; 16xlarge 64 256 4x7500
d3       x86_64 Intel  3.1  xlarge 4 32 3x1980; 2xlarge 8 64 6x1980; 4xlarge 16 128 12x1980; 8xlarge 32
          256 24x1980
g4dn     x86_64 Intel  2.5  xlarge 4 16 1x125; 2xlarge 8 32 1x225; 4xlarge 16 64 1x225; 8xlarge 32 128
          1x900; 12xlarge 48 192 1x900; 16xlarge 64 256 1x900; metal 96 384 2x900
g5       x86_64 AMD    3.3  xlarge 4 16 1x250; 2xlarge 8 32 1x450; 4xlarge 16 64 1x600; 8xlarge 32 128
          1x900; 12xlarge 48 192 1x3800; 16xlarge 64 256 1x1900; 24xlarge 96 384 1x3800; 48xlarge 192 768
          2x3800
g6       x86_64 AMD    3.4  xlarge 4 16 1x250; 2xlarge 8 32 1x450; 4xlarge 16 64 1x600; 8xlarge 32 128
          2x450; 12xlarge 48 192 4x940; 16xlarge 64 256 2x940; 24xlarge 96 384 4x940; 48xlarge 192 768
          8x940
g6e      x86_64 AMD    3.4  xlarge 4 32 1x250; 2xlarge 8 64 1x450; 4xlarge 16 128 1x600; 8xlarge 32 256
          2x450; 12xlarge 48 384 2x1900; 16xlarge 64 512 2x950; 24xlarge 96 768 2x1900; 48xlarge 192 1536
          4x1900
p4d      x86_64 Intel  3.0  24xlarge 96 1152 8x1000
inf2     x86_64 AMD    3.6  xlarge 4 16; 8xlarge 32 128; 24xlarge 96 384; 48xlarge 192 768
`;
