import { afterIfExists, namesAt, type QualifiedName, stands, type Word } from './words.ts';

/** What a statement is, as far as its beginning tells. */
export interface Head {
  /** Its first word: `create`, `insert`, … */
  readonly verb: string;
  /** The kind of object of CREATE, ALTER, DROP, RENAME, TRUNCATE and their like: `table`, `procedure`, …; '' for others. */
  readonly what: string;
  /** The objects named behind that. */
  readonly objects: readonly QualifiedName[];
  /** `IF [NOT] EXISTS` or `OR REPLACE` is written. */
  readonly lenient: boolean;
  readonly temporary: boolean;
  /** The place after the kind of object. */
  readonly next: number;
}

const KINDS = new Set([
  ...[
    'table',
    'tables',
    'view',
    'index',
    'procedure',
    'function',
    'trigger',
    'event',
    'database',
    'schema',
    'user',
    'role',
  ],
  ...['server', 'tablespace', 'resource', 'reference', 'logfile', 'instance', 'prepare', 'library'],
]);
const WITH_OBJECT = new Set([
  'create',
  'alter',
  'drop',
  'rename',
  'truncate',
  'analyze',
  'optimize',
  'check',
  'checksum',
  'repair',
  'lock',
]);

/** Read the beginning of a statement. */
export function headOf(words: readonly Word[]): Head {
  let at = 0;
  while (words[at]?.sign === '(') at++;
  const verb = words[at]?.sign ?? '';
  const plain: Head = { verb, what: '', objects: [], lenient: false, temporary: false, next: at + 1 };
  if (!WITH_OBJECT.has(verb)) return plain;
  let lenient = false;
  let temporary = false;
  for (at++; at < Math.min(words.length, 24); at++) {
    const { sign } = words[at]!;
    if (stands(words, at, 'or', 'replace')) lenient = true;
    if (sign === 'temporary') temporary = true;
    if (stands(words, at, 'definer', '=')) at = afterUser(words, at + 2) - 1;
    else if (KINDS.has(sign)) {
      const name = afterIfExists(words, at + 1);
      const objects = namesAt(words, name.at);
      return { verb, what: KIND_OF[sign] ?? sign, objects, lenient: lenient || name.written, temporary, next: at + 1 };
    }
  }
  // TRUNCATE t
  return verb === 'truncate' ? { ...plain, what: 'table', objects: namesAt(words, plain.next) } : plain;
}

const KIND_OF: Readonly<Record<string, string>> = { tables: 'table', schema: 'database' };

/** After `name`, `name@host`, `CURRENT_USER()`. */
function afterUser(words: readonly Word[], at: number): number {
  if (stands(words, at + 1, '@')) return at + 3;
  return stands(words, at + 1, '(', ')') ? at + 3 : at + 1;
}

const RETURNING = /^(select|with|table|values|show|explain|desc|describe|analyze|optimize|check|checksum|repair)$/;

/** Whether a statement returns rows, or may. */
export function returnsRows({ verb }: Head): boolean {
  return RETURNING.test(verb);
}

/** A statement that sets something for the session. */
export function isSet(words: readonly Word[]): boolean {
  if (words[0]?.sign !== 'set') return false;
  if (stands(words, 1, 'password') || stands(words, 1, 'default', 'role') || stands(words, 1, 'resource')) return false;
  return !/^(global|persist|persist_only)$/.test(words[1]?.sign ?? '') && !stands(words, 1, '@', '@', 'global');
}
