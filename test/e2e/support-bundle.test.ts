import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { EC2 } from '@aws-sdk/client-ec2';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import type { Manifest } from '../../src/support-bundle/manifest.ts';
import { allReadings } from '../support/readings.ts';
import { CliSandbox } from '../support/sandbox.ts';

/** Stands in every secret, and may stand nowhere else. */
const MARKER = 'mrk7SECRETq9';

/** What stands beside the secrets, and has to stay. */
const PUBLIC = 'plainly-public';

const KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;
const OTHER_KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;

/** Values that nothing gives away but that they are known. */
const TOKEN = `tok${MARKER}en`;
/** Of the stacks of the official template. */
const GIVEN = `given ${MARKER} token`;
const FORMER_TOKEN = `former ${MARKER} token`;
const BUCKET: Readonly<Record<string, string>> = {
  env: `A=${MARKER}-a\nexport B="two words ${MARKER}"\nC='first line ${MARKER}\nsecond line of ${MARKER}'\nD=pa\\$${MARKER}&x=1\n`,
  environment: `if true; then E=${MARKER}-e; fi\n${MARKER} is no line of a shell\n`,
  'git-credentials': `https://u:p%2F${MARKER}@github.com\nhttps://${MARKER}-as-a-name@gitlab.com\n`,
  'secret-files/X_TOKEN': `secret file ${MARKER}\n`,
  'secret-files/NO_SUFFIX': `not exported ${MARKER}`,
  'app/env': `F=below a pipeline ${MARKER}\n`,
  'app/secret-files/GCP_SECRET': JSON.stringify({ type: 'account', inner: { word: `${MARKER} in "JSON"` } }),
  'notes/a.txt': `nobody reads this ${MARKER} note`,
  private_ssh_key: KEY,
};
const KNOWN = [
  ...[TOKEN, FORMER_TOKEN, `${MARKER}-a`, `two words ${MARKER}`, `second line of ${MARKER}`, `p/${MARKER}`],
  ...[`${MARKER}-as-a-name`, `secret file ${MARKER}`, `below a pipeline ${MARKER}`, `${MARKER} in "JSON"`],
  ...[`nobody reads this ${MARKER} note`, `older ${MARKER} version`, `${MARKER}-e`, `not exported ${MARKER}`],
];

/** How a program may write something that is known. */
const known = (value: string): string[] => [
  `it said ${value} then`,
  JSON.stringify({ a: value, b: JSON.stringify({ value }) }),
  `q=${encodeURIComponent(value)}&x=1`,
  `basic ${Buffer.from(`user:${value}`).toString('base64')}`,
  `hex ${Buffer.from(value).toString('hex')}`,
];

/** What gives itself away. */
const SHAPED = [
  ...['bkua_', 'bkct_', 'bkaa_', 'bkaj_', 'ghp_', 'glpat-', 'xoxb-1-', 'npm_'].map(
    (start) => `${start}${MARKER}00112233445566`,
  ),
  ...[
    `DB_PASSWORD=${MARKER}x`,
    `{"apiKey":"${MARKER}y"}`,
    `--token ${MARKER}z --x`,
    `export X_PRIVATE_KEY='${MARKER}'`,
  ],
  ...[
    `Authorization: Token ${MARKER}`,
    `eyJhbGciOiJIUzI1NiJ9.${MARKER}.${MARKER}`,
    `https://u:${MARKER}@example.com/x`,
  ],
  ...[`aws_secret_access_key = ${MARKER}`, `https://b.s3.amazonaws.com/k?X-Amz-Signature=${MARKER}&x=1`],
  Buffer.from(`#!/bin/bash\nexport DB_PASSWORD=${MARKER}\n`).toString('base64'),
  `\x1b[31mDB_PASS\x1b[0mWORD=\x1b[1m${MARKER}\x1b[0m`,
];

