import { AwsError } from '../../kernel/errors.ts';
import type { World } from '../../kernel/world.ts';
import { nudgeStack } from '../stacks/wake.ts';
import { own } from '../../kernel/table.ts';
import { cloudFormation } from '../stacks/state.ts';
import { isMap, type TemplateBody, type TemplateValue } from '../template/index.ts';

/**
 * Takes what is PUT to `/_cloudformation/response/<token>`: the answer of a custom resource, or a wait condition's
 * signal. Anything may be sent; what is no JSON object reaches the resource as unparsable.
 * @throws AwsError NoSuchKey (404) for a token that is not open any more
 */
export function receiveResponse(world: World, token: string, body: string | Uint8Array): void {
  const region = /^(.+)-[0-9a-f]{32}$/.exec(token)?.[1];
  const scope = region === undefined ? undefined : world.scope(region);
  const mailbox = scope && own(cloudFormation(scope).responseUrls, token);
  if (scope === undefined || mailbox === undefined) {
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  }
  mailbox.messages.push(parsed(typeof body === 'string' ? body : Buffer.from(body).toString('utf8')));
  nudgeStack(scope, mailbox.stackId);
}

/** What stands in a mailbox for a text that is no JSON object. */
export const UNPARSABLE: TemplateBody = { Unparsable: true };

function parsed(text: string): TemplateBody {
  try {
    const value = JSON.parse(text) as TemplateValue;
    return isMap(value) ? value : UNPARSABLE;
  } catch {
    return UNPARSABLE;
  }
}
