import type { Action } from './actions.ts';
import { type Constraint, constraintName } from './columns.ts';
import { quote, withConstraint, write } from './write.ts';

/** A constraint that an action adds to a table, by itself or with a new column. */
export interface AddedConstraint {
  readonly table: string;
  readonly constraint: Constraint;
  /** Its name: given, or the one that PostgreSQL gives. */
  readonly name: string;
  /** The column that it came with. */
  readonly inline: (Action & { do: 'add-column' })['column'] | null;
}

/** The first constraint of a kind that an action adds. */
export function addedConstraint(action: Action, kind: Constraint['kind']): AddedConstraint | undefined {
  if (action.do === 'add-constraint') {
    const { table, constraint } = action;
    if (constraint.kind !== kind) return undefined;
    return { table, constraint, name: constraintName(table, constraint), inline: null };
  }
  if (action.do !== 'add-column') return undefined;
  const { table, column } = action;
  const constraint = column.constraints.find(each => each.kind === kind);
  return constraint && { table, constraint, name: constraintName(table, constraint), inline: column };
}

/** `ADD … NOT VALID; VALIDATE CONSTRAINT …`, in one file whose statements do not share a transaction. */
export function notValidThenValidate(action: Action, { table, name, inline }: AddedConstraint): string[] {
  const added = inline
    ? `ALTER TABLE ${quote(table)} ADD CONSTRAINT ${quote(name)} … NOT VALID;  -- after ADD COLUMN ${quote(inline.name)}`
    : write(withConstraint(action.node, { skip_validation: true, initially_valid: false, conname: name }));
  return ['-- migrate:up transaction:false', added, `ALTER TABLE ${quote(table)} VALIDATE CONSTRAINT ${quote(name)};`];
}
