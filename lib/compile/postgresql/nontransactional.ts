import type { Truth } from '../../core/manifest.ts';
import { endsTransactions } from './body.ts';
import type { Node } from './parser.ts';
import type { StatementFacts } from './statement-facts.ts';
import { bodies, isOff, isOn, nameParts } from './tree.ts';

export interface AloneStatement {
  /** As a message names it: `CREATE INDEX CONCURRENTLY`. */
  readonly what: string;
  readonly truth: Truth;
  /** PostgreSQL refuses it in a transaction. False: it may run in one, but in a stepwise migration it runs alone. */
  readonly must: boolean;
}

/** What keeps a statement out of a transaction (`PreventInTransactionBlock` in PostgreSQL's source); undefined: nothing. */
export function runsAlone({
  node,
  facts,
}: {
  readonly node: Node;
  readonly facts: StatementFacts;
}): AloneStatement | undefined {
  const must = (what: string, truth: Truth): AloneStatement => ({ what, truth, must: true });
  if ('IndexStmt' in node && node.IndexStmt.concurrent) {
    const { relation, idxname } = node.IndexStmt;
    return must('CREATE INDEX CONCURRENTLY', {
      kind: 'index-built',
      schema: relation?.schemaname ?? null,
      table: relation?.relname ?? '',
      index: idxname ?? '',
    });
  }
  if ('DropStmt' in node && node.DropStmt.concurrent) {
    const [object] = node.DropStmt.objects ?? [];
    const parts = object && 'List' in object ? nameParts(object.List.items) : [];
    return must('DROP INDEX CONCURRENTLY', {
      kind: 'index-gone',
      schema: parts.at(-2) ?? null,
      index: parts.at(-1) ?? '',
    });
  }
  if ('ReindexStmt' in node && isOn(node.ReindexStmt.params, 'concurrently')) {
    const { relation, kind } = node.ReindexStmt;
    const what = kind === 'REINDEX_OBJECT_INDEX' ? 'index' : 'table';
    return must('REINDEX CONCURRENTLY', {
      kind: 'reindexed',
      schema: relation?.schemaname ?? null,
      name: relation?.relname ?? '',
      what,
    });
  }
  if ('AlterTableStmt' in node) {
    for (const cmd of node.AlterTableStmt.cmds ?? []) {
      if (!('AlterTableCmd' in cmd) || cmd.AlterTableCmd.subtype !== 'AT_DetachPartition') continue;
      const def = cmd.AlterTableCmd.def;
      if (!def || !('PartitionCmd' in def) || !def.PartitionCmd.concurrent) continue;
      const [parent, partition] = [node.AlterTableStmt.relation, def.PartitionCmd.name];
      return must('DETACH PARTITION CONCURRENTLY', {
        kind: 'detached',
        parentSchema: parent?.schemaname ?? null,
        parent: parent?.relname ?? '',
        schema: partition?.schemaname ?? null,
        partition: partition?.relname ?? '',
      });
    }
    return undefined;
  }
  if ('VacuumStmt' in node && node.VacuumStmt.is_vacuumcmd) return must('VACUUM', vacuum(node.VacuumStmt));
  if ('AlterSystemStmt' in node) return must('ALTER SYSTEM', { kind: 'repeatable' });
  if ('AlterDatabaseStmt' in node && (node.AlterDatabaseStmt.options ?? []).some(isTablespace)) {
    return must('ALTER DATABASE … SET TABLESPACE', { kind: 'repeatable' });
  }
  if ('CreatedbStmt' in node) return must('CREATE DATABASE', exists('database', node.CreatedbStmt.dbname));
  if ('DropdbStmt' in node) return must('DROP DATABASE', gone('database', node.DropdbStmt.dbname));
  if ('CreateTableSpaceStmt' in node) {
    return must('CREATE TABLESPACE', exists('tablespace', node.CreateTableSpaceStmt.tablespacename));
  }
  if ('DropTableSpaceStmt' in node)
    return must('DROP TABLESPACE', gone('tablespace', node.DropTableSpaceStmt.tablespacename));
  return subscription(node) ?? slot(node, facts) ?? transactionInBlock(node);
}

