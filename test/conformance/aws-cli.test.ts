import { expect } from 'chai';
import { join } from 'node:path';
import { root } from '../support/process.ts';
import { Sandbox } from './support/sandbox.ts';

const fixture = (name: string): string => `file://${join(root, 'test/conformance/fixtures', name)}`;
const EVERYTHING = fixture('everything.yml');

describe('the AWS CLI on the sandbox', () => {
  let sandbox: Sandbox;
  let started = false;
  /** What only the sandbox can tell: ids, and the parameters made of them. */
  let account: string;
  let subnets: string;
  let parameters: string[];

  const stackOf = async (name: string) =>
    (await sandbox.asked('cloudformation', 'describe-stacks', '--stack-name', name)).Stacks[0];
  const reached = (name: string, status: string) =>
    sandbox.awaited(60, async () => {
      const stack = await stackOf(name);
      if (/FAILED|ROLLBACK/.test(stack.StackStatus) && stack.StackStatus !== status) {
        throw new Error(`${name} is ${stack.StackStatus}: ${stack.StackStatusReason}`);
      }
      return stack.StackStatus === status ? stack : undefined;
    });
  const outputsOf = (stack: { Outputs: { OutputKey: string; OutputValue: string }[] }) =>
    Object.fromEntries(stack.Outputs.map((output) => [output.OutputKey, output.OutputValue]));
  const given = (values: Record<string, string>): string[] => [
    '--parameters',
    ...Object.entries(values).map(([name, value]) =>
      JSON.stringify({ ParameterKey: name, ParameterValue: value }),
    ),
  ];

  before(async function () {
    this.timeout(300_000);
    sandbox = await Sandbox.start();
    started = true;
    account = (await sandbox.asked('sts', 'get-caller-identity')).Account;

    const put = ['ssm', 'put-parameter', '--name'];
    await sandbox.asked(...put, '/conformance/greeting', '--type', 'String', '--value', 'good day');
    await sandbox.asked(...put, '/conformance/colours', '--type', 'StringList', '--value', 'red,green,blue');
    await sandbox.asked('s3', 'mb', 's3://conformance-templates');
    const nested = join(root, 'test/conformance/fixtures/nested.yml');
    await sandbox.asked('s3', 'cp', nested, 's3://conformance-templates/a folder/nested.yml');

    const exporter = ['--stack-name', 'exporter', '--template-body', fixture('exports.yml')];
    await sandbox.asked('cloudformation', 'create-stack', ...exporter);
    const exported = outputsOf(await reached('exporter', 'CREATE_COMPLETE'));
    subnets = exported['Subnets']!;
    parameters = given({
      Password: 'correct1horse',
      Network: exported['VpcId']!,
      Subnets: subnets,
      Exporter: 'exporter',
      NestedTemplate: 'https://conformance-templates.s3.amazonaws.com/a+folder/nested.yml',
    });
  });
  after(async () => {
    if (started) await sandbox.stop();
  });

  const create = (...args: string[]) =>
    sandbox.aws('cloudformation', 'create-stack', '--stack-name', 'everything', ...args);

  /** The outputs of everything.yml in dev, by hand. */
  const inDev = () => ({
    Base64: 'aGVsbG8=',
    Cidr: '10.20.0.0/24 10.20.1.0/24 10.20.2.0/24',
    FindInMap: '512',
    FindInMapList: 'ab',
    GetAtt: `arn:aws:sqs:us-east-1:${account}:everything-queue`,
    GetAZs: 'us-east-1a',
    GetAZsElsewhere: 'us-west-2b',
    If: 'playful',
    IfNested: 'small',
    ImportValue: 'dev with shared words',
    Join: 'a:dev:b',
    JoinWithoutNoValue: 'one+three',
    Select: 'beta',
    Split: 'z',
    Sub: 'dev in us-east-1 keeps ${This} and everything-queue',
    SubMap: 'alpha says dev',
    Ref: 'label',
    RefList: 'alphabetagamma',
    RefSubnets: subnets,
    RefSsm: 'good day',
    RefSsmList: 'green',
    Nested: 'good day and 3',
    DynamicReference: 'good day from a reference',
    Pseudo: `${account} aws us-east-1 everything amazonaws.com`,
    NotificationARNs: '',
    WhenDev: 'yes',
    WhenDevOrBig: 'yes',
    Exported: `arn:aws:sns:us-east-1:${account}:everything-dev`,
  });

  describe('creating', () => {
    it('waits at the CreationPolicy until as many have signalled as it counts', async () => {
      const made = await create('--template-body', EVERYTHING, ...parameters);
      expect(made.json.StackId).to.match(
        new RegExp(`^arn:aws:cloudformation:us-east-1:${account}:stack/everything/`),
      );
      const ask = ['--stack-name', 'everything', '--logical-resource-id', 'Ready'];
      const statusOfReady = async () =>
        (await sandbox.asked('cloudformation', 'describe-stack-resources', ...ask)).StackResources[0]
          ?.ResourceStatus;
      await sandbox.awaited(30, async () => (await statusOfReady()) === 'CREATE_IN_PROGRESS' || undefined);

      const signal = (id: string) =>
        sandbox.asked('cloudformation', 'signal-resource', ...ask, '--unique-id', id, '--status', 'SUCCESS');
      await signal('one');
      await signal('one');
      expect(await statusOfReady()).to.equal('CREATE_IN_PROGRESS');
      await signal('two');
      await reached('everything', 'CREATE_COMPLETE');
    });

    it('evaluates every function', async () => {
      const stack = await stackOf('everything');
      expect(outputsOf(stack)).to.deep.equal({ ...inDev(), StackId: stack.StackId });
    });

    it('masks what is NoEcho and shows what SSM parameters resolved to', async () => {
      const { Parameters } = await stackOf('everything');
      expect(Parameters).to.deep.include({ ParameterKey: 'Password', ParameterValue: '****' });
      expect(Parameters).to.deep.include({
        ParameterKey: 'Colours',
        ParameterValue: '/conformance/colours',
        ResolvedValue: 'red,green,blue',
      });
    });

    it('makes a resource after what it depends on', async () => {
      const { StackEvents } = await sandbox.asked(
        ...['cloudformation', 'describe-stack-events', '--stack-name', 'everything'],
      );
      const order = StackEvents.map(
        (event: { LogicalResourceId: string; ResourceStatus: string }) =>
          `${event.LogicalResourceId} ${event.ResourceStatus}`,
      ).reverse();
      expect(order[0]).to.equal('everything CREATE_IN_PROGRESS');
      expect(order.at(-1)).to.equal('everything CREATE_COMPLETE');
      expect(order.indexOf('Second CREATE_IN_PROGRESS')).to.be.greaterThan(
        order.indexOf('First CREATE_COMPLETE'),
      );
      expect(order).to.not.include('ProdNote CREATE_IN_PROGRESS');
    });

    it('reads the same template and its summary back', async () => {
      const { TemplateBody } = await sandbox.asked(
        ...['cloudformation', 'get-template', '--stack-name', 'everything'],
      );
      expect(TemplateBody).to.match(
        /^AWSTemplateFormatVersion: '2010-09-09'\nDescription: One of everything/,
      );
      const summary = await sandbox.asked(
        ...['cloudformation', 'get-template-summary', '--stack-name', 'everything'],
      );
      expect(summary.ResourceTypes).to.include.members(['AWS::SQS::Queue', 'AWS::CloudFormation::Stack']);
      expect(summary.Parameters).to.have.length(11);
    });
  });

  describe('what is refused', () => {
    const refused = async (message: string | RegExp, ...args: string[]) => {
      const { exitCode, stderr } = await sandbox.aws('cloudformation', ...args);
      // Of the AWS CLI 1, the one on PyPI.
      expect(exitCode).to.equal(255);
      expect(stderr.trim()).to.match(
        typeof message === 'string'
          ? new RegExp(`: ${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
          : message,
      );
    };
    /** The parameters of a good creation with some of them changed. */
    const changed = (values: Record<string, string>) => [
      ...parameters.filter((one) => !Object.keys(values).some((name) => one.includes(`"${name}"`))),
      ...given(values).slice(1),
    ];
    const createOther = (...args: string[]) => ['create-stack', '--stack-name', 'other', ...args];
    const inline = (template: object) =>
      createOther('--template-body', JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', ...template }));
    const topic = { Topic: { Type: 'AWS::SNS::Topic' } };

    it('a second stack of the same name', () =>
      refused(
        /\(AlreadyExistsException\) when calling the CreateStack operation: Stack \[everything\] already exists$/,
        ...['create-stack', '--stack-name', 'everything', '--template-body', EVERYTHING, ...parameters],
      ));

    it('an update that changes nothing', () =>
      refused(
        'No updates are to be performed.',
        ...['update-stack', '--stack-name', 'everything', '--use-previous-template', '--parameters'],
        ...['Password', 'Network', 'Subnets', 'Exporter', 'NestedTemplate'].map((name) =>
          JSON.stringify({ ParameterKey: name, UsePreviousValue: true }),
        ),
      ));

    for (const [about, values, message] of [
      [
        'a value that is not allowed',
        { Environment: 'test' },
        "Parameter 'Environment' must be one of AllowedValues",
      ],
      ['a number too large', { Size: '7' }, "Parameter 'Size' must be a number not greater than 6"],
      ['a number too small', { Size: '0' }, "Parameter 'Size' must be a number not less than 1"],
      ['a text too short', { Label: 'a' }, "Parameter 'Label' must contain at least 2 characters"],
      ['a text too long', { Label: 'a'.repeat(11) }, "Parameter 'Label' must contain at most 10 characters"],
      [
        'a text that does not match, in the words of its constraint',
        { Password: 'correct horse' },
        "Parameter 'Password' failed to satisfy constraint: must be letters and digits.",
      ],
      [
        'a parameter that the template does not know',
        { Nothing: 'x' },
        'Parameters: [Nothing] do not exist in the template',
      ],
    ] as const) {
      it(about, () =>
        refused(message, ...createOther('--template-body', EVERYTHING, ...changed({ ...values }))),
      );
    }

    it('a parameter without a value', () =>
      refused(
        'Parameters: [Password] must have values',
        ...createOther(
          '--template-body',
          EVERYTHING,
          ...parameters.filter((one) => !one.includes('"Password"')),
        ),
      ));

    it('what a rule asserts against', () =>
      refused(
        /\(ValidationError\).*A dev environment has 3 at most/,
        ...createOther('--template-body', EVERYTHING, ...changed({ Size: '4' })),
      ));

    it('a role without its capability', () =>
      refused(
        /\(InsufficientCapabilitiesException\) .*: Requires capabilities : \[CAPABILITY_IAM\]$/,
        ...inline({
          Resources: {
            Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } },
          },
        }),
      ));

    it('a template without resources', () =>
      refused(
        'Template format error: At least one Resources member must be defined.',
        ...inline({ Resources: {} }),
      ));

    it('a reference to nothing', () =>
      refused(
        'Template format error: Unresolved resource dependencies [Nowhere] in the Outputs block of the template',
        ...inline({ Resources: topic, Outputs: { Out: { Value: { Ref: 'Nowhere' } } } }),
      ));

    it('a circle of dependencies', () =>
      refused(
        /Circular dependency between resources: \[(One, Two|Two, One)\]$/,
        ...inline({
          Resources: {
            One: { Type: 'AWS::SNS::Topic', DependsOn: 'Two' },
            Two: { Type: 'AWS::SNS::Topic', DependsOn: 'One' },
          },
        }),
      ));

    it('more than 200 parameters', () => {
      const names = Array.from({ length: 201 }, (_, index) => [`P${index}`, { Type: 'String', Default: '' }]);
      return refused(
        /Template format error: Number of parameters, 201, is greater than maximum allowed, 200$/,
        ...inline({ Parameters: Object.fromEntries(names), Resources: topic }),
      );
    });

    it('a body over 51,200 bytes', () =>
      refused(
        /failed to satisfy constraint: Member must have length less than or equal to 51200$/,
        ...inline({
          Metadata: { Filler: 'x'.repeat(51_200) },
          Resources: topic,
        }),
      ));

    it('a stack that is not there', () =>
      refused('Stack with id nobody does not exist', ...['describe-stacks', '--stack-name', 'nobody']));

    it('leaves no stack behind', async () => {
      const { StackSummaries } = await sandbox.asked('cloudformation', 'list-stacks');
      const names = StackSummaries.map((stack: { StackName: string }) => stack.StackName);
      expect(names).to.not.include('other');
    });
  });

  describe('updating by change set', () => {
    const named = ['--stack-name', 'everything', '--change-set-name', 'to-prod'];

    it('says what would change, what would be replaced and from what to what', async () => {
      const previous = ['Password', 'Network', 'Subnets', 'Exporter', 'NestedTemplate'].map((name) =>
        JSON.stringify({ ParameterKey: name, UsePreviousValue: true }),
      );
      await sandbox.asked(
        ...['cloudformation', 'create-change-set', ...named, '--use-previous-template'],
        ...[...given({ Environment: 'prod', Size: '6' }), ...previous],
      );
      const set = await sandbox.awaited(30, async () => {
        const described = await sandbox.asked(
          ...['cloudformation', 'describe-change-set', ...named, '--include-property-values'],
        );
        if (described.Status === 'FAILED') throw new Error(described.StatusReason);
        return described.Status === 'CREATE_COMPLETE' ? described : undefined;
      });
      expect(set.ExecutionStatus).to.equal('AVAILABLE');

      const changes = Object.fromEntries(
        set.Changes.map(({ ResourceChange: change }: { ResourceChange: Record<string, string> }) => [
          change['LogicalResourceId'],
          `${change['Action']} ${change['Replacement'] ?? ''}`.trim(),
        ]),
      );
      expect(changes).to.include({
        DevNote: 'Remove',
        ProdNote: 'Add',
        Queue: 'Modify False',
        Second: 'Modify False',
        Topic: 'Modify True',
      });
      expect(changes).to.not.have.any.keys('First', 'Resolved', 'Ready');

      const queue = set.Changes.map(
        (change: { ResourceChange: { LogicalResourceId: string; Details: unknown[] } }) =>
          change.ResourceChange,
      ).find((change: { LogicalResourceId: string }) => change.LogicalResourceId === 'Queue');
      expect(queue.Scope).to.deep.equal(['Properties']);
      const targets = queue.Details.map((detail: { Target: object }) => detail.Target);
      const timeout = targets.find((target: { Name: string }) => target.Name === 'VisibilityTimeout');
      expect(timeout).to.include({ RequiresRecreation: 'Never', BeforeValue: '30', AfterValue: '60' });
    });

    it('leaves the stack as it was until it is executed', async () => {
      expect((await stackOf('everything')).StackStatus).to.equal('CREATE_COMPLETE');
    });

    it('changes what it said', async () => {
      const topicOf = async () =>
        (
          await sandbox.asked(
            ...['cloudformation', 'describe-stack-resource', '--stack-name', 'everything'],
            ...['--logical-resource-id', 'Topic'],
          )
        ).StackResourceDetail.PhysicalResourceId;
      const before = await topicOf();
      await sandbox.asked('cloudformation', 'execute-change-set', ...named);
      const stack = await reached('everything', 'UPDATE_COMPLETE');

      const { WhenDev: _, ...kept } = inDev();
      expect(outputsOf(stack)).to.deep.equal({
        ...kept,
        StackId: stack.StackId,
        Cidr: '10.20.0.0/24 10.20.1.0/24 10.20.2.0/24 10.20.3.0/24 10.20.4.0/24 10.20.5.0/24',
        FindInMap: '4096',
        FindInMapList: 'abc',
        If: 'serious',
        IfNested: 'big',
        ImportValue: 'prod with shared words',
        Join: 'a:prod:b',
        JoinWithoutNoValue: 'one+two+three',
        Sub: 'prod in us-east-1 keeps ${This} and everything-queue',
        SubMap: 'alpha says prod',
        WhenBigProd: 'yes',
        Exported: `arn:aws:sns:us-east-1:${account}:everything-prod`,
      });
      expect(await topicOf()).to.not.equal(before);
      const { Topics } = await sandbox.asked('sns', 'list-topics');
      expect(Topics).to.deep.equal([{ TopicArn: `arn:aws:sns:us-east-1:${account}:everything-prod` }]);
    });

    it('fails when it would change nothing', async () => {
      const same = ['--stack-name', 'exporter', '--change-set-name', 'same', '--use-previous-template'];
      await sandbox.asked('cloudformation', 'create-change-set', ...same);
      const set = await sandbox.awaited(30, async () => {
        const described = await sandbox.asked('cloudformation', 'describe-change-set', ...same.slice(0, 4));
        return described.Status === 'FAILED' ? described : undefined;
      });
      expect(set.StatusReason).to.match(/^The submitted information didn't contain changes\./);
      expect(set.ExecutionStatus).to.equal('UNAVAILABLE');
    });
  });

  describe('paging', () => {
    it('goes through all events once, whatever the page', async () => {
      const events = ['cloudformation', 'describe-stack-events', '--stack-name', 'everything'];
      const all = await sandbox.asked(...events);
      const ids = new Set(all.StackEvents.map((event: { EventId: string }) => event.EventId));
      expect(ids.size).to.equal(all.StackEvents.length);
      const first = await sandbox.asked(...events, '--max-items', '7');
      expect(first.StackEvents).to.deep.equal(all.StackEvents.slice(0, 7));
      const rest = await sandbox.asked(...events, '--starting-token', first.NextToken);
      expect(rest.StackEvents).to.deep.equal(all.StackEvents.slice(7));
    });

    it('lists stacks, resources and exports', async () => {
      const { StackSummaries, NextToken } = await sandbox.asked(
        ...['cloudformation', 'list-stacks', '--max-items', '1'],
      );
      expect(StackSummaries).to.have.length(1);
      expect(NextToken).to.be.a('string');
      const { StackResourceSummaries } = await sandbox.asked(
        ...['cloudformation', 'list-stack-resources', '--stack-name', 'everything'],
      );
      expect(StackResourceSummaries).to.have.length(8);
      const { Imports } = await sandbox.asked(
        ...['cloudformation', 'list-imports', '--export-name', 'exporter-Motto'],
      );
      expect(Imports).to.deep.equal(['everything']);
    });
  });

  describe('language extensions', () => {
    const named = ['--stack-name', 'extended'];

    it('need the capability to expand', async () => {
      const template = ['--template-body', fixture('language-extensions.yml')];
      const made = await sandbox.aws('cloudformation', 'create-stack', ...named, ...template);
      expect(made.stderr).to.match(/\(InsufficientCapabilitiesException\).*CAPABILITY_AUTO_EXPAND/);
      const expanding = [...template, '--capabilities', 'CAPABILITY_AUTO_EXPAND'];
      await sandbox.asked('cloudformation', 'create-stack', ...named, ...expanding);
    });

    it('loop, count, write JSON and fall back', async () => {
      expect(outputsOf(await reached('extended', 'CREATE_COMPLETE'))).to.deep.equal({
        Length: '3',
        LengthOfList: '2',
        ToJsonString: '{"size":"8","list":["x","y"]}',
        Default: 'unknown',
        TextRed: 'a Red note',
        TextGreen: 'a Green note',
      });
      await sandbox.asked('cloudformation', 'delete-stack', ...named);
      await sandbox.awaited(30, async () => {
        const { exitCode } = await sandbox.aws('cloudformation', 'describe-stacks', ...named);
        return exitCode === 0 ? undefined : true;
      });
    });
  });

  describe('deleting', () => {
    it('is called off while another stack imports what this one exports', async () => {
      await sandbox.asked('cloudformation', 'delete-stack', '--stack-name', 'exporter');
      const stack = await sandbox.awaited(30, async () => {
        const described = await stackOf('exporter');
        return described.StackStatusReason === undefined ? undefined : described;
      });
      expect(stack.StackStatusReason).to.equal(
        'Delete canceled. Cannot delete export exporter-Motto as it is in use by everything.',
      );
      expect(stack.StackStatus).to.equal('CREATE_COMPLETE');
    });

    it('takes the nested stack and every resource along', async () => {
      const { StackId } = await stackOf('everything');
      await sandbox.asked('cloudformation', 'delete-stack', '--stack-name', 'everything');
      await reached(StackId, 'DELETE_COMPLETE');
      const gone = await sandbox.aws('cloudformation', 'describe-stacks', '--stack-name', 'everything');
      expect(gone.stderr).to.contain('Stack with id everything does not exist');
      const left = await sandbox.asked('cloudformation', 'describe-stacks');
      expect(left.Stacks.map((stack: { StackName: string }) => stack.StackName)).to.deep.equal(['exporter']);
      expect((await sandbox.asked('sns', 'list-topics')).Topics).to.deep.equal([]);
      const { Parameters } = await sandbox.asked('ssm', 'describe-parameters');
      expect(Parameters.map((parameter: { Name: string }) => parameter.Name)).to.have.members([
        ...['/conformance/colours', '/conformance/greeting'],
      ]);
    });

    it('then takes the exporter', async () => {
      const { StackId } = await stackOf('exporter');
      await sandbox.asked('cloudformation', 'delete-stack', '--stack-name', 'exporter');
      await reached(StackId, 'DELETE_COMPLETE');
    });
  });

  it('presigns URLs by either version of the signature, and the sandbox takes them', async () => {
    const key = 's3://conformance-templates/a folder/nested.yml';
    for (const [region, version] of [
      ['us-east-1', /[?&]AWSAccessKeyId=AKIA/],
      ['eu-central-1', /[?&]X-Amz-Credential=AKIA/],
    ] as const) {
      const { stdout } = await sandbox.aws('s3', 'presign', key, '--region', region);
      expect(stdout).to.match(version);
      if (region !== 'us-east-1') continue;
      const url = stdout.trim();
      expect((await fetch(url)).status).to.equal(200);
      expect((await fetch(url, { method: 'DELETE' })).status).to.equal(403);
      expect((await fetch(url.replace('nested', 'other'))).status).to.equal(403);
    }
  });
});
