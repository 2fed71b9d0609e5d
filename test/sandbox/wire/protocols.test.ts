import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { TestServer } from '../../support/server.ts';
import { presigned, type RequestToSign, send, signed } from '../../support/signed-request.ts';

interface Refusal extends Error {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const outcome = await call.catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('it was not refused');
  return outcome as Refusal;
}

describe('the protocols, as the SDK speaks them', () => {
  const server = new TestServer();
  before(() => server.start());
  after(() => server.remove());

  const ask = async (request: RequestToSign) => send(await signed(server.client, request));

  describe('query', () => {
    const template = JSON.stringify({
      Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
    });

    it('carries lists, maps, booleans and timestamps', async () => {
      const cloudFormation = new CloudFormation(server.client);
      const { StackId } = await cloudFormation.createStack({
        StackName: 'query',
        TemplateBody: template,
        Tags: [
          { Key: 'one', Value: 'a & <b>' },
          { Key: 'two', Value: 'Zürich' },
        ],
        EnableTerminationProtection: true,
        Capabilities: [],
      });
      const { Stacks } = await cloudFormation.describeStacks({ StackName: 'query' });
      expect(Stacks?.[0]).to.include({ StackId, EnableTerminationProtection: true });
      expect(Stacks?.[0]?.CreationTime).to.be.instanceOf(Date);
      expect(Stacks?.[0]?.Tags).to.deep.equal([
        { Key: 'one', Value: 'a & <b>' },
        { Key: 'two', Value: 'Zürich' },
      ]);
    });

    it('answers with typed errors that carry the request id', async () => {
      const cloudFormation = new CloudFormation(server.client);
      await cloudFormation.createStack({ StackName: 'twice', TemplateBody: template });
      const again = await refusal(cloudFormation.createStack({ StackName: 'twice', TemplateBody: template }));
      expect(again.name).to.equal('AlreadyExistsException');
      expect(again.$metadata.requestId).to.match(/^[0-9a-f-]{36}$/);
      const missing = await refusal(
        cloudFormation.describeChangeSet({ ChangeSetName: 'none', StackName: 'twice' }),
      );
      expect(missing.name).to.equal('ChangeSetNotFoundException');
    });

    it('stays well-formed where a text has characters that XML does not know', async () => {
      const cloudFormation = new CloudFormation(server.client);
      const described = JSON.stringify({ ...JSON.parse(template), Description: 'bell \u0007 & <tab>\t' });
      await cloudFormation.createStack({ StackName: 'control', TemplateBody: described });
      const { Stacks } = await cloudFormation.describeStacks({ StackName: 'control' });
      expect(Stacks?.[0]?.Description).to.equal('bell \ufffd & <tab>\t');
    });

    it('names the members that are missing, as AWS does', async () => {
      const { status, text } = await ask({
        service: 'cloudformation',
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'Action=CreateStack&Version=2010-05-15',
      });
      expect(status).to.equal(400);
      expect(text).to.contain(
        "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
      );
    });

    it('refuses an operation that there is not, and one that the sandbox has not', async () => {
      const action = (name: string) => ask({ service: 'cloudformation', path: `/?Action=${name}` });
      expect(await action('DescribeNothing')).to.have.property('status', 400);
      const unknown = await action('ListTypes');
      expect(unknown.status).to.equal(501);
      expect(unknown.text).to.contain('The sandbox does not implement ListTypes of cloudformation.');
    });
  });

  describe('EC2’s query', () => {
    it('carries filters and nested structures', async () => {
      const ec2 = new EC2(server.client);
      const { Vpcs } = await ec2.describeVpcs({ Filters: [{ Name: 'is-default', Values: ['true'] }] });
      expect(Vpcs).to.have.length(1);
      expect(Vpcs?.[0]).to.include({ IsDefault: true, CidrBlock: '172.31.0.0/16' });
      const { GroupId } = await ec2.createSecurityGroup({ GroupName: 'web', Description: 'd' });
      const { Return } = await ec2.authorizeSecurityGroupIngress({
        GroupId,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
        ],
      });
      expect(Return).to.equal(true);
    });

    it('answers with its own form of error', async () => {
      const error = await refusal(new EC2(server.client).describeVpcs({ VpcIds: ['vpc-0123456789abcdef0'] }));
      expect(error.name).to.equal('InvalidVpcID.NotFound');
      expect(error.message).to.equal("The vpc ID 'vpc-0123456789abcdef0' does not exist");
    });
  });

  describe('JSON', () => {
    it('carries blobs and timestamps', async () => {
      const kms = new KMS(server.client);
      const { KeyMetadata } = await kms.createKey({ Description: 'json' });
      expect(KeyMetadata?.CreationDate).to.be.instanceOf(Date);
      const { CiphertextBlob } = await kms.encrypt({
        KeyId: KeyMetadata?.KeyId,
        Plaintext: Buffer.from([0, 1, 254, 255]),
      });
      const { Plaintext } = await kms.decrypt({ CiphertextBlob });
      expect([...(Plaintext ?? [])]).to.deep.equal([0, 1, 254, 255]);
    });

    it('tells no other code in a header, as only services that spoke the query protocol before do', async () => {
      const { status, headers, text } = await ask({
        service: 'kms',
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'TrentService.DescribeKey',
        },
        body: '{"KeyId": "alias/none"}',
      });
      expect(status).to.equal(400);
      expect(headers).to.not.have.property('x-amzn-query-error');
      expect(JSON.parse(text)).to.have.property('__type', 'NotFoundException');
    });

    it('answers with typed errors, and refuses what is no JSON', async () => {
      const error = await refusal(new KMS(server.client).describeKey({ KeyId: 'alias/none' }));
      expect(error.name).to.equal('NotFoundException');
      const { status, text } = await ask({
        service: 'kms',
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'TrentService.DescribeKey',
        },
        body: '{"KeyId": ',
      });
      expect(status).to.equal(400);
      expect(JSON.parse(text)).to.have.property('__type', 'SerializationException');
    });
  });

  describe('S3', () => {
    const s3 = () => new S3({ ...server.client, forcePathStyle: true });
    before(async () => {
      await s3().createBucket({ Bucket: 'wire' });
    });

    it('carries bodies, metadata and ranges', async () => {
      const Key = 'a folder/näme+plus?.txt';
      await s3().putObject({ Bucket: 'wire', Key, Body: 'good day', Metadata: { colour: 'red' } });
      const whole = await s3().getObject({ Bucket: 'wire', Key });
      expect(await whole.Body?.transformToString()).to.equal('good day');
      expect(whole.Metadata).to.deep.equal({ colour: 'red' });
      expect(whole.LastModified).to.be.instanceOf(Date);
      const part = await s3().getObject({ Bucket: 'wire', Key, Range: 'bytes=5-' });
      expect(part.$metadata.httpStatusCode).to.equal(206);
      expect(await part.Body?.transformToString()).to.equal('day');
      const { Contents } = await s3().listObjectsV2({ Bucket: 'wire', Prefix: 'a folder/' });
      expect(Contents?.map((object) => object.Key)).to.deep.equal([Key]);
    });

    it('takes bodies that are streamed in chunks with a checksum behind them', async () => {
      const body = `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n`;
      const put = (name: string, content: string) =>
        ask({
          service: 's3',
          method: 'PUT',
          path: `/wire/${name}`,
          headers: {
            'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
            'x-amz-decoded-content-length': '5',
            'content-encoding': 'aws-chunked',
            'x-amz-trailer': 'x-amz-checksum-crc32',
          },
          body: content,
        });
      expect((await put('chunked', body)).status).to.equal(200);
      const { Body, ContentEncoding } = await s3().getObject({ Bucket: 'wire', Key: 'chunked' });
      expect(await Body?.transformToString()).to.equal('hello');
      expect(ContentEncoding).to.equal(undefined);
      expect((await put('wrong', body.replace('NhCmhg', 'AAAAAA'))).text).to.contain('BadDigest');
      expect((await put('short', '5\r\nhel')).text).to.contain('IncompleteBody');
    });

    it('tells one operation from another on the same path', async () => {
      await s3().putObject({ Bucket: 'wire', Key: 'source', Body: 'x' });
      await s3().copyObject({ Bucket: 'wire', Key: 'copy', CopySource: 'wire/source' });
      await s3().putBucketTagging({ Bucket: 'wire', Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } });
      expect((await s3().getBucketTagging({ Bucket: 'wire' })).TagSet).to.deep.equal([
        { Key: 'k', Value: 'v' },
      ]);
      const upload = await s3().createMultipartUpload({ Bucket: 'wire', Key: 'parts' });
      const { ETag } = await s3().uploadPart({
        Bucket: 'wire',
        Key: 'parts',
        UploadId: upload.UploadId,
        PartNumber: 1,
        Body: 'part',
      });
      const { Parts } = await s3().listParts({ Bucket: 'wire', Key: 'parts', UploadId: upload.UploadId });
      expect(Parts?.map((part) => part.ETag)).to.deep.equal([ETag]);
      await s3().abortMultipartUpload({ Bucket: 'wire', Key: 'parts', UploadId: upload.UploadId });
      await s3().deleteObjects({ Bucket: 'wire', Delete: { Objects: [{ Key: 'source' }, { Key: 'copy' }] } });
      expect((await s3().listBuckets({})).Buckets?.map(({ Name }) => Name)).to.deep.equal(['wire']);
    });

    it('answers a HEAD without a body, and errors with their own members', async () => {
      expect(
        (await refusal(s3().headObject({ Bucket: 'wire', Key: 'none' }))).$metadata.httpStatusCode,
      ).to.equal(404);
      const error = await refusal(s3().getObject({ Bucket: 'wire', Key: 'none' }));
      expect(error).to.include({ name: 'NoSuchKey', Key: 'none' });
    });

    it('finds the region of a bucket', async () => {
      const far = new S3({ ...server.client, region: 'eu-west-1', forcePathStyle: true });
      await far.createBucket({
        Bucket: 'far',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      });
      expect((await far.getBucketLocation({ Bucket: 'far' })).LocationConstraint).to.equal('eu-west-1');
    });

    it('takes presigned URLs', async () => {
      await s3().putObject({ Bucket: 'wire', Key: 'signed', Body: 'by query' });
      const url = await presigned(server.client, { service: 's3', path: '/wire/signed' }, 3600);
      expect((await send(url)).text).to.equal('by query');
    });
  });

  it('has failed at nothing by itself', () => {
    expect(server.failures).to.deep.equal([]);
  });
});
