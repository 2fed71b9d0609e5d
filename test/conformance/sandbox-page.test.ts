import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { CliSandbox } from '../support/sandbox.ts';
import { openBrowser, type Page } from './support/browser.ts';

const TEMPLATE = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
const QUERY = `Action=CreateStack&Version=2010-05-15&StackName=planted&TemplateBody=${encodeURIComponent(TEMPLATE)}`;
const SCOPE = 'AKIASANDBOX000000000%2F20261130%2Fus-east-1%2Fcloudformation%2Faws4_request';
const FORGED = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${SCOPE}&X-Amz-Date=20261130T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0`;

/** A page that tries what pages can: images, scripts, frames, forms, and requests of its script. */
function hostile(endpoint: string): string {
  const url = `${endpoint}/?${QUERY}&${FORGED}`;
  const attribute = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!doctype html><title>page</title>
<img src="${attribute}"><script src="${attribute}"></script><iframe name="frame" src="${attribute}"></iframe>
<form id="form" target="frame" method="post" action="${endpoint}/_sandbox/reset"></form>
<script>
  const url = ${JSON.stringify(url)};
  const tries = [
    fetch(url), fetch(url, { mode: 'no-cors' }), fetch(url, { method: 'POST', mode: 'no-cors', body: '' }),
    fetch(${JSON.stringify(`${endpoint}/_sandbox/status`)}, { headers: { authorization: 'Bearer x' } }),
    fetch(${JSON.stringify(`${endpoint}/_sandbox/reset`)}, { method: 'POST', mode: 'no-cors' }),
  ];
  document.getElementById('form').submit();
  window.done = Promise.allSettled(tries).then((outcomes) => outcomes.map(({ status, value }) =>
    status === 'rejected' ? 'rejected' : value.type === 'opaque' ? 'opaque' : value.status));
</script>`;
}

describe('a hostile page in Chromium', function () {
  this.timeout(300_000);
  const sandbox = new CliSandbox();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(hostile(sandbox.endpoint));
  });
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let page: Page;
  const asked: string[] = [];

  before(async () => {
    await sandbox.start();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('request', (request) => asked.push(request.url()));
  });
  after(async () => {
    await browser.close();
    server.close();
    await sandbox.remove();
  });

  it('makes nothing in the sandbox, reads nothing and throws nothing away', async () => {
    const cloudFormation = new CloudFormation(sandbox.client);
    await cloudFormation.createStack({ StackName: 'mine', TemplateBody: TEMPLATE });
    const { port } = server.address() as AddressInfo;
    // By either name: to the sandbox's address one is of the same site, the other of another.
    for (const host of ['127.0.0.1', 'localhost']) {
      await page.goto(`http://${host}:${port}/`);
      expect(await page.evaluate<unknown[]>('window.done')).to.deep.equal([
        ...['rejected', 'opaque', 'opaque', 'rejected', 'opaque'],
      ]);
    }
    expect(asked.filter((url) => url.includes('Action=CreateStack')).length, 'requests').to.be.greaterThan(9);
    const { StackSummaries = [] } = await cloudFormation.listStacks({});
    expect(StackSummaries.map(({ StackName }) => StackName)).to.deep.equal(['mine']);
  });
});
