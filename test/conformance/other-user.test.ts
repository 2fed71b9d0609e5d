import { spawnSync } from 'node:child_process';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';

/** Of nobody, on most systems. */
const OTHER_USER = 65_534;

/** What another user of the machine can try: forged requests, and what the system shows of a process. Prints what came of each. */
const ATTACK = `
const { readFileSync } = require('node:fs');
const [endpoint, pid, file] = process.argv.slice(1);
const read = (path) => { try { return readFileSync(path, 'utf8'); } catch (error) { return error.code; } };
const template = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
const create = 'Action=CreateStack&Version=2010-05-15&StackName=planted&TemplateBody=' + encodeURIComponent(template);
const scope = 'AKIASANDBOX000000000/20261130/us-east-1/cloudformation/aws4_request';
const status = async (path, options) => (await fetch(endpoint + path, options)).status;
(async () => console.log(JSON.stringify({
  uid: process.getuid(),
  file: read(file),
  environment: read('/proc/' + pid + '/environ'),
  commandLine: read('/proc/' + pid + '/cmdline'),
  unsigned: await status('/?' + create),
  forged: await status('/?' + create + '&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Signature=0'
    + '&X-Amz-Date=20261130T000000Z&X-Amz-Credential=' + encodeURIComponent(scope)),
  older: await status('/bucket/key?AWSAccessKeyId=AKIASANDBOX000000000&Signature=x&Expires=9999999999'),
  reset: await status('/_sandbox/reset', { method: 'POST', headers: { authorization: 'Bearer x' } }),
  stop: await status('/_sandbox/stop', { method: 'POST' }),
  agents: await status('/_buildkite/v2/organizations/sandbox/agents'),
  register: await status('/_buildkite/v3/register', { method: 'POST', headers: { authorization: 'Token x' } }),
})))();
`;

describe('another user of the machine', function () {
  this.timeout(120_000);
  const sandbox = new CliSandbox();
  before(async () => {
    expect(process.getuid?.(), 'only root can try as somebody else: run as root').to.equal(0);
    await sandbox.start();
  });
  after(() => sandbox.remove());

  it('reads no key, makes nothing, and throws nothing away', async () => {
    const { pid, discoveryFile } = sandbox.process;
    const secret = sandbox.client.credentials.secretAccessKey;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['-e', ATTACK, sandbox.endpoint, String(pid), discoveryFile],
      { uid: OTHER_USER, gid: OTHER_USER, cwd: '/', env: {}, encoding: 'utf8' },
    );
    expect(stdout, stderr).to.match(/^\{/);
    const { commandLine, ...outcome } = JSON.parse(stdout);
    expect(outcome).to.deep.equal({
      ...{ uid: OTHER_USER, file: 'EACCES', environment: 'EACCES' },
      ...{ unsigned: 403, forged: 403, older: 403, reset: 401, stop: 401, agents: 401, register: 401 },
    });
    expect(commandLine).to.contain('sandbox').and.not.contain(secret);
    const { StackSummaries = [] } = await new CloudFormation(sandbox.client).listStacks({});
    expect(StackSummaries).to.deep.equal([]);
  });
});
