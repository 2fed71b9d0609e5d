import { expect } from 'chai';
import {
  lookUp,
  unknownReferences,
  withReferences,
} from '../../../../../src/sandbox/cloudformation/engine/steps/dynamic-references.ts';
import type { Operation } from '../../../../../src/sandbox/cloudformation/stacks/operation.ts';
import type { Scope } from '../../../../../src/sandbox/kernel/world.ts';

interface Call {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
}

/** Looks up what some properties refer to, in services that answer so. */
async function resolved(properties: Record<string, string>, answer: (call: Call) => object) {
  const calls: Call[] = [];
  const call = (_: unknown, service: string, operation: string, input: object) => {
    calls.push({ service, operation, input: JSON.parse(JSON.stringify(input)) as object });
    return Promise.resolve().then(() => answer({ service, operation, input }));
  };
  const operation = { dynamic: {} } as Operation;
  const references = unknownReferences(properties, operation);
  await lookUp({ world: { call } } as unknown as Scope, operation, references);
  expect(unknownReferences(properties, operation)).to.eql([]);
  return { calls, value: () => withReferences(properties, operation) };
}

describe('dynamic references', () => {
  const parameter = (Type: string) => () => ({ Parameter: { Value: 'v', Type } });
  for (const [what, text, answer, value, service, input] of [
    [
      'a parameter',
      '{{resolve:ssm:/a}}',
      parameter('String'),
      'v',
      'ssm',
      { Name: '/a', WithDecryption: false },
    ],
    [
      'a version of one',
      '{{resolve:ssm:/a:3}}',
      parameter('String'),
      'v',
      'ssm',
      { Name: '/a:3', WithDecryption: false },
    ],
    [
      'a secure parameter',
      '{{resolve:ssm-secure:/a}}',
      parameter('SecureString'),
      'v',
      'ssm',
      { Name: '/a', WithDecryption: true },
    ],
    [
      'a parameter without a value',
      '{{resolve:ssm:/a}}',
      () => ({}),
      '',
      'ssm',
      { Name: '/a', WithDecryption: false },
    ],
    [
      'a secret',
      '{{resolve:secretsmanager:s}}',
      () => ({ SecretString: 'v' }),
      'v',
      'secretsmanager',
      { SecretId: 's' },
    ],
    [
      'a field of a secret',
      '{{resolve:secretsmanager:s:SecretString:f}}',
      () => ({ SecretString: '{"f":"v"}' }),
      'v',
      'secretsmanager',
      { SecretId: 's' },
    ],
    [
      'a field that is no text',
      '{{resolve:secretsmanager:s:SecretString:f}}',
      () => ({ SecretString: '{"f":{"a":1}}' }),
      '{"a":1}',
      'secretsmanager',
      { SecretId: 's' },
    ],
  ] as const) {
    it(`stand for ${what}`, async () => {
      const { calls, value: found } = await resolved({ Name: `x-${text}` }, answer);
      expect(found()).to.eql({ Name: `x-${value}` });
      const operation = service === 'ssm' ? 'GetParameter' : 'GetSecretValue';
      expect(calls).to.eql([{ service, operation, input }]);
    });
  }

  for (const [what, text, answer, failure] of [
    [
      'a secure parameter that is not asked for as one',
      '{{resolve:ssm:/a}}',
      parameter('SecureString'),
      'SSM Secure reference is not supported in: [/a]. Use ssm-secure.',
    ],
    [
      'a field that a secret lacks',
      '{{resolve:secretsmanager:s:SecretString:g}}',
      () => ({ SecretString: '{"f":"v"}' }),
      'Could not find a value associated with JSONKey in SecretString',
    ],
    [
      'what is not there',
      '{{resolve:ssm:/a}}',
      () => {
        throw new Error('no parameter /a');
      },
      'no parameter /a',
    ],
  ] as const) {
    it(`fail for ${what}`, async () => {
      const { value } = await resolved({ Name: text }, answer);
      expect(value).to.throw(failure);
    });
  }

  it('are told apart, and each looked up for itself', async () => {
    const { calls, value } = await resolved(
      { One: '{{resolve:ssm:/a}}', Other: '{{resolve:ssm:/b}}' },
      ({ input }) => ({ Parameter: { Value: `of ${(input as { Name: string }).Name}`, Type: 'String' } }),
    );
    expect(calls).to.have.length(2);
    expect(value()).to.eql({ One: 'of /a', Other: 'of /b' });
  });

  it('are none in properties without any', () => {
    const operation = { dynamic: {} } as Operation;
    expect(unknownReferences({ Name: 'x' }, operation)).to.eql([]);
    expect(withReferences({ Name: 'x' }, operation)).to.equal(undefined);
    expect(() => withReferences({ Name: '{{resolve:ssm:/a}}' }, operation)).to.throw('not looked up');
  });
});
