import type { Migration } from '../../core/manifest.ts';
import type { TakenOver } from '../../core/take-over.ts';
import { comparable, compareIds } from '../ids.ts';
import type { AppliedRow } from '../other-table.ts';
import { listed } from '../take-over-problems.ts';
import { applied } from './applied.ts';

/**
 * One file, made of structure.sql, stands for all versions that its INSERT names: the greatest is the id, the others are the details. It is
 * applied when all of them are.
 */
export function takeOverRails(table: string, files: readonly Migration[], rows: readonly AppliedRow[]): TakenOver {
  const file = files.find(({ source }) => source?.tool === 'rails');
  const none = { baselined: [], notes: [] };
  if (file === undefined) {
    const message = 'No file of this folder was imported from the structure.sql of Rails';
    return {
      ...none,
      problems: [{ code: 'no-file-here', message, remedy: 'Run `import --from rails db/structure.sql`' }],
    };
  }
  const { id, details = [] } = file.source!;
  const wanted = [...new Set([id, ...details])];
  const there = new Set(rows.map(row => comparable(applied, row.id)));
  const missing = wanted.filter(version => !there.has(comparable(applied, version)));
  const newer = rows.filter(row => compareIds('number', comparable(applied, row.id), comparable(applied, id)) > 0);
  if (missing.length > 0 && rows.length > 0) {
    const message = `${file.name} holds the schema after the Rails migrations ${listed(missing)}, which are not applied here, by the table ${table}`;
    const remedy = 'Run them with Rails (`rails db:migrate`), then run this again';
    return { ...none, problems: [{ code: 'unapplied-below', message, remedy, migration: file.name }] };
  }
  if (newer.length > 0) {
    const message = `Rails has applied what ${file.name} does not hold, by the table ${table}: ${listed(newer.map(row => row.id))}`;
    const remedy = 'Dump structure.sql again (`rails db:schema:dump`), and import it again';
    return { ...none, problems: [{ code: 'no-file-here', message, remedy, migration: file.name }] };
  }
  const notes = [`${rows.length} migrations of Rails are applied, by the table ${table}: ${file.name} stands for them`];
  return rows.length === 0 ? { ...none, problems: [] } : { baselined: [file], problems: [], notes };
}
