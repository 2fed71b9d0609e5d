import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Create from '../../../src/commands/create.ts';
import { HealthyStack } from '../../support/healthy-stack.ts';
import { runCommand } from '../../support/run-command.ts';

/** Operations by whose name nothing changes. */
const READS = /^(Describe|Get|Head|List|Validate)/;

interface Refusal {
  readonly what: string;
  readonly says: RegExp;
  readonly argv?: readonly string[];
  /** The content of a file that --config names. */
  readonly config?: string;
  /** Undefined for none. */
  readonly token?: string | undefined;
}

const param = (value: string) => ['bad', '--param', value];

const REFUSALS: readonly Refusal[] = [
  { what: 'a creation without a token', says: /need an agent token, and none is given/, token: undefined },
  { what: 'a token that Buildkite does not take', says: /token/i, token: 'invalid-token' },
  { what: 'a creation without a name', says: /No stack is named/, argv: [] },
  { what: 'a name that CloudFormation has not', says: /name/i, argv: ['7up'] },
  { what: 'a name that is taken', says: /One thing stands in the way of ci/, argv: ['ci'] },
  {
    what: 'an unknown parameter, and names the nearest',
    says: /InstanceTypez[^]*InstanceTypes/,
    argv: param('InstanceTypez=t3.small'),
  },
  {
    what: 'a value that is not allowed, and says which are',
    says: /BuildkiteAgentRelease[^]*stable/,
    argv: param('BuildkiteAgentRelease=nightly'),
  },
  {
    what: 'a value that does not match its pattern',
    says: /ImageId/,
    argv: param('ImageId=not an image'),
  },
  { what: 'a number out of its range', says: /MinSize/, argv: param('MinSize=-1') },
  {
    what: 'parameters that contradict each other',
    says: /MinSize \(5\) is more than MaxSize \(2\)/,
    argv: [...param('MinSize=5'), '--param', 'MaxSize=2'],
  },
  {
    what: 'an instance type that there is not',
    says: /t9\.mega/,
    argv: param('InstanceTypes=t9.mega'),
  },
  {
    what: 'a file that is no YAML, with the place',
    says: /stack\.yml[^]*line \d/,
    config: 'MinSize: [1\nMaxSize: 2\n',
  },
  { what: 'a key that stands twice', says: /MinSize/, config: 'MinSize: 1\nMinSize: 2\n' },
  {
    what: 'a file that is not there',
    says: /missing\.yml/,
    argv: ['bad', '--config', '/nonexistent/missing.yml'],
  },
];

describe('bk-stack create refuses, and makes nothing', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'bk-stack-refusals-'));
  const present = process.env['BUILDKITE_AGENT_TOKEN'];
  let healthy: HealthyStack;

  const setToken = (token: string | undefined) => {
    if (token === undefined) Reflect.deleteProperty(process.env, 'BUILDKITE_AGENT_TOKEN');
    else process.env['BUILDKITE_AGENT_TOKEN'] = token;
  };
  before(async () => {
    healthy = await HealthyStack.create();
  });
  after(async () => {
    setToken(present);
    rmSync(folder, { recursive: true });
    await healthy.close();
  });

  for (const refusal of REFUSALS) {
    const { what, says, argv = ['bad'], config } = refusal;
    it(what, async () => {
      const stack = healthy.copy();
      setToken('token' in refusal ? refusal.token : 'bkct_x');
      const file = join(folder, 'stack.yml');
      if (config !== undefined) writeFileSync(file, config);
      const { exitCode, failure } = await runCommand(
        Create,
        [...argv, '--no-input', ...(config === undefined ? [] : ['--config', file])],
        stack.aws.context,
      );
      expect(exitCode, failure).to.equal(2);
      expect(failure).to.match(says);
      expect([...stack.aws.requests.keys()].filter((name) => !READS.test(name))).to.eql([]);
    });
  }
});
