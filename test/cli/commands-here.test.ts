import { expect } from 'chai';
import {
  commandsHere,
  connectionOf,
  dataHere,
  givenFlags,
  type Here,
  type KnownCommand,
} from '../../src/cli/commands-here.ts';
import { AS_GIVEN } from '../../src/shell/printed.ts';

const GLOBALS = {
  region: { type: 'option', helpGroup: 'GLOBAL' },
  profile: { type: 'option', helpGroup: 'GLOBAL' },
  sandbox: { type: 'boolean', helpGroup: 'GLOBAL' },
  json: { type: 'boolean', helpGroup: 'GLOBAL' },
} as const;
const NAMED = { args: { name: {} }, strict: true } as const;

const commands: readonly KnownCommand[] = [
  {
    ...NAMED,
    id: 'create',
    flags: {
      ...GLOBALS,
      param: { type: 'option', multiple: true },
      config: { type: 'option' },
      'token-stdin': { type: 'boolean' },
      'no-wait': { type: 'boolean' },
      yes: { type: 'boolean', char: 'y' },
    },
  },
  { ...NAMED, id: 'status', flags: { ...GLOBALS, wait: { type: 'boolean' } } },
  {
    ...NAMED,
    id: 'delete',
    flags: {
      ...GLOBALS,
      yes: { type: 'boolean', char: 'y' },
      'delete-secrets': { type: 'boolean' },
      retain: { type: 'option', multiple: true },
      force: { type: 'boolean' },
      'drain-timeout': { type: 'option', exclusive: ['force'] },
    },
  },
  { ...NAMED, id: 'update', flags: { ...GLOBALS, param: { type: 'option', multiple: true } } },
  { ...NAMED, id: 'resume', flags: GLOBALS },
  { ...NAMED, id: 'doctor', flags: { ...GLOBALS, for: { type: 'option', multiple: true } } },
  { ...NAMED, id: 'instances', flags: GLOBALS },
  { ...NAMED, id: 'logs:tail', flags: { ...GLOBALS, instance: { type: 'option' } } },
  { ...NAMED, id: 'token:rotate', flags: { ...GLOBALS, 'token-stdin': { type: 'boolean' } } },
  { id: 'instances:stop', strict: false, args: {}, flags: { ...GLOBALS, replace: { type: 'boolean' } } },
  { id: 'secrets:history', strict: false, args: {}, flags: GLOBALS },
  { id: 'secrets:run', strict: false, args: {}, flags: { ...GLOBALS, pipeline: { type: 'option' } } },
  {
    id: 'list',
    strict: true,
    args: {},
    flags: { ...GLOBALS, 'all-regions': { type: 'boolean', exclusive: ['region'] } },
  },
  {
    id: 'simulate',
    strict: true,
    args: {},
    flags: { ...GLOBALS, profile: { type: 'option' }, trace: { type: 'option' } },
  },
  { id: 'sandbox:reset', strict: true, args: {}, flags: GLOBALS },
  { id: 'sandbox:env', strict: true, args: {}, flags: GLOBALS },
];

const nowhere: Here = { commands };
const there: Here = {
  commands,
  region: 'eu-west-1',
  profile: 'my own',
  sandbox: true,
  awsRegion: 'eu-west-1',
};
const FLAGS = "--region eu-west-1 --profile 'my own' --sandbox";

