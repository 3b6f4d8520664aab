import type { Ddl, Judge, ScriptFacts } from '../../../core/manifest.ts';

/**
 * Statements with one checkpoint. `transaction`: they change rows, and share a transaction with their checkpoint. `ddl`: they commit by themselves, and
 * the checkpoint before them holds what each is judged by. `unjudged`: one whose outcome nothing tells. `prepared`: PREPARE, EXECUTE or
 * DEALLOCATE PREPARE.
 */
export interface Unit {
  readonly kind: 'transaction' | 'ddl' | 'unjudged' | 'prepared';
  /** Numbers of its first and its last statement. */
  readonly first: number;
  readonly last: number;
}

/** As many statements as a checkpoint in front of DDL is to describe. */
const LONGEST = 100;

/**
 * Cuts a script into units. A statement that commits by itself joins the unit before it, unless it is judged by what that unit changes, or changes what
 * that unit is judged by. A SET joins whatever stands around it.
 */
export function unitsOf(facts: ScriptFacts): Unit[] {
  const { lines, session, prepared = [], ddl = [] } = facts;
  const commits = new Map(ddl.map(one => [one.statement, one]));
  const [sets, dynamic] = [new Set(session), new Set(prepared)];
  const units: { kind: Unit['kind'] | 'set'; first: number; last: number }[] = [];
  let open = new OpenUnit();
  for (let statement = 1; statement <= lines.length; statement++) {
    const own = commits.get(statement);
    const unit = units.at(-1);
    const kind = own ? (own.unjudged ? 'unjudged' : 'ddl') : dynamic.has(statement) ? 'prepared' : 'transaction';
    const isSet = !own && sets.has(statement);
    const joins =
      unit !== undefined && !/^(unjudged|prepared)$/.test(unit.kind) && statement - unit.first < LONGEST_OF[unit.kind];
    if (joins && isSet) unit.last = statement;
    else if (
      joins &&
      (unit.kind === 'set' || unit.kind === kind) &&
      (own ? kind === 'ddl' && open.takes(own) : !dynamic.has(statement))
    )
      Object.assign(unit, { kind, last: statement });
    else {
      units.push({ kind: isSet ? 'set' : kind, first: statement, last: statement });
      open = new OpenUnit();
    }
    if (own) open.add(own);
  }
  return units.map(unit => ({ ...unit, kind: unit.kind === 'set' ? 'transaction' : unit.kind }));
}

const LONGEST_OF = { transaction: Number.POSITIVE_INFINITY, set: LONGEST, ddl: LONGEST, unjudged: 0, prepared: 0 };

/** What the statements of a unit are judged by, and what they change. */
class OpenUnit {
  readonly #judged: string[] = [];
  readonly #changed: string[] = [];

  takes({ judges, changes }: Ddl): boolean {
    return (
      !judges.flatMap(keysOf).some(key => meets(this.#changed, key)) && !changes.some(key => meets(this.#judged, key))
    );
  }

  add({ judges, changes }: Ddl): void {
    this.#judged.push(...judges.flatMap(keysOf));
    this.#changed.push(...changes);
  }
}

function meets(keys: readonly string[], key: string): boolean {
  return keys.some(other => covers(other, key) || covers(key, other));
}

function covers(pattern: string, key: string): boolean {
  return pattern === key || (pattern.endsWith('*') && key.startsWith(pattern.slice(0, -1)));
}

/** By what a judge may be moved, as `Ddl.changes` names it. Names without their schema: too many units are safe. */
function keysOf({ how, name, part, drops }: Judge): string[] {
  const lower = name.toLowerCase();
  if (how === 'definition' || how === 'identity') return [`definition:${lower}`];
  if (part === undefined) return [`${how}:${lower}`];
  return [`${how}:${lower}.${part.toLowerCase()}`, ...(drops ? [`made:${lower}`] : [])];
}
