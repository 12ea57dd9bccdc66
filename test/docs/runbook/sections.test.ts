import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorClasses } from '../../../core/errors.ts';
import { type Phase, phase, rollbackReason } from '../../../core/rollout/record.ts';
import { transitionEvent } from '../../../core/rollout/transition-event.ts';
import { rolloutSpec, type Transition } from '../../../core/spec/rollout-spec.ts';
import { recordOf } from '../../core/rollout/rollout-for-tests.ts';
import { anchorOf, files, folder, pageOf, type Section, sectionsOf } from './pages.ts';

const parts = ['What it means.', 'What Sluice did.', 'Look at.', 'Do.', 'By hand, without Sluice.'];
const machine = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../state-machines/${name}.asl.json`, import.meta.url), 'utf8')) as {
    States: Record<string, { Type: string; Error?: string }>;
  };
const failStates = ['rollout', 'rollback'].flatMap((name) =>
  Object.entries(machine(name).States).filter(([, { Type }]) => Type === 'Fail'),
);

const phases = sectionsOf(pageOf('phases.md'));
const alarms = sectionsOf(pageOf('alarms.md'));
const ends = sectionsOf(pageOf('ends.md'));
const errors = ends.find(({ title }) => title === 'Errors')?.text ?? '';
const fivePart: readonly Section[] = [...phases, ...alarms, ...ends.filter(({ title }) => title !== 'Errors')];

describe('the runbook', () => {
  it('has a section for each phase, in their order, and for no other', () => {
    expect(phases.map(({ title }) => title)).toEqual(phase.options);
  });

  it('has a section for each Fail state of the machines, and for no other', () => {
    expect(failStates.length).toBeGreaterThan(3);
    expect(ends.map(({ title }) => title).filter((title) => title !== 'Errors')).toEqual(failStates.map(([name]) => name));
  });

  it('lists each error that an execution can end with', () => {
    const fixed = failStates.flatMap(([, { Error: name }]) => name ?? []);
    const named = errorClasses.map((Class) => new Class('', { remedy: '' }).name);
    const rows = [...errors.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(.+?)`/g)].map(([, name]) => name),
    );
    expect([...named, ...fixed, 'RolledBack', 'States.Timeout'].toSorted()).toEqual(rows.toSorted());
  });

  it.each(fivePart)('says in $title first how urgent it is, then all five parts in their order', ({ text }) => {
    const paragraphs = text.split(/\n{2,}/);
    expect(paragraphs[0]?.split('\n')[1]).toMatch(/\w/);
    expect(paragraphs.flatMap((paragraph) => /^\*\*(.+?)\*\*/.exec(paragraph)?.[1] ?? [])).toEqual(parts);
  });

  it.each(fivePart)('has something to say in each part of $title', ({ text }) => {
    const said = text.split(/^\*\*(?:What|Look|Do|By hand).*?\.\*\*/m).slice(1);
    expect(said.filter((part) => part.trim().length < 15)).toEqual([]);
  });

  it('names every reason to roll back', () => {
    const { text = '' } = phases.find(({ title }) => title === 'rollingBack') ?? {};
    expect(rollbackReason.options.filter((reason) => !new RegExp(`\\b${reason}\\b`).test(text))).toEqual([]);
  });

  it('names the event of each transition in the section of its phase', () => {
    const spec = rolloutSpec.parse(recordOf().spec);
    for (const [transition, inPhase] of Object.entries(phaseOf) as [Transition, Phase][]) {
      const { detailType } = transitionEvent(recordOf(), spec, transition, '', 0);
      expect(phases.find(({ title }) => title === inPhase)?.text).toContain(`\`${detailType}\``);
    }
  });
});

const phaseOf: Readonly<Record<Transition, Phase>> = {
  begun: 'progressing',
  advanced: 'progressing',
  paused: 'paused',
  promoting: 'promoting',
  succeeded: 'succeeded',
  rollingBack: 'rollingBack',
  rolledBack: 'rolledBack',
  failed: 'failed',
};

describe.each(files)('docs/runbook/%s', (file) => {
  const links = [...pageOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

  it('leads only to what is there', () => {
    expect(links.filter((target) => !target.startsWith('https://') && !isThere(file, target))).toEqual([]);
  });

  it('is short enough to be read at night', () => {
    expect(pageOf(file).split('\n').length).toBeLessThanOrEqual(300);
  });
});

describe('the index', () => {
  it('leads to every page', () => {
    expect(files.filter((file) => file !== 'README.md' && !pageOf('README.md').includes(`](${file}`))).toEqual([]);
  });
});

function isThere(from: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const url = new URL(path === '' ? from : path, folder);
  if (!existsSync(url)) return false;
  if (anchor === undefined) return true;
  const titles = [...readFileSync(url, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title));
  return titles.includes(anchor);
}
