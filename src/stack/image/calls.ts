import type { AwsContext } from '../../aws/context.ts';
import { describedGroup } from '../facts/group/group.ts';
import { launchTemplatesOf, launchTemplateVersion } from '../facts/group/launch-template.ts';
import { type ImageInfo, imageInfo } from './image.ts';

/** What is asked of AWS about images. */
export interface ImageCalls {
  /** The image that an SSM parameter names; undefined where there is no such parameter. */
  named(parameter: string): Promise<string | undefined>;
  /** The image that a group launches from; undefined where that cannot be told. */
  launched(group: string): Promise<string | undefined>;
  /** Descriptions by the ids, also of images that are deprecated or gone. */
  describe(ids: readonly string[]): Promise<ReadonlyMap<string, ImageInfo>>;
}

/** The calls on AWS. */
export function imageCalls(aws: AwsContext): ImageCalls {
  return {
    async named(parameter) {
      // The plural, which CloudFormation needs for a dynamic reference: whoever may deploy the template may ask it.
      const { GetParametersCommand } = await import('../../aws/sdk/ssm.ts');
      const client = await aws.clients.ssm();
      const { Parameters } = await client.send(new GetParametersCommand({ Names: [parameter] }));
      return Parameters?.[0]?.Value;
    },

    async launched(group) {
      const described = await describedGroup(aws, group);
      const [template] = described === undefined ? [] : launchTemplatesOf(described);
      const version = template && (await launchTemplateVersion(aws, template));
      return version?.LaunchTemplateData?.ImageId;
    },

    async describe(ids) {
      const { DescribeImagesCommand } = await import('../../aws/sdk/ec2.ts');
      const client = await aws.clients.ec2();
      const now = await aws.clock();
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return new Map();
      // By filter: asked for by id, one that is missing hides the others. Deprecated ones have to be asked for then.
      const { Images = [] } = await client.send(
        new DescribeImagesCommand({
          Filters: [{ Name: 'image-id', Values: wanted }],
          IncludeDeprecated: true,
        }),
      );
      return new Map(
        wanted.map((id) => {
          const found = Images.find(({ ImageId }) => ImageId === id);
          const dates = found && {
            ...(found.Name !== undefined && { name: found.Name }),
            ...(found.CreationDate !== undefined && { createdAt: found.CreationDate }),
            ...(found.DeprecationTime !== undefined && { deprecatedAt: found.DeprecationTime }),
          };
          return [id, imageInfo(id, dates, now())];
        }),
      );
    },
  };
}
