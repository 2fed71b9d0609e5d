import type {
  PolicyAction,
  Replacement,
  ResourceAttribute,
  ResourceChangeDetail,
} from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../kernel/world.ts';
import { keeps } from '../stacks/pending-deletion.ts';
import {
  evaluationOf,
  masked,
  processedTemplate,
  pseudoParameters,
  referencesOf,
} from '../evaluation/evaluation.ts';
import { policyOf, resolvedMap } from '../evaluation/target.ts';
import { compareProperties, type PropertyDifference, recreation, taggingOf } from '../specification/index.ts';
import type { Deployment, ResourceRecord } from '../stacks/records.ts';
import type { StackRecord } from '../stacks/stack.ts';
import { stackTags } from '../stacks/state.ts';
import {
  dependencies,
  evaluate,
  KNOWN_AFTER_APPLY,
  resolveOutputs,
  resolveProperties,
  sameValue,
  type DeletionPolicy,
  type Evaluation,
  type ResourceDefinition,
  type TemplateBody,
} from '../template/index.ts';
import { contextText } from './context.ts';
import {
  automaticDetail,
  metadataDetail,
  policyDetail,
  propertyDetails,
  stackTagsDetail,
} from './details.ts';

/** What a deployment would do to one resource, as a change set shows it. */
export interface PlannedChange {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly policyAction?: PolicyAction;
  readonly replacement?: Replacement;
  readonly scope: readonly ResourceAttribute[];
  readonly details: readonly ResourceChangeDetail[];
  /** JSON of what the resource is and is to be. */
  readonly before?: string;
  readonly after?: string;
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** There is something to do, though it may be no resource: an output, the stack's tags. */
  readonly isChange: boolean;
}

/**
 * What would change if the stack were made what a deployment says. Resources are gone through in the order of their
 * needs, so that what a change makes unknown (the id of a replaced resource) is seen where it is used.
 * @param changedNested nested stacks whose template differs under the same URL
 * @throws AwsError ValidationError
 */
export function plan(
  scope: Scope,
  stack: StackRecord,
  deployment: Deployment,
  changedNested: ReadonlySet<string> = new Set(),
): Plan {
  const planning = new Planning(scope, stack, deployment);
  const graph = dependencies(planning.evaluation);
  for (const logicalId of inOrder(graph)) planning.visit(logicalId, changedNested.has(logicalId));
  for (const record of Object.values(stack.resources)) {
    if (!graph.has(record.logicalId) && !isGone(record)) planning.remove(record);
  }
  const isChange = planning.changes.length > 0 || planning.retagged || planning.outputsDiffer();
  if (isChange) planning.addAutomatic(graph.keys());
  return { changes: sorted(planning.changes, planning.evaluation), isChange };
}

class Planning {
  readonly evaluation: Evaluation;
  readonly changes: PlannedChange[] = [];
  readonly retagged: boolean;
  /** Resources by what becomes unknown of them. */
  readonly #unknown = new Map<string, 'all' | 'attributes'>();
  readonly #changedParameters: ReadonlySet<string>;
  /** The two evaluations as they may be shown. */
  readonly #open: Evaluation;
  readonly #openBefore: Evaluation | undefined;

