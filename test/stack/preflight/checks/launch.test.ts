import { expect } from 'chai';
import {
  checkLaunch,
  type ImageFacts,
  type LaunchSubject,
} from '../../../../src/stack/preflight/checks/launch.ts';

async function problems(subject: Partial<LaunchSubject>, image?: ImageFacts, keys: readonly string[] = []) {
  const calls = { image: () => Promise.resolve(image), keyPairs: () => Promise.resolve(keys) };
  const types = [{ type: 'm6g.large', vCpus: 2, architectures: ['arm64'], zones: ['us-east-1a'] }];
  const found = await checkLaunch(calls, {
    region: 'us-east-1',
    imageId: '',
    keyName: '',
    types,
    ...subject,
  });
  return found.problems.map(({ message }) => message);
}

const imageId = 'ami-0123456789abcdef0';

describe('judging whether instances can start', () => {
  it('has nothing to say of an image that the template finds', async () => {
    expect(await problems({})).to.deep.equal([]);
  });

  it('refuses an image of another region', async () => {
    expect(await problems({ imageId })).to.deep.equal([
      `us-east-1 has no image ${imageId} that this account may use`,
    ]);
  });

  it('refuses an image of another architecture than the instance types', async () => {
    expect(await problems({ imageId }, { architecture: 'x86_64', state: 'available' })).to.deep.equal([
      `The image ${imageId} is for x86_64, and cannot run on m6g.large`,
    ]);
    expect(await problems({ imageId }, { architecture: 'arm64', state: 'available' })).to.deep.equal([]);
  });

  it('refuses an image that is not done yet', async () => {
    expect(await problems({ imageId }, { architecture: 'arm64', state: 'pending' })).to.have.length(1);
  });

  it('refuses a key pair that is not there', async () => {
    expect(await problems({ keyName: 'ann' }, undefined, ['anne'])).to.deep.equal([
      'us-east-1 has no key pair "ann"',
    ]);
    expect(await problems({ keyName: 'ann' }, undefined, ['ann'])).to.deep.equal([]);
  });
});
