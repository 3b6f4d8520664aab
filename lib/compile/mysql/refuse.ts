import { preparedStatementOf } from '../../engine/mysql/statement/prepared-text.ts';
import { scanScript } from '../../engine/mysql/statement/script.ts';
import { type Head, headOf } from '../../engine/mysql/statement/statement-kind.ts';
import { stands, type Word, wordsOf } from '../../engine/mysql/statement/words.ts';
import type { Tracking } from '../grammar.ts';
import type { Prepared } from './prepared-statement.ts';
import { settingsOf } from './session.ts';

/** Why a statement has no place in a migration, and what to write instead. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What is refused before anything is sent; undefined: the statement is welcome. */
export function refusal(text: string, words: readonly Word[], head: Head, tracking: Tracking): Refusal | undefined {
  return (
    transaction(words) ??
    clock(words) ??
    client(text, words, head) ??
    session(words, head) ??
    mode(text, words) ??
    trackingObjects(words, head, tracking)
  );
}

/** `BEGIN`, `COMMIT` and their like. */
export function isTransactionControl(words: readonly Word[]): boolean {
  const [first, second] = words;
  if (/^(begin|commit|rollback|savepoint|xa)$/.test(first?.sign ?? '')) return true;
  return (
    (first?.sign === 'start' && second?.sign === 'transaction') ||
    (first?.sign === 'release' && second?.sign === 'savepoint')
  );
}

function transaction(words: readonly Word[]): Refusal | undefined {
  const remedy =
    'Take it out: each statement that changes rows is committed together with its checkpoint, and DDL commits by itself';
  if (isTransactionControl(words)) {
    const what = words.slice(0, words[0]!.sign === 'start' || words[0]!.sign === 'release' ? 2 : 1);
    return {
      code: 'transaction-control',
      message: `${what.map(({ sign }) => sign.toUpperCase()).join(' ')} in a migration`,
      remedy,
    };
  }
  if (words[0]?.sign !== 'set') return undefined;
  if (words[/^(global|session|local)$/.test(words[1]?.sign ?? '') ? 2 : 1]?.sign === 'transaction')
    return { code: 'transaction-settings', message: 'SET TRANSACTION in a migration', remedy };
  if (
    words.some((_, at) =>
      isAssigned(words, at, /^(autocommit|transaction_isolation|transaction_read_only|completion_type)$/i),
    )
  ) {
    return { code: 'transaction-settings', message: 'A setting of transactions in a migration', remedy };
  }
  return undefined;
}

function clock(words: readonly Word[]): Refusal | undefined {
  if (!settingsOf(words).includes('timestamp')) return undefined;
  return {
    code: 'set-timestamp',
    message: 'SET timestamp would also set the clock by which the run holds its lease',
    remedy: 'Take it out, and write the time where it is needed',
  };
}

/** What stays with a session when the statement is done: no SET puts it back. */
function session(words: readonly Word[], { verb }: Head): Refusal | undefined {
  if (stands(words, 0, 'set', 'role')) {
    return {
      code: 'set-role',
      message: 'SET ROLE would leave a connection of the Data API, which others use too, with other rights',
      remedy: 'Take it out, and grant the user of the secret what the migration needs',
    };
  }
  const locks = heldLock(words, verb);
  if (locks === undefined) return undefined;
  return {
    code: 'session-lock',
    message: `${locks} would change the locks of a connection of the Data API, which others use too`,
    remedy: 'Take it out: no other run works at the same time',
  };
}

function heldLock(words: readonly Word[], verb: string): string | undefined {
  if (stands(words, 0, 'lock', 'instance')) return 'LOCK INSTANCE';
  if (verb === 'flush') {
    if (words.some((_, at) => stands(words, at, 'with', 'read', 'lock'))) return 'FLUSH TABLES … WITH READ LOCK';
    return words.some((_, at) => stands(words, at, 'for', 'export')) ? 'FLUSH TABLES … FOR EXPORT' : undefined;
  }
  // In the body of a routine it is for whoever calls that.
  if (verb === 'create' || verb === 'alter') return undefined;
  const locks = words.find(
    ({ sign }, at) => /^(get_lock|release_all_locks)$/.test(sign) && words[at + 1]?.sign === '(',
  );
  return locks && `${locks.sign.toUpperCase()}()`;
}

function client(text: string, words: readonly Word[], { verb, what }: Head): Refusal | undefined {
  const next = words[1]?.sign;
  if (verb === 'use') {
    return {
      code: 'use-database',
      message: 'USE would leave a connection of the Data API, which others use too, in another database',
      remedy: 'Take it out and write the database before the name: other.users',
    };
  }
  const isPrepared = /^(prepare|execute|deallocate)$/.test(verb) || (verb === 'drop' && what === 'prepare');
  if (isPrepared && !preparedStatementOf(text, words)) {
    return {
      code: 'prepare',
      message: `${verb.toUpperCase()} is not written as MySQL reads it`,
      remedy: 'Write PREPARE name FROM @text, EXECUTE name USING @a, or DEALLOCATE PREPARE name',
    };
  }
  if (verb === 'load' && words.some(({ sign }, at) => sign === 'local' && at < 4)) {
    return {
      code: 'load-local',
      message: 'LOAD DATA LOCAL needs a client that sends the file',
      remedy: 'Write the rows as INSERT … VALUES, or load them from S3',
    };
  }
  if (verb === 'handler' || verb === 'help' || (verb === 'source' && next !== undefined)) {
    return {
      code: 'client-command',
      message: `${verb.toUpperCase()} has no place in a migration`,
      remedy: 'Take it out',
    };
  }
  return undefined;
}

