import { expect } from 'chai';
import { ecr } from '../../../../src/sandbox/services/ecr/index.ts';
import { Caller } from '../../../support/service.ts';

describe('ECR', () => {
  const aws = new Caller([ecr]);

  it('gives a token for the account’s own registry', async () => {
    const { authorizationData } = await aws.call('ecr', 'GetAuthorizationToken');
    const [{ authorizationToken, expiresAt, proxyEndpoint }] = authorizationData;
    expect(Buffer.from(authorizationToken, 'base64').toString()).to.match(/^AWS:[0-9a-f]+$/);
    expect(expiresAt.getTime() - aws.world.now()).to.equal(12 * 3_600_000);
    expect(proxyEndpoint).to.equal('https://111122223333.dkr.ecr.us-east-1.amazonaws.com');
  });

  it('gives one for each registry asked for, if they are accounts', async () => {
    const registryIds = ['444455556666', '777788889999'];
    const { authorizationData } = await aws.call('ecr', 'GetAuthorizationToken', { registryIds });
    expect(authorizationData).to.have.length(2);
    expect(authorizationData[1].proxyEndpoint).to.contain('//777788889999.dkr');
    expect((await aws.refused('ecr', 'GetAuthorizationToken', { registryIds: ['x'] })).code).to.equal(
      'InvalidParameterException',
    );
  });
});