type Thing = Extract<Truth, { kind: 'exists' }>['what'];

function exists(what: Thing, name: string | undefined): Truth {
  return { kind: 'exists', what, name: name ?? '' };
}

function gone(what: Thing, name: string | undefined): Truth {
  return { kind: 'gone', what, name: name ?? '' };
}

function vacuum({ rels = [], options }: Extract<Node, { VacuumStmt: unknown }>['VacuumStmt']): Truth {
  const tables = rels.flatMap(rel => {
    const { schemaname, relname } = ('VacuumRelation' in rel && rel.VacuumRelation.relation) || {};
    return relname === undefined ? [] : [{ schema: schemaname ?? null, name: relname }];
  });
  if (tables.length === 0) return { kind: 'repeatable' };
  return { kind: 'repeatable', vacuum: { full: isOn(options, 'full'), tables } };
}

function isTablespace(item: Node): boolean {
  return 'DefElem' in item && item.DefElem.defname === 'tablespace';
}

function subscription(node: Node): AloneStatement | undefined {
  if ('CreateSubscriptionStmt' in node) {
    const { options, subname } = node.CreateSubscriptionStmt;
    if (isOff(options, 'connect') || isOff(options, 'create_slot')) return undefined;
    return { what: 'CREATE SUBSCRIPTION', truth: exists('subscription', subname), must: true };
  }
  if ('DropSubscriptionStmt' in node) {
    return { what: 'DROP SUBSCRIPTION', truth: gone('subscription', node.DropSubscriptionStmt.subname), must: true };
  }
  if (!('AlterSubscriptionStmt' in node)) return undefined;
  const { kind, options } = node.AlterSubscriptionStmt;
  switch (kind) {
    case 'ALTER_SUBSCRIPTION_REFRESH':
      return { what: 'ALTER SUBSCRIPTION … REFRESH', truth: { kind: 'repeatable' }, must: true };
    case 'ALTER_SUBSCRIPTION_SET_PUBLICATION':
      if (isOff(options, 'refresh')) return undefined;
      return { what: 'ALTER SUBSCRIPTION … SET PUBLICATION', truth: { kind: 'repeatable' }, must: true };
    case 'ALTER_SUBSCRIPTION_ADD_PUBLICATION':
    case 'ALTER_SUBSCRIPTION_DROP_PUBLICATION':
      if (isOff(options, 'refresh')) return undefined;
      // A second one fails: the publication is there, or is not there, already.
      return { what: 'ALTER SUBSCRIPTION … PUBLICATION', truth: { kind: 'unknown' }, must: true };
    default:
      return undefined;
  }
}

/** A logical slot cannot be made in a transaction that has written, and ours always has. Dropping one can, but is not undone with it. */
function slot(node: Node, { calls }: StatementFacts): AloneStatement | undefined {
  if (!('SelectStmt' in node)) return undefined;
  for (const { name: called, texts } of calls) {
    const name = texts[0] ?? '';
    const truth = (known: Truth): Truth => (name === '' ? { kind: 'unknown' } : known);
    if (called === 'pg_create_logical_replication_slot') {
      return { what: called, truth: truth(exists('slot', name)), must: true };
    }
    if (called === 'pg_drop_replication_slot') return { what: called, truth: truth(gone('slot', name)), must: false };
  }
  return undefined;
}

/** `DO` whose body ends transactions: only possible outside of one. */
function transactionInBlock(node: Node): AloneStatement | undefined {
  if (!('DoStmt' in node) || !bodies(node.DoStmt.args).some(endsTransactions)) return undefined;
  return { what: 'DO with COMMIT or ROLLBACK', truth: { kind: 'unknown' }, must: true };
}
