import type { JudgedFinding } from '../../compile/index.ts';
import type { Problem } from '../../core/errors.ts';
import type { Plan, Step } from '../../core/plan.ts';
import type { Planned } from '../../runner/index.ts';
import { count } from './count.ts';
import { countFindings, findings } from './findings.ts';
import { problem } from './problem.ts';
import type { Screen } from './screen.ts';
import { calls } from './state.ts';
import { notes, working } from './status.ts';
import { table } from './table.ts';
import { oneLine } from './text.ts';

const REASON: Readonly<Record<Step['reason'], string>> = {
  pending: 'pending',
  failed: 'failed before, tried again',
  changed: 'changed, applied again',
  reverted: 'reverted, applied again',
  resumed: 'begun, resumed',
  baseline: 'taken over, not executed',
  moved: 'has a new name, not executed',
  replaces: 'contains what is applied, not executed',
};

/** The SQL of one step, under its name. */
export function sql(
  { migration, file, sql: text }: { migration: string; file?: string; sql?: string },
  { color }: Screen,
): string {
  const from = file === undefined ? '' : ` (${oneLine(file)})`;
  return `${color.bold(color.cyan(`-- ${oneLine(migration)}${from}`))}\n${(text ?? '').trim()}\n\n`;
}

/** A plan, and what the safety rules find in its steps; null: nothing judged them. */
export type JudgedPlan = Planned & { readonly findings: readonly JudgedFinding[] | null };

/** What `up` would do: its steps in order, what the safety rules find in them, what deserves a word, what stops it. */
export function plan(view: JudgedPlan, screen: Screen): string[] {
  const { color } = screen;
  const { steps, problems: stopping } = view;
  const found = view.findings ?? [];
  const rows = steps.map((step, at) => [
    { text: String(at + 1), style: color.dim },
    { text: oneLine(step.migration) },
    { text: step.other === undefined ? REASON[step.reason] : `${REASON[step.reason]} (was ${oneLine(step.other)})` },
    { text: how(step), style: color.dim },
  ]);
  const [title = '', ...lines] = table(
    [
      { title: '', align: 'right' },
      { title: 'migration', least: 24 },
      { title: 'why' },
      { title: 'how', dispensable: 1 },
    ],
    rows,
    screen.width,
    color.dim,
  );
  return [
    ...(steps.length > 0 ? [title, ...lines, ''] : []),
    ...findings(found, screen),
    ...working(view.running, screen),
    ...notes(view.notes, screen),
    ...problems(stopping, screen),
    `${[verdict(view, screen), ...countFindings(found, screen)].join(', ')} ${color.dim(calls(view.dataApiCalls))}`,
  ];
}

/** Problems as paragraphs, with an empty line after each. */
export function problems(stopping: readonly Problem[], screen: Screen): string[] {
  return stopping.flatMap(each => [...problem(each, screen), '']);
}

function how({ mode, from, statements }: Step): string {
  if (mode === 'atomic') return `one transaction, ${count(statements, 'statement')}`;
  return from > 1 ? `one by one, statements ${from} to ${statements}` : `one by one, ${count(statements, 'statement')}`;
}

function verdict({ steps, problems }: Plan, { color }: Screen): string {
  if (problems.length > 0) return color.red(`"up" would apply nothing: ${count(problems.length, 'problem')}`);
  if (steps.length === 0) return color.green('Nothing to do');
  return `"up" would apply ${color.bold(String(steps.length))}`;
}
