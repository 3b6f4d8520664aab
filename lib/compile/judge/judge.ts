import type { Place } from '../../core/errors.ts';
import type { Finding, SafetyRule, Severity } from '../../core/safety.ts';
import type { JudgedStatement, ToJudge } from '../grammar.ts';
import type { Placed } from '../safety.ts';
import type { Found, Rule, RuleContext, StatementPlace } from './rule.ts';

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
      const found = new Map<SafetyRule, Found[]>();
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
          if (one) found.set(rule, [...(found.get(rule) ?? []), one]);
        }
        if (this.#dialect.learns === 'after each action') learn(action);
      }
      if (this.#dialect.learns === 'after each statement') actions.forEach(learn);
      migration.endStatement(actions);
      for (const [rule, each] of found) findings.push(toFinding(rule, each, { migration: name, place }));
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

/** A statement of several parts gives one finding a rule, with all subjects named. The safe statements are written when they are read. */
function toFinding(rule: SafetyRule, all: readonly Found[], where: Pick<Finding, 'migration' | 'place'>): Finding {
  const severityOf = ({ severity = rule.severity }: Found) => severity;
  const worst = all.reduce((worst, one) => (RANK[severityOf(one)] > RANK[severityOf(worst)] ? one : worst));
  let lines: readonly string[] | undefined;
  return {
    rule: rule.id,
    severity: severityOf(worst),
    ...where,
    subject: [...new Set(all.map(({ subject }) => subject))].join(', '),
    message: worst.message,
    get safeWay() {
      lines ??= [...new Set(all.flatMap(({ safeWay = [] }) => (typeof safeWay === 'function' ? safeWay() : safeWay)))];
      return lines;
    },
  };
}
