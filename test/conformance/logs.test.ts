import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findSandbox } from '../../src/sandbox/server/process/discovery.ts';
import { stateDirectory } from '../../src/sandbox/server/process/paths.ts';
import { entry, root, runCli } from '../support/process.ts';
import { sandboxPasses } from '../support/sandbox-clock.ts';

const COUNT = 1_000_000;
const MOST_MEBIBYTES = 200;

describe('bk-stack logs tail of a million events', function () {
  this.timeout(600_000);
  const state = mkdtempSync(join(tmpdir(), 'bk-stack-many-'));
  const env = { XDG_STATE_HOME: state, BK_STACK_SANDBOX: '1', AWS_REGION: 'us-east-1' };
  let server: ChildProcess;

  before(async () => {
    server = spawn(process.execPath, ['--import', 'tsx', join(root, 'test/support/many-server.ts')], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [endpoint] = (await once(createInterface(server.stdout!), 'line')) as [string];
    const credentials = findSandbox(stateDirectory(env))?.credentials;
    await new CloudFormation({
      endpoint,
      region: 'us-east-1',
      ...(credentials && { credentials }),
    }).createStack({
      StackName: 'ci',
      TemplateBody: JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }),
      Tags: [{ Key: 'bk-stack:stack', Value: 'ci' }],
    });
  });
  after(async () => {
    await runCli(['sandbox', 'stop'], { env });
    server.kill();
    rmSync(state, { recursive: true, force: true });
  });

  it('prints each exactly once, in little memory, whatever CloudWatch does', async () => {
    const flags = ['--group', 'agent', '--since', '2h', '--format', 'json', '--follow'];
    // Without the SDK's own retries, so that it is ours that have to do.
    const tail = spawn(process.execPath, [entry, 'logs', 'tail', 'ci', ...flags], {
      env: { ...process.env, ...env, AWS_MAX_ATTEMPTS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    tail.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    const times = new Uint8Array(COUNT);
    const streams = new Set<string>();
    let shown = 0;
    let late = 0;
    let disorder = 0;
    let youngest = '';
    for await (const line of createInterface(tail.stdout)) {
      const event = JSON.parse(line) as { id: string; stream: string; timestamp: string; late: boolean };
      times[Number(event.id)]! += 1;
      streams.add(event.stream);
      if (event.late) late += 1;
      else if (event.timestamp < youngest) disorder += 1;
      if (event.timestamp > youngest) youngest = event.timestamp;
      shown += 1;
      if (shown === COUNT) break;
    }
    const kibibytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${tail.pid}/status`, 'utf8'))?.[1]);
    // What would come twice comes within some looks.
    let more = 0;
    tail.stdout.on('data', () => (more += 1)).resume();
    await sandboxPasses(findSandbox(stateDirectory(env))!, 30);
    const closed = once(tail, 'close');
    tail.kill('SIGINT');
    expect((await closed)[0], errors).to.equal(0);
    const lost = times.filter((each) => each === 0).length;
    const doubled = times.filter((each) => each > 1).length;
    expect({ shown, lost, doubled, disorder, more, streams: streams.size }).to.eql({
      ...{ shown: COUNT, lost: 0, doubled: 0, disorder: 0, more: 0, streams: 500 },
    });
    expect(late).to.be.greaterThan(100);
    expect(kibibytes / 1024).to.be.lessThan(MOST_MEBIBYTES);
  });
});
