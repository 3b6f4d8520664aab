import { statementSum, tokensChecksum } from '../../core/checksum.ts';
import type { Destructive } from '../../core/manifest.ts';
import { type StatementText, statementsOf } from '../../core/script.ts';
import { implicitCommitOf } from '../../engine/mysql/statement/judges.ts';
import { type ScannedScript, type Statement, scanScript } from '../../engine/mysql/statement/script.ts';
import { type Head, headOf, returnsRows } from '../../engine/mysql/statement/statement-kind.ts';
import { type Word, wordsOf } from '../../engine/mysql/statement/words.ts';
import type { Reading, Section } from '../grammar.ts';
import { cut } from '../pieces.ts';
import { checkSession } from './check-session.ts';
import { type Databases, readDatabases } from './databases.ts';
import { harm } from './destructive.ts';
import { isLeftOut } from './left-out.ts';
import { collectNames } from './names.ts';
import { readPrepared } from './prepared.ts';
import type { Prepared } from './prepared-statement.ts';
import { type Refusal, refusal, refusalOfPrepared } from './refuse.ts';
import { dropsOf, isLenientCreation, isRepeatable } from './repeatable.ts';
import { withoutParameters } from './rewrite.ts';
import { actionsIn } from './safety/judge.ts';
import { firstParameter, isSelfContained, LONGEST_STATEMENT } from './service-scanner.ts';
import { answersAboutEarlier, assignments, evaluatedWords, settingsOf, textOf } from './session.ts';
import { readSession, type SessionFacts } from './session-dependency.ts';
import { readTransactions, withoutAutocommit } from './transactions.ts';
import { namedVariables, readUserVariables } from './user-variables.ts';

interface Read extends Statement {
  readonly words: readonly Word[];
  readonly head: Head;
  readonly leftOut: boolean;
  /** Its words are not all that the file says. */
  readonly cut: boolean;
}

/** What is executed, and the text that is sent of it where it is sent as it is. */
interface Sent extends Read {
  readonly sent: string;
  /** It is not what the file says, comments before it included. */
  readonly rewritten: boolean;
  readonly prepared: Prepared | undefined;
}

/** Read one section of a MySQL migration. What is wrong goes to its source; the facts are of use only where nothing is. */
export function readSection(section: Section): Reading {
  const { source, from, to } = section;
  const text = source.text.slice(from, to);
  const scanned = scanScript(text);
  for (const fault of scanned.faults) {
    const { code, message, remedy } = complaint(text, fault);
    source.error(code, from + fault.at, message, remedy);
  }
  const all = scanned.statements.map(statement => {
    const words = wordsOf(text, statement);
    return { ...statement, words, head: headOf(words) };
  });
  const databases = readDatabases(section, all);
  const marked = mark(section, all, databases);
  const pieces = cut(text, marked, scanned.strangers);
  const texts = statementsOf({ content: text, facts: { pieces } });
  const executed = marked.filter(({ leftOut }) => !leftOut);
  const prepared = readPrepared(text, executed);
  const statements = executed.map(
    (statement, at): Sent => ({ ...statement, ...sending(text, statement, texts[at]!), prepared: prepared[at] }),
  );
  for (const statement of statements) check(section, text, statement);
  const session = readSession(statements);
  checkSession(section, statements, session);
  return {
    ...facts(section, text, pieces, statements, session),
    databases: databases.uses,
    userVariables: readUserVariables(statements, from),
  };
}

/** Finds out which statements are left out, and which words of a SET. */
function mark(section: Section, all: readonly Omit<Read, 'leftOut' | 'cut'>[], databases: Databases): Read[] {
  const transactions = readTransactions(all);
  if (transactions.uncommitted !== undefined) {
    section.source.error(
      'transaction-control',
      section.from + all[transactions.uncommitted]!.first,
      'The transaction that begins here is never committed: the mysql client would roll it back at the end of the file',
      'Put COMMIT at its end, or take out what begins it: each statement is committed together with its checkpoint',
    );
  }
  return all.map((statement, at) => {
    const words = withoutAutocommit(statement.words);
    const isCut = words !== statement.words;
    const leftOut =
      transactions.leftOut.has(at) ||
      databases.leftOut.has(statement) ||
      (isCut && words.length === 1) ||
      isLeftOut(section, statement);
    return { ...statement, words, cut: isCut, leftOut };
  });
}

/** A statement as it is sent: with the comments before it, or without them where the service could read them in another way than MySQL. */
function sending(text: string, read: Read, piece: StatementText): Pick<Sent, 'sent' | 'rewritten'> {
  const { first, end, words } = read;
  if (read.cut) return { sent: textOf(text, words), rewritten: true };
  const whole = piece.sql.replace(/;\s*$/, '');
  const plain =
    !/:\w/.test(whole) || (isSelfContained(text.slice(piece.from, first)) && firstParameter(whole) === undefined);
  if (plain && whole.length <= LONGEST_STATEMENT) return { sent: whole, rewritten: false };
  return { sent: withoutParameters(text.slice(first, end)), rewritten: true };
}