describe('the commands of a text', () => {
  it('get the flags that say where they work, behind everything else', () => {
    for (const [text, completed] of [
      ['bk-stack status two --wait', `bk-stack status two --wait ${FLAGS}`],
      ['Confirm it: bk-stack delete ci --yes', `Confirm it: bk-stack delete ci --yes ${FLAGS}`],
      ['See bk-stack logs tail ci.', `See bk-stack logs tail ci ${FLAGS}.`],
      ['Wait (bk-stack status ci), and repeat it', `Wait (bk-stack status ci ${FLAGS}), and repeat it`],
      [
        'bk-stack status ci; or bk-stack resume ci',
        `bk-stack status ci ${FLAGS}; or bk-stack resume ci ${FLAGS}`,
      ],
      ['bk-stack status ci\nbk-stack list', `bk-stack status ci ${FLAGS}\nbk-stack list ${FLAGS}`],
      ['bk-stack status ci (or: bk-stack list)', `bk-stack status ci ${FLAGS} (or: bk-stack list ${FLAGS})`],
      ['bk-stack instances ci', `bk-stack instances ci ${FLAGS}`],
      ['bk-stack instances stop i-1 i-2 --replace', `bk-stack instances stop i-1 i-2 --replace ${FLAGS}`],
      [
        'bk-stack update ci --param Subnets=subnet-...,subnet-...',
        `bk-stack update ci --param Subnets=subnet-...,subnet-... ${FLAGS}`,
      ],
      ['bk-stack update ci --param KeyName=', `bk-stack update ci --param KeyName= ${FLAGS}`],
      [
        "bk-stack secrets history ci 'a key, of mine'",
        `bk-stack secrets history ci 'a key, of mine' ${FLAGS}`,
      ],
      ['bk-stack doctor ci --for "logs tail"', `bk-stack doctor ci --for "logs tail" ${FLAGS}`],
    ] as const) {
      expect(commandsHere(text, there), text).to.equal(completed);
    }
  });

  it('get them before what a shell or another program reads', () => {
    expect(commandsHere('bk-stack token rotate ci --token-stdin < f. Then', there)).to.equal(
      `bk-stack token rotate ci --token-stdin ${FLAGS} < f. Then`,
    );
    expect(commandsHere('bk-stack status ci | less', there)).to.equal(`bk-stack status ci ${FLAGS} | less`);
    expect(commandsHere('bk-stack secrets run ci --pipeline app -- make --sandbox', there)).to.equal(
      `bk-stack secrets run ci --pipeline app ${FLAGS} -- make --sandbox`,
    );
  });

  it('end where a sentence goes on', () => {
    expect(commandsHere('bk-stack list shows the stacks; each has one.', there)).to.equal(
      `bk-stack list ${FLAGS} shows the stacks; each has one.`,
    );
    expect(commandsHere('bk-stack status ci tells why.', there)).to.equal(
      `bk-stack status ci ${FLAGS} tells why.`,
    );
  });

  it('are found whatever their colour', () => {
    for (const [on, off] of [
      ['\x1b[36m', '\x1b[39m'],
      ['\x1b[38;5;31m\x1b[1m', '\x1b[22m\x1b[39m'],
    ] as const) {
      expect(commandsHere(`Watch it: ${on}bk-stack status two --wait${off}.`, there)).to.equal(
        `Watch it: ${on}bk-stack status two --wait ${FLAGS}${off}.`,
      );
    }
  });

  it('keep the flags that they have, and none is there twice', () => {
    expect(commandsHere('bk-stack logs tail ci --region us-east-2 --instance i-1', there)).to.equal(
      "bk-stack logs tail ci --region us-east-2 --instance i-1 --profile 'my own' --sandbox",
    );
    expect(commandsHere('bk-stack delete ci --region=us-east-2 --sandbox', there)).to.equal(
      "bk-stack delete ci --region=us-east-2 --sandbox --profile 'my own'",
    );
    const once = commandsHere('bk-stack delete ci', there);
    expect(commandsHere(once, there)).to.equal(once);
  });

  it('get no flag that they do not take', () => {
    expect(commandsHere('bk-stack list --all-regions', there)).to.equal(
      "bk-stack list --all-regions --profile 'my own' --sandbox",
    );
    // Its profile is one of jobs.
    expect(commandsHere('bk-stack simulate --trace jobs.csv', there)).to.equal(
      'bk-stack simulate --trace jobs.csv --region eu-west-1 --sandbox',
    );
    expect(commandsHere('bk-stack sandbox reset --yes', there)).to.equal('bk-stack sandbox reset --yes');
  });

  it('are left alone where nothing was said, and so is everything else', () => {
    for (const text of ['bk-stack delete ci --yes', 'aws ec2 describe-subnets --region r']) {
      expect(commandsHere(text, nowhere)).to.equal(text);
    }
    for (const text of [
      'ci is there',
      'another bk-stack has brought it to its end',
      'bk-stack --help',
      'my-bk-stack status ci',
      'the aws command line',
      'bk-stack/create',
    ]) {
      expect(commandsHere(text, there)).to.equal(text);
    }
  });

  it('begin as bk-stack was started', () => {
    expect(
      commandsHere('See it: bk-stack status demo', {
        ...there,
        profile: undefined,
        program: 'node bin/run.js',
      }),
    ).to.equal('See it: node bin/run.js status demo --region eu-west-1 --sandbox');
  });
});

