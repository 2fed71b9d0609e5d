import type { Stack } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { OperationError, UsageError } from '../../../../src/errors.ts';
import { planUpdate } from '../../../../src/stack/update/plan/plan-update.ts';
import type { Target } from '../../../../src/stack/update/request/resolve-update.ts';
import { parametersRequest } from '../../../../src/stack/update/request/update-request.ts';
import { FakeUpdate, STACK_ID } from '../../../support/fake-update.ts';
import { HOST_PROGRAM } from '../../../support/fleet.ts';
import { stubAws } from '../../../support/stub-aws.ts';
import { sdkError } from '../../../support/world-aws.ts';

const ARN = 'arn:aws-us-gov:iam::123456789012:user/ann';
const BUCKET = 'bk-stack-assets-123456789012-us-east-1';
const TEMPLATE = `
Parameters:
  MinSize: { Type: Number }
  MaxSize: { Type: Number }
  OnDemandPercentage: { Type: Number }
  WarmPoolSize: { Type: Number }
Resources:
  Role: { Type: AWS::IAM::Role }
`;
const PARAMETERS = { MinSize: '0', MaxSize: '4', OnDemandPercentage: '100', WarmPoolSize: '0' };
const bucketOf = (Action: string) => ({
  Type: 'Resource',
  ResourceChange: { Action, LogicalResourceId: 'Data', ResourceType: 'AWS::S3::Bucket' },
});
const groupChange = {
  Type: 'Resource',
  ResourceChange: {
    ...{ Action: 'Modify', LogicalResourceId: 'Group', ResourceType: 'AWS::AutoScaling::AutoScalingGroup' },
    Details: [{ Target: { Attribute: 'Properties', Name: 'MaxSize' } }],
  },
};
const topicChange = {
  Type: 'Resource',
  ResourceChange: {
    ...{ Action: 'Modify', LogicalResourceId: 'Topic', ResourceType: 'AWS::SNS::Topic' },
    Details: [{ Target: { Attribute: 'Properties', Name: 'TopicName' } }],
  },
};

/** A stack on an AWS that answers by functions, with the services of `FakeUpdate`. */
class Planning {
  readonly fake = new FakeUpdate();
  readonly uploads: { readonly Bucket: string; readonly Key: string; readonly Body: string }[] = [];
  readonly said: string[] = [];
  readonly drawn: string[] = [];
  policies: string[] = [];
  changes: object[] = [groupChange];
  hasGroup = true;
  /** The group's user data, and whether it has the hook. */
  userData = HOST_PROGRAM;
  hooked = true;
  bucket: 'there' | 'absent' | 'forbidden' = 'there';
  drift: object[] = [];
  stack: Partial<Stack> = {};
  template: string | undefined = TEMPLATE;

  plan(target: Target | readonly string[] = ['MaxSize=8'], ask?: Parameters<typeof planUpdate>[4]['ask']) {
    const stack = {
      ...{ StackName: 'ci', StackId: STACK_ID, StackStatus: 'UPDATE_COMPLETE', CreationTime: new Date(0) },
      Parameters: Object.entries(PARAMETERS).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Tags: [{ Key: 'team', Value: 'web' }],
      Outputs: this.hasGroup ? [{ OutputKey: 'AutoScalingGroupName', OutputValue: 'g' }] : [],
      ...this.stack,
    } as Stack;
    const wanted: Target =
      'kind' in target ? target : { kind: 'update', request: parametersRequest([...target]) };
    return planUpdate(this.#aws(), this.fake.services, stack, wanted, {
      style: { live: false, write: (text) => this.drawn.push(text), now: () => new Date(0) },
      say: (line) => this.said.push(line),
      ...(ask !== undefined && { ask }),
    });
  }

  async refusal(...given: Parameters<Planning['plan']>): Promise<OperationError | UsageError> {
    const error = await this.plan(...given).catch((each: unknown) => each);
    if (error instanceof OperationError || error instanceof UsageError) return error;
    throw error instanceof Error ? error : new Error('it was not refused');
  }

  #aws() {
    return stubAws({
      GetTemplate: ({ StackName, TemplateStage }: { StackName: string; TemplateStage: string }) =>
        StackName === 'ci' && TemplateStage === 'Original' ? { TemplateBody: this.template } : {},
      DescribeChangeSet: () => ({ Changes: this.changes }),
      DetectStackResourceDrift: ({ StackName }: { StackName: string }) => ({
        StackResourceDrift: { PropertyDifferences: StackName === STACK_ID ? this.drift : [] },
      }),
      ListStackResources: () => ({ StackResourceSummaries: [] }),
      DescribeAutoScalingGroups: () => ({
        AutoScalingGroups: [
          { AutoScalingGroupName: 'g', MinSize: 0, LaunchTemplate: { LaunchTemplateId: 'lt', Version: '1' } },
        ],
      }),
      DescribeLifecycleHooks: () => ({
        LifecycleHooks: this.hooked ? [{ LifecycleHookName: 'bk-stack-terminating' }] : [],
      }),
      DescribeLaunchTemplateVersions: () => ({
        LaunchTemplateVersions: [
          { LaunchTemplateData: { UserData: Buffer.from(this.userData).toString('base64') } },
        ],
      }),
      GetCallerIdentity: () => ({ Account: '123456789012', Arn: ARN }),
      DescribeKeyPairs: () => ({ KeyPairs: [] }),
      HeadBucket: () => {
        if (this.bucket === 'there') return {};
        throw sdkError('Unknown', '', this.bucket === 'absent' ? 404 : 403);
      },
      GetBucketPolicy: () => ({}),
      CreateBucket: () => ({}),
      PutPublicAccessBlock: () => ({}),
      PutBucketEncryption: () => ({}),
      PutBucketVersioning: () => ({}),
      PutBucketTagging: () => ({}),
      PutBucketPolicy: ({ Policy }: { Policy: string }) => {
        this.policies.push(Policy);
        return {};
      },
      HeadObject: () => {
        throw sdkError('NotFound', '', 404);
      },
      PutObject: (upload: Planning['uploads'][number]) => {
        this.uploads.push(upload);
        return {};
      },
    });
  }
}

