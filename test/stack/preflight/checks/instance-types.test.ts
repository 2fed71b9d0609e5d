import { expect } from 'chai';
import {
  chooseZones,
  type InstanceTypeFacts,
  type InstanceTypeSurvey,
  judgeInstanceTypes,
} from '../../../../src/stack/preflight/checks/instance-types.ts';

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

function type(name: string, facts: Partial<InstanceTypeFacts> = {}): InstanceTypeFacts {
  return { type: name, vCpus: 2, architectures: ['x86_64'], zones: ZONES, ...facts };
}

function judge(facts: readonly InstanceTypeFacts[], survey: Partial<InstanceTypeSurvey> = {}) {
  return judgeInstanceTypes(
    {
      wanted: facts.map((fact) => fact.type),
      facts,
      known: [],
      placement: { kind: 'choice', zones: ZONES },
      ...survey,
    },
    'us-east-1',
  );
}

const messages = (findings: readonly { message: string }[]) => findings.map(({ message }) => message);

describe('judging instance types', () => {
  it('finds nothing wrong with types that are offered everywhere', () => {
    expect(judge([type('m5.large'), type('m6i.large')])).to.deep.include({ problems: [], warnings: [] });
  });

  it('names the type that was probably meant', () => {
    const { problems } = judge([], { wanted: ['m5.larg'], known: ['m5.large', 'm5.xlarge', 't3.nano'] });
    expect(problems[0]!.message).to.equal('us-east-1 has no instance type "m5.larg"');
    expect(problems[0]!.hint).to.match(/^Did you mean m5\.large/);
  });

  it('refuses types of which no image runs all', () => {
    const { problems } = judge([type('m5.large'), type('m6g.large', { architectures: ['arm64'] })]);
    expect(messages(problems)).to.deep.equal([
      'InstanceTypes are of several architectures, and one image serves them all: m5.large is x86_64, m6g.large is arm64',
    ]);
  });

  describe('for a new VPC', () => {
    it('chooses the first two zones that offer every type', () => {
      const { zones } = judge([
        type('m5.large'),
        type('p3.2xlarge', { zones: ['us-east-1b', 'us-east-1c'] }),
      ]);
      expect(zones).to.deep.equal(['us-east-1b', 'us-east-1c']);
    });

    it('makes do with zones that offer some, where none offers all', () => {
      const zones = chooseZones(
        [type('a', { zones: ['us-east-1a'] }), type('b', { zones: ['us-east-1b'] })],
        ZONES,
      );
      expect(zones).to.deep.equal(['us-east-1a', 'us-east-1b']);
    });

    it('refuses types that no zone of the account offers', () => {
      const { problems } = judge([type('m5.large', { zones: ['us-east-1-bos-1a'] })]);
      expect(messages(problems)).to.deep.equal(['No availability zone of us-east-1 offers m5.large']);
    });
  });

  describe('in zones or subnets that were named', () => {
    const subnets = (...found: { id: string; vpcId: string; zone: string }[]) => ({
      placement: { kind: 'subnets' as const, vpcId: 'vpc-1', wanted: found.map(({ id }) => id), found },
    });

    it('refuses a zone that the account does not have', () => {
      const { problems } = judge([type('m5.large')], {
        placement: { kind: 'zones', zones: ['us-east-1a', 'us-east-1z'], available: ZONES },
      });
      expect(messages(problems)).to.deep.equal([
        'us-east-1 has no availability zone "us-east-1z" that this account may use',
      ]);
    });

    it('refuses a type that none of them offers, and says who does', () => {
      const { problems } = judge([type('m5.large', { zones: ['us-east-1c'] })], {
        placement: { kind: 'zones', zones: ['us-east-1a', 'us-east-1b'], available: ZONES },
      });
      expect(messages(problems)).to.deep.equal(['us-east-1a and us-east-1b do not offer m5.large']);
      expect(problems[0]!.hint).to.contain('us-east-1c');
    });

    it('refuses a zone in which nothing could run', () => {
      const { problems } = judge(
        [type('m5.large', { zones: ['us-east-1a'] })],
        subnets(
          { id: 'subnet-a', vpcId: 'vpc-1', zone: 'us-east-1a' },
          { id: 'subnet-b', vpcId: 'vpc-1', zone: 'us-east-1b' },
        ),
      );
      expect(messages(problems)).to.deep.equal(['us-east-1b offers none of the instance types']);
    });

    it('warns of a type that only some of them offer', () => {
      const { problems, warnings } = judge([type('m5.large'), type('m7i.large', { zones: ['us-east-1a'] })], {
        placement: { kind: 'zones', zones: ['us-east-1a', 'us-east-1b'], available: ZONES },
      });
      expect(problems).to.deep.equal([]);
      expect(messages(warnings)[0]).to.match(/^us-east-1b lacks m7i\.large/);
    });

    it('refuses subnets that are missing or in another VPC', () => {
      const { problems } = judge([type('m5.large')], {
        placement: {
          kind: 'subnets',
          vpcId: 'vpc-1',
          wanted: ['subnet-a', 'subnet-b'],
          found: [{ id: 'subnet-a', vpcId: 'vpc-2', zone: 'us-east-1a' }],
        },
      });
      expect(messages(problems)).to.deep.equal([
        'us-east-1 has no subnet "subnet-b"',
        'The subnet subnet-a is not in vpc-1 but in vpc-2',
      ]);
    });
  });
});
