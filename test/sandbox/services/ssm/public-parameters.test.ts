import { expect } from 'chai';
import { ec2 } from '../../../../src/sandbox/services/ec2/index.ts';
import { ssm } from '../../../../src/sandbox/services/ssm/index.ts';
import { Caller } from '../../../support/service.ts';

const AL2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
const REGIONS = '/aws/service/global-infrastructure/regions';

describe("AWS's public parameters", () => {
  const aws = new Caller([ssm, ec2], 'ap-southeast-2');
  const get = (Name: string) => aws.call('ssm', 'GetParameter', { Name });

  it('name images that EC2 has, in every region its own', async () => {
    const { Parameter } = await get(AL2023);
    expect(Parameter).to.include({
      Name: AL2023,
      DataType: 'aws:ec2:image',
      ARN: `arn:aws:ssm:ap-southeast-2::parameter${AL2023}`,
    });
    const { Images } = await aws.call('ec2', 'DescribeImages', { ImageIds: [Parameter.Value] });
    expect(Images[0].Name).to.match(/^al2023-ami-2023/);
    const elsewhere = new Caller([], 'eu-west-1', aws.world);
    expect((await elsewhere.call('ssm', 'GetParameter', { Name: AL2023 })).Parameter.Value).to.not.equal(
      Parameter.Value,
    );
  });

  it('tell of the regions', async () => {
    expect((await get(`${REGIONS}/us-east-1/longName`)).Parameter.Value).to.equal('US East (N. Virginia)');
    expect((await get(`${REGIONS}/cn-north-1/partition`)).Parameter.Value).to.equal('aws-cn');
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await aws.call('ssm', 'GetParametersByPath', { Path: REGIONS, NextToken });
      seen.push(...page.Parameters.map(({ Value }: { Value: string }) => Value));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).to.include.members(['eu-west-1', 'us-gov-west-1', 'mx-central-1']);
    expect(seen).to.have.length(38);
  });

  it('are read only, and not among the own', async () => {
    expect(await aws.refused('ssm', 'PutParameter', { Name: AL2023, Value: 'x', Type: 'String' })).to.include(
      {
        code: 'AccessDeniedException',
        message: `No access to reserved parameter name: ${AL2023}.`,
      },
    );
    expect((await aws.call('ssm', 'DescribeParameters')).Parameters).to.deep.equal([]);
    expect((await aws.refused('ssm', 'GetParameter', { Name: '/aws/service/nothing' })).code).to.equal(
      'ParameterNotFound',
    );
  });
});
