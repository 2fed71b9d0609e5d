import { expect } from 'chai';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { knownCommands } from '../support/known-commands.ts';
import { root } from '../support/process.ts';
import type { Printed } from '../support/run-commands.ts';
import { CliSandbox } from '../support/sandbox.ts';

const HERE = ['--sandbox', '--region', 'eu-west-1'];
const FLAGS = '--region eu-west-1 --sandbox';

/** Command lines, and a command that each has to print. */
const LINES: readonly (readonly [argv: readonly string[], prints: string])[] = [
  [['list', ...HERE], `bk-stack create ${FLAGS}`],
  [['create', 'two', '--no-wait', ...HERE], `bk-stack status two --wait ${FLAGS}`],
  [
    ['create', 'two', '--param', 'KeyName=nokey', '--tag', 'team=a b', ...HERE],
    "bk-stack create two --region eu-west-1 --param KeyName=nokey --tag 'team=a b' --sandbox",
  ],
  [
    ['create', 'my_stack', '--config', 'my file.yml', ...HERE],
    `bk-stack create my-stack --config 'my file.yml' ${FLAGS}`,
  ],
  [['delete', 'two', '--delete-secrets', ...HERE], `bk-stack delete two --delete-secrets --yes ${FLAGS}`],
  [['update', 'two', '--interactive', ...HERE], `bk-stack update two --param Key=Value ${FLAGS}`],
  [['scale', 'two', ...HERE], `bk-stack scale two --min 1 --max 10 --desired 2 ${FLAGS}`],
  [
    ['scale-to-zero', 'two', '--force', '--timeout', '9', ...HERE],
    `bk-stack scale-to-zero two --timeout 9 --force --yes ${FLAGS}`,
  ],
  [
    ['token', 'rotate', 'two', '--no-roll', ...HERE],
    `bk-stack token rotate two --no-roll --token-stdin ${FLAGS} < new-token.txt`,
  ],
  [['instances', 'stop', 'i-0123456789abcdef0', ...HERE], `bk-stack instances my-stack ${FLAGS}`],
  [['instances', 'connect', 'i-0123456789abcdef0', ...HERE], `bk-stack instances my-stack ${FLAGS}`],
  [
    ['secrets', 'put', 'two', ...HERE],
    `bk-stack secrets put my-stack --pipeline app --set NPM_TOKEN ${FLAGS}`,
  ],
  [['secrets', 'history', 'two', ...HERE], `bk-stack secrets list NAME ${FLAGS}`],
  [['secrets', 'restore', 'two', ...HERE], `bk-stack secrets history NAME KEY ${FLAGS}`],
  [
    ['logs', 'insights', 'two', ...HERE],
    `bk-stack logs insights two "fields @timestamp, @message | limit 20" ${FLAGS}`,
  ],
  // The environment asks for the sandbox, and another shell does not know that.
  [['status'], 'bk-stack list --sandbox'],
  [['sandbox', 'status'], 'bk-stack create --sandbox'],
];

/** What each says of a stack that does not exist, in a region without stacks. */
const ELSEWHERE = "bk-stack list --all-regions --profile 'my own' --sandbox";
/** What commands need behind the name of a stack. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  delete: ['--yes'],
  'logs:get': ['--output', '/tmp/bk-stack-nothing-is-saved'],
  'logs:insights': ['fields @message'],
  'logs:tail': ['--no-follow'],
  scale: ['--max', '3'],
  'secrets:get': ['a'],
  'secrets:history': ['a'],
  'secrets:restore': ['a', 'b'],
  'secrets:rm': ['a', '--yes'],
  'secrets:put': ['--generate-ssh-key'],
};

/** Those that end before they look for the stack, or take no name. */
const APART =
  /^(?:create|doctor|list|simulate|token:rotate|secrets:(?:copy|git-credential|run)|instances:.*|sandbox:.*)$/;

describe('printed commands, on every command', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  const inEmptyRegion: (readonly string[])[] = [];
  const inJson: (readonly string[])[] = [];

  before(async () => {
    await sandbox.start();
    for (const { id, flags } of await knownCommands()) {
      if (APART.test(id)) continue;
      const stack = ['nowhere', ...(MORE[id] ?? [])];
      const argv = [
        ...id.split(':'),
        ...stack,
        ...['--sandbox', '--region', 'eu-north-1', '--profile', 'my own'],
      ];
      inEmptyRegion.push(argv);
      if (flags['json'] !== undefined) inJson.push([...argv, '--json']);
    }
  });

  after(() => sandbox.remove());

  it('work where the command did: in colour, and in JSON, which has none', async () => {
    const lines = [...LINES.map(([argv]) => argv), ...inEmptyRegion, ...inJson];
    const all = await printed(lines);
    expect(all.some(({ stdout }) => stdout.includes('\x1b[36mbk-stack'))).to.equal(true);
    for (const [at, [argv, command]] of LINES.entries()) {
      expect(plain(all[at]), argv.join(' ')).to.contain(command);
    }
    for (const one of all.slice(LINES.length)) {
      expect(plain(one), one.argv.join(' ')).to.contain(ELSEWHERE);
    }
    for (const one of all) expect(astray(plain(one)), one.argv.join(' ')).to.eql([]);
    for (const { argv, stdout } of all.slice(-inJson.length)) {
      expect(stdout, argv.join(' ')).not.to.contain('\x1b');
      const { error } = JSON.parse(stdout) as { error: { hint: string } };
      expect(error.hint, argv.join(' ')).to.contain(ELSEWHERE);
    }
  });

  it('work where the command did: without colour', async () => {
    const { stdout } = await sandbox.runWith({ env: { NO_COLOR: '1' } }, 'list', '--region', 'eu-west-2');
    expect(stdout).to.contain('bk-stack create --region eu-west-2 --sandbox;');
    const { stderr } = await sandbox.run('stauts', '--region', 'eu-west-2');
    expect(stderr).to.contain('Did you mean: bk-stack status --region eu-west-2 --sandbox');
  });

  /** What command lines print, with colours. */
  async function printed(lines: readonly (readonly string[])[]): Promise<Printed[]> {
    const env = {
      ...{ FORCE_COLOR: '1', NO_COLOR: undefined, BUILDKITE_AGENT_TOKEN: 'token-of-the-test' },
      COMMAND_LINES: JSON.stringify(lines),
    };
    const program = join(root, 'test/support/run-commands.ts');
    const { exitCode, stdout, stderr } = await sandbox.program(['--import=tsx', program], { env });
    expect(exitCode, stderr).to.equal(0);
    return JSON.parse(stdout) as Printed[];
  }
});

function plain(one: Printed | undefined): string {
  return one === undefined ? '' : stripVTControlCharacters(`${one.stdout}\n${one.stderr}`);
}

/** Commands of a text that would not work in the sandbox. */
function astray(text: string): string[] {
  return text
    .split(/(?=\bbk-stack [a-z])|\n/)
    .filter((part) => part.startsWith('bk-stack '))
    .filter((part) => !/^bk-stack sandbox /.test(part) && !/ --sandbox\b/.test(part));
}