describe('bk-stack support-bundle', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  let folder: string;
  let instance: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bk-stack-bundle-'));
    await sandbox.start(
      '--speed',
      '60',
      '--fail',
      `resource:Broken=it failed with ${SHAPED.slice(0, 4).join(' ')} and ${GIVEN}`,
    );
    const made = await sandbox.runWith(
      { input: FORMER_TOKEN.replaceAll(' ', '') },
      ...['create', 'ci', '--token-stdin', '--no-input', '--json', '--param', 'MinSize=1'],
      ...['--tag', `deploy-token=tagged-${MARKER}`],
      ...[
        '--param',
        `BootstrapScriptUrl=https://user:${MARKER}@example.com/${PUBLIC}?X-Amz-Signature=${MARKER}`,
      ],
    );
    expect(made.exitCode, made.stderr).to.equal(0);
    const { outputs } = JSON.parse(made.stdout) as { outputs: Record<string, string> };
    const ssm = new SSM(sandbox.client);
    for (const Value of [FORMER_TOKEN, TOKEN]) {
      await ssm.putParameter({
        Name: '/bk-stack/ci/agent-token',
        Value,
        Overwrite: true,
        Type: 'SecureString',
      });
    }
    const s3 = new S3({ ...sandbox.client, forcePathStyle: true });
    const Bucket = outputs['ManagedSecretsBucket'] ?? '';
    await s3.putObject({ Bucket, Key: 'env', Body: `OLD='older ${MARKER} version'` });
    for (const [Key, Body] of Object.entries(BUCKET)) await s3.putObject({ Bucket, Key, Body });
    const groups = new AutoScaling(sandbox.client);
    const [group] = (await groups.describeAutoScalingGroups({})).AutoScalingGroups ?? [];
    instance = group?.Instances?.[0]?.InstanceId ?? '';
    await groups.createOrUpdateTags({
      Tags: [
        { Key: 'db-password', Value: `${MARKER}-tag` },
        { Key: 'note', Value: `${PUBLIC} ${TOKEN}` },
      ].map((tag) => ({
        ...tag,
        ...{
          ResourceId: group?.AutoScalingGroupName,
          ResourceType: 'auto-scaling-group',
          PropagateAtLaunch: false,
        },
      })),
    });
    await new EC2(sandbox.client).createLaunchTemplateVersion({
      LaunchTemplateId: outputs['LaunchTemplateId'],
      SourceVersion: '1',
      LaunchTemplateData: {
        UserData: Buffer.from(
          `#!/bin/bash\n# ${PUBLIC}\nexport DB_PASSWORD=${MARKER}\necho ${TOKEN}\n${OTHER_KEY}`,
        ).toString('base64'),
      },
    });
    const lines = [...KNOWN.flatMap(known), ...SHAPED];
    for (const name of ['agent', 'boot', 'system', 'docker', 'lifecycle', 'scaler']) {
      await write(`/buildkite/ci/${name}`, instance, [
        `before ${PUBLIC}`,
        ...lines,
        // One that is known and one that is not, line by line.
        ...KEY.trim().split('\n'),
        ...OTHER_KEY.trim().split('\n'),
        `behind ${PUBLIC} and so on`,
        JSON.stringify({
          event: 'scaled',
          from: 1,
          to: 2,
          reason: `${PUBLIC} ${TOKEN} DB_PASSWORD=${MARKER}`,
        }),
      ]);
    }
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await sandbox.remove();
  });

  const write = async (logGroupName: string, logStreamName: string, messages: readonly string[]) => {
    const logs = new CloudWatchLogs(sandbox.client);
    await logs.createLogGroup({ logGroupName }).catch(() => undefined);
    await logs.createLogStream({ logGroupName, logStreamName }).catch(() => undefined);
    const { now } = (await (await sandbox.control('status')).json()) as { now: string };
    await logs.putLogEvents({
      ...{ logGroupName, logStreamName },
      logEvents: messages.map((message, index) => ({
        timestamp: Date.parse(now) - messages.length + index,
        message,
      })),
    });
  };

  const bundle = async (name: string, ...args: string[]) => {
    const path = join(folder, `${Math.random()}.zip`);
    const outcome = await sandbox.run('support-bundle', name, '--output', path, '--since', '3h', ...args);
    expect(outcome.exitCode, outcome.stderr).to.equal(0);
    const files = new Map(
      Object.entries(unzipSync(readFileSync(path))).map(([file, bytes]) => [
        file.replace(/^[^/]*\//, ''),
        Buffer.from(bytes).toString('utf8'),
      ]),
    );
    const manifest = JSON.parse(files.get('manifest.json') ?? '') as Manifest;
    return { path, outcome, files, manifest };
  };

  /** That a file tells no secret, however it is read. */
  const tellsNothing = (files: ReadonlyMap<string, string>) => {
    const bodies = [KEY, OTHER_KEY].flatMap((key) => key.trim().split('\n').slice(1, -1));
    for (const [name, text] of files) {
      for (const reading of allReadings(text)) {
        const at = reading.indexOf(MARKER);
        expect(at, `${name}: ${reading.slice(Math.max(0, at - 60), at + 60)}`).to.equal(-1);
      }
      for (const line of bodies) expect(text, name).to.not.contain(line);
    }
  };

  it('has everything that support asks for, and none of the secrets that were planted everywhere', async () => {
    const { path, outcome, files, manifest } = await bundle('ci');
    tellsNothing(new Map([...files, ['stdout and stderr', outcome.stdout + outcome.stderr]]));
    expect(manifest.missing).to.deep.equal([]);
    expect(manifest.secrets.unread).to.deep.equal([]);
    expect([...files.keys()].sort()).to.deep.equal(
      [...manifest.files.map(({ name }) => name), 'manifest.json', 'manifest.md'].sort(),
    );
    // What is public stays, also right beside what is not.
    for (const name of ['agent', 'boot', 'system', 'docker', 'lifecycle', 'scaler']) {
      expect(files.get(`logs/${name}.log`))
        .to.match(/before plainly-public\n/)
        .and.match(/behind plainly-public and so on\n/);
    }
    expect(files.get('parameters.json')).to.contain(`@example.com/${PUBLIC}?X-Amz-Signature=[redacted`);
    expect(files.get('scaler-decisions.txt')).to.match(
      /scaled 1 -> 2: plainly-public \[redacted agent token\] DB_PASSWORD=\[/,
    );
    expect(files.get('auto-scaling-group.json')).to.contain(`${PUBLIC} [redacted agent token]`);
    expect(files.get('user-data.txt')).to.contain(`# ${PUBLIC}`).and.contain('[redacted private key]');
    expect(files.get('params.md')).to.match(/^Stack `ci` in us-east-1: bk-stack/);
    expect(files.get('manifest.md')).to.match(
      /\| logs\/agent\.log \| what the agents wrote \| \d+ \| \d+ agent token, /,
    );
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('works on a stack of the official template, also on one that failed', async () => {
    const s3 = new S3({ ...sandbox.client, forcePathStyle: true });
    await s3.createBucket({ Bucket: 'official-secrets' });
    await s3.putObject({ Bucket: 'official-secrets', Key: 'env', Body: `A=official ${MARKER}\n` });
    await s3.putObject({
      Bucket: 'official-secrets',
      Key: 'secret-files/S_SECRET',
      Body: `a secret ${MARKER} of it`,
    });
    const cloudFormation = new CloudFormation(sandbox.client);
    const groups = new AutoScaling(sandbox.client);
    const [group] = (await groups.describeAutoScalingGroups({})).AutoScalingGroups ?? [];
    // Its group is that of ci here, and a token of ci's is no secret of this stack.
    await groups.deleteTags({
      Tags: [{ ResourceId: group?.AutoScalingGroupName, ResourceType: 'auto-scaling-group', Key: 'note' }],
    });
    const text = (Default: string, more = {}) => ({ Type: 'String', Default, ...more });
    const template = {
      Description: 'Buildkite stack v6.40.0',
      Metadata: { Note: `${PUBLIC} ${SHAPED.join(' ')}` },
      Parameters: {
        BuildkiteAgentToken: text(`default ${MARKER} token`, { NoEcho: true }),
        BuildkiteQueue: text('default'),
        SecretsBucket: text('official-secrets'),
        DbPassword: text(`preset ${MARKER} password`),
        AdminSecret: text(`x${MARKER}`),
      },
      Resources: {
        Topic: { Type: 'AWS::SNS::Topic' },
        BuildkiteAgentTokenParameter: {
          Type: 'AWS::SSM::Parameter',
          Properties: {
            ...{ Type: 'String', Value: { Ref: 'BuildkiteAgentToken' } },
            Name: '/buildkite/elastic-ci-stack/official/agent-token',
          },
        },
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
              ],
            },
          },
        },
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            ...{ Handler: 'index.handler', Runtime: 'nodejs20.x', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
            Code: { ZipFile: 'exports.handler = async () => 1' },
            Environment: {
              Variables: { API_TOKEN: `in ${MARKER} env`, NOTE: PUBLIC, WITH: { Ref: 'DbPassword' } },
            },
          },
        },
      },
      Outputs: {
        AutoScalingGroupName: { Value: group?.AutoScalingGroupName },
        AdminPassword: { Value: { Ref: 'AdminSecret' } },
        Address: { Value: `https://u:${MARKER}@example.com/${PUBLIC}` },
      },
    };
    const create = (StackName: string, body: object) =>
      cloudFormation.createStack({
        ...{
          StackName,
          TemplateBody: JSON.stringify(body),
          DisableRollback: true,
          Capabilities: ['CAPABILITY_IAM'],
        },
        Parameters: [
          { ParameterKey: 'BuildkiteAgentToken', ParameterValue: GIVEN },
          { ParameterKey: 'AdminSecret', ParameterValue: `admin ${MARKER} secret` },
        ],
        Tags: [{ Key: 'note', Value: `${PUBLIC} bkua_${MARKER}0011223344` }],
      });
    await create('official', template);
    const waited = await sandbox.run('status', 'official', '--wait');
    expect(waited.stdout).to.contain('CREATE_COMPLETE');
    const values = [GIVEN, `default ${MARKER} token`, `preset ${MARKER} password`, `admin ${MARKER} secret`];
    const secrets = [...values, `official ${MARKER}`, `a secret ${MARKER} of it`];
    for (const name of [
      'buildkite-agent',
      'elastic-stack',
      'cloud-init/output',
      'system',
      'docker-daemon',
      'lifecycled',
    ]) {
      await write(`/buildkite/${name}`, instance, [
        `${PUBLIC} in ${name}`,
        ...secrets.flatMap(known),
        ...SHAPED,
      ]);
      await write(`/buildkite/${name}`, 'i-0cccccccccccccccc', ['of another stack']);
    }
    const { files, manifest } = await bundle('official');
    tellsNothing(files);
    expect(manifest.missing.map(({ name }) => name)).to.deep.equal(['launch-template.json', 'user-data.txt']);
    expect(files.get('logs/agent.log'))
      .to.contain(`${PUBLIC} in buildkite-agent`)
      .and.not.contain('another stack');
    expect(files.get('logs/boot.log')).to.contain(`${PUBLIC} in elastic-stack`);
    expect(files.get('functions.json')).to.contain(PUBLIC);
    expect(files.get('template.yml')).to.contain(PUBLIC);
    expect(files.get('params.md')).to.match(/elastic-ci-stack v6\.40\.0, CREATE_COMPLETE/);

    const broken = { ...template, Resources: { ...template.Resources, Broken: { Type: 'AWS::SNS::Topic' } } };
    Object.assign(broken.Resources.BuildkiteAgentTokenParameter.Properties, {
      Name: '/x/broken/agent-token',
    });
    await create('broken', broken);
    await sandbox.run('status', 'broken', '--wait');
    const failed = await bundle('broken');
    tellsNothing(failed.files);
    expect(failed.files.get('events.json')).to.contain('it failed with [redacted token]');
    expect(failed.files.get('status.txt')).to.contain('it failed with [redacted token]');
  });

  it('tells what would be inside, keeps what is there, and writes to a pipe', async () => {
    const preview = await sandbox.run('support-bundle', 'ci', '--dry-run');
    expect(preview.stdout)
      .to.match(/logs\/agent\.log +what the agents wrote\n/)
      .and.match(/nothing was written/);
    const path = join(folder, 'mine.zip');
    writeFileSync(path, 'mine');
    const refused = await sandbox.run('support-bundle', 'ci', '--output', path);
    expect(refused.exitCode).to.equal(2);
    expect(refused.stderr).to.match(/is there already\n.*--force/);
    for (const [args, message] of [
      [['--output', ''], /--output is empty/],
      [['--since', '2999-01-01'], /--since is in the future/],
    ] as const) {
      const { exitCode, stderr } = await sandbox.run('support-bundle', 'ci', ...args);
      expect(exitCode).to.equal(2);
      expect(stderr).to.match(message);
    }
    expect(readFileSync(path, 'utf8')).to.equal('mine');
    const forced = await sandbox.run(
      'support-bundle',
      'ci',
      '--output',
      path,
      '--force',
      '--json',
      '--redact-account',
    );
    const { archiveBytes, files } = JSON.parse(forced.stdout) as Manifest & { archiveBytes: number };
    expect(archiveBytes).to.equal(statSync(path).size);
    expect(files.map(({ name }) => name)).to.include('activities.json');
    const unpacked = unzipSync(readFileSync(path));
    expect(Object.values(unpacked).some((bytes) => Buffer.from(bytes).includes('111122223333'))).to.equal(
      false,
    );
    const piped = await sandbox.shell(`$BK support-bundle ci --output - > '${join(folder, 'piped.zip')}'`);
    expect(piped.stderr).to.match(/written to stdout/);
    expect(Object.keys(unzipSync(readFileSync(join(folder, 'piped.zip'))))).to.have.length.above(20);
    for (const args of [
      ['--since', 'then'],
      ['--until', '5h'],
      ['--output', '-', '--json'],
    ]) {
      expect((await sandbox.run('support-bundle', 'ci', ...args)).exitCode, args.join(' ')).to.equal(2);
    }
    expect((await sandbox.run('support-bundle', 'nowhere')).exitCode).to.equal(1);
  });

  it('keeps the newest of what is too long, and says so', async () => {
    for (let part = 0; part < 3; part += 1) {
      await write(
        '/buildkite/ci/agent',
        instance,
        Array.from({ length: 2000 }, (_, n) => `${part}/${n} ${'long '.repeat(40)}`),
      );
    }
    await write('/buildkite/ci/agent', instance, ['the very last']);
    const { files, manifest } = await bundle('ci', '--max-log-mb', '1');
    const logs = [...files].filter(([name]) => name.startsWith('logs/'));
    expect(logs.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0)).to.be.below(1_000_000);
    expect(files.get('logs/agent.log')).to.match(/the very last\n$/);
    const agent = manifest.files.find(({ name }) => name === 'logs/agent.log');
    expect(agent?.note).to.match(
      /^The oldest \d+ of \d+ events are left out for their size: see --max-log-mb/,
    );
  });

  it('goes without what it may not read, and says what that is', async () => {
    await sandbox.run('sandbox', 'stop');
    const denied = ['s3.*', 'ssm.*', 'lambda.*', 'autoscaling.DescribeScalingActivities', 'ec2.*'];
    await sandbox.start(
      ...['--speed', '60'],
      ...denied.flatMap((what) => ['--fail', `api:${what}=AccessDenied`]),
    );
    const { outcome, files, manifest } = await bundle('ci');
    expect(manifest.missing.map(({ name }) => name)).to.deep.equal([
      ...[
        'status.txt',
        'status.json',
        'activities.json',
        'instances.json',
        'launch-template.json',
        'user-data.txt',
      ],
      'functions.json',
    ]);
    expect(manifest.missing[2]?.why).to.contain('AccessDenied');
    expect(manifest.secrets.unread.map(({ what }) => what)).to.deep.equal([
      ...['the agent token', 'SecureStrings of the stack', 'the secrets bucket, with its older versions'],
    ]);
    expect(outcome.stdout).to.match(/! activities\.json is not in it: /);
    expect(files.get('manifest.md')).to.match(/\*\*not known: the agent token\*\*/);
    // Shapes and names are known all the same.
    expect(files.get('logs/boot.log'))
      .to.contain('[redacted private key]')
      .and.not.match(/bkua_mrk|DB_PASSWORD=mrk/);
  });
});
