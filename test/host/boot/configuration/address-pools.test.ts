import { expect } from 'chai';
import { poolsOutside } from '../../../../src/host/boot/configuration/address-pools.ts';

describe('a pool of addresses for Docker', () => {
  for (const [what, base, size, taken, pools] of [
    ['stays whole beside a VPC elsewhere', '172.16.0.0/12', 20, ['10.0.0.0/16'], ['172.16.0.0/12']],
    ['stays whole where nothing is taken', '172.16.0.0/12', 20, [], ['172.16.0.0/12']],
    ['loses what the VPC has of it', '10.0.0.0/16', 20, ['10.0.0.0/17'], ['10.0.128.0/17']],
    [
      'loses what each range of the VPC has',
      '10.0.0.0/16',
      20,
      ['10.0.0.0/17', '10.0.128.0/18'],
      ['10.0.192.0/18'],
    ],
    ['stays where the VPC has all of it', '10.1.0.0/16', 20, ['10.0.0.0/8'], ['10.1.0.0/16']],
    ['keeps a part of one network', '10.0.0.0/23', 24, ['10.0.0.0/24'], ['10.0.1.0/24']],
    ['leaves out parts too small for a network', '10.0.0.0/23', 24, ['10.0.0.0/25'], ['10.0.1.0/24']],
    ['stays where no part is large enough', '10.0.0.0/24', 24, ['10.0.0.0/25'], ['10.0.0.0/24']],
  ] as const) {
    it(what, () => {
      expect(poolsOutside({ base, size }, taken)).to.eql(pools.map((each) => ({ base: each, size })));
    });
  }
});
