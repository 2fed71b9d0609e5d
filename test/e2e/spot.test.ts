import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

/** The function that ships, in a sandbox that has no room for spot instances. */
describe('a stack of spot instances where there are none', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  before(() => sandbox.start('--speed', '60', '--fail', 'capacity:spot'));
  after(() => sandbox.remove());

  const status = async () => JSON.parse((await sandbox.run('status', 'spotty', '--json')).stdout) as Status;
  interface Status {
    readonly problems: readonly { readonly message: string; readonly remedy?: string }[];
    readonly group: { readonly onDemandUntil?: string };
    readonly scaler: readonly { readonly event: string; readonly reason: string }[];
  }
  const unfinished = async () => {
    const answer = await sandbox.control('jobs');
    const { jobs } = (await answer.json()) as { jobs: { state: string }[] };
    return jobs.filter(({ state }) => state !== 'finished').length;
  };
  const eventually = (what: string, so: () => Promise<boolean>) =>
    until(what, so, { instead: async () => JSON.stringify(await status()) });

  it('says what is wrong, and what to do', async () => {
    const made = await sandbox.runWith(
      { env: { BUILDKITE_AGENT_TOKEN: 'bkct_x' } },
      ...['create', 'spotty', '--no-input', '--yes', '--param', 'BuildkiteQueue=spotty'],
      ...['--param', 'OnDemandPercentage=0', '--param', 'SpotFallbackMinutes=3'],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
    await sandbox.control('jobs', {
      method: 'POST',
      body: JSON.stringify({ queue: 'spotty', seconds: 60 }),
    });
    await eventually('the failed launch shows', async () => {
      const { problems } = await status();
      return problems.some(
        ({ message, remedy }) =>
          message.includes('Could not launch Spot Instances') && remedy?.includes('SpotFallbackMinutes'),
      );
    });
  });

  it('is on-demand for a while, shows that, and runs its jobs', async () => {
    await eventually(
      'the group is on-demand',
      async () => (await status()).group.onDemandUntil !== undefined,
    );
    const shown = await sandbox.run('status', 'spotty');
    expect(shown.stdout).to.match(/bought +on-demand until .*, as spot has no capacity/);
    expect(shown.stdout).to.match(
      /buying: spot has had no capacity for \d+ min .*instances are on-demand until/,
    );
    await eventually('the job has run', async () => (await unfinished()) === 0);
  });

  it('buys as the stack has it again with the update that turns this off', async () => {
    const updated = await sandbox.run(
      ...['update', 'spotty', '--no-input', '--yes', '--param', 'SpotFallbackMinutes=0'],
    );
    expect(updated.exitCode, updated.stderr).to.equal(0);
    expect((await status()).group.onDemandUntil).to.equal(undefined);
  });
});
