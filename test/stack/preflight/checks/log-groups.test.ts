import { expect } from 'chai';
import { checkLogGroups, logGroupNames } from '../../../../src/stack/preflight/checks/log-groups.ts';
import { parseTemplate } from '../../../../src/cfn/document.ts';

const TEMPLATE = parseTemplate(`
Resources:
  Agents: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub '/buildkite/\${AWS::StackName}/agent' } }
  Scaler: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub '/buildkite/\${AWS::StackName}/scaler' } }
  Fixed: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: audit } }
  Unnamed: { Type: AWS::Logs::LogGroup }
  ByParameter: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub '/x/\${Queue}' } }
  Perhaps: { Type: AWS::Logs::LogGroup, Condition: Asked, Properties: { LogGroupName: perhaps } }
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: not-a-log-group } }
`);

describe('log groups, before a stack is made', () => {
  const check = async (...existing: string[]) => {
    const asked: string[] = [];
    const calls = {
      logGroups: (prefix: string) => {
        asked.push(prefix);
        return Promise.resolve(existing.filter((name) => name.startsWith(prefix)));
      },
    };
    const { problems } = await checkLogGroups(calls, {
      template: TEMPLATE,
      stackName: 'ci',
      region: 'eu-west-1',
    });
    return { problems, asked };
  };

  it('are those whose names follow from the name of the stack', () => {
    expect(logGroupNames(TEMPLATE, 'ci')).to.eql(['/buildkite/ci/agent', '/buildkite/ci/scaler', 'audit']);
  });

  it('may be there under other names, also under one that only begins alike', async () => {
    const { problems, asked } = await check('/buildkite/ci/agent-old', '/buildkite/ci2/agent', 'audits');
    expect(problems).to.eql([]);
    expect(asked).to.eql(['/buildkite/ci/', 'audit']);
  });

  it('must not be there already: the command that removes one is said', async () => {
    const { problems } = await check('/buildkite/ci/scaler', 'audit', '/buildkite/ci/other');
    expect(problems).to.eql([
      {
        message:
          'The log group /buildkite/ci/scaler already exists, and CloudFormation does not take it over',
        hint: 'If its logs are no longer needed: aws logs delete-log-group --log-group-name /buildkite/ci/scaler --region eu-west-1',
      },
      {
        message: 'The log group audit already exists, and CloudFormation does not take it over',
        hint: 'If its logs are no longer needed: aws logs delete-log-group --log-group-name audit --region eu-west-1',
      },
    ]);
  });

  it('do not matter to a template that names none', async () => {
    const none = parseTemplate('Resources: { Bucket: { Type: AWS::S3::Bucket } }');
    const never = { logGroups: () => Promise.reject(new Error('not to be asked')) };
    const { problems } = await checkLogGroups(never, {
      template: none,
      stackName: 'ci',
      region: 'eu-west-1',
    });
    expect(problems).to.eql([]);
  });
});
