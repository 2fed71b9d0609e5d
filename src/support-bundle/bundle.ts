import type { AwsContext } from '../aws/context.ts';
import { retryClockOf } from '../aws/retry.ts';
import { requireStackFacts } from '../stack/facts/stack-facts.ts';
import { ownerOf } from '../stack/facts/stack/values.ts';
import { describeStack, type StackStatus } from '../stack/status/describe-stack.ts';
import { KnownValues } from '../redaction/known-values.ts';
import { Redactor, Tally } from '../redaction/redactor.ts';
import { Archive, type Sink } from './archive.ts';
import { type KnownSecrets, collectSecrets, reasonOf } from './known-secrets.ts';
import { type BundledFile, countsText, type Manifest, manifestText, type MissingFile } from './manifest.ts';
import { instanceParts } from './parts/instances.ts';
import { logParts } from './parts/logs.ts';
import type { Part } from './parts/part.ts';
import { scalerParts } from './parts/scaler.ts';
import { stackParts } from './parts/stack.ts';
import { ownVersion, versionsPart } from './parts/versions.ts';
import type { BundleSubject } from './parts/subject.ts';

/** What is wanted of a bundle. */
export interface BundleRequest {
  readonly stackName: string;
  /** Milliseconds since 1970, in the stack's own time. */
  readonly since: number;
  readonly until: number;
  readonly maxLogBytes: number;
  readonly redactAccount: boolean;
  /** Whether the stack's secrets may be read, to know what to take out. */
  readonly readSecrets: boolean;
}

/** What a bundle is made with. */
export interface BundleContext {
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** A bundle that can be made. */
export interface PlannedBundle {
  readonly subject: BundleSubject;
  readonly request: BundleRequest;
  readonly parts: readonly Part[];
  readonly context: BundleContext;
}

/** What every bundle has beside what it is about. */
export const MANIFEST_FILES = [
  { name: 'manifest.md', what: 'what is in the archive, what was taken out, what is missing and why' },
  { name: 'manifest.json', what: 'the same as data' },
] as const;

/**
 * Finds out what a bundle of a stack will have; reads nothing but the stack's description.
 * @throws OperationError where there is no such stack
 */
export async function planBundle(
  aws: AwsContext,
  request: BundleRequest,
  context: BundleContext,
): Promise<PlannedBundle> {
  const { stackName, since, until, maxLogBytes } = request;
  const { now, signal, progress } = context;
  const facts = await requireStackFacts(aws, stackName);
  const clock = { ...retryClockOf(aws, signal), now };
  let status: Promise<StackStatus> | undefined;
  const subject: BundleSubject = {
    ...{ facts, since, until, clock, signal },
    status: () => (status ??= describeStack(facts)),
  };
  const agents = new Set<string>();
  const parts = [
    ...stackParts(subject),
    ...instanceParts(facts),
    ...scalerParts(subject),
    ...logParts(subject, maxLogBytes, agents, progress),
    versionsPart(facts, agents),
  ];
  return { subject, request, parts, context };
}

/**
 * Makes the bundle: learns the stack's secrets, reads each part, takes the secrets out, and writes it. What cannot be read is
 * told in the manifest, which comes last.
 */
export async function makeBundle(
  { subject, request, parts, context }: PlannedBundle,
  folder: string,
  sink: Sink,
): Promise<Manifest & { readonly archiveBytes: number }> {
  const { now, signal, progress } = context;
  progress(request.readSecrets ? "Reading the stack's secrets, to take them out" : 'Not reading any secrets');
  const known = new KnownValues();
  const learned = await collectSecrets(subject.facts, known, request.readSecrets);
  signal.throwIfAborted();
  const account = request.redactAccount ? ownerOf(subject.facts.stack).account : undefined;
  const redactor = new Redactor(known, account);
  const at = new Date(now());
  const archive = new Archive(sink, folder, at);
  const files: BundledFile[] = [];
  const missing: MissingFile[] = [];
  for (const { name, what, read } of parts) {
    signal.throwIfAborted();
    const tally = new Tally();
    let content;
    try {
      content = await read({ redactor, tally });
    } catch (error) {
      signal.throwIfAborted();
      const why = redactor.redact(reasonOf(error));
      missing.push({ name, what, why });
      progress(`${name}: not in it: ${why}`);
      continue;
    }
    const bytes = await archive.add(name, content.text);
    const { note } = content;
    files.push({ name, what, bytes, redactions: tally.counts, ...(note !== undefined && { note }) });
    progress(
      `${name}: ${sizeText(bytes)}, taken out: ${countsText(tally.counts)}${note === undefined ? '' : `. ${note}`}`,
    );
  }
  const manifest: Manifest = {
    stackName: subject.facts.stackName,
    region: subject.facts.region,
    madeAt: at.toISOString(),
    madeBy: `bk-stack ${ownVersion()}`,
    window: { since: new Date(subject.since).toISOString(), until: new Date(subject.until).toISOString() },
    files,
    missing,
    secrets: { ...cleaned(learned, redactor), accountRedacted: request.redactAccount },
  };
  await archive.add('manifest.md', manifestText(manifest));
  await archive.add('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  await archive.end();
  return { ...manifest, archiveBytes: archive.bytes };
}

/** AWS's words about what could not be read may have names in them. */
function cleaned(learned: KnownSecrets, redactor: Redactor): KnownSecrets {
  const unread = learned.unread.map(({ what, why }) => ({ what, why: redactor.redact(why) }));
  return { ...learned, unread };
}

/** Bytes as people say them. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
