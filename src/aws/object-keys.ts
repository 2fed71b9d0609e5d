/**
 * Has S3 encode the keys of a list as in a URL: XML can't carry every character that a key may have.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export const ENCODED_KEYS = { EncodingType: 'url' } as const;

/** Decodes a key of a page of such a list; S3 says in the page whether it is encoded. */
export function decodedKey(
  key: string,
  { EncodingType }: { readonly EncodingType?: string | undefined },
): string {
  return EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}
