import { writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCli } from '../support/process.ts';

describe('bk-stack simulate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-simulate-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('shows what settings come to, beside the official scaler, and asks nothing of AWS', async () => {
    const { stdout, exitCode } = await runCli(['simulate', '--profile', 'steady', '--jobs', '500'], {
      env: { AWS_REGION: '', AWS_ACCESS_KEY_ID: '' },
    });
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain('500 jobs: steady, two jobs a minute');
    expect(stdout)
      .to.match(/given +bk-stack/)
      .and.to.match(/its defaults +official/);
  });

  it('runs a trace with the settings of files, side by side', async () => {
    const [trace, one, four] = ['jobs.csv', 'one.yml', 'four.yml'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(trace, Array.from({ length: 100 }, (_, index) => `${index % 2},60\n`).join(''));
    writeFileSync(one, 'MaxSize: 100\n');
    writeFileSync(four, 'MaxSize: 100\nAgentsPerInstance: 4\n');
    const { stdout, exitCode, stderr } = await runCli([
      'simulate',
      '--trace',
      trace,
      '--config',
      one,
      '--compare',
      four,
      '--boot',
      '60',
      '--json',
    ]);
    expect(exitCode, stderr).to.equal(0);
    const { results } = JSON.parse(stdout) as {
      results: { name: string; peakInstances: number; waits: { max: number } }[];
    };
    expect(results.map(({ name, peakInstances }) => [name, peakInstances]).slice(0, 2)).to.eql([
      [one, 100],
      [four, 25],
    ]);
    expect(results[0]?.waits.max).to.be.within(40, 130);
  });

  it('refuses what it cannot use', async () => {
    const refusal = async (...args: string[]) => {
      const { exitCode, stderr } = await runCli(['simulate', ...args]);
      expect(exitCode).to.equal(2);
      return stderr;
    };
    expect(await refusal('--param', 'InstanceTypes=zz9.large')).to.contain(
      'The price of zz9.large is not known',
    );
    expect(await refusal('--param', 'MinSiz=1')).to.contain('MinSize');
    expect(await refusal('--price', 'cheap')).to.contain('--price is "cheap"');
    expect(await refusal('--trace', join(folder, 'none.csv'))).to.contain('there is no such file');
    expect(await refusal('--profile', 'weekend')).to.contain('office-hours');
  });

  it('shows what falling back from spot is worth, and refuses a day without any', async () => {
    const spot = ['simulate', '--jobs', '3000', '--param', 'OnDemandPercentage=0', '--json'];
    const run = async (...more: string[]) => {
      const { stdout, exitCode, stderr } = await runCli([...spot, '--spot-shortage', '8', ...more]);
      expect(exitCode, stderr).to.equal(0);
      return (JSON.parse(stdout) as { results: { waits: { max: number }; failedLaunches: number }[] })
        .results[0]!;
    };
    const [waiting, falling] = [await run(), await run('--param', 'SpotFallbackMinutes=10')];
    expect(waiting.failedLaunches).to.be.above(falling.failedLaunches);
    expect(falling.waits.max).to.be.below(waiting.waits.max / 2);
    const refused = await runCli([...spot, '--spot-shortage', '24']);
    expect(refused.exitCode).to.equal(2);
    expect(refused.stdout + refused.stderr).to.contain('fewer than 24');
  });
});
