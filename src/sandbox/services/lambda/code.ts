import { createHash } from 'node:crypto';
import type { FunctionCode } from '@aws-sdk/client-lambda';
import { unzipSync, zipSync } from 'fflate';
import { AwsError } from '../../kernel/errors.ts';
import type { Scope } from '../../kernel/world.ts';
import { readOperations } from '../s3/objects/get.ts';
import { CFN_RESPONSE } from './cfn-response.ts';
import type { Code } from './state.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, in bytes. */
const LARGEST_UNZIPPED = 262_144_000;
const LARGEST_INLINE = 4 * 1024 * 1024;
const MODULES = 'node_modules/';

type Files = Readonly<Record<string, Uint8Array>>;

function refusal(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

/** Keeps a deployment package. @throws AwsError InvalidParameterValueException for what is no zip, is empty or too big */
export function keepPackage(scope: Scope, zip: Uint8Array): Code {
  if (zip.length === 0) throw refusal('Uploaded file must be a non-empty zip');
  const files = unpacked(zip);
  const size = Object.values(files).reduce((sum, content) => sum + content.length, 0);
  if (Object.keys(files).length === 0) throw refusal('Uploaded file must be a non-empty zip');
  if (size > LARGEST_UNZIPPED) throw refusal(`Unzipped size must be smaller than ${LARGEST_UNZIPPED} bytes`);
  return {
    blob: scope.world.blobs.put(zip),
    sha256: createHash('sha256').update(zip).digest('base64'),
    size: zip.length,
  };
}

function unpacked(zip: Uint8Array): Files {
  try {
    return unzipSync(zip);
  } catch {
    throw refusal('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
}

/** A package's files by their path. Folders are left out. */
export function packageFiles(zip: Uint8Array): Files {
  return Object.fromEntries(Object.entries(unzipSync(zip)).filter(([path]) => !path.endsWith('/')));
}

/** The code that a request brings or points at. @throws AwsError InvalidParameterValueException */
export function requestedCode(code: FunctionCode, context: Scope): Code {
  if (code.ImageUri !== undefined) return imageCode(code.ImageUri);
  if (code.ZipFile !== undefined) return keepPackage(context, code.ZipFile);
  const { S3Bucket: bucket, S3Key: key, S3ObjectVersion: version } = code;
  if (bucket === undefined || key === undefined) throw refusal('Please provide a source for function code.');
  return packageInBucket({ bucket, key, version }, context);
}

export function imageCode(imageUri: string): Code {
  return { imageUri, sha256: createHash('sha256').update(imageUri).digest('hex'), size: 0 };
}

interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly version: string | undefined;
}

/** @throws AwsError InvalidParameterValueException, with S3's own reason in it */
function packageInBucket({ bucket, key, version }: Place, scope: Scope): Code {
  const context = {
    ...scope,
    requestId: scope.world.ids.uuid(),
    callerArn: `arn:${scope.partition}:iam::${scope.accountId}:root`,
  };
  const place = { Bucket: bucket, Key: key, ...(version !== undefined && { VersionId: version }) };
  return keepPackage(
    scope,
    fetched(() => readOperations.GetObject(place, context).Body),
  );
}

function fetched(get: () => Uint8Array): Uint8Array {
  try {
    return get();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw refusal(
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
    );
  }
}

/**
 * The package that CloudFormation makes of a function's source in a template: one file named index, and the cfn-response
 * module beside it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
 */
export function inlineCode(scope: Scope, source: string, runtime: string): Code {
  if (!/^(?:nodejs|python)/.test(runtime)) {
    throw refusal('ZipFile can only be used when Runtime is set to a version of nodejs or python');
  }
  const text = Buffer.from(source);
  if (text.length > LARGEST_INLINE) throw refusal('The inline code is larger than 4 MB');
  const files: Record<string, Uint8Array> = runtime.startsWith('nodejs')
    ? { 'index.js': text, [`${MODULES}cfn-response/index.js`]: Buffer.from(CFN_RESPONSE) }
    : { 'index.py': text };
  // The same source gives the same package, so that its hash changes with the source only.
  return keepPackage(scope, zipSync(files, { mtime: new Date(1980, 0, 1) }));
}