describe('a command that is to be run again', () => {
  const { flags } = commands[0]!;
  const token = (flag: string, input: string) => ({ type: 'flag', flag, input });
  const given = givenFlags(
    [
      { type: 'arg', input: 'two' },
      token('param', 'KeyName=nokey'),
      token('param', 'Names=a b'),
      token('config', 'my stack.yml'),
      token('region', 'eu-west-1'),
      token('json', '--json'),
      token('sandbox', '--sandbox'),
      token('no-wait', '--no-wait'),
    ],
    flags,
  );
  const again = (text: string, id = 'create', here: Partial<Here> = {}) =>
    commandsHere(text, { commands, region: 'eu-west-1', sandbox: true, running: { id, given }, ...here });

  it('has the flags that it had, quoted', () => {
    expect(again(`Then again: bk-stack create two --region eu-west-1 ${AS_GIVEN}`)).to.equal(
      "Then again: bk-stack create two --region eu-west-1 --param KeyName=nokey --param 'Names=a b' --config 'my stack.yml' --no-wait --sandbox",
    );
  });

  it('says nothing twice: its own words win, and a flag that can be repeated is there with each value', () => {
    expect(
      again(`bk-stack create two ${AS_GIVEN} --no-wait --config other.yml --param KeyName=nokey --param A=b`),
    ).to.equal(
      "bk-stack create two --param 'Names=a b' --no-wait --config other.yml --param KeyName=nokey --param A=b --region eu-west-1 --sandbox",
    );
  });

  it('has them only where it asks for them, and is the one that runs', () => {
    expect(again('bk-stack create two')).to.equal('bk-stack create two --region eu-west-1 --sandbox');
    expect(again(`bk-stack create two ${AS_GIVEN}`, 'update')).to.equal(
      'bk-stack create two --region eu-west-1 --sandbox',
    );
    expect(commandsHere(`bk-stack create two ${AS_GIVEN} --yes`, nowhere)).to.equal(
      'bk-stack create two --yes',
    );
  });

  it('repeats no flag that its own words exclude, whichever of them says so', () => {
    const { flags: ofDelete } = commands.find(({ id }) => id === 'delete')!;
    const deleting = (...tokens: ReturnType<typeof token>[]) => ({
      running: { id: 'delete', given: givenFlags([...tokens, token('yes', '--yes')], ofDelete) },
    });
    const slow = deleting(token('drain-timeout', '600'));
    expect(again(`bk-stack delete ci ${AS_GIVEN} --force`, '', slow)).to.equal(
      'bk-stack delete ci --yes --force --region eu-west-1 --sandbox',
    );
    expect(
      again(`bk-stack delete ci ${AS_GIVEN} --drain-timeout 9`, '', deleting(token('force', '--force'))),
    ).to.equal('bk-stack delete ci --yes --drain-timeout 9 --region eu-west-1 --sandbox');
    expect(again(`bk-stack delete ci ${AS_GIVEN}`, '', slow)).to.equal(
      'bk-stack delete ci --drain-timeout 600 --yes --region eu-west-1 --sandbox',
    );
  });

  it('names no secret', () => {
    const github = `ghp_${'Ab1'.repeat(12)}`;
    for (const [value, shown] of [
      ['BuildkiteAgentToken=abc', 'BuildkiteAgentToken=...'],
      ['KeyName=mine', 'KeyName=mine'],
      [`GH_TOKEN_RO=${github}`, 'GH_TOKEN_RO=...'],
      ['Repository=https://me:s3cr3t-value@example.com/x.git', 'Repository=...'],
      ['https://me:s3cr3t-value@example.com/x.yml', '...'],
      ['https://example.com/x.yml?a=b', 'https://example.com/x.yml?a=b'],
      ['Names=a=b', 'Names=a=b'],
    ] as const) {
      const [found] = givenFlags([token('param', value)], flags);
      expect(found?.words, value).to.eql(['--param', shown]);
    }
  });

  it('is fed where it was', () => {
    const fed = (...tokens: ReturnType<typeof token>[]) => ({
      running: { id: 'create', given: givenFlags(tokens, flags) },
    });
    const line = `bk-stack create two ${AS_GIVEN}`;
    expect(again(line, '', fed(token('token-stdin', '--token-stdin')))).to.equal(
      'bk-stack create two --token-stdin --region eu-west-1 --sandbox < FILE',
    );
    expect(again(line, '', fed(token('config', '-')))).to.equal(
      'bk-stack create two --config - --region eu-west-1 --sandbox < FILE',
    );
    expect(
      again(`${line} --token-stdin < token.txt`, '', fed(token('token-stdin', '--token-stdin'))),
    ).to.equal('bk-stack create two --token-stdin --region eu-west-1 --sandbox < token.txt');
  });
});

