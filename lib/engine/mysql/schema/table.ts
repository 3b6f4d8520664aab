import type { SchemaObject } from '../../../core/schema.ts';
import { linesOf, NAME, outsideQuotes, quoted, written } from './text.ts';

const FOREIGN_KEY = new RegExp(`^ {2}CONSTRAINT (${NAME}) FOREIGN KEY [\\s\\S]*$`);

/**
 * Of a column that has the collation of its table and was not told so. Written out it would be told, and that is another definition: the server
 * then writes the character set too.
 */
const INHERITED = /(?<!CHARACTER SET \w+) COLLATE (\w+)/g;

/**
 * What `SHOW CREATE TABLE` writes: the table, without where its AUTO_INCREMENT stands, and its foreign keys by themselves, for two tables may
 * name each other. The server writes each column, key and constraint on a line of its own.
 */
export function tableObjects(name: string, sql: string): SchemaObject[] {
  const lines = linesOf(sql);
  const end = lines.findIndex(line => line.startsWith(') ') || line === ')');
  const items = lines.slice(1, end).map(line => line.replace(/,$/, ''));
  const keys: SchemaObject[] = [];
  const own = items.filter(item => {
    const key = FOREIGN_KEY.exec(item)?.[1];
    if (key === undefined) return true;
    keys.push({
      kind: 'foreign key',
      name: `${written(name)}.${written(unquoted(key))}`,
      sql: `ALTER TABLE ${quoted(name)} ADD ${item.trim()};`,
    });
    return false;
  });
  const options = lines.slice(end).join('\n');
  const usual = / COLLATE=(\w+)/.exec(lines[end] ?? '')?.[1];
  const columns = own.map(item =>
    outsideQuotes(item, part => part.replace(INHERITED, (all, of) => (of === usual ? '' : all))),
  );
  const table = [
    lines[0],
    columns.join(',\n'),
    outsideQuotes(options, part => part.replace(/ AUTO_INCREMENT=\d+/, '')),
  ];
  return [{ kind: 'table', name: written(name), sql: `${table.join('\n')};` }, ...keys];
}

function unquoted(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`');
}
