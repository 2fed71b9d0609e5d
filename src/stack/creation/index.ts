export { create, type CreationOptions, type CreationResult } from './create.ts';
export type { CreationPreview } from './preview.ts';
export type { CreationRequest } from './prepare.ts';
export { checkStackName, stackNameFault } from './stack-name.ts';
export { parseTags } from '../naming/tags.ts';
export { creationText, previewText } from './text.ts';
export { completeRequest } from './complete.ts';
export { readRequest } from './read-request.ts';
