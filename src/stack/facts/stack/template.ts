import type { AwsContext } from '../../../aws/context.ts';
import { parseTemplate, type TemplateDocument, TemplateSyntaxError } from '../../../cfn/document.ts';

/** Reads a stack's template as it was given, before transforms. */
export async function readTemplate(aws: AwsContext, stackId: string): Promise<string> {
  const { GetTemplateCommand } = await import('../../../aws/sdk/cloudformation.ts');
  const client = await aws.clients.cloudFormation();
  const { TemplateBody } = await client.send(
    new GetTemplateCommand({ StackName: stackId, TemplateStage: 'Original' }),
  );
  return TemplateBody ?? '';
}

/** A template's text as data; undefined where only another parser than ours takes it. */
export function templateDocument(text: string): TemplateDocument | undefined {
  try {
    return text === '' ? undefined : parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return undefined;
    throw error;
  }
}
