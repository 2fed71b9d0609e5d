import type { DescribeImagesRequest, DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../kernel/errors.ts';
import type { Scope } from '../../../kernel/world.ts';
import { publicImages, type PublicImage } from '../catalogue/images.ts';
import { page, selected, type Filters } from '../common/describing.ts';

const imageMissing = (ids: readonly string[]): AwsError =>
  new AwsError(
    'InvalidAMIID.NotFound',
    ids.length === 1
      ? `The image id '[${ids[0] ?? ''}]' does not exist`
      : `The image ids '[${ids.join(', ')}]' do not exist`,
  );

function checkForm(id: string): void {
  if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
    throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);
  }
}

/** The image of an id. @throws AwsError InvalidAMIID.Malformed, InvalidAMIID.NotFound */
export function imageOf({ region, world }: Scope, id: string): PublicImage {
  checkForm(id);
  const found = publicImages(region, world.now()).find((image) => image.id === id);
  if (found === undefined) throw imageMissing([id]);
  return found;
}

const filters: Filters<PublicImage> = {
  'image-id': ({ id }) => id,
  name: ({ name }) => name,
  description: ({ description }) => description,
  architecture: ({ architecture }) => architecture,
  'owner-id': ({ owner }) => owner.id,
  'owner-alias': ({ owner }) => owner.alias,
  state: () => 'available',
  'is-public': () => 'true',
  'image-type': () => 'machine',
  'root-device-type': () => 'ebs',
  'virtualization-type': () => 'hvm',
};

function described({ id, owner, ...image }: PublicImage): Image {
  return {
    ImageId: id,
    Name: image.name,
    Description: image.description,
    Architecture: image.architecture,
    OwnerId: owner.id,
    ...(owner.alias !== undefined && { ImageOwnerAlias: owner.alias }),
    ImageLocation: `${owner.alias ?? owner.id}/${image.name}`,
    ImageType: 'machine',
    State: 'available',
    Public: true,
    CreationDate: new Date(image.createdAt).toISOString(),
    DeprecationTime: new Date(image.deprecatedAt).toISOString(),
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    RootDeviceName: image.rootDevice,
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    ImdsSupport: image.name.startsWith('al2023') ? 'v2.0' : undefined,
    BlockDeviceMappings: [
      {
        DeviceName: image.rootDevice,
        Ebs: { VolumeSize: image.rootGb, VolumeType: 'gp3', DeleteOnTermination: true, Encrypted: false },
      },
    ],
  };
}

function describeImages(input: DescribeImagesRequest, scope: Scope): DescribeImagesResult {
  for (const id of input.ImageIds ?? []) checkForm(id);
  const now = scope.world.now();
  const all = publicImages(scope.region, now);
  const unknown = (input.ImageIds ?? []).filter((id) => !all.some((image) => image.id === id));
  if (unknown.length > 0) throw imageMissing(unknown);
  // One that is deprecated is told to those who name it or ask for such images.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html
  const asked = all.filter(
    ({ id, owner, deprecatedAt }) =>
      (deprecatedAt > now || input.IncludeDeprecated === true || input.ImageIds?.includes(id) === true) &&
      (!input.ImageIds?.length || input.ImageIds.includes(id)) &&
      (!input.Owners?.length || input.Owners.some((one) => one === owner.id || one === owner.alias)),
  );
  const { items, nextToken } = page(
    selected(asked, input.Filters, filters, () => ({})),
    input,
    1,
  );
  return { Images: items.map(described), NextToken: nextToken };
}

export const imageOperations = { DescribeImages: describeImages };
