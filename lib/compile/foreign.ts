import type { FileName } from '../core/name.ts';
import type { Outline } from './grammar.ts';
import type { Source } from './source.ts';

/**
 * A comment of another tool. `down`: the statements after it undo the file, and would run as part of up. `sure`: it changes the meaning of the
 * file. What a tool writes at the head of an up section alone changes nothing here.
 */
interface Marker {
  readonly tool: string;
  readonly degree: 'down' | 'sure';
  readonly text: RegExp;
  readonly remedy: string;
}

const WRITE_DOWN = 'Write `-- migrate:down` in its place (and `-- migrate:up` above the first section)';
const TAKE_OUT = 'Take it out: statements are split by the grammar of the database';
const STEPWISE = 'Write `-- migrate:up transaction:false` instead';

const MARKERS: readonly Marker[] = [
  down('goose', /^--\s*\+goose\s+down\s*$/i),
  sure('goose', /^--\s*\+goose\s+statement(?:begin|end)\s*$/i, TAKE_OUT),
  sure('goose', /^--\s*\+goose\s+no\s+transaction\s*$/i, STEPWISE),
  sure('goose', /^--\s*\+goose\s+envsub\s+(?:on|off)\s*$/i, 'Write the values themselves: no variables are replaced'),
  down('sql-migrate', /^-- \+migrate\s+Down(?:\s+notransaction)?\s*$/),
  sure('sql-migrate', /^-- \+migrate\s+Statement(?:Begin|End)\s*$/, TAKE_OUT),
  sure('sql-migrate', /^-- \+migrate\s+Up\s+notransaction\s*$/, STEPWISE),
  down('node-pg-migrate', /^--[\s-]*down\s+migration[\s:.=-]*$/i),
  down('tern', /^---- create above \/ drop below ----\s*$/),
  sure('tern', /^---- tern: disable-tx ----\s*$/, STEPWISE),
  down('MyBatis', /^--\s*\/\/\s*@UNDO\b/),
  sure('MyBatis', /^--\s*(?:\/\/)?\s*@DELIMITER\s+\S+\s*$/i, TAKE_OUT),
  down('rambler', /^-- rambler\s+down\s*$/),
  down('Play', /^(?:#|--)[\s-]*!Downs\b/),
  sure(
    'graphile-migrate',
    /^--!\s*(?:Previous:\s*(?:-|sha1:[0-9a-f]{40})|Hash:\s*sha1:[0-9a-f]{40}|AllowInvalidHash)\s*$/,
    'Take the line out: the history is in the tracking table',
  ),
  sure('graphile-migrate', /^--!\s*no-transaction\s*$/, STEPWISE),
  sure('graphile-migrate', /^--!\s*include\s+\S+\.sql\s*$/, 'Write the statements of that file here'),
  sure(
    'Atlas',
    /^-- atlas:(?:delimiter|txmode|checkpoint|txtar|import)\b/,
    'Take the line out, and write what it asks for in the form of FORMAT.md',
  ),
];

const LIQUIBASE = sure(
  'Liquibase',
  /^--\s*liquibase\s+formatted(?:\s+sql)?\b/i,
  'Make a file of each changeset, and a `-- migrate:down` section of its rollback',
);

function down(tool: string, text: RegExp): Marker {
  return { tool, degree: 'down', text, remedy: WRITE_DOWN };
}

function sure(tool: string, text: RegExp, remedy: string): Marker {
  return { tool, degree: 'sure', text, remedy };
}

/** What PostgreSQL takes for an operator, and Play for the beginning of a comment. */
const PLAY = /^#[\s-]*!(?:Ups|Downs)\b/;

/** Reports the markers of other tools in a file. Gives back whether there are any, for then its statements are not what they seem. */
export function checkForeign(
  source: Source,
  { comments, firstToken, lastToken }: Outline,
  { part }: FileName,
): boolean {
  const before = source.errors.length;
  for (const [nth, { start, text }] of comments.entries()) {
    const lineStart = source.text.lastIndexOf('\n', start - 1) + 1;
    const prefix = source.text.slice(lineStart, start);
    const line = text.replace(/\r$/, '');
    if (/^#\s*$/.test(prefix) && PLAY.test(prefix + line)) report(source, lineStart, 'Play', prefix + line, WRITE_DOWN);
    if (prefix !== '') continue;
    const isFirst = nth === 0 && (firstToken === null || firstToken > start);
    const markers = isFirst ? [LIQUIBASE, ...MARKERS] : MARKERS;
    const marker = markers.find(one => one.text.test(line));
    const undoes = part !== 'down' && lastToken !== null && lastToken > start;
    if (marker && (marker.degree === 'sure' || undoes)) report(source, start, marker.tool, line, marker.remedy);
  }
  if (source.errors.length > before) return true;
  warnOfHandMade(source, comments, lastToken, part);
  return false;
}

function report(source: Source, offset: number, tool: string, line: string, remedy: string): void {
  const written = line.trim().slice(0, 60);
  source.error(
    'foreign-format',
    offset,
    `The file is written for ${tool}: "${written}" means nothing here`,
    `${remedy}, or have the whole folder rewritten by \`aurora-migrations import --from ${tool.toLowerCase()} FOLDER\`. FORMAT.md says how a file is written`,
  );
}

/** A section that somebody named by hand. */
const HAND_MADE =
  /^--[\s=*#-]*(?:migration\s+)?(?:down|rollback|undo|revert)(?:\s+migration)?(?:\s*\([^)]*\))?[\s=*:#-]*$/i;
const TAKES_AWAY = /^\s*(?:(?:--[^\n]*|\/\*[\s\S]*?\*\/)\s*)*(?:drop\b|delete\b|alter\b[^;]*\bdrop\b)/i;

function warnOfHandMade(
  source: Source,
  comments: Outline['comments'],
  lastToken: number | null,
  part: FileName['part'],
): void {
  if (part !== 'whole' || lastToken === null) return;
  const found = comments.find(
    ({ start, text }) =>
      start < lastToken &&
      (start === 0 || source.text[start - 1] === '\n') &&
      HAND_MADE.test(text.replace(/\r$/, '')) &&
      TAKES_AWAY.test(source.text.slice(start + text.length)),
  );
  if (!found) return;
  source.warn(
    'possible-down-section',
    found.start,
    `"${found.text.trim().slice(0, 60)}" looks like the head of a down section, and what stands below it runs as part of up`,
    'Write `-- migrate:down` in its place, or take the comment out',
  );
}
