/**
 * The families that a region or a zone does not have, of those in instance-families.ts. A zone also lacks what its region
 * lacks. Read off `aws ec2 describe-instance-type-offerings`; us-east-1e is the zone that has got no new type since 2017.
 */
export const NOT_OFFERED = `
af-south-1      t2 t3a m4 m5a m5n m6a m6id m6in m7a m7i-flex m8a c4 c6a c6gn c6id c7a c7gd c7gn c8a r4 r5a
        r6a r6in r7a r7i r8a z1d i4g i8g im4gn d3 g5 g6 g6e p4d inf2
af-south-1a     c6g g4dn
af-south-1c     m6gd c7i-flex
ap-east-1       t2 t3a m4 m5a m5n m6a m6id m6in m7a m8a m8i c4 c6gd c6id c7a c7gd c7gn c8a c8i r4 r5a r6a
        r6gd r6id r6in r7a r7i r8a r8i x2iedn z1d i4g i8g im4gn d3 g6 g6e p4d inf2
ap-east-1b      c6a
ap-east-1c      c8gn g5
ap-northeast-1  i4g
ap-northeast-1c t3a
ap-northeast-1d c5a g5 g6 g6e p4d inf2
ap-northeast-2  m5n m6a m7a m8a c6a c7a c7gn c8a r6a r6in r7a r8a i4g im4gn d3
ap-northeast-2a c7i-flex p4d
ap-northeast-2b t2 t3a m4 m5a m6id c4 c7gd r4 r5a z1d g5 g6
ap-northeast-2c m6gd c7i-flex r6gd g6e p4d
ap-northeast-2d t2 t3a m4 m5a c4 c5a c5n c6gd c6gn c6id c7gd r4 r5a r6gd r8g x2iedn z1d i4i i8g g4dn g6e
        inf2
ap-northeast-3  t3a m5a m5n m6a m6id m6in m7a m8a m8i c5a c6a c6id c7a c7gn c7i-flex c8a c8gn c8i r5a r5n
        r6a r6id r6in r7a r8a r8i z1d i4g i7ie im4gn d3 g5 g6 p4d inf2
ap-northeast-3a r6gd i3en g4dn g6e
ap-northeast-3b t2 m4 c4 r4
ap-northeast-3c t2 m4 c4 c7gd r4
ap-south-1      m5n m7a c6id c7a c7gn c8a r6in r7a r8a i4g
ap-south-1c     t2 m4 c4 r4 x2iedn z1d g5 g6 g6e inf2
ap-south-2      t2 t3a m4 m5a m5n m6id m7a c4 c5a c5n c6gd c6gn c6id c7a c7gd c7gn c8a r4 r5a r5n r6gd
        r6id r6in r8a z1d i4g i8g im4gn d3 g4dn g5 p4d inf2
ap-south-2c     r7a x2iedn g6 g6e
ap-southeast-1  m7a m8a c7gn c8a r7a r8a g5 g6 g6e p4d
ap-southeast-1a inf2
ap-southeast-1c r6a x2iedn
ap-southeast-2  m5n m8a c7a c7gn c8a r7a r8a g6e
ap-southeast-2a g5 p4d
ap-southeast-2c inf2
ap-southeast-3  t2 t3a m4 m5a m5n m6a m6id m6in m7a m8a m8i c4 c5a c6a c6i c6id c7a c7gn c8a c8i r4 r5a
        r5n r6a r6i r6id r6in r7a r8a r8i z1d i4g im4gn d3 g4dn g6 g6e p4d inf2
ap-southeast-3b c7gd x2iedn i8g g5
ap-southeast-4  t2 t3a m4 m5a m5n m6a m6i m6id m6in m7a m8a m8i c4 c5a c5n c6a c6gd c6gn c6i c6id c7a c7g
        c7gd c7gn c7i-flex c8a c8i r4 r5a r5n r6a r6gd r6i r6id r6in r7a r8a r8i x2iedn z1d i4g i8g im4gn
        d3 g4dn g5 g6 g6e p4d inf2
ap-southeast-5  t2 t3a m4 m5 m5a m5d m5n m6a m6in m7a m8a c4 c5 c5a c5d c5n c6a c6gd c7a c7gn c8a r4 r5
        r5a r5d r5n r6a r6gd r6in r7a r8a z1d i3 i4g i8g im4gn d3 g4dn g5 g6e p4d inf2
ap-southeast-5c g6
ca-central-1    m5n m7a m8a c7a c7gn c8a r6id r7a z1d g6e inf2
ca-central-1b   c7gd
ca-central-1d   t2 t3a m4 c4 c6id r4 r5a r6a r6in r8a g4dn g5 p4d
ca-west-1       t2 t3a m4 m5a m5n m6a m6in m7a m7g m7i m7i-flex m8a c4 c5a c5d c5n c6a c6gd c7a c7gd c7gn
        c7i-flex c8a c8i r4 r5a r5d r5n r6a r6gd r6in r7a r7i r8a x2iedn z1d i3 i4g i8g im4gn d3 g4dn g5
        g6 g6e p4d inf2
ca-west-1c      m8g m8i c7i c8g c8gn r8g r8i i7ie
eu-central-1    c7gn i4g
eu-central-1c   inf2
eu-central-2    t2 t3a m4 m5a m5n m6a m7a m7i-flex m8a m8i c4 c5a c5n c6a c6gn c6i c6id c7a c7gn c8a c8i
        r4 r5a r5n r6a r6id r6in r7a r7i r8a z1d i4g i8g im4gn g4dn g5 g6e p4d inf2
eu-central-2a   c7g c7gd g6
eu-central-2b   c8gn
eu-central-2c   c8g x2iedn
eu-north-1      t2 t3a m4 m5a m5n m6a m6id m8a m8i c4 c6a c6id c7gn c8a r4 r5a r6a r6id r8a z1d i4g im4gn
        d3
eu-north-1a     g5 p4d
eu-north-1b     p4d
eu-north-1c     r6gd g6 g6e inf2
eu-south-1      t2 m4 m5n m6in m7a m7g m7i-flex m8a m8i c4 c6a c6gd c7a c7gd c7gn c8a c8i r4 r6a r6gd r6id
        r6in r7a r8a z1d i4g i8g d3 g5 g6 g6e p4d inf2
eu-south-1a     c7i-flex g4dn
eu-south-1c     m6id
eu-south-2      t2 t3a m4 m5a m5n m6a m6i c4 c5a c5n c6a c6gn c6i c6id c7gn r4 r5a r5n r6a r6i r6in z1d
        i4g d3 g4dn p4d inf2
eu-south-2a     g6e
eu-south-2c     c6gd c8gn x2iedn
eu-west-1       g6 g6e
eu-west-1a      r8a p4d
eu-west-1b      p4d
eu-west-1c      c8a
eu-west-2       m5n m8a c8a r6in r7a r8a i4g g6e
eu-west-2a      m6in c7gn
eu-west-2b      c6id c7gn r6gd d3 inf2
eu-west-2c      m6id c7gn g5 p4d inf2
eu-west-3       m4 m5n m6id m6in m7a m8a c4 c6a c7a c7gn c8a r6a r6id r7a r8a z1d i4g g6e p4d
eu-west-3a      c6id g6 inf2
eu-west-3b      c5a
eu-west-3c      c7gd c8gn
il-central-1    t2 m4 m5a m5n m6a m6in m7a m7i-flex m8a m8g m8i c4 c5a c5n c6a c6gd c7a c7gd c7gn c7i-flex
        c8a c8gn c8i r4 r5a r5n r6a r6gd r6in r7a r7i r8a r8g x2iedn z1d i4g i7ie i8g im4gn g4dn g6 g6e
        p4d inf2
il-central-1b   c7i i7i
me-central-1    t2 t3 t3a t4g m4 m5a m5n m6a m6id m6in m7a m7i-flex m8a m8i c4 c5a c5n c6a c6gd c6gn c6i
        c6id c7a c7g c7gd c7gn c7i-flex c8a c8g c8i r4 r5a r5n r6a r6gd r6id r6in r7a r7i r8a x2iedn z1d
        i4g i7ie i8g im4gn d3 g4dn p4d inf2
me-central-1a   r8i
me-central-1c   g5 g6 g6e
me-south-1      t2 t3a m4 m5a m5n m6a m6id m6in m7a m7i m7i-flex m8a m8i c4 c6a c6gd c6id c7a c7gd c7gn
        c7i c7i-flex c8a c8g c8gn c8i r4 r5a r5n r6a r6gd r6id r6in r7a r7i r8a r8g r8i x2iedn z1d i4g i7i
        i7ie i8g im4gn d3 g5 g6 g6e p4d inf2
me-south-1a     g4dn
sa-east-1       m5n m7a m8a c7a c7gn c8a r6a r6id r6in r7a r8a z1d im4gn d3 g6e
sa-east-1a      c8i inf2
sa-east-1b      t2 m4 m6id c4 r4 r5a p4d inf2
sa-east-1c      c7gd g5 g6
us-east-1d      inf2
us-east-1e      t3 t3a t4g m5 m5a m5d m5n m6a m6g m6gd m6i m6id m6in m7a m7g m7i m7i-flex m8a m8g m8i c5
        c5a c5d c5n c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8a c8g c8gn c8i r5 r5a
        r5d r5n r6a r6g r6gd r6i r6id r6in r7a r7g r7i r8a r8g r8i x2iedn z1d i3en i4g i7i i7ie i8g im4gn
        d3 g4dn g5 g6 g6e p4d inf2
us-east-1f      i8g im4gn d3 g6e p4d
us-east-2c      z1d
us-west-1       m5n m7a m8a c6id c7gn c8a r6id r6in r7a r8a i4g i8g im4gn d3 g5 g6 g6e p4d inf2
us-west-2d      t2 m4 m5n c4 c6in r4 r5n r6in x2iedn z1d im4gn g4dn g5
`;
