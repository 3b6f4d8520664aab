import { withSemicolon } from '../delimiters.ts';
import type { Found, Line } from '../found.ts';
import { fillIn } from '../placeholders.ts';
import type { Reading } from '../reading.ts';
import { type Attributes, isCarried } from './attributes.ts';

const CHANGESET = /^\s*--\s*changeset\s+("[^"]+"|[^:]+):\s*("[^"]+"|\S+)(.*)$/i;
const ROLLBACK = /^\s*--\s*rollback(?:\s+(.*))?$/i;
const ROLLBACK_BLOCK = /^\s*\/\*\s*liquibase\s*rollback\s*$/i;
const COMMENT = /^\s*--\s*comment:?\s*(.*?)\s*$/i;
const PRECONDITION = /^\s*--\s*precondition(?:s\b|-)/i;
const PROPERTY = /^\s*--\s*property\s+(.*)$/i;
const IGNORE = /^\s*--\s*ignoreLines:\s*(start|end|\d+)/i;
const OTHER = /^\s*--\s*(?:liquibase\s*formatted|validCheckSum|logicalFilePath)/i;
const NOTHING = /^(?:empty|not required)\s*;?$/i;
const PLACEHOLDER = /\$\{([^}\s]+)\}/g;

interface Changeset {
  readonly author: string;
  readonly key: string;
  readonly line: number;
  readonly attributes: Attributes;
  readonly up: Line[];
  readonly down: Line[];
  comment?: string;
  precondition?: number;
}

/** The changesets of a file, each a migration. `name`: as what Liquibase records the file. */
export function readChangesets(reading: Reading, path: string, name: string, lines: readonly Line[]): Found[] {
  return collect(reading, path, lines).flatMap((changeset): Found[] => {
    const { author, key, attributes, up, down, comment, precondition } = changeset;
    const id = `${name}//${author}//${key}`;
    if (reading.skips.has(id)) return [];
    if (precondition !== undefined && !reading.skips.has('preconditions'))
      reading.cannotCarry(
        'not-importable',
        path,
        precondition,
        `The changeset ${author}:${key} has a precondition`,
        `Leave it out with --skip "${id}", or import all of them without their conditions with --skip preconditions`,
      );
    if (!isCarried(reading, path, changeset.line, id, attributes)) return [];
    const delimiter = attributes.enddelimiter ?? ';';
    const half = (written: readonly Line[]) => ({
      file: path,
      lines: fillIn(
        reading,
        path,
        written.map(line => withSemicolon(line, delimiter)),
        PLACEHOLDER,
      ),
      isNonTransactional: attributes.runintransaction === 'false',
    });
    const isRepeatable = attributes.runonchange === 'true';
    if (isRepeatable)
      reading.note(path, `${author}:${key} is repeatable: it runs after all others, and again when it is changed`);
    return [
      {
        version: null,
        title: `${author}_${key}`,
        id,
        up: half(up),
        down: down.length > 0 ? half(down) : undefined,
        isRepeatable,
        description: comment,
      },
    ];
  });
}

/** Sorts the lines of a file into its changesets. */
function collect(reading: Reading, path: string, lines: readonly Line[]): Changeset[] {
  const found: Changeset[] = [];
  let ignored = 0;
  let isRollback = false;
  for (const { number, text: written } of lines) {
    const text = written.replace(/\r$/, '');
    const [, ignore] = IGNORE.exec(text) ?? [];
    if (ignore !== undefined)
      ignored = ignore.toLowerCase() === 'start' ? Number.POSITIVE_INFINITY : Number(ignore) || 0;
    else if (ignored > 0) ignored--;
    else {
      const [, author, key, rest = ''] = CHANGESET.exec(text) ?? [];
      if (author !== undefined) {
        const unquoted = (word: string) => word.trim().replace(/^"|"$/g, '');
        const attributes = attributesOf(rest);
        found.push({ author: unquoted(author), key: unquoted(key!), line: number, attributes, up: [], down: [] });
        isRollback = false;
        continue;
      }
      const property = PROPERTY.exec(text)?.[1];
      if (property !== undefined) define(reading, property);
      const changeset = found.at(-1);
      if (changeset === undefined || property !== undefined || OTHER.test(text)) continue;
      if (isRollback && /\*\/\s*$/.test(text)) isRollback = false;
      else if (isRollback) changeset.down.push({ number, text: written });
      else if (ROLLBACK_BLOCK.test(text)) isRollback = true;
      else add(reading, path, changeset, { number, text: written });
    }
  }
  return found;
}

function add(reading: Reading, path: string, changeset: Changeset, line: Line): void {
  const text = line.text.replace(/\r$/, '');
  const rollback = ROLLBACK.exec(text);
  const comment = COMMENT.exec(text)?.[1];
  if (rollback) {
    const sql = rollback[1] ?? '';
    if (/\bchangeset(?:id|author|path):/i.test(sql))
      reading.cannotCarry(
        'not-importable',
        path,
        line.number,
        'The rollback is that of another changeset',
        'Write its SQL behind --rollback in a copy of the file',
      );
    else if (!NOTHING.test(sql.trim())) changeset.down.push({ number: line.number, text: sql });
  } else if (PRECONDITION.test(text)) changeset.precondition ??= line.number;
  else if (comment) changeset.comment ??= comment;
  else changeset.up.push(line);
}

function attributesOf(text: string): Attributes {
  const pairs = [...text.matchAll(/(\w+):(?:"([^"]*)"|(\S+))/g)];
  return Object.fromEntries(pairs.map(([, name, quoted, plain]) => [name!.toLowerCase(), (quoted ?? plain)!]));
}

function define(reading: Reading, property: string): void {
  const { name, value } = Object.fromEntries(
    [...property.matchAll(/(\w+)[=:](?:"([^"]*)"|(\S+))/g)].map(([, key, quoted, plain]) => [key!, (quoted ?? plain)!]),
  ) as { name?: string; value?: string };
  if (name !== undefined && value !== undefined) reading.settings.define(name, value);
}
