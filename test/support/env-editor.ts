/**
 * Sets one variable after the other in an env file, as fast as it can: `node --import tsx env-editor.ts ENDPOINT BUCKET
 * PREFIX TIMES`.
 */
import { AwsContext } from '../../src/aws/context.ts';
import { bucketByName } from '../../src/secrets/bucket/location.ts';
import { secretObjects } from '../../src/secrets/bucket/objects.ts';
import { changeEnv } from '../../src/secrets/put/change-env.ts';
import { systemTiming } from '../../src/secrets/put/put.ts';

const [endpoint = '', bucket = '', prefix = '', times = ''] = process.argv.slice(2);
const aws = new AwsContext('us-east-1', { endpoint });
const objects = secretObjects(aws, await bucketByName(aws, bucket), { kind: 'kms' });
for (let index = 0; index < Number(times); index += 1) {
  await changeEnv(
    objects,
    ['env', 'environment'],
    [{ name: `${prefix}_${index}`, value: `value ${index}` }],
    systemTiming,
  );
}
