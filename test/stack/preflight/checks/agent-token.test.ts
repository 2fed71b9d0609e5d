import { expect } from 'chai';
import { type MetricsAnswer } from '../../../../src/buildkite/agent-metrics.ts';
import { checkToken, type TokenSource } from '../../../../src/stack/preflight/checks/agent-token.ts';
import { awsError } from '../../../support/cloudformation.ts';

const SECRET = 'bkct_abcdef';
const ENDPOINT = 'https://agent.example/v3';

function check(
  answer: MetricsAnswer | Error,
  source: TokenSource = { kind: 'value', token: SECRET },
  stored: string | Error = SECRET,
) {
  const asked: string[] = [];
  const settle = <Value>(value: Value | Error) =>
    value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
  const calls = {
    readParameter: () => settle(stored),
    metrics: (endpoint: string, token: string) => {
      asked.push(`${endpoint} ${token}`);
      return settle(answer);
    },
  };
  return checkToken(calls, source, ENDPOINT, 'us-east-1').then((found) => {
    expect(JSON.stringify(found), 'no finding holds the token').not.to.contain(SECRET);
    return { ...found, asked };
  });
}

const fromPath: TokenSource = { kind: 'path', path: '/buildkite/token' };

describe('checking the agent token', () => {
  it('names the organization that accepts it', async () => {
    const found = await check({ status: 200, body: { organization: { slug: 'acme' } } });
    expect(found).to.deep.include({ fact: 'accepted by the organization acme', problems: [], warnings: [] });
  });

  it('refuses one that Buildkite refuses', async () => {
    const { problems } = await check({ status: 401, body: { message: 'Invalid access token' } });
    expect(problems[0]!.message).to.equal('Buildkite (agent.example) does not accept the agent token');
  });

  it('only warns where Buildkite cannot be reached', async () => {
    const failed = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } });
    const { problems, warnings } = await check(failed);
    expect(problems).to.deep.equal([]);
    expect(warnings[0]!.message).to.match(
      /could not be checked: agent\.example did not answer \(ENOTFOUND\)/,
    );
  });

  it('only warns where Buildkite has a bad day', async () => {
    const { problems, warnings } = await check({ status: 503, body: undefined });
    expect(problems).to.deep.equal([]);
    expect(warnings[0]!.message).to.match(/HTTP 503/);
  });

  it('reads a token that is kept in SSM', async () => {
    const { asked } = await check({ status: 200, body: {} }, fromPath, `${SECRET}\n`);
    expect(asked).to.deep.equal([`${ENDPOINT} ${SECRET}`]);
  });

  it('refuses a path at which there is no parameter', async () => {
    const { problems } = await check({ status: 200, body: {} }, fromPath, awsError('ParameterNotFound'));
    expect(problems[0]!.message).to.contain('us-east-1 has no SSM parameter /buildkite/token');
  });

  it('only warns where the parameter may not be read', async () => {
    const { problems, warnings } = await check(
      { status: 200, body: {} },
      fromPath,
      awsError('AccessDeniedException'),
    );
    expect(problems).to.deep.equal([]);
    expect(warnings).to.have.length(1);
  });
});
