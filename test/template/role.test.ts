import { expect } from 'chai';
import { AGENTS_TAG } from '../../src/scaler/group/launched-agents.ts';
import { FORECAST_MIN_SIZE_TAG } from '../../src/scaler/group/forecast-min-size.ts';
import { SPOT_FALLBACK_TAG } from '../../src/scaler/spot/fallback.ts';
import { STUCK_TAG } from '../../src/scaler/sizing/stuck-jobs.ts';
import { has, propertiesOf, refused, stack, statementsOf, userDataOf } from '../support/bk-stack-template.ts';

describe('the role', () => {
  it('has no statement for what is not used', async () => {
    expect(statementsOf(await stack())).to.have.all.keys(
      ...['ReadAgentToken', 'ReadSecrets', 'ListSecrets', 'WriteLogs', 'SignalStack', 'SessionManager'],
      ...['FetchHostProgram', 'EndInstances', 'FindGroup'],
    );
  });

  it('ends instances of its own stack alone', async () => {
    expect(statementsOf(await stack())['EndInstances']).to.deep.include({
      Resource: 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/*',
      Condition: {
        StringEquals: {
          'aws:ResourceTag/aws:cloudformation:stack-id':
            'arn:aws:cloudformation:eu-west-1:123456789012:stack/ci/1',
        },
      },
    });
  });

  it('reads the bootstrap script, where it lies in this account', async () => {
    const resourceFor = async (BootstrapScriptUrl: string, sid: string) =>
      statementsOf(await stack({ BootstrapScriptUrl }))[sid]?.['Resource'];
    expect(await resourceFor('s3://scripts/a/b.sh', 'FetchBootstrapScript')).to.equal(
      'arn:aws:s3:::scripts/a/b.sh',
    );
    expect(await resourceFor('ssm:/ci/bootstrap', 'ReadBootstrapScript')).to.equal(
      'arn:aws:ssm:eu-west-1:123456789012:parameter/ci/bootstrap',
    );
    expect(
      Object.keys(statementsOf(await stack({ BootstrapScriptUrl: 'https://example.com/b.sh' }))),
    ).to.not.include.members(['FetchBootstrapScript', 'ReadBootstrapScript']);
    await refused({ BootstrapScriptUrl: 'http://example.com/b.sh' }, 'BootstrapScriptUrl');
  });

  it('reads the agent’s environment, the keys for SSH and those for signing', async () => {
    const statements = statementsOf(
      await stack({
        AgentEnvFileUrl: 'ssm:/ci/env',
        AuthorizedUsersUrl: 's3://people/keys',
        BuildkiteAgentSigningKeySSMParameter: '/ci/sign',
        BuildkiteAgentVerificationKeySSMParameter: '/ci/verify',
      }),
    );
    const parameter = (name: string) => `arn:aws:ssm:eu-west-1:123456789012:parameter${name}`;
    expect(statements['ReadAgentEnvironment']?.['Resource']).to.equal(parameter('/ci/env'));
    expect(statements['FetchAuthorizedUsers']?.['Resource']).to.equal('arn:aws:s3:::people/keys');
    expect(statements['ReadSigningKeys']?.['Resource']).to.equal(parameter('/ci/sign'));
    expect(statements['ReadVerificationKeys']?.['Resource']).to.equal(parameter('/ci/verify'));
  });

  it('signs and verifies with the one key in KMS, or only verifies', async () => {
    const made = await stack({ PipelineSigningKMSKeySpec: 'ECC_NIST_P256' });
    expect(propertiesOf(made, 'PipelineSigningKMSKey')).to.include({
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
    });
    expect(statementsOf(made)['SignAndVerify']).to.deep.include({
      Action: ['kms:GetPublicKey', 'kms:Sign', 'kms:Verify'],
      Resource: '<PipelineSigningKMSKey.Arn>',
    });
    const own = await stack({ PipelineSigningKMSKeyId: '01234567-89ab', PipelineSigningKMSAccess: 'verify' });
    expect(has(own, 'PipelineSigningKMSKey')).to.equal(false);
    expect(statementsOf(own)['SignAndVerify']).to.deep.include({
      Action: ['kms:GetPublicKey', 'kms:Verify'],
      Resource: 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab',
    });
    await refused(
      { PipelineSigningKMSKeyId: '01', PipelineSigningKMSKeySpec: 'ECC_NIST_P256' },
      'one of them',
    );
    await refused(
      { PipelineSigningKMSKeyId: '01', BuildkiteAgentSigningKeySSMParameter: '/k' },
      'not with both',
    );
    await refused({ BuildkiteAgentSigningKeyID: 'first' }, 'so give both');
  });

  it('uses buckets for artifacts and mirrors no further than needed', async () => {
    const statements = statementsOf(
      await stack({
        ArtifactsBucket: 'artifacts',
        GitMirrorSeedBucket: 'seeds',
        BuildkiteAgentEnableGitMirrors: 'true',
      }),
    );
    expect(statements['Artifacts']).to.deep.include({
      Action: ['s3:GetObject', 's3:PutObject', 's3:PutObjectAcl'],
      Resource: 'arn:aws:s3:::artifacts/*',
    });
    expect(statements['FetchGitMirrors']?.['Resource']).to.equal('arn:aws:s3:::seeds/git-mirror-seeds/*');
    expect(statements['ListGitMirrors']).to.deep.include({
      Condition: { StringLike: { 's3:prefix': 'git-mirror-seeds/*' } },
    });
    await refused({ GitMirrorSeedBucket: 'seeds' }, 'BuildkiteAgentEnableGitMirrors');
  });

  it('has the tags of its parameter', async () => {
    const tagsOf = async (InstanceRoleTags: string) =>
      propertiesOf(await stack({ InstanceRoleTags }), 'InstanceRole').Tags.slice(1);
    expect(await tagsOf('')).to.eql([]);
    expect(await tagsOf('team=ci,cost center=a:b/c')).to.eql([
      { Key: 'team', Value: 'ci' },
      { Key: 'cost center', Value: 'a:b/c' },
    ]);
    expect(await tagsOf('a=1,b=2,c=3,d=,e=5')).to.have.length(5);
    await refused({ InstanceRoleTags: 'a=1,b=2,c=3,d=4,e=5,f=6' }, 'InstanceRoleTags');
  });

  it('reads the one token parameter, and decrypts with the one key', async () => {
    const key = '01234567-89ab-cdef-0123-456789abcdef';
    const arn = `arn:aws:kms:eu-west-1:123456789012:key/${key}`;
    for (const given of [key, arn]) {
      const statements = statementsOf(await stack({ BuildkiteAgentTokenParameterStoreKMSKey: given }));
      expect(statements['ReadAgentToken']?.['Resource']).to.equal(
        'arn:aws:ssm:eu-west-1:123456789012:parameter/bk-stack/ci/agent-token',
      );
      expect(statements['DecryptAgentToken']).to.deep.include({
        Resource: arn,
        Condition: { StringEquals: { 'kms:ViaService': 'ssm.eu-west-1.amazonaws.com' } },
      });
    }
  });

  it('and the secrets bucket get their own key by one parameter', async () => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/secrets';
    const evaluation = await stack({ SecretsBucketKMSKey: key });
    const { BucketEncryption } = propertiesOf(evaluation, 'ManagedSecretsBucket');
    expect(BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault).to.deep.equal(
      {
        SSEAlgorithm: 'aws:kms',
        KMSMasterKeyID: key,
      },
    );
    expect(statementsOf(evaluation)['DecryptSecrets']).to.include({ Resource: key });
  });

  it('reads a secrets bucket of your own', async () => {
    const evaluation = await stack({ SecretsBucket: 'our-secrets' });
    expect(statementsOf(evaluation)['ReadSecrets']?.['Resource']).to.equal('arn:aws:s3:::our-secrets/*');
    expect(has(evaluation, 'ManagedSecretsBucket')).to.equal(false);
  });

  it('has the policies of its parameters, in any combination', async () => {
    const policies = async (given: Record<string, string>) =>
      propertiesOf(await stack(given), 'InstanceRole').ManagedPolicyArns;
    const own = 'arn:aws:iam::123456789012:policy/one,arn:aws:iam::123456789012:policy/two';
    const ecr = 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly';
    expect(await policies({})).to.equal(undefined);
    expect(await policies({ ECRAccessPolicy: 'readonly' })).to.deep.equal([ecr]);
    expect(await policies({ ManagedPolicyARNs: own })).to.deep.equal(own.split(','));
    expect(await policies({ ManagedPolicyARNs: own, ECRAccessPolicy: 'readonly-pullthrough' })).to.deep.equal(
      [...own.split(','), ecr],
    );
  });

  it('may be one of your own, under a path too', async () => {
    for (const path of ['', 'ci/', 'a/b/', 'a/b/c/']) {
      const InstanceRoleARN = `arn:aws:iam::123456789012:role/${path}agents`;
      const evaluation = await stack({ InstanceRoleARN });
      expect(propertiesOf(evaluation, 'InstanceProfile').Roles, path).to.deep.equal(['agents']);
      expect(has(evaluation, 'InstanceRole')).to.equal(false);
    }
    const InstanceRoleARN = 'arn:aws:iam::123456789012:role/agents';
    await refused({ InstanceRoleARN: `${InstanceRoleARN}/b/c/d/e` }, 'InstanceRoleARN');
    await refused({ InstanceRoleARN, ECRAccessPolicy: 'full' }, 'A role of your own is used as it is');
  });
});

describe('the agent token', () => {
  it('is needed', () => refused({ BuildkiteAgentTokenParameterStorePath: '' }, 'The agents need a token'));

  it('from the console becomes a parameter of its own; a path wins over it', async () => {
    const fromConsole = { BuildkiteAgentToken: 'bkct_secret', BuildkiteAgentTokenParameterStorePath: '' };
    const evaluation = await stack(fromConsole);
    expect(propertiesOf(evaluation, 'AgentToken')).to.include({
      Name: '/bk-stack/ci/plain-agent-token',
      Value: 'bkct_secret',
    });
    expect(userDataOf(evaluation))
      .to.contain('BUILDKITE_AGENT_TOKEN_PATH="<AgentToken>"')
      .and.not.contain('bkct_');
    expect(has(await stack({ BuildkiteAgentToken: 'bkct_secret' }), 'AgentToken')).to.equal(false);
  });
});

describe('the role of the scaler', () => {
  const statements = async (given: Record<string, string>) =>
    Object.fromEntries(
      (
        propertiesOf(await stack(given), 'ScalerRole')['Policies'] as {
          PolicyDocument: { Statement: { Sid: string }[] };
        }[]
      )
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .map((statement) => [statement.Sid, statement]),
    );
  const buying = ['ChooseHowToBuy', 'RememberHowToBuy'];

  it('may suspend processes of its own group, and of no other', async () => {
    const { ScaleGroup } = await statements({});
    expect(ScaleGroup).to.deep.include({
      Action: [
        'autoscaling:CompleteLifecycleAction',
        'autoscaling:SetDesiredCapacity',
        'autoscaling:SetInstanceHealth',
        'autoscaling:SuspendProcesses',
      ],
    });
    expect((ScaleGroup as unknown as { Resource: string }).Resource).to.match(/<AgentAutoScaleGroup>$/);
  });

  it('may change how its group buys only where it falls back from spot', async () => {
    const without: Record<string, string>[] = [
      {},
      { SpotFallbackMinutes: '10' },
      { OnDemandPercentage: '0' },
    ];
    for (const given of without)
      expect(await statements(given), JSON.stringify(given)).to.not.have.any.keys(...buying);
    const found = await statements({ SpotFallbackMinutes: '10', OnDemandPercentage: '0' });
    expect(found).to.include.all.keys(...buying);
    expect(found['ChooseHowToBuy']).to.deep.include({ Action: 'autoscaling:UpdateAutoScalingGroup' });
    expect(found['RememberHowToBuy']).to.deep.nested.include({
      'Condition.ForAllValues:StringEquals': { 'aws:TagKeys': SPOT_FALLBACK_TAG },
    });
  });

  it('may raise the minimum of its group, and write down what it was and which jobs are stuck', async () => {
    for (const given of [{}, { InstanceBuffer: '2' }, { PredictiveScaling: 'on' }] as Record<
      string,
      string
    >[]) {
      const found = await statements(given);
      expect(found['HoldGroup']).to.deep.include({ Action: 'autoscaling:UpdateAutoScalingGroup' });
      expect(found['RememberSizing']).to.deep.include({
        Action: 'autoscaling:CreateOrUpdateTags',
        Resource: (found['HoldGroup'] as { Resource?: unknown }).Resource,
        Condition: {
          'ForAllValues:StringEquals': { 'aws:TagKeys': [FORECAST_MIN_SIZE_TAG, STUCK_TAG, AGENTS_TAG] },
          Null: { 'aws:TagKeys': 'false' },
        },
      });
    }
  });
});
