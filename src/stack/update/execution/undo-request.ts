import { parseTemplate } from '../../../cfn/document.ts';
import { templateUrl } from '../../assets/index.ts';
import type { ChangeSetRequest } from '../../deployment/request.ts';
import { capabilitiesOf } from '../../template/facts.ts';
import { rollbackParameters } from '../request/rollback-point.ts';
import type { Journal } from './journal/journal.ts';
import type { UpdateServices } from './services.ts';

/** The update that restores a stack as it was before another. */
export async function undoRequest(
  { rollbacks, region }: Pick<UpdateServices, 'rollbacks' | 'region'>,
  { stackId, former: location }: Pick<Journal, 'stackId' | 'former'>,
): Promise<ChangeSetRequest> {
  const point = await rollbacks.read(location);
  const template = parseTemplate(await rollbacks.template(location, point));
  return {
    type: 'UPDATE',
    stackName: stackId,
    templateUrl: templateUrl(location.bucket, point.template, region),
    parameters: rollbackParameters(point),
    tags: point.tags,
    capabilities: capabilitiesOf(template.body),
    description: 'bk-stack update: taken back',
  };
}
