import { parseTemplate } from '../../cfn/document.ts';
import { templateUrl } from '../assets/index.ts';
import type { ChangeSetRequest } from '../deployment/request.ts';
import { capabilitiesOf } from '../template/facts.ts';
import { formerParameters } from './former.ts';
import type { Journal } from './journal.ts';
import type { UpdateServices } from './site.ts';

/** The update that makes a stack what it was before another. */
export async function undoRequest(
  { formers, region }: Pick<UpdateServices, 'formers' | 'region'>,
  { stackId, former: place }: Pick<Journal, 'stackId' | 'former'>,
): Promise<ChangeSetRequest> {
  const former = await formers.read(place);
  const template = parseTemplate(await formers.template(place, former));
  return {
    type: 'UPDATE',
    stackName: stackId,
    templateUrl: templateUrl(place.bucket, former.template, region),
    parameters: formerParameters(former),
    tags: former.tags,
    capabilities: capabilitiesOf(template.body),
    description: 'bk-stack update: taken back',
  };
}
