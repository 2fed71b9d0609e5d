import { expect } from 'chai';
import { planStaging, stage, templateKey } from '../../../src/stack/assets/index.ts';
import type { AssetCalls, BucketState } from '../../../src/stack/assets/calls.ts';

const BUCKET = 'bk-stack-assets-111122223333-eu-west-1';
const small = { text: 'Resources: {}\n', format: 'YAML' as const };
const large = { text: `# ${'x'.repeat(51_200)}\nResources: {}\n`, format: 'YAML' as const };

/** S3 with the buckets of two accounts; only the first is ours. */
class FakeS3 implements AssetCalls {
  readonly states = new Map<string, BucketState>();
  readonly secured = new Set<string>();
  readonly objects = new Map<string, string>();
  uploads = 0;

  bucketState(bucket: string) {
    return Promise.resolve(this.states.get(bucket) ?? 'absent');
  }
  isSecured(bucket: string) {
    return Promise.resolve(this.secured.has(bucket));
  }
  createBucket(bucket: string) {
    this.states.set(bucket, 'ours');
    return Promise.resolve();
  }
  secureBucket(bucket: string) {
    this.secured.add(bucket);
    return Promise.resolve();
  }
  objectExists(bucket: string, key: string) {
    return Promise.resolve(this.objects.has(`${bucket}/${key}`));
  }
  putObject(bucket: string, key: string, body: string) {
    this.objects.set(`${bucket}/${key}`, body);
    this.uploads += 1;
    return Promise.resolve();
  }
}

async function staged(s3: FakeS3, template = large, bucket?: string) {
  const said: string[] = [];
  const where = { account: '111122223333', region: 'eu-west-1' };
  const plan = await planStaging(s3, { template, ...where, ...(bucket !== undefined && { bucket }) });
  if (plan.kind === 'refused') return { plan, said };
  const source = await stage(s3, plan, { template, region: where.region }, (line) => said.push(line));
  return { plan, source, said };
}

describe('staging a template', () => {
  it('sends a small one with the request, and touches no bucket', async () => {
    const s3 = new FakeS3();
    expect((await staged(s3, small)).source).to.deep.equal({ templateBody: small.text });
    expect(s3.states.size).to.equal(0);
  });

  it('makes the bucket on first use, says so, and secures it before anything is in it', async () => {
    const s3 = new FakeS3();
    const { source, said } = await staged(s3);
    expect(said).to.have.length(1);
    expect(said[0]).to.contain(BUCKET);
    expect([...s3.secured]).to.deep.equal([BUCKET]);
    expect(source?.templateUrl).to.equal(
      `https://${BUCKET}.s3.eu-west-1.amazonaws.com/${templateKey(large)}`,
    );
    expect(s3.objects.get(`${BUCKET}/${templateKey(large)}`)).to.equal(large.text);
  });

  it('does not send again what is there already', async () => {
    const s3 = new FakeS3();
    await staged(s3);
    const { plan, said } = await staged(s3);
    expect(plan).to.include({ present: true, bucketWork: 'none' });
    expect(s3.uploads).to.equal(1);
    expect(said).to.deep.equal([]);
  });

  it('sends a changed template under another name', async () => {
    const s3 = new FakeS3();
    await staged(s3);
    await staged(s3, { ...large, text: `${large.text}# changed\n` });
    expect(s3.objects.size).to.equal(2);
  });

  it('secures a bucket of ours that an interrupted first use has left open', async () => {
    const s3 = new FakeS3();
    s3.states.set(BUCKET, 'ours');
    await staged(s3);
    expect(s3.secured.has(BUCKET)).to.equal(true);
  });

  it('refuses a bucket of the right name that belongs to somebody else', async () => {
    const s3 = new FakeS3();
    s3.states.set(BUCKET, 'forbidden');
    const { plan } = await staged(s3);
    expect(plan)
      .to.include({ kind: 'refused' })
      .and.property('reason')
      .to.match(/another account/);
  });

  it('uses a bucket of one’s own as it is, for small templates too', async () => {
    const s3 = new FakeS3();
    s3.states.set('my.assets', 'ours');
    const { source } = await staged(s3, small, 'my.assets');
    expect(source?.templateUrl).to.match(/^https:\/\/s3\.eu-west-1\.amazonaws\.com\/my\.assets\/templates\//);
    expect(s3.secured.size, 'its settings are the owner’s').to.equal(0);
  });

  it('never makes a bucket that was named by hand', async () => {
    const { plan } = await staged(new FakeS3(), large, 'mistyped');
    expect(plan)
      .to.include({ kind: 'refused' })
      .and.property('reason')
      .to.match(/no bucket mistyped/);
  });

  it('refuses what is too large for CloudFormation', async () => {
    const { plan } = await staged(new FakeS3(), { ...large, text: 'x'.repeat(1_000_001) });
    expect(plan)
      .to.include({ kind: 'refused' })
      .and.property('reason')
      .to.match(/1000001 bytes/);
  });
});
