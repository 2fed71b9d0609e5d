import { partitionOf } from '../../kernel/location.ts';
import { imageParameters, newestRelease, publicImageId, releasedAt } from '../ec2/catalogue/images.ts';
import { zonesOf } from '../ec2/catalogue/regions.ts';
import type { ParameterRecord } from './state.ts';

const INFRASTRUCTURE = '/aws/service/global-infrastructure';

/**
 * Name, country and part of the country of every region, as AWS's own parameters tell them.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
 */
const REGIONS = `
af-south-1|Africa (Cape Town)|ZA-WC
ap-east-1|Asia Pacific (Hong Kong)|CN-HK
ap-east-2|Asia Pacific (Taipei)|TW-TPE
ap-northeast-1|Asia Pacific (Tokyo)|JP-13
ap-northeast-2|Asia Pacific (Seoul)|KR-28
ap-northeast-3|Asia Pacific (Osaka)|JP-27
ap-south-1|Asia Pacific (Mumbai)|IN-MH
ap-south-2|Asia Pacific (Hyderabad)|IN-TG
ap-southeast-1|Asia Pacific (Singapore)|SG-01
ap-southeast-2|Asia Pacific (Sydney)|AU-NSW
ap-southeast-3|Asia Pacific (Jakarta)|ID-JK
ap-southeast-4|Asia Pacific (Melbourne)|AU-VIC
ap-southeast-5|Asia Pacific (Malaysia)|MY-14
ap-southeast-6|Asia Pacific (New Zealand)|NZ-AUK
ap-southeast-7|Asia Pacific (Thailand)|TH-10
ca-central-1|Canada (Central)|CA-QC
ca-west-1|Canada West (Calgary)|CA-AB
cn-north-1|China (Beijing)|CN-BJ
cn-northwest-1|China (Ningxia)|CN-NX
eu-central-1|Europe (Frankfurt)|DE-HE
eu-central-2|Europe (Zurich)|CH-ZH
eu-north-1|Europe (Stockholm)|SE-AB
eu-south-1|Europe (Milan)|IT-MI
eu-south-2|Europe (Spain)|ES-AR
eu-west-1|Europe (Ireland)|IE-D
eu-west-2|Europe (London)|GB-LND
eu-west-3|Europe (Paris)|FR-75C
il-central-1|Israel (Tel Aviv)|IL-TA
me-central-1|Middle East (UAE)|AE-DU
me-south-1|Middle East (Bahrain)|BH-14
mx-central-1|Mexico (Central)|MX-QUE
sa-east-1|South America (Sao Paulo)|BR-SP
us-east-1|US East (N. Virginia)|US-VA
us-east-2|US East (Ohio)|US-OH
us-gov-east-1|AWS GovCloud (US-East)|US-OH
us-gov-west-1|AWS GovCloud (US-West)|US-OR
us-west-1|US West (N. California)|US-CA
us-west-2|US West (Oregon)|US-OR
`;

/** What is told of each region, the same in all regions. */
const infrastructure: ReadonlyMap<string, string> = new Map(
  REGIONS.trim()
    .split('\n')
    .flatMap((line) => {
      const [region = '', longName = '', place = ''] = line.split('|');
      return [...regionParameters(region, longName, place)];
    }),
);

function* regionParameters(region: string, longName: string, place: string): Generator<[string, string]> {
  const path = `${INFRASTRUCTURE}/regions/${region}`;
  const partition = partitionOf(region);
  yield [path, region];
  for (const { id } of zonesOf(region)) yield [`${path}/availability-zones/${id}`, id];
  yield [`${path}/domain`, partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'];
  yield [`${path}/geolocationCountry`, place.slice(0, 2)];
  yield [`${path}/geolocationRegion`, place];
  yield [`${path}/longName`, longName];
  yield [`${path}/partition`, partition];
}

/** The public parameter of that name as the region has it at a time, in the form of one's own. */
export function publicParameter(region: string, name: string, now: number): ParameterRecord | undefined {
  if (imageNames.has(name)) {
    const release = newestRelease(now);
    return recordOf(region, name, publicImageId(region, name, release), release);
  }
  const value = infrastructure.get(name);
  return value === undefined ? undefined : recordOf(region, name, value, 0);
}

const imageNames: ReadonlySet<string> = new Set(imageParameters());

/** The names of all public parameters. */
export function publicNames(): string[] {
  return [...imageNames, ...infrastructure.keys()];
}

/** Each release is a version of its own. */
function recordOf(region: string, name: string, value: string, release: number): ParameterRecord {
  const version = {
    version: release + 1,
    type: 'String',
    value,
    tier: 'Standard',
    dataType: imageNames.has(name) ? 'aws:ec2:image' : 'text',
    labels: [],
    modifiedAt: releasedAt(release),
    modifiedBy: `arn:${partitionOf(region)}:iam::aws:root`,
  } as const;
  return { name, versions: [{ ...version, labels: [] }], tags: {} };
}