  constructor(
    private readonly scope: Scope,
    private readonly stack: StackRecord,
    deployment: Deployment,
  ) {
    const previous = stack.deployment;
    this.evaluation = evaluate({
      template: processedTemplate(scope, stack, deployment),
      parameters: deployment.parameters,
      pseudo: pseudoParameters(scope, stack, deployment.notificationArns),
      references: this.#references(),
    });
    this.#open = masked(this.evaluation);
    if (previous?.parameters.some(({ noEcho }) => noEcho) === true) {
      this.#openBefore = masked(evaluationOf(scope, stack, previous));
    }
    this.retagged = !sameValue({ ...stackTags(previous) }, { ...deployment.tags });
    this.#changedParameters = new Set(
      deployment.parameters
        .filter(({ key, reference }) => {
          const before = previous?.parameters.find((parameter) => parameter.key === key);
          return String(before?.reference) !== String(reference);
        })
        .map(({ key }) => key),
    );
  }

  #references(): Evaluation['references'] {
    const made = referencesOf(this.scope, this.stack);
    return {
      ...made,
      ref: (id) => (this.#isUnknown(id) ? KNOWN_AFTER_APPLY : made.ref(id)),
      attribute: (id, name) =>
        this.#isUnknown(id) || (this.#unknown.get(id) === 'attributes' && !staysTheSame(name))
          ? KNOWN_AFTER_APPLY
          : made.attribute(id, name),
      importValue: (name) => made.importValue(name) ?? KNOWN_AFTER_APPLY,
    };
  }

  #isUnknown(logicalId: string): boolean {
    const record = this.stack.resources[logicalId];
    return record?.physicalId === undefined || this.#unknown.get(logicalId) === 'all';
  }

  visit(logicalId: string, nestedChanged: boolean): void {
    const definition = this.evaluation.template.resources.get(logicalId);
    if (definition === undefined) return;
    const record = this.stack.resources[logicalId];
    if (record === undefined || isGone(record) || record.status === 'CREATE_FAILED') this.#add(definition);
    else this.#modify(record, definition, nestedChanged);
  }

  #add(definition: ResourceDefinition): void {
    const { logicalId, type } = definition;
    this.#unknown.set(logicalId, 'all');
    const after = contextText({
      ...this.#policies(definition),
      properties: resolveProperties(logicalId, this.#open),
      metadata: resolvedMap(definition.metadata, this.#open),
    });
    this.changes.push({ action: 'Add', logicalId, type, scope: [], details: [], after });
  }

  #modify(record: ResourceRecord, definition: ResourceDefinition, nestedChanged: boolean): void {
    const { logicalId, type, properties: written } = definition;
    const differences = compareProperties(
      type,
      record.properties,
      resolveProperties(logicalId, this.evaluation),
    );
    const metadata = resolvedMap(definition.metadata, this.evaluation);
    const before = this.#shownBefore(record);
    const after = resolveProperties(logicalId, this.#open);
    const tagsDiffer = this.retagged && taggingOf(type) !== undefined;
    const details = [
      ...propertyDetails({
        ...{ differences, written, before, after },
        evaluation: this.evaluation,
        changedParameters: this.#changedParameters,
      }),
      ...(tagsDiffer && !differences.some(({ name }) => name === 'Tags') ? [stackTagsDetail()] : []),
      ...(sameValue(record.metadata, metadata) ? [] : [metadataDetail()]),
      ...(nestedChanged ? [automaticDetail()] : []),
    ];
    if (details.length === 0 && !record.status.endsWith('_FAILED')) return;
    const recreated = recreation(differences.map(asFarAsKnown));
    this.#unknown.set(logicalId, recreated === 'Never' ? 'attributes' : 'all');
    const policies = this.#policies(definition);
    const all = [
      ...details,
      ...policyDetail('DeletionPolicy', record.deletionPolicy, policies.deletionPolicy),
      ...policyDetail('UpdateReplacePolicy', record.updateReplacePolicy, policies.updateReplacePolicy),
    ];
    this.changes.push({
      ...{ action: 'Modify', logicalId, type, physicalId: record.physicalId },
      ...(recreated === 'Always' ? { policyAction: replaceAction(policies.updateReplacePolicy) } : {}),
      replacement: recreated === 'Always' ? 'True' : recreated === 'Conditionally' ? 'Conditional' : 'False',
      scope: [...new Set(all.flatMap(({ Target }) => Target?.Attribute ?? []))],
      details: all,
      before: contextText({ ...record, properties: before }),
      after: contextText({
        ...policies,
        properties: after,
        metadata: resolvedMap(definition.metadata, this.#open),
      }),
    });
  }

  #policies({ deletionPolicy, updateReplacePolicy }: ResourceDefinition) {
    return {
      deletionPolicy: policyOf(deletionPolicy, this.evaluation),
      updateReplacePolicy: policyOf(updateReplacePolicy, this.evaluation),
    };
  }

  /** The properties so far, without what a NoEcho parameter has put there. */
  #shownBefore({ logicalId, properties }: ResourceRecord): TemplateBody {
    const open = this.#openBefore;
    return open?.template.resources.has(logicalId) === true ? resolveProperties(logicalId, open) : properties;
  }

  remove(record: ResourceRecord): void {
    const { logicalId, type, physicalId } = record;
    this.changes.push({
      ...{ action: 'Remove', logicalId, type, physicalId, scope: [], details: [] },
      policyAction: removeAction(record.deletionPolicy),
      before: contextText({ ...record, properties: this.#shownBefore(record) }),
    });
  }

  /** Nested stacks are looked at with every update, since their template may differ under the same URL. */
  addAutomatic(logicalIds: Iterable<string>): void {
    const known = new Set(this.changes.map(({ logicalId }) => logicalId));
    for (const logicalId of logicalIds) {
      const record = this.stack.resources[logicalId];
      if (record?.type !== 'AWS::CloudFormation::Stack' || known.has(logicalId)) continue;
      this.changes.push({
        ...{ action: 'Modify', logicalId, type: record.type, physicalId: record.physicalId },
        ...{ replacement: 'False', scope: ['Properties'], details: [automaticDetail()] },
      });
    }
  }

  outputsDiffer(): boolean {
    const { outputs } = this.stack;
    const next = resolveOutputs(this.evaluation);
    return (
      next.length !== outputs.length ||
      next.some(({ key, value, description, exportName }) => {
        const before = outputs.find((output) => output.key === key);
        return (
          before?.value !== value || before.description !== description || before.exportName !== exportName
        );
      })
    );
  }
}

function isGone({ status }: ResourceRecord): boolean {
  return status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED';
}

/** An update that replaces nothing leaves the names by which a resource is known. */
function staysTheSame(attribute: string): boolean {
  return /(?:Arn|Id|Name|Url|URL)$/.test(attribute);
}

function removeAction(policy: DeletionPolicy | undefined): PolicyAction {
  if (keeps(policy)) return 'Retain';
  return policy === 'Snapshot' ? 'Snapshot' : 'Delete';
}

function replaceAction(policy: DeletionPolicy | undefined): PolicyAction {
  if (keeps(policy)) return 'ReplaceAndRetain';
  return policy === 'Snapshot' ? 'ReplaceAndSnapshot' : 'ReplaceAndDelete';
}

/** Resources, each after those it needs. */
function inOrder(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const order = new Set<string>();
  const visit = (logicalId: string): void => {
    if (order.has(logicalId)) return;
    for (const need of graph.get(logicalId) ?? []) visit(need);
    order.add(logicalId);
  };
  for (const logicalId of graph.keys()) visit(logicalId);
  return [...order];
}

/** In the order of the template, removed ones last. */
function sorted(changes: readonly PlannedChange[], { template }: Evaluation): PlannedChange[] {
  const place = new Map([...template.resources.keys()].map((id, index) => [id, index]));
  const placeOf = ({ logicalId }: PlannedChange) => place.get(logicalId) ?? place.size;
  return [...changes].sort((left, right) => placeOf(left) - placeOf(right));
}

/** What depends on a value that is known only afterwards may turn out the same: a replacement is not certain then. */
function asFarAsKnown(difference: PropertyDifference): PropertyDifference {
  const known = difference.after?.includes(KNOWN_AFTER_APPLY) !== true;
  return known || difference.requiresRecreation !== 'Always'
    ? difference
    : { ...difference, requiresRecreation: 'Conditionally' };
}
