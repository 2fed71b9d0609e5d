import { expect } from 'chai';
import { jobsSlice } from '../../../../src/host/boot/configuration/resource-limits.ts';
import { Settings } from '../../../../src/host/program/settings.ts';

const SETTINGS = {
  RESOURCE_LIMITS_MEMORY_HIGH: '90%',
  RESOURCE_LIMITS_MEMORY_MAX: '95%',
  RESOURCE_LIMITS_MEMORY_SWAP_MAX: '10%',
  RESOURCE_LIMITS_CPU_WEIGHT: '100',
  RESOURCE_LIMITS_CPU_QUOTA: '90%',
  RESOURCE_LIMITS_IO_WEIGHT: '80',
};

describe('the slice that jobs run in', () => {
  it('has every limit', () => {
    expect(jobsSlice(new Settings(SETTINGS), 4)).to.equal(`[Unit]
Description=Jobs of Buildkite

[Slice]
MemoryHigh=90%
MemoryMax=95%
MemorySwapMax=10%
CPUWeight=100
CPUQuota=360%
IOWeight=80
`);
  });

  for (const [quota, cpus, expected] of [
    ['90%', 1, '90%'],
    ['100%', 2, '200%'],
    ['101%', 2, '101%'],
    ['350%', 8, '350%'],
  ] as const) {
    it(`has ${expected} for ${quota} of ${cpus} CPUs`, () => {
      const settings = new Settings({ ...SETTINGS, RESOURCE_LIMITS_CPU_QUOTA: quota });
      expect(jobsSlice(settings, cpus)).to.contain(`\nCPUQuota=${expected}\n`);
    });
  }

  for (const name of Object.keys(SETTINGS)) {
    it(`is not made without ${name}`, () => {
      expect(() => jobsSlice(new Settings({ ...SETTINGS, [name]: '' }), 1)).to.throw(`lacks ${name}`);
    });
  }
});
