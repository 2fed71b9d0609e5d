import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { parseTemplate } from '../../../src/cfn/document.ts';
import { UsageError } from '../../../src/errors.ts';
import { imageParameter, keptImage } from '../../../src/stack/image/source.ts';
import { launchOf, stack } from '../../support/bk-stack-template.ts';
import { root } from '../../support/process.ts';

const { body } = parseTemplate(readFileSync(`${root}/template/bk-stack.yml`, 'utf8'));
const BASE = { LinuxDistribution: 'amazonlinux2023', InstanceTypes: 't3.large' };
const parameterOf = (given: Record<string, string>) =>
  imageParameter(body, new Map(Object.entries({ ...BASE, ...given })));

describe('the SSM parameter of an image', () => {
  for (const type of [
    't3.large',
    'm7g.large',
    'm7gd.large',
    'g6e.xlarge',
    'g5g.xlarge',
    'a1.large',
    'im4gn.large',
  ]) {
    for (const LinuxDistribution of ['amazonlinux2023', 'ubuntu2404']) {
      it(`is the one that the template reads by itself: ${LinuxDistribution} on ${type}`, async () => {
        const given = { InstanceTypes: type, LinuxDistribution };
        const image = await launchedImage(given);
        expect(image).to.equal(`{{resolve:ssm:${parameterOf(given) ?? ''}}}`);
      });
    }
  }

  it("is a person's own, and none where there is an image", async () => {
    expect(parameterOf({ ImageIdParameter: '/golden' })).to.equal('/golden');
    expect(await launchedImage({ ImageIdParameter: '/golden' })).to.equal('{{resolve:ssm:/golden}}');
    expect(parameterOf({ ImageId: 'ami-12345678' })).to.equal(undefined);
    expect(imageParameter({ Parameters: {} }, new Map(Object.entries(BASE)))).to.equal(undefined);
  });

  it('gives way to the image that bk-stack has found, and both to an image of its own', async () => {
    const found = { ResolvedImageId: 'ami-0123456789abcdef0' };
    expect(await launchedImage(found)).to.equal('ami-0123456789abcdef0');
    expect(await launchedImage({ ...found, ImageId: 'ami-12345678' })).to.equal('ami-12345678');
  });
});

async function launchedImage(given: Record<string, string>): Promise<unknown> {
  return (launchOf(await stack(given)) as { ImageId: unknown }).ImageId;
}

describe('the image of an update', () => {
  const same = { before: '/a', after: '/a' };
  const kept = (choice: 'newest' | 'keep' | 'keep if possible', source: object = same, current?: string) =>
    keptImage('ci', { source, current, choice });

  it('is the newest unless it is to be kept', () => {
    expect(kept('newest', same, 'ami-1')).to.equal(undefined);
    expect(kept('keep', same, 'ami-1')).to.equal('ami-1');
    expect(kept('keep if possible', same, 'ami-1')).to.equal('ami-1');
    expect(kept('keep', same)).to.equal(undefined);
  });

  it('cannot be kept from another distribution or architecture', () => {
    const other = { before: '/a', after: '/b' };
    expect(kept('keep if possible', other, 'ami-1')).to.equal(undefined);
    expect(() => kept('keep', other, 'ami-1')).to.throw(UsageError, '/b, not from /a');
    expect(kept('keep', { after: '/b' }, 'ami-1')).to.equal('ami-1');
  });
});
