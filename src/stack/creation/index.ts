export { create, type CreationOptions, type CreationResult } from './create.ts';
export type { CreationPreview } from './preview.ts';
export type { CreationOrder } from './prepare.ts';
export { checkStackName, stackNameFault } from './stack-name.ts';
export { parseTags } from '../naming/tags.ts';
export { creationText, previewText } from './text.ts';
export { complete } from './complete.ts';
export { gather } from './gather.ts';