describe('the commands of the AWS CLI in a text', () => {
  const hook = "aws autoscaling put-lifecycle-hook --lifecycle-hook-name 'my hook'";

  it('get region and profile', () => {
    const aws: Here = { commands, profile: 'my own', awsRegion: 'eu-west-1' };
    expect(commandsHere(`Or: ${hook} --region eu-west-1.`, aws)).to.equal(
      `Or: ${hook} --region eu-west-1 --profile 'my own'.`,
    );
    expect(commandsHere('aws logs create-log-group --log-group-name /a', aws)).to.equal(
      "aws logs create-log-group --log-group-name /a --region eu-west-1 --profile 'my own'",
    );
    expect(commandsHere('(aws account enable-region --region-name me-south-1), or', aws)).to.equal(
      "(aws account enable-region --region-name me-south-1 --region eu-west-1 --profile 'my own'), or",
    );
    expect(commandsHere('aws logs tail /buildkite/ci/boot --since 1h', aws)).to.equal(
      "aws logs tail /buildkite/ci/boot --since 1h --region eu-west-1 --profile 'my own'",
    );
    expect(commandsHere('See aws sts get-caller-identity, and', aws)).to.equal(
      "See aws sts get-caller-identity --region eu-west-1 --profile 'my own', and",
    );
    expect(commandsHere('aws ec2 revoke --x \'[{"a": "b, c"}]\'', aws)).to.equal(
      'aws ec2 revoke --x \'[{"a": "b, c"}]\'',
    );
    expect(commandsHere('aws events put-targets with the function f', aws)).to.equal(
      "aws events put-targets --region eu-west-1 --profile 'my own' with the function f",
    );
    expect(
      commandsHere('aws lambda invoke --function-name f /dev/stdout', { commands, awsRegion: 'r' }),
    ).to.equal('aws lambda invoke --function-name f /dev/stdout --region r');
  });

  it('run in the environment of the sandbox, without the profile that would win over its keys', () => {
    expect(commandsHere(`Or: ${hook} --region eu-west-1.`, there)).to.equal(
      `Or: (eval "$(bk-stack sandbox env)" && ${hook} --region eu-west-1).`,
    );
    expect(commandsHere(hook, { ...there, program: 'node bin/run.js' })).to.equal(
      `(eval "$(node bin/run.js sandbox env)" && ${hook} --region eu-west-1)`,
    );
  });
});

describe('the texts of a result', () => {
  it('have their commands completed at any depth, and other values stay', () => {
    const at = new Date(0);
    expect(
      dataHere(
        {
          findings: [{ fix: 'bk-stack resume ci', count: 2 }],
          at,
          none: undefined,
          nothing: null,
          text: 'ci',
        },
        { commands, sandbox: true },
      ),
    ).to.eql({
      findings: [{ fix: 'bk-stack resume ci --sandbox', count: 2 }],
      at: at.toISOString(),
      nothing: null,
      text: 'ci',
    });
    expect(dataHere(undefined, nowhere)).to.equal(undefined);
  });
});

describe('where a command line works', () => {
  it('is what its flags say, and the environment of the sandbox', () => {
    for (const [argv, env, connection] of [
      [[], {}, { region: undefined, profile: undefined, sandbox: false }],
      [['ci', '--region', 'r', '--profile=p'], {}, { region: 'r', profile: 'p', sandbox: false }],
      [['--region=a', '--region', 'b', '--sandbox'], {}, { region: 'b', profile: undefined, sandbox: true }],
      [
        ['ci', '--', '--region', 'r', '--sandbox'],
        {},
        { region: undefined, profile: undefined, sandbox: false },
      ],
      [['ci', '--region'], {}, { region: undefined, profile: undefined, sandbox: false }],
      [['ci'], { BK_STACK_SANDBOX: '1' }, { region: undefined, profile: undefined, sandbox: true }],
      [['ci'], { BK_STACK_SANDBOX: '0' }, { region: undefined, profile: undefined, sandbox: false }],
    ] as const) {
      expect(connectionOf(argv, GLOBALS, env), argv.join(' ')).to.eql(connection);
    }
  });

  it('is not what a flag of another meaning says', () => {
    const simulate = { ...GLOBALS, profile: { type: 'option' } } as const;
    expect(connectionOf(['--profile', 'steady'], simulate, {}).profile).to.equal(undefined);
    expect(connectionOf(['--profile', 'steady'], undefined, {}).profile).to.equal('steady');
  });
});
