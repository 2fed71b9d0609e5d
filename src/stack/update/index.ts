export type { UpdateEnd } from './carry-out.ts';
export type { UpdateObserver } from './observer.ts';
export { gatherUpdate, mannerOf, parametersOrder } from './order.ts';
export type { UpdatePreview } from './preview/preview.ts';
export { previewText } from './preview/text.ts';
export { openProgress } from './progress.ts';
export { endText } from './text.ts';
export { cancelUpdate, resumeUpdate, updateStack, type UpdateOutcome } from './update.ts';
