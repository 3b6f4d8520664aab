import type { Place } from '../../../core/errors.ts';
import type { Finding, Severity } from '../../../core/safety.ts';
import { parse, parseBody } from '../parser.ts';
import type { Statement } from '../statements.ts';
import { bodies, walk } from '../tree.ts';
import { type Action, actionsOf } from './actions.ts';
import { MigrationState } from './migration-state.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules/index.ts';
import { SchemaModel } from './schema.ts';

interface JudgedStatement {
  readonly place: Place;
  readonly actions: readonly Action[];
}

/** A migration as the rules look at it. */
export interface JudgedMigration {
  readonly name: string;
  readonly atomic: boolean;
  readonly statements: readonly JudgedStatement[];
}

/** What a statement does, with the SQL that is written in the body of a `DO`. A text that it executes stays unseen. */
export function actionsIn({ node }: Statement): Action[] {
  if (!('DoStmt' in node)) return actionsOf(node);
  return bodies(node.DoStmt.args).flatMap(body =>
    queriesOf(body).flatMap(query => {
      const parsed = parse(query);
      return 'message' in parsed ? [] : parsed.flatMap(statement => actionsOf(statement.node));
    }),
  );
}

function queriesOf(body: string): string[] {
  const found: string[] = [];
  walk(parseBody(body), (key, tree) => {
    if (key !== 'PLpgSQL_stmt_execsql') return;
    const { query } = ((tree.sqlstmt as Record<string, unknown> | undefined)?.PLpgSQL_expr ?? {}) as { query?: string };
    if (query !== undefined) found.push(query);
  });
  return found;
}

/**
 * Judges the migrations of a folder in their order: each is judged by the schema that those before it have made, and then adds to it.
 * `pending`: names of those that are known not to be applied; what they make is new to running code.
 */
export class Judge {
  readonly #schema = new SchemaModel();
  readonly #pending: ReadonlySet<string>;
  readonly #madePending = new Set<string>();

  constructor(pending: ReadonlySet<string> = new Set()) {
    this.#pending = pending;
  }

  /** The findings of one migration, one a rule and statement. */
  judge({ name, atomic, statements }: JudgedMigration): Finding[] {
    const isPending = this.#pending.has(name);
    const all = statements.flatMap(({ actions }) => actions);
    const migration = new MigrationState(this.#schema, all, { atomic, made: isPending ? this.#madePending : [] });
    const findings: Finding[] = [];
    for (const [at, { place, actions }] of statements.entries()) {
      const found = new Map<string, Finding>();
      for (const action of actions) {
        const context = { schema: this.#schema, migration, place: { line: place.line, number: at + 1 } };
        for (const rule of RULES) {
          const one = rule.find(action, context);
          if (one)
            add(found, rule, { severity: rule.severity, safeWay: [], ...one, rule: rule.id, migration: name, place });
        }
        migration.learn(action, context.place);
        this.#schema.learn(action);
        if (isPending && action.do === 'create-table') this.#madePending.add(action.table);
      }
      migration.endStatement(actions);
      findings.push(...found.values());
    }
    return findings;
  }
}

const RANK: Readonly<Record<Severity, number>> = { danger: 2, caution: 1, note: 0 };

/** An ALTER TABLE of several parts gives one finding a rule, with all subjects named. */
function add(found: Map<string, Finding>, rule: Rule, one: Finding): void {
  const same = found.get(rule.id);
  if (!same) {
    found.set(rule.id, one);
    return;
  }
  const worse = RANK[one.severity] > RANK[same.severity] ? one : same;
  const subject = same.subject === one.subject ? same.subject : `${same.subject}, ${one.subject}`;
  const safeWay = [...same.safeWay, ...one.safeWay.filter(line => !same.safeWay.includes(line))];
  found.set(rule.id, { ...worse, subject, safeWay });
}
