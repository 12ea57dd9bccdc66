import { LineCounter, parseAllDocuments } from 'yaml';
import * as z from 'zod/mini';
import { findMisplacedFields } from '../../adapters/mesh/istio/destination-rule-misplaced.ts';
import type { Finding } from '../../core/preflight/finding.ts';

export interface ManifestText {
  /** As it was named. */
  readonly file: string;
  readonly text: string;
}

export interface ManifestFinding extends Finding {
  readonly file: string;
  /** Where the object begins, from 1. */
  readonly line: number;
}

/** What was found in Kubernetes manifests, file by file. */
export interface ManifestInspection {
  readonly files: readonly string[];
  /** How many objects there are in them. */
  readonly objects: number;
  readonly findings: readonly ManifestFinding[];
}

/**
 * What can be said of Kubernetes objects before they are applied, without a cluster: fields that the API server would drop without a word. What
 * is no manifest, such as a template of a chart or another YAML file in the folder, is named where it cannot be read, and else passed over.
 *
 * @param namespace Where objects go that name none.
 */
export function inspectManifests(texts: readonly ManifestText[], namespace: string): ManifestInspection {
  const read = texts.map((manifest) => readObjects(manifest));
  return {
    files: texts.map(({ file }) => file),
    objects: read.reduce((sum, { objects }) => sum + objects.length, 0),
    findings: read.flatMap(({ file, objects, findings }) => [
      ...objects.flatMap(({ object, line }) => findMisplacedFields(object, namespace).map((finding) => ({ file, line, ...finding }))),
      ...findings,
    ]),
  };
}

/** Whether a text holds nothing but Kubernetes objects, so that it is no rollout spec. */
export function isManifest(text: string): boolean {
  const { objects, others } = readObjects({ file: '', text });
  return objects.length > 0 && others === 0;
}

const kubernetesObject = z.looseObject({ apiVersion: z.string(), kind: z.string() });
const kubernetesList = z.looseObject({ apiVersion: z.string(), kind: z.string().check(z.endsWith('List')), items: z.array(z.unknown()) });

interface Read {
  readonly file: string;
  readonly objects: readonly { readonly object: unknown; readonly line: number }[];
  /** Documents that are none. */
  readonly others: number;
  readonly findings: readonly ManifestFinding[];
}

/** Larger than what an API server takes many times over: something else. */
const largestCharacters = 8 * 1024 * 1024;
/** How often a file may refer to anchors, each weighed by what it expands to: few lines can stand for gigabytes. */
const largestAliasCount = 100;

function readObjects({ file, text }: ManifestText): Read {
  const unread = (why: string, line = 1): Read => ({ file, objects: [], others: 1, findings: [unreadFinding(file, why, line)] });
  if (text.length > largestCharacters) return unread('It is larger than 8 MB.');
  const lineCounter = new LineCounter();
  try {
    // Quiet about what it does not know, such as tags of CloudFormation: only objects are of interest.
    const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
    const documents = 'empty' in parsed ? [] : parsed;
    const [fault] = documents.flatMap(({ errors }) => errors);
    if (fault !== undefined) return unread(`It is no YAML: ${fault.message.replace(/\.$/, '')}.`, lineCounter.linePos(fault.pos[0]).line);
    const values = documents.flatMap((document) => {
      const line = lineCounter.linePos(document.contents?.range[0] ?? 0).line;
      const value: unknown = document.toJS({ maxAliasCount: largestAliasCount });
      const list = kubernetesList.safeParse(value);
      if (list.success) return list.data.items.map((object) => ({ object, line }));
      return value === null || value === undefined ? [] : [{ object: value, line }];
    });
    const objects = values.filter(({ object }) => kubernetesObject.safeParse(object).success);
    return { file, objects, others: values.length - objects.length, findings: [] };
  } catch (error) {
    // An alias without its anchor, too many of them, or nested beyond the parser's stack.
    return unread(`It cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function unreadFinding(file: string, why: string, line: number): ManifestFinding {
  return {
    severity: 'unread',
    subject: file,
    message: why,
    remedy: 'Where it is a template, give what it renders to, as `helm template` prints it.',
    file,
    line,
  };
}
