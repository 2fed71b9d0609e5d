import { expect } from 'chai';
import { KEY } from '../support/pty.ts';
import { CliSandbox } from '../support/sandbox.ts';

describe('bk-stack status', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  const push = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        sandbox.control('jobs', { method: 'POST', body: JSON.stringify({ queue: 'q', seconds: 6_000 }) }),
      ),
    );

  before(async () => {
    await sandbox.start('--speed', '60');
    const parameters = ['MaxSize=5', 'BuildkiteQueue=q'].flatMap((each) => ['--param', each]);
    const made = await sandbox.runWith(
      { input: 'token' },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', ...parameters],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
  });
  after(() => sandbox.remove());

  it('is watched on a terminal while jobs come, until Ctrl-C', async () => {
    const terminal = sandbox.terminal(['status', 'ci', '--watch', '--interval', '1'], { rows: 30 });
    await terminal.shows(/jobs +0 scheduled, 0 running, 0 waiting/);
    await terminal.shows(/every 1 s\. Ctrl-C ends it\./);
    await push(3);
    await terminal.shows(/THE SCALER, LATELY \(UTC\)\n +\d\d:\d\d:\d\d +0 → 3: /);
    await terminal.shows(/jobs +0 scheduled, 3 running, 0 waiting/, 40);
    await terminal.shows(/agents +3 \(3 busy, 0 idle\)/);
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended()).to.equal(0);
  });

  it('has all of that as JSON', async () => {
    const { stdout } = await sandbox.run('status', 'ci', '--json');
    const status = JSON.parse(stdout) as {
      queueNow: { known: boolean; report: { jobs: { running: number } } };
      scaler: { event: string; to: number }[];
    };
    expect(status.queueNow.known).to.equal(true);
    expect(status.queueNow.report.jobs.running).to.equal(3);
    expect(status.scaler[0]).to.include({ event: 'scaled', to: 3 });
  });

  it('refuses what it cannot show', async () => {
    for (const [flags, said] of [
      [['--watch', '--json'], /--json prints one/],
      [['--watch', '--wait'], /--wait/],
      [['--watch', '--interval', '0'], /interval/],
    ] as const) {
      const { exitCode, stderr } = await sandbox.run('status', 'ci', ...flags);
      expect(exitCode, stderr).to.equal(2);
      expect(stderr).to.match(said);
    }
    expect((await sandbox.run('status', 'none', '--watch')).exitCode).to.equal(1);
  });
});