describe('the plan of an update', () => {
  it('has what executing it takes, and a preview; nothing of the stack is changed', async () => {
    const planning = new Planning();
    const planned = await planning.plan();
    const name = 'bk-stack-update-19700101T000000Z-000000';
    const former = planning.uploads.find(({ Key }) => Key.startsWith('stacks/ci/'));
    expect(planned?.plan).to.eql({
      ...{ id: name, changeSetId: name, stackName: 'ci', stackId: STACK_ID, by: ARN, resources: 3 },
      ...{ strategy: 'in-place', drainSeconds: 0 },
      refresh: { minHealthy: 100, batch: 10, skipMatching: true },
      former: { bucket: BUCKET, key: former?.Key },
      ...{ group: 'g', formerVersion: '2' },
      sizes: { before: { min: 1, max: 4, desired: 2 }, after: { min: 1, max: 8, desired: 2 } },
    });
    expect(planned?.preview).to.deep.include({
      ...{ stackName: 'ci', region: 'us-east-1', strategy: 'in-place', drift: [], tags: [], gone: [] },
      parameters: [{ name: 'MaxSize', before: '4', after: '8' }],
    });
    expect(planned?.preview.resources.map(({ logicalId }) => logicalId)).to.eql(['Group']);
    expect(planning.fake.done).to.eql(['createChangeSet bk-stack update']);
    expect(planning.said).to.eql([]);
  });

  it('has CloudFormation compute the change from what was uploaded', async () => {
    const planning = new Planning();
    planning.template = `${TEMPLATE}  More: { Type: AWS::IAM::Role, Properties: { RoleName: x } }\n`;
    const request = { ...parametersRequest(['MaxSize=8']), roleArn: 'arn:role', tags: { team: 'ops' } };
    await planning.plan({ kind: 'update', request });
    const [template, , record] = planning.uploads;
    expect(planning.fake.requests).to.eql([
      {
        ...{ type: 'UPDATE', stackName: STACK_ID, roleArn: 'arn:role', description: 'bk-stack update' },
        templateUrl: `https://${BUCKET}.s3.us-east-1.amazonaws.com/${template?.Key ?? ''}`,
        parameters: [
          { ParameterKey: 'MinSize', UsePreviousValue: true },
          { ParameterKey: 'MaxSize', ParameterValue: '8' },
          { ParameterKey: 'OnDemandPercentage', UsePreviousValue: true },
          { ParameterKey: 'WarmPoolSize', UsePreviousValue: true },
        ],
        tags: { team: 'ops' },
        capabilities: ['CAPABILITY_NAMED_IAM'],
      },
    ]);
    expect(template?.Body).to.equal(planning.template);
    expect(JSON.parse(record?.Body ?? '{}')).to.eql({
      ...{ stackName: 'ci', template: template?.Key, parameters: PARAMETERS, tags: { team: 'web' } },
    });
    const plain = new Planning();
    await plain.plan();
    expect(plain.fake.requests[0]).to.not.have.property('roleArn');
  });

  it('makes the bucket where there is none, in the caller’s partition, and says so', async () => {
    const planning = new Planning();
    planning.bucket = 'absent';
    await planning.plan();
    expect(planning.said).to.eql([
      `Making the bucket ${BUCKET} for templates and programs: private, encrypted, versioned, TLS only`,
    ]);
    expect(planning.policies).to.have.length(1);
    expect(planning.policies[0]).to.contain(`arn:aws-us-gov:s3:::${BUCKET}`);
  });

  it('uses a bucket of the person’s own', async () => {
    const planning = new Planning();
    const request = { ...parametersRequest(['MaxSize=8']), assetsBucket: 'mine' };
    const planned = await planning.plan({ kind: 'update', request });
    expect(new Set(planning.uploads.map(({ Bucket }) => Bucket))).to.eql(new Set(['mine']));
    expect(planned?.plan.former.bucket).to.equal('mine');
  });

  it('asks a person for parameters', async () => {
    const planned = await new Planning().plan([], () => Promise.resolve(new Map([['MaxSize', '9']])));
    expect(planned?.preview.parameters).to.eql([{ name: 'MaxSize', before: '4', after: '9' }]);
  });

  it('has no group for a template without one', async () => {
    const planning = new Planning();
    planning.hasGroup = false;
    planning.userData = '';
    planning.fake.refresh = 'r-1';
    const drain = { ...parametersRequest(['MaxSize=8']), strategy: 'drain' as const };
    const planned = await planning.plan({ kind: 'update', request: drain });
    expect(planned?.plan).to.not.have.any.keys('group', 'sizes', 'formerVersion', 'paused');
  });

  it('is none where nothing would change', async () => {
    const planning = new Planning();
    planning.fake.refusal = 'No updates are to be performed.';
    expect(await planning.plan()).to.equal(undefined);
  });

  it('of a rollback takes the former template and parameters', async () => {
    const planning = new Planning();
    const options = parametersRequest([]);
    const point = planning.fake.point;
    planning.fake.point = { ...point, parameters: {} };
    const planned = await planning.plan({ kind: 'rollback', options: { ...options, strategy: 'rolling' } });
    expect(planned?.plan).to.include({ strategy: 'rolling' });
    expect(planned?.preview).to.include({ template: 'the former template' });
    expect(planned?.preview.tags).to.eql([{ name: 'team', before: 'web', after: 'build' }]);
    expect(planning.fake.requests[0]).to.include({ description: 'bk-stack rollback' });
  });

  it('leaves out of its preview what bk-stack itself has set on a paused group', async () => {
    const planning = new Planning();
    planning.drift = [
      { PropertyPath: '/MaxSize', ExpectedValue: '4', ActualValue: '0' },
      { PropertyPath: '/Cooldown', ExpectedValue: '60', ActualValue: '1' },
    ];
    const properties = async () => (await planning.plan())?.preview.drift.map(({ property }) => property);
    expect(await properties()).to.eql(['MaxSize', 'Cooldown']);
    planning.fake.sized = { ...planning.fake.sized, tags: { 'bk-stack:paused': 'true' } };
    expect(await properties()).to.eql(['Cooldown']);
    expect((await planning.plan())?.plan.paused).to.equal(true);
  });
});

