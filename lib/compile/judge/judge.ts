import type { Place } from '../../core/errors.ts';
import type { Finding, Severity } from '../../core/safety.ts';
import type { JudgedStatement, ToJudge } from '../grammar.ts';
import type { Placed } from '../safety.ts';
import type { Rule, RuleContext, StatementPlace } from './rule.ts';

/** A migration as the rules look at it. */
export interface JudgedMigration<Action> {
  readonly name: string;
  readonly atomic: boolean;
  readonly statements: readonly { readonly place: Place; readonly actions: readonly Action[] }[];
}

/** What a judge needs of an engine. */
export interface Dialect<Action, Schema, State> {
  readonly rules: readonly Rule<Action, RuleContext<Action, Schema, State>>[];
  /** An ALTER of MySQL is one step; the body of a `DO` holds statements of which each sees what those before it did. */
  readonly learns: 'after each action' | 'after each statement';
  schema(): Schema & { learn(action: Action): void };
  /** `all`: the actions of the migration. `made`: tables that other pending migrations make. */
  migration(
    schema: Schema,
    all: readonly Action[],
    options: { atomic: boolean; made: Iterable<string> },
  ): State & { learn(action: Action, place: StatementPlace): void; endStatement(actions: readonly Action[]): void };
  /** The table that an action makes. */
  tableMadeBy(action: Action): string | undefined;
}

/**
 * Judges the migrations of a folder in their order: each is judged by the schema that those before it have made, and then adds to it.
 * `pending`: names of those that are known not to be applied; what they make is new to running code.
 */
export class FolderJudge<Action, Schema, State> {
  readonly #dialect: Dialect<Action, Schema, State>;
  readonly #schema: ReturnType<Dialect<Action, Schema, State>['schema']>;
  readonly #pending: ReadonlySet<string>;
  readonly #madePending = new Set<string>();

  constructor(dialect: Dialect<Action, Schema, State>, pending: ReadonlySet<string> = new Set()) {
    this.#dialect = dialect;
    this.#schema = dialect.schema();
    this.#pending = pending;
  }

  /** The findings of one migration, one a rule and statement. */
  judge({ name, atomic, statements }: JudgedMigration<Action>): Finding[] {
    const isPending = this.#pending.has(name);
    const all = statements.flatMap(({ actions }) => actions);
    const migration = this.#dialect.migration(this.#schema, all, { atomic, made: isPending ? this.#madePending : [] });
    const findings: Finding[] = [];
    for (const [at, { place, actions }] of statements.entries()) {
      const found = new Map<string, Finding>();
      const context = {
        schema: this.#schema,
        migration,
        place: { line: place.line, number: at + 1 },
        statement: actions,
      };
      const learn = (action: Action) => {
        migration.learn(action, context.place);
        this.#schema.learn(action);
        const made = isPending ? this.#dialect.tableMadeBy(action) : undefined;
        if (made !== undefined) this.#madePending.add(made);
      };
      for (const action of actions) {
        for (const rule of this.#dialect.rules) {
          const one = rule.find(action, context);
          if (one) add(found, { severity: rule.severity, safeWay: [], ...one, rule: rule.id, migration: name, place });
        }
        if (this.#dialect.learns === 'after each action') learn(action);
      }
      if (this.#dialect.learns === 'after each statement') actions.forEach(learn);
      migration.endStatement(actions);
      findings.push(...found.values());
    }
    return findings;
  }

  /** The same for what a grammar has read, each finding with the offset of its statement. */
  judgeRead({ name, up }: ToJudge): Placed[] {
    const statements = up.judged as readonly (JudgedStatement & { readonly actions: readonly Action[] })[];
    const offsets = new Map(statements.map(({ place, offset }) => [place, offset]));
    const findings = this.judge({ name, atomic: !up.stepwise, statements });
    return findings.map(finding => ({ finding, offset: offsets.get(finding.place)! }));
  }
}

const RANK: Readonly<Record<Severity, number>> = { danger: 2, caution: 1, note: 0 };

/** A statement of several parts gives one finding a rule, with all subjects named. */
function add(found: Map<string, Finding>, one: Finding): void {
  const same = found.get(one.rule);
  if (!same) {
    found.set(one.rule, one);
    return;
  }
  const worse = RANK[one.severity] > RANK[same.severity] ? one : same;
  const subject = same.subject === one.subject ? same.subject : `${same.subject}, ${one.subject}`;
  const safeWay = [...same.safeWay, ...one.safeWay.filter(line => !same.safeWay.includes(line))];
  found.set(one.rule, { ...worse, subject, safeWay });
}
