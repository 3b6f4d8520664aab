import type { Imported, ImportedFile, Remark } from '../../import/index.ts';
import { count } from './count.ts';
import type { Screen } from './screen.ts';
import { table } from './table.ts';

const COLUMNS = [
  { title: 'file', least: 20 },
  { title: 'becomes', least: 20 },
  { title: 'with', least: 10 },
];

/** Old and new names, and beside them what was left out or changed. */
export function imported(
  { tool, files, leftOut, skipped, notes }: Imported,
  { isDryRun, dir }: { readonly isDryRun: boolean; readonly dir: string },
  screen: Screen,
): { readonly answer: string[]; readonly remarks: string[] } {
  const { color } = screen;
  const rows = files.map(file => [file.from.join(', '), file.name, traits(file)].map(text => ({ text })));
  const what = `${count(files.length, 'migration')} of ${tool}`;
  const done = isDryRun ? `${what} would be written into ${dir}` : `${what} written into ${dir}`;
  return {
    answer: [...table(COLUMNS, rows, screen.width, color.dim), '', isDryRun ? done : `${color.green('✓')} ${done}`],
    remarks: [
      ...grouped(notes).map(color.dim),
      ...grouped(leftOut).map(line => color.dim(`left out: ${line}`)),
      ...(skipped.length > 0 ? [color.yellow(`skipped: ${skipped.join(', ')}`)] : []),
      ...(isDryRun ? [] : [`Now: aurora-migrations check --dir ${dir}`]),
    ],
  };
}

function traits({ versionRule, isNonTransactional, hasDown }: ImportedFile): string {
  const renumbered = { kept: '', repeatable: '', padded: 'padded', raised: 'raised', numbered: 'numbered' };
  return [renumbered[versionRule], isNonTransactional && 'transaction:false', hasDown && 'down']
    .filter(Boolean)
    .join(', ');
}

/** Files that are named of those of which the same is said. */
const NAMED = 3;

/** What is said of several files is said once, with their number. */
function grouped(remarks: readonly Remark[]): string[] {
  const files = new Map<string, string[]>();
  for (const { file, text } of remarks) files.set(text, [...(files.get(text) ?? []), ...(file === null ? [] : [file])]);
  return [...files].map(([text, all]) => {
    const named = all.slice(0, NAMED).join(', ');
    const more = all.length > NAMED ? `, … (${all.length})` : '';
    return all.length === 0 ? text : `${named}${more}: ${text}`;
  });
}
