import { randomBytes } from 'node:crypto';
import type { Scope } from '../../kernel/world.ts';
import { own } from '../../kernel/table.ts';
import { cloudFormation } from './state.ts';
import type { TemplateBody } from '../template/index.ts';

/**
 * Opens a URL that something outside can PUT to, and returns its token. Tokens name their region. The rest of them is all that keeps
 * others out, and is not drawn from the world's seed: in AWS the URL is presigned.
 */
export function openResponseUrl(scope: Scope, stackId: string): string {
  const token = `${scope.region}-${randomBytes(16).toString('hex')}`;
  cloudFormation(scope).responseUrls[token] = { stackId, messages: [] };
  return token;
}

export function responseUrl({ world }: Scope, token: string): string {
  return `${world.endpoint}/_cloudformation/response/${token}`;
}

export function tokenOf(url: string): string {
  return new URL(url).pathname.split('/').at(-1) ?? '';
}

export function responsesAt(scope: Scope, token: string): readonly TemplateBody[] {
  return own(cloudFormation(scope).responseUrls, token)?.messages ?? [];
}

export function closeResponseUrl(scope: Scope, token: string): void {
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- plain data, so that a snapshot can carry it
  delete cloudFormation(scope).responseUrls[token];
}