/** Modes in which the server reads the text of the next statements in another way than they were read here. */
const OTHER_TEXT = /\b(ansi|ansi_quotes|no_backslash_escapes|oracle|mssql|db2|postgresql|maxdb)\b/i;

function mode(text: string, words: readonly Word[]): Refusal | undefined {
  if (words[0]?.sign !== 'set') return undefined;
  const value = words.flatMap((_, at) => (isAssigned(words, at, /^sql_mode$/i) ? valueFrom(words, at + 2) : []));
  const values = value.map(({ token }) => text.slice(token.start, token.end));
  // As a text, or as a word: the server takes the name of a mode without quotes too.
  const found = values.map(one => OTHER_TEXT.exec(one)?.[1]).find(Boolean);
  if (found) {
    return {
      code: 'sql-mode',
      message: `With the SQL mode ${found.toUpperCase()} the server reads quotes and backslashes differently from how this file is split`,
      remedy: "Take it out, quote names with ` and texts with '",
    };
  }
  const number = values.find(one => /^\d|^[xb]'/i.test(one) && one !== '0');
  if (number === undefined) return undefined;
  return {
    code: 'sql-mode',
    message: `An SQL mode written as a number (${number}) may be one in which the server reads quotes and backslashes differently from how this file is split`,
    remedy: "Write the modes by their names: SET sql_mode = 'STRICT_TRANS_TABLES,…'",
  };
}

/** `name =`, in backticks or not, and no variable of the user. */
function isAssigned(words: readonly Word[], at: number, name: RegExp): boolean {
  const isUsers = words[at - 1]?.sign === '@' && words[at - 2]?.sign !== '@';
  return name.test(words[at]?.name ?? '') && !isUsers && /^:?=$/.test(words[at + 1]?.sign ?? '');
}

/** Up to the comma behind it. */
function valueFrom(words: readonly Word[], from: number): Word[] {
  const value: Word[] = [];
  let depth = 0;
  for (let at = from; at < words.length; at++) {
    const word = words[at]!;
    if (word.sign === '(') depth++;
    else if (word.sign === ')') depth--;
    else if (word.sign === ',' && depth === 0) break;
    value.push(word);
  }
  return value;
}

/** Why a prepared statement cannot be executed, or one of this name is not there; undefined: it is welcome. */
export function refusalOfPrepared(prepared: Prepared, { verb }: Head, tracking: Tracking): Refusal | undefined {
  const { name, known, text } = prepared;
  if (!known) {
    return {
      code: 'prepare',
      message: `${verb.toUpperCase()} of ${name}, which no PREPARE before it in this file makes`,
      remedy: `Write PREPARE ${name} FROM … before it: a prepared statement ends with its file`,
    };
  }
  if (text === undefined || verb !== 'prepare') return undefined;
  const { statements } = scanScript(text);
  if (statements.length > 1) {
    return {
      code: 'prepare',
      message: `PREPARE ${name} takes one statement, and this text has ${statements.length}`,
      remedy: 'Prepare each of them by itself',
    };
  }
  const [only] = statements;
  if (!only) return undefined;
  const words = wordsOf(text, only);
  const head = headOf(words);
  if (/^(prepare|execute|deallocate)$/.test(head.verb)) {
    return {
      code: 'prepare',
      message: `${head.verb.toUpperCase()} cannot itself be prepared`,
      remedy: 'Write it as a statement of the file',
    };
  }
  return refusal(text, words, head, tracking);
}

const WRITERS = new Set(['create', 'alter', 'drop', 'rename', 'truncate', 'insert', 'replace', 'update', 'delete']);

function trackingObjects(words: readonly Word[], head: Head, { table }: Tracking): Refusal | undefined {
  if (!WRITERS.has(head.verb) || head.what === 'trigger') return undefined;
  const ours = new Set([table, `${table}_lease`, `${table}_hooks`]);
  const first = ['insert', 'replace', 'update', 'delete'].includes(head.verb)
    ? words.slice(1, 10).flatMap(({ name }) => name ?? [])
    : head.objects.map(({ name }) => name);
  if (!first.some(name => ours.has(name))) return undefined;
  return {
    code: 'tracking-table',
    message: `${table}, ${table}_lease and ${table}_hooks track the migrations; a migration must not touch them`,
    remedy: 'Take the statement out, or keep the tracking tables under another name (option "table")',
  };
}
