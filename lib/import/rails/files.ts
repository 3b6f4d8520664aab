import { compareVersions } from '../../core/order.ts';
import { linesOf, textOf } from '../found.ts';
import type { ToolFiles } from '../reading.ts';
import { type StatementRange, statementsIn } from '../sql.ts';
import { without } from '../transactions.ts';

const FILE = 'structure.sql';
/** Statements that make, fill or key the tables of Active Record. */
const OWN =
  /^(?:drop table (?:if exists )?|create table (?:if not exists )?|alter table (?:only )?|insert into |comment on table |create unique index \S+ on (?:only )?)(?:[`"]?\w+[`"]? \. )?[`"]?(?:schema_migrations|ar_internal_metadata)[`"]?(?: |$)/;

/** One dump, no history: one migration, which stands for every version that the dump names. */
export const files: ToolFiles = {
  title: 'Rails',
  form: 'structure.sql',
  order: 'own',
  read: reading => {
    const file = reading.tree.only ?? reading.top.find(path => path === FILE);
    if (file === undefined) return [];
    const lines = linesOf(reading.text(file));
    const text = textOf(lines);
    const own = statementsIn(text, reading.engine).filter(({ words }) => OWN.test(words.join(' ')));
    const versions = versionsIn(text, own).sort(compareVersions);
    if (versions.length === 0) {
      reading.cannotCarry(
        'not-importable',
        file,
        1,
        'The file names no version: it has no INSERT INTO schema_migrations',
        'Dump the schema again with `rails db:schema:dump`, and import that file',
      );
      return [];
    }
    reading.note(file, 'what makes and fills schema_migrations and ar_internal_metadata was taken out');
    const [id, ...details] = versions.reverse();
    return [{ version: '0001', title: 'structure', id: id!, details, up: { file, lines: without(lines, own) } }];
  },
};

function versionsIn(text: string, own: readonly StatementRange[]): string[] {
  const inserts = own.filter(({ words }) => words[0] === 'insert' && words.join(' ').includes('schema_migrations'));
  return inserts.flatMap(({ start, end }) =>
    [...text.slice(start, end).matchAll(/'(\d+)'/g)].map(([, version]) => version!),
  );
}
