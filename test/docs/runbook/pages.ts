import { readdirSync, readFileSync } from 'node:fs';
import { splitCommands } from './shell-words.ts';

export const folder = new URL('../../../docs/runbook/', import.meta.url);
export const files = readdirSync(folder).toSorted();
export const pageOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

export interface Section {
  readonly title: string;
  /** As links name it. */
  readonly anchor: string;
  readonly text: string;
}

/** The sections of a page, or of a part of one, by their headings. */
export function sectionsOf(text: string, heading: '##' | '###' = '##'): readonly Section[] {
  return text
    .split(new RegExp(`^${heading} `, 'm'))
    .slice(1)
    .map((part) => {
      const [title = ''] = part.split('\n');
      return { title, anchor: anchorOf(title), text: part };
    });
}

/** As GitHub makes it. @example anchorOf('After AbortFailed, or RollbackFailed') // 'after-abortfailed-or-rollbackfailed' */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** The commands in the blocks of code, each as its words. */
export function commandsOf(text: string): readonly (readonly string[])[] {
  return blocksOf(text).flatMap(splitCommands);
}

/** The commands in sentences, between backticks, that begin with a program's name. */
export function inlineCommandsOf(text: string, program: string): readonly (readonly string[])[] {
  const sentences = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  const spans = [...sentences.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' '));
  return spans.filter((span) => span.startsWith(`${program} `)).flatMap(splitCommands);
}

function blocksOf(text: string): readonly string[] {
  return [...text.matchAll(/^ *```\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);
}

/** The value behind an option. @example optionOf(['aws', '--name', 'x'], '--name') // 'x' */
export function optionOf(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at === -1 ? undefined : words[at + 1];
}