describe('an update that is refused before its change set', () => {
  const drain: Target = {
    kind: 'update',
    request: { ...parametersRequest(['MaxSize=8']), strategy: 'drain' },
  };

  it('is that of a stack which cannot be updated now, with CloudFormation’s reason', async () => {
    const planning = new Planning();
    planning.stack = { StackStatus: 'ROLLBACK_COMPLETE', StackStatusReason: 'it broke' };
    const error = await planning.refusal();
    expect(error.message).to.match(/^ci cannot be updated: it was never made.* \(ROLLBACK_COMPLETE\)$/);
    expect(error.hint).to.match(/bk-stack delete ci --region us-east-1/);
    expect(error.details).to.eql({
      ...{ stackName: 'ci', region: 'us-east-1', status: 'ROLLBACK_COMPLETE', reason: 'it broke' },
    });
    expect(planning.fake.done).to.eql([]);
  });

  it('is one while an instance refresh runs', async () => {
    const planning = new Planning();
    planning.fake.refresh = 'r-1';
    const error = await planning.refusal();
    expect(error.message).to.equal('The instances of ci are being replaced already (instance refresh r-1)');
    expect(error.hint).to.equal(
      'Nothing was changed. Wait for its end, and repeat the command: bk-stack status ci',
    );
    expect(planning.fake.done).to.eql([]);
  });

  it('is one that drains a group which does not drain', async () => {
    const planning = new Planning();
    planning.hooked = false;
    const error = await planning.refusal(drain);
    expect(error.message).to.match(
      /^update would terminate instances of ci with the jobs on them: its group/,
    );
    expect(planning.fake.done).to.eql([]);
    const options = { ...parametersRequest([]), strategy: 'drain' as const };
    expect((await planning.refusal({ kind: 'rollback', options })).message).to.match(/^rollback would/);
    planning.hooked = true;
    expect((await planning.plan(drain))?.plan.strategy).to.equal('drain');
  });

  it('is one with parameters that contradict each other', async () => {
    const planning = new Planning();
    expect((await planning.refusal(['MinSize=9'])).message).to.match(/^MinSize \(9\) is more than MaxSize/);
    const both = await planning.refusal(['WarmPoolSize=1', 'OnDemandPercentage=50']);
    expect(both.message).to.match(/^AWS has no warm pool beside spot instances/);
    expect(both.hint).to.contain('bk-stack update ci');
    expect(planning.uploads).to.eql([]);
  });

  it('is one that the checks before it find fault with', async () => {
    const planning = new Planning();
    planning.bucket = 'forbidden';
    const error = await planning.refusal();
    const problem = `The bucket ${BUCKET}, to stage the template in, belongs to another account than 123456789012, or may not be used by the identity in use`;
    const hint = 'Name a bucket of your own: --assets-bucket NAME';
    expect(error.message).to.equal(
      `ci cannot be updated like this; nothing was changed.\n- ${problem}\n  ${hint}`,
    );
    expect(error.details).to.eql({ stackName: 'ci', problems: [{ message: problem, hint }] });
    expect(planning.fake.done).to.eql([]);
    expect(planning.drawn.join('')).to.contain('Account: 123456789012');
  });
});

