import type { Section, Tracking } from '../grammar.ts';
import type { Node } from './parser.ts';
import { type Refusal, trackingObjects } from './refuse-tracking.ts';
import { constant } from './tree.ts';

/** Complain of all statements that are refused. `framed`: the first and the last are the BEGIN and COMMIT around the file. */
export function checkStatements(
  { source, from, tracking, transaction, direction }: Section,
  statements: readonly { readonly node: Node; readonly first: number }[],
  framed: boolean,
): void {
  for (const [at, { node, first }] of statements.entries()) {
    const isFrame = framed && transaction !== false && (at === 0 || at === statements.length - 1);
    const refused = isFrame ? undefined : refusal(node, tracking, direction);
    if (refused) source.error(refused.code, from + first, refused.message, refused.remedy);
  }
}

/** What is refused before anything is sent; undefined: the statement is welcome. */
function refusal(node: Node, tracking: Tracking, direction: Section['direction']): Refusal | undefined {
  return (
    transactionControl(node, direction) ??
    transactionSettings(node) ??
    copy(node) ??
    selectInto(node) ??
    wholeSession(node) ??
    wholeDatabase(node) ??
    trackingObjects(node, tracking)
  );
}

function transactionControl(node: Node, direction: Section['direction']): Refusal | undefined {
  if (!('TransactionStmt' in node)) return undefined;
  const { kind } = node.TransactionStmt;
  const word =
    kind
      ?.replace('TRANS_STMT_', '')
      .replace('_TO', ' TO')
      .replace('PREPARE', 'PREPARE TRANSACTION')
      .replaceAll('_', ' ') ?? '';
  const savepoint =
    kind === 'TRANS_STMT_SAVEPOINT' || kind === 'TRANS_STMT_RELEASE' || kind === 'TRANS_STMT_ROLLBACK_TO';
  return {
    code: 'transaction-control',
    message: `${word.replace(/(COMMIT|ROLLBACK) PREPARE TRANSACTIOND/, '$1 PREPARED')} in a migration`,
    remedy: savepoint
      ? 'Use a DO block: its BEGIN … EXCEPTION … END is a savepoint'
      : `Take it out: a migration is one transaction; where it must not be, write -- migrate:${direction} transaction:false`,
  };
}

const TRANSACTION_SETTINGS = new Set(['transaction_isolation', 'transaction_read_only', 'transaction_deferrable']);

function transactionSettings(node: Node): Refusal | undefined {
  if (!('VariableSetStmt' in node)) return undefined;
  const { kind, name = '', args } = node.VariableSetStmt;
  if (kind === 'VAR_SET_MULTI' || TRANSACTION_SETTINGS.has(name)) {
    return {
      code: 'transaction-settings',
      message: `SET ${name} in a migration, whose transaction has begun before its first statement`,
      remedy: 'Take it out; if the migration needs another isolation, lock what it reads with LOCK TABLE',
    };
  }
  if (name === 'client_encoding' && !/^(utf-?8|unicode|)$/i.test(constant(args?.[0] ?? {}))) {
    return {
      code: 'client-encoding',
      message: 'Another client_encoding than UTF8, which migrations are sent in',
      remedy: 'Save the file as UTF-8 and take the statement out',
    };
  }
  return undefined;
}

function copy(node: Node): Refusal | undefined {
  if (!('CopyStmt' in node) || node.CopyStmt.filename !== undefined) return undefined;
  if (node.CopyStmt.is_from) {
    return {
      code: 'copy-from-stdin',
      message: 'COPY … FROM stdin needs a client that sends the data',
      remedy: 'Write the rows as INSERT … VALUES (pg_dump --inserts --rows-per-insert=1000 writes them so)',
    };
  }
  return {
    code: 'copy-to-stdout',
    message: 'COPY … TO stdout needs a client that takes the data',
    remedy: 'Take it out: a migration gives no rows back',
  };
}

function selectInto(node: Node): Refusal | undefined {
  if (!('SelectStmt' in node)) return undefined;
  let select = node.SelectStmt;
  while (select.larg) select = select.larg;
  if (!select.intoClause) return undefined;
  return {
    code: 'select-into',
    message: 'SELECT … INTO cannot make a table inside of a function, which is where migrations run',
    remedy: 'Write CREATE TABLE … AS SELECT …',
  };
}

function wholeSession(node: Node): Refusal | undefined {
  const refuse = (what: string) => ({
    code: 'session-reset',
    message: `${what} takes away from the Data API what it keeps on its connections`,
    remedy: 'Take it out: each migration begins and ends with a clean session',
  });
  if ('DiscardStmt' in node && node.DiscardStmt.target === 'DISCARD_ALL') return refuse('DISCARD ALL');
  if ('DeallocateStmt' in node && node.DeallocateStmt.isall) return refuse('DEALLOCATE ALL');
  return undefined;
}

function wholeDatabase(node: Node): Refusal | undefined {
  if ('IndexStmt' in node && node.IndexStmt.concurrent && !node.IndexStmt.idxname) {
    return {
      code: 'unnamed-index',
      message: 'CREATE INDEX CONCURRENTLY without a name: after a lost answer nothing tells whether it was built',
      remedy: 'Give the index a name',
    };
  }
  if ('ReindexStmt' in node) {
    const { kind } = node.ReindexStmt;
    if (kind !== 'REINDEX_OBJECT_INDEX' && kind !== 'REINDEX_OBJECT_TABLE') {
      return {
        code: 'reindex-all',
        message: `REINDEX ${kind?.replace('REINDEX_OBJECT_', '')} commits after each table, which no checkpoint can follow`,
        remedy: 'Write one REINDEX TABLE a table',
      };
    }
  }
  if ('ClusterStmt' in node && !node.ClusterStmt.relation) {
    return {
      code: 'cluster-all',
      message: 'CLUSTER without a table commits after each table, which no checkpoint can follow',
      remedy: 'Write one CLUSTER a table',
    };
  }
  return undefined;
}
