export { askForChanges } from './changes.ts';
export { inquirerPrompter } from './inquirer-prompter.ts';
export { wizardSource } from './source.ts';
export { askForStack, type WizardAnswers, type WizardContext } from './wizard.ts';