describe('an update whose instances could not start', () => {
  it('is refused before anything is uploaded', async () => {
    const planning = new Planning();
    planning.template = TEMPLATE.replace(
      'Parameters:',
      'Parameters:\n  KeyName: { Type: String, Default: ops }',
    );
    const error = await planning.refusal();
    expect(error.message).to.match(
      /^ci cannot be updated like this; nothing was changed\.\n- us-east-1 has no key pair "ops"\n {2}To list them: /,
    );
    expect(planning.uploads).to.eql([]);
  });
});

describe('an update that is refused for what its change set would do', () => {
  it('is one that would lose data', async () => {
    const planning = new Planning();
    planning.changes = [bucketOf('Remove')];
    const error = await planning.refusal();
    expect(error.message).to.match(/^The update of ci is refused.*\n- Data \(AWS::S3::Bucket\)/);
    expect(planning.fake.done.map((each) => each.split(' ')[0])).to.eql([
      'createChangeSet',
      'deleteChangeSet',
    ]);
    planning.fake.failing.set('deleteChangeSet', new Error('denied'));
    expect((await planning.refusal()).message, 'also where it may not be deleted').to.equal(error.message);
  });

  it('is one that may end instances of a group which does not drain', async () => {
    const planning = new Planning();
    planning.userData = 'echo';
    const launch = {
      Action: 'Modify',
      LogicalResourceId: 'Launch',
      ResourceType: 'AWS::EC2::LaunchTemplate',
    };
    const Details = [{ Target: { Attribute: 'Properties', Name: 'LaunchTemplateData' } }];
    planning.changes = [
      groupChange,
      { Type: 'Resource', ResourceChange: { ...launch, Details } },
      topicChange,
    ];
    const error = await planning.refusal();
    expect(error.message).to.match(
      /^update would terminate instances of ci with the jobs on them \(Group, Launch would change\): /,
    );
    expect([...planning.fake.sets.keys()]).to.eql(['set']);
  });

  it('is not one that touches no instance, or no group', async () => {
    const planning = new Planning();
    planning.userData = 'echo';
    planning.changes = [topicChange];
    expect(await planning.plan()).to.not.equal(undefined);
    planning.changes = [groupChange];
    planning.hasGroup = false;
    expect(await planning.plan()).to.not.equal(undefined);
  });
});
