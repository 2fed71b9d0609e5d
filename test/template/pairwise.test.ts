import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { zipSync } from 'fflate';
import { services } from '../../src/sandbox/server/services.ts';
import { readTemplate } from '../../src/stack/parameters/index.ts';
import { root } from '../support/process.ts';
import { Caller } from '../support/service.ts';

const BUCKET = 'templates';

interface Choice {
  readonly name: string;
  readonly values: readonly string[];
}
type Row = Record<string, string>;

/** What the template's rules refuse together: the new VPC, which alone has endpoints, needs public addresses. */
const REFUSED: Row = { AssociatePublicIpAddress: 'false', EnableVpcEndpoints: 'true' };

function refused(row: Row): boolean {
  return Object.entries(REFUSED).every(([name, value]) => row[name] === value);
}

/** Rows in which every pair of values of two choices that go together occurs, found greedily. */
function pairwise(choices: readonly Choice[]): Row[] {
  const open = new Set<string>();
  const pair = (a: string, x: string, b: string, y: string) =>
    a < b ? `${a}=${x}&${b}=${y}` : `${b}=${y}&${a}=${x}`;
  for (const [index, { name: a, values }] of choices.entries()) {
    for (const { name: b, values: others } of choices.slice(index + 1)) {
      for (const x of values) {
        for (const y of others) if (!refused({ [a]: x, [b]: y })) open.add(pair(a, x, b, y));
      }
    }
  }
  const rows: Row[] = [];
  while (open.size > 0) {
    // Begins with a pair that is still open, so that each row covers at least one.
    const [first = ''] = open;
    const row: Row = Object.fromEntries(first.split('&').map((part) => part.split('=')));
    for (const { name, values } of choices) {
      if (name in row) continue;
      const gain = (value: string) =>
        Object.entries(row).filter(([other, chosen]) => open.has(pair(name, value, other, chosen))).length;
      const allowed = values.filter((value) => !refused({ ...row, [name]: value }));
      row[name] = allowed.reduce((best, value) => (gain(value) > gain(best) ? value : best));
    }
    const chosen = Object.entries(row);
    for (const [a, x] of chosen) for (const [b, y] of chosen) if (a !== b) open.delete(pair(a, x, b, y));
    rows.push(row);
  }
  return rows;
}

describe('every pair of choices', function () {
  this.timeout(120_000);

  it('makes a stack, and leaves nothing behind when that is deleted', async () => {
    const aws = new Caller(services.filter(({ name }) => name !== 'eventbridge'));
    const TemplateURL = `https://${BUCKET}.s3.us-east-1.amazonaws.com/bk-stack.yml`;
    await aws.call('s3', 'CreateBucket', { Bucket: BUCKET });
    const Body = readFileSync(join(root, 'template/bk-stack.yml'));
    await aws.call('s3', 'PutObject', { Bucket: BUCKET, Key: 'bk-stack.yml', Body });
    const ScalerProgram = `scaler/${'0'.repeat(64)}.zip`;
    const zip = zipSync({ 'index.mjs': new Uint8Array() });
    await aws.call('s3', 'PutObject', { Bucket: BUCKET, Key: ScalerProgram, Body: zip });
    await aws.call('ssm', 'PutParameter', { Name: '/token', Value: 'x', Type: 'SecureString' });
    const [vpc] = (await aws.call('ec2', 'DescribeVpcs')).Vpcs;
    const subnets = (await aws.call('ec2', 'DescribeSubnets')).Subnets as { SubnetId: string }[];

    const { definitions } = await readTemplate();
    const choices = definitions.flatMap(({ name, allowedValues }) =>
      allowedValues === undefined ? [] : [{ name, values: allowedValues }],
    );
    const rows = pairwise(choices);
    // As many as the two parameters with most values have pairs, and hardly more.
    expect(rows.length).to.be.within(484, 600);

    for (const [index, row] of rows.entries()) {
      const parameters: Row = {
        BuildkiteAgentTokenParameterStorePath: '/token',
        AssetsBucket: BUCKET,
        HostProgram: `host/${'0'.repeat(64)}.mjs`,
        ScalerProgram,
        ...row,
        // A new VPC has no other way out, as a rule of the template says.
        ...(row['AssociatePublicIpAddress'] === 'false' && {
          VpcId: vpc.VpcId,
          Subnets: subnets.map(({ SubnetId }) => SubnetId).join(','),
        }),
      };
      const StackName = `pair-${index}`;
      await aws.call('cloudformation', 'CreateStack', {
        ...{ StackName, TemplateURL, Capabilities: ['CAPABILITY_NAMED_IAM'] },
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      });
      await aws.world.pass(1200);
      const status = async () =>
        (await aws.call('cloudformation', 'DescribeStacks', { StackName: id })).Stacks[0];
      let id = StackName;
      const made = await status();
      expect(made.StackStatus, JSON.stringify({ parameters, reason: made.StackStatusReason })).to.equal(
        'CREATE_COMPLETE',
      );
      id = made.StackId;
      await aws.call('cloudformation', 'DeleteStack', { StackName });
      await aws.world.pass(1200);
      expect((await status()).StackStatus, JSON.stringify(parameters)).to.equal('DELETE_COMPLETE');
    }
    const { AutoScalingGroups } = await aws.call('autoscaling', 'DescribeAutoScalingGroups');
    expect(AutoScalingGroups).to.deep.equal([]);
    expect((await aws.call('ec2', 'DescribeVpcs')).Vpcs).to.have.length(1);
    expect((await aws.call('iam', 'ListRoles')).Roles).to.deep.equal([]);
  });
});