function check(section: Section, text: string, { words, head, first, end, sent, prepared }: Sent): void {
  const { source, from } = section;
  const refused =
    refusal(text, words, head, section.tracking) ?? (prepared && refusalOfPrepared(prepared, head, section.tracking));
  if (refused) source.error(refused.code, from + first, refused.message, refused.remedy);
  const asks = answersAboutEarlier(evaluatedWords(words, head));
  if (asks === 'row_count' || asks === 'found_rows') {
    source.warn(
      asks.replace('_', '-'),
      from + first,
      `${asks.toUpperCase()}() answers about the checkpoint before it`,
      'Count in the statement itself',
    );
  }
  if (sent.length > LONGEST_STATEMENT) {
    source.error(
      'statement-too-long',
      from + first,
      `This statement has ${sent.length} characters; the Data API takes ${LONGEST_STATEMENT}`,
      'Split it into several statements (a dump: mysqldump --net-buffer-length=32768)',
    );
  }
  if (firstParameter(sent) !== undefined) {
    source.error(
      'data-api-parameter',
      from + first + (firstParameter(text.slice(first, end)) ?? 0),
      'The Data API may take this for a parameter, and nothing else can be written for it without a change of meaning',
      'Put a space after the colon, or give the thing a name without one',
    );
  }
}

function facts(
  section: Section,
  text: string,
  pieces: readonly number[],
  statements: readonly Sent[],
  { session, bound }: SessionFacts,
): Omit<Reading, 'databases' | 'userVariables'> {
  const { source, from } = section;
  const names = { names: new Set<string>(), creates: new Set<string>() };
  let destructive: Destructive | null = null;
  let ifNotExists: Destructive | null = null;
  const numbers = (holds: (statement: Read) => boolean) =>
    statements.flatMap((statement, at) => (holds(statement) ? [at + 1] : []));
  for (const { words, head, first } of statements) {
    collectNames(words, head, names);
    const what: string | undefined = destructive ? undefined : harm(words, head);
    if (what) destructive = { what, line: source.line(from + first) };
    if (!ifNotExists && isLenientCreation(words, head))
      ifNotExists = { what: 'holds IF NOT EXISTS', line: source.line(from + first) };
  }
  const ddl = statements.flatMap(({ words, head }, at) => {
    const commit = implicitCommitOf(words, head);
    return commit ? [{ statement: at + 1, ...commit }] : [];
  });
  const rewritten = statements.flatMap(({ sent, rewritten: changed }, at) =>
    changed ? [{ statement: at + 1, sql: sent }] : [],
  );
  const tokens = statements.map(statement => statement.tokens.map(({ start, end }) => text.slice(start, end)));
  const prepared = statements.flatMap((statement, at) => (statement.prepared === undefined ? [] : [at + 1]));
  const variables = [...new Set(statements.flatMap(({ words }) => settingsOf(words)))].sort();
  const userVariables = namedVariables(statements);
  const temporary = statements.flatMap(({ head: { verb, temporary: is, objects } }, at) =>
    verb === 'create' && is ? objects.slice(0, 1).map(({ schema, name }) => ({ statement: at + 1, schema, name })) : [],
  );
  return {
    facts: {
      pieces,
      lines: statements.map(({ first }) => source.line(from + first)),
      sums: tokens.map(own => tokensChecksum([own]).slice(0, 16)),
      rows: numbers(({ head }) => returnsRows(head)),
      alone: [],
      session,
      stepwise: true,
      ...(session.length > 0 && {
        assignments: session.map(number => assignments(text, statements[number - 1]!.words)),
      }),
      ...(prepared.length > 0 && { prepared }),
      ...(ddl.length > 0 && { ddl }),
      ...(bound.length > 0 && { bound }),
      ...(variables.length > 0 && { variables }),
      ...(userVariables.length > 0 && { userVariables }),
      ...(temporary.length > 0 && { temporary }),
      ...(rewritten.length > 0 && { rewritten }),
    },
    stepwise: true,
    judged: statements.map(statement => ({
      place: source.place(from + statement.first),
      offset: from + statement.first,
      actions: actionsIn(statement, text),
    })),
    statementsChecksum: tokensChecksum(tokens),
    names: lowered(names.names),
    creates: lowered(names.creates),
    mentions: new Set(),
    drops: lowered(statements.flatMap(({ words, head }) => dropsOf(words, head))),
    repeats: statements.map(({ words, head }, at) => ({
      sum: statementSum(tokens[at]!),
      isRepeatable: isRepeatable(words, head),
      calls: [],
    })),
    destructive,
    ifNotExists,
    calls: [],
  };
}

function lowered(names: Iterable<string>): Set<string> {
  return new Set([...names].map(name => name.toLowerCase()));
}

function complaint(text: string, { at, kind }: ScannedScript['faults'][number]): Refusal {
  switch (kind) {
    case 'unterminated':
      return { code: 'syntax', message: 'What begins here does not end', remedy: 'Close the quote or comment' };
    case 'backslash': {
      const command = /^\\\S?/.exec(text.slice(at))![0];
      return {
        code: 'client-command',
        message: `${command} is a command of the mysql client, not SQL`,
        remedy: 'Take it out; a statement ends with ;',
      };
    }
    case 'bare-comment':
      return {
        code: 'bare-comment',
        message: 'The server takes -- for a comment only before white space',
        remedy: 'Put a space after --',
      };
    case 'delimiter':
      return {
        code: 'syntax',
        message: 'DELIMITER needs a delimiter without a backslash',
        remedy: 'Write for example DELIMITER //',
      };
  }
}
