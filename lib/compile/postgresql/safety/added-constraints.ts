import type { Action } from './actions.ts';
import { type Constraint, constraintName } from './columns.ts';
import { constraintOfColumn, quote, withConstraint, withoutConstraints, write } from './write.ts';

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
export function notValidThenValidate({ node }: Action, { table, name, inline, constraint }: AddedConstraint): string[] {
  const contype = constraint.kind === 'foreign' ? 'CONSTR_FOREIGN' : 'CONSTR_CHECK';
  const alone = inline ? constraintOfColumn(node, contype, inline.name) : node;
  return [
    '-- migrate:up transaction:false',
    ...(inline ? [write(withoutConstraints(node, contype))] : []),
    write(withConstraint(alone, { skip_validation: true, initially_valid: false, conname: name })),
    `ALTER TABLE ${quote(table)} VALIDATE CONSTRAINT ${quote(name)};`,
  ];
}
