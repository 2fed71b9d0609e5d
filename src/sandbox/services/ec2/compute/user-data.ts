import { AwsError } from '../../../kernel/errors.ts';

const LARGEST_USER_DATA = 16_384;

/**
 * User data as the instance reads it.
 * @throws AwsError InvalidUserData.Malformed; InvalidParameterValue above 16 KB
 */
export function decodedUserData(base64: string): Buffer {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(base64)) {
    throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  }
  const data = Buffer.from(base64, 'base64');
  if (data.length > LARGEST_USER_DATA) {
    throw new AwsError('InvalidParameterValue', 'User data is limited to 16384 bytes');
  }
  return data;
}
