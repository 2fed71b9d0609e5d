import { Denial } from '../coding/denial.ts';

/** A denial for an access key that no sandbox has, or one of an earlier start had. */
export function unknownKey(accessKeyId: string): Denial {
  return new Denial(
    'unknown key',
    'The access key is not one of this sandbox. Each start makes new keys: run eval "$(bk-stack sandbox env)" again.',
    { AWSAccessKeyId: accessKeyId },
  );
}

/** A denial for a signature that the key's secret doesn't make. */
export function mismatch(accessKeyId: string, signature: string): Denial {
  return new Denial(
    'mismatch',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    { AWSAccessKeyId: accessKeyId, SignatureProvided: signature },
  );
}
