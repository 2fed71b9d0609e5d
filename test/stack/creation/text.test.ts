import { expect } from 'chai';
import type { CreationPreview } from '../../../src/stack/creation/preview.ts';
import { creationText, pipelineStep, previewText } from '../../../src/stack/creation/text.ts';
import type { Theme } from '../../../src/terminal/theme.ts';

const as = (text: string) => text;
const theme: Theme = { stack: as, command: as, good: as, busy: as, bad: as, dim: as, heading: as };

describe('a created stack as text', () => {
  const result = {
    ...{ stackName: 'ci', stackId: 'arn:ci', region: 'us-east-1', resources: 3, elapsedSeconds: 75 },
    ...{ status: 'CREATE_COMPLETE', outputs: {} },
  };

  it('tells how to watch one that is being created', () => {
    expect(creationText({ ...result, status: 'CREATE_IN_PROGRESS' }, theme).split('\n')).to.eql([
      '… ci is being created in us-east-1.',
      '  To watch it: bk-stack status ci --wait',
    ]);
  });

  it('tells outputs and a first step where there are some', () => {
    expect(creationText(result, theme).split('\n')).to.eql([
      '✔ ci is created in us-east-1, after 1m 15s.',
      '',
      'See it: bk-stack status ci',
    ]);
    expect(
      creationText({ ...result, outputs: { Queue: 'q', Group: 'g' }, queue: 'q' }, theme).split('\n'),
    ).to.eql([
      '✔ ci is created in us-east-1, after 1m 15s.',
      '',
      'Queue  q',
      'Group  g',
      '',
      'A pipeline step that runs on it',
      'steps:',
      '  - label: Hello',
      '    command: hostname',
      '    agents:',
      '      queue: q',
      '',
      'See it: bk-stack status ci',
    ]);
  });

  for (const [queue, line] of [
    ['default', 'queue: default'],
    ['x-1.2_a', 'queue: x-1.2_a'],
    ['a b', 'queue: "a b"'],
    ['1a', 'queue: "1a"'],
    ['!a', 'queue: "!a"'],
    ...['true', 'False', 'NULL', 'yes', 'no', 'on', 'off', 'y', 'N'].map((word) => [
      word,
      `queue: "${word}"`,
    ]),
    ['truely', 'queue: truely'],
    ['untrue', 'queue: untrue'],
  ] as const) {
    it(`has a step for the queue ${queue}: ${line}`, () => {
      expect(pipelineStep(queue).split('\n').at(-1)).to.equal(`      ${line}`);
    });
  }
});

describe('a preview as text', () => {
  const preview: CreationPreview = {
    ...{ dryRun: true, stackName: 'ci', region: 'us-east-1', account: '111122223333', template: 't.yml' },
    ...{ staging: 'the request', parameters: [], tags: { team: 'build' }, capabilities: [] },
    ...{ terminationProtection: false, resources: { 'AWS::EC2::VPC': 1 }, warnings: [] },
  };

  it('has what there is', () => {
    expect(previewText(preview, theme).split('\n')).to.eql([
      'Would create ci in us-east-1, account 111122223333. Nothing has been made.',
      '',
      'Template',
      'source        t.yml',
      'goes by       the request',
      'capabilities  none',
      '',
      "Parameters (all others have the template's defaults)",
      'none',
      '',
      'Tags',
      'team  build',
      '',
      "At most 1 resource, as many as the template's conditions allow",
      '  1  AWS::EC2::VPC',
    ]);
  });

  it('has all that may be', () => {
    const lines = previewText(
      {
        ...{ ...preview, roleArn: 'arn:role', terminationProtection: true, tokenParameter: '/t' },
        removes: { stackId: 'arn:old', status: 'ROLLBACK_COMPLETE' },
        parameters: [
          { name: 'MinSize', value: '1' },
          { name: 'VpcId', value: '' },
        ],
        capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
        resources: { 'AWS::EC2::VPC': 1, 'AWS::EC2::Subnet': 12 },
      },
      theme,
    ).split('\n');
    expect(lines).to.include.members([
      'Would first remove the stack of this name that is there in ROLLBACK_COMPLETE.',
      'capabilities  CAPABILITY_IAM, CAPABILITY_AUTO_EXPAND',
      'role          arn:role',
      'protection    on',
      'agent token   SecureString /t',
      'MinSize  1',
      'VpcId    (empty)',
      "At most 13 resources, as many as the template's conditions allow",
      ' 12  AWS::EC2::Subnet',
    ]);
  });
});
