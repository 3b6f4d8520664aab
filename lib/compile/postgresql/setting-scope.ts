import type { Section } from '../grammar.ts';
import { runsAlone } from './nontransactional.ts';
import type { Node } from './parser.ts';
import { firstParameter, LONGEST_STATEMENT } from './service-scanner.ts';
import { isTuning, setting } from './session.ts';
import type { Statement } from './statements.ts';

/** What only a script that runs statement by statement can do wrong. */
export function checkStepwise(section: Section, statements: readonly Statement[], text: string): void {
  const alone = new Map(statements.map(statement => [statement, runsAlone(statement)]));
  checkSent(section, statements, alone, text);
  checkReach(section, statements, alone);
  checkKept(section, statements);
}

type AloneOf = ReadonlyMap<Statement, ReturnType<typeof runsAlone>>;

/** Statements that are sent as they are meet the Data API's own reading of SQL. */
function checkSent({ source, from }: Section, statements: readonly Statement[], alone: AloneOf, text: string): void {
  let at = 0;
  for (const statement of statements) {
    const begin = at;
    at = statement.close;
    if (!alone.get(statement)) continue;
    const sent = text.slice(begin, statement.close);
    const parameter = firstParameter(sent);
    if (parameter !== undefined) {
      const message = 'The Data API takes this colon and what follows for a parameter, in a statement that runs alone';
      const remedy = "Put a space after the colon (arr[1 : 2]); in a body, write it in '…' instead of $$…$$";
      source.error('data-api-parameter', from + begin + parameter, message, remedy);
    }
    if (sent.length > LONGEST_STATEMENT) {
      const message = `This statement runs alone and has ${sent.length} characters; the Data API takes ${LONGEST_STATEMENT}`;
      source.error(
        'statement-too-long',
        from + statement.first,
        message,
        'Shorten it, or put its data into a statement that can run in a transaction',
      );
    }
  }
}

/** A SET is repeated before later statements in their own transaction, which a statement that runs alone does not have. */
function checkReach({ source, from }: Section, statements: readonly Statement[], alone: AloneOf): void {
  const set = new Map<string, Statement>();
  const told = new Set<Statement>();
  for (const [index, statement] of statements.entries()) {
    const own = setting(statement.node);
    if (own?.local) {
      const message = 'SET LOCAL ends with its own statement here, because each statement runs by itself';
      source.warn('set-local', from + statement.first, message, 'Write SET without LOCAL');
    } else if (own?.reset) {
      if (own.name === '*') set.clear();
      else set.delete(own.name);
    } else if (own) set.set(own.name, statement);
    if (!alone.get(statement)) continue;
    for (const [name, setter] of set) {
      if (told.has(setter)) continue;
      told.add(setter);
      const message = `This setting of ${name} does not reach statement ${index + 1} on line ${source.line(from + statement.first)}, which runs alone`;
      if (isTuning(name))
        source.warn(
          'set-out-of-reach',
          from + setter.first,
          message,
          'Take it out, or set it for the user with ALTER ROLE … SET',
        );
      else
        source.error(
          'set-out-of-reach',
          from + setter.first,
          message,
          'Qualify the names in that statement, and take the setting out or put it after',
        );
    }
  }
}

/** What lives in a session is gone with the next statement: each may run on another connection. */
function checkKept({ source, from }: Section, statements: readonly Statement[]): void {
  for (const statement of statements.slice(0, -1)) {
    const what = keptInSession(statement.node);
    if (!what) continue;
    const message = `${what} lasts for a session, and each statement of this migration has one of its own`;
    source.error(
      'session-object',
      from + statement.first,
      message,
      'Put what needs it into one statement, or into a migration without transaction:false',
    );
  }
}

function keptInSession(node: Node): string | undefined {
  const relation =
    ('CreateStmt' in node && node.CreateStmt.relation) ||
    ('CreateTableAsStmt' in node && node.CreateTableAsStmt.into?.rel) ||
    ('ViewStmt' in node && node.ViewStmt.view) ||
    ('CreateSeqStmt' in node && node.CreateSeqStmt.sequence);
  if (relation && (relation.relpersistence === 't' || relation.schemaname === 'pg_temp'))
    return `Temporary ${relation.relname}`;
  if ('PrepareStmt' in node) return `Prepared statement ${node.PrepareStmt.name}`;
  if ('DeclareCursorStmt' in node) return `Cursor ${node.DeclareCursorStmt.portalname}`;
  return undefined;
}

/** Settings that do not do what they say in any migration. */
export function checkSettings({ source, from, transaction }: Section, statements: readonly Statement[]): void {
  let plainBackslashes = false;
  for (const { node, first, tokens } of statements) {
    const own = setting(node);
    if (own && !own.reset && own.value !== '0') {
      if (own.name === 'transaction_timeout') {
        const message = 'SET transaction_timeout is left out: servers before PostgreSQL 17 do not know it';
        source.warn('transaction-timeout', from + first, message, 'Take it out');
      } else if (own.name === 'statement_timeout' && transaction !== false) {
        const message =
          'This statement_timeout bounds nothing: the migration is one statement to the server, which has begun';
        source.warn('statement-timeout', from + first, message, 'Take it out; lock_timeout works as written');
      }
    }
    if (own?.name === 'standard_conforming_strings') plainBackslashes = !own.reset && !ON.test(own.value);
    else if (plainBackslashes) {
      const token = tokens.find(
        ({ kind, start, end }) =>
          kind === 'string' &&
          source.text[from + start] === "'" &&
          source.text.slice(from + start, from + end).includes('\\'),
      );
      if (!token) continue;
      const message = 'A backslash in a plain literal after standard_conforming_strings was turned off';
      source.error(
        'backslash',
        from + token.start,
        message,
        "Write it as E'…', which means the same under either setting",
      );
      plainBackslashes = false;
    }
  }
}

const ON = /^(on|true|yes|1|t|y)$/i;
