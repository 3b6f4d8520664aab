import type { Node } from './parser.ts';
import type { Statement } from './statements.ts';
import { lastName, nameParts } from './tree.ts';

/**
 * Statements that drop only what a later one of the same script makes again: `DROP VIEW IF EXISTS v; CREATE VIEW v …`, without CASCADE, of a
 * thing that holds no data. Done twice they end where doing them once ends; what later migrations did to the thing names it, which stops
 * the plan by itself.
 */
export function recreations(statements: readonly Statement[]): ReadonlySet<Statement> {
  const made = new Set<string>();
  const found = new Set<Statement>();
  for (const statement of statements.toReversed()) {
    const dropped = droppedThings(statement.node);
    if (dropped.length > 0 && dropped.every(thing => made.has(thing))) found.add(statement);
    const thing = madeThing(statement.node);
    if (thing) made.add(thing);
  }
  return found;
}

const KINDS: Readonly<Record<string, string>> = {
  OBJECT_VIEW: 'view',
  OBJECT_FUNCTION: 'routine',
  OBJECT_PROCEDURE: 'routine',
  OBJECT_ROUTINE: 'routine',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_POLICY: 'policy',
  OBJECT_RULE: 'rule',
};

/** What a harmless kind of DROP drops, as `kind name`, or `kind table name`; nothing for any other statement. */
function droppedThings(node: Node): string[] {
  if (!('DropStmt' in node)) return [];
  const { missing_ok, behavior, removeType = '', objects = [] } = node.DropStmt;
  const kind = KINDS[removeType];
  if (!missing_ok || behavior === 'DROP_CASCADE' || !kind) return [];
  return objects.map(object => {
    if ('ObjectWithArgs' in object) return `${kind} ${lastName(object.ObjectWithArgs.objname)}`;
    const parts = 'List' in object ? nameParts(object.List.items) : [];
    return [kind, ...parts.slice(kind === 'view' ? -1 : -2)].join(' ');
  });
}

function madeThing(node: Node): string | undefined {
  if ('ViewStmt' in node) return `view ${node.ViewStmt.view?.relname}`;
  if ('CreateFunctionStmt' in node) return `routine ${lastName(node.CreateFunctionStmt.funcname)}`;
  if ('CreateTrigStmt' in node)
    return `trigger ${node.CreateTrigStmt.relation?.relname} ${node.CreateTrigStmt.trigname}`;
  if ('CreatePolicyStmt' in node)
    return `policy ${node.CreatePolicyStmt.table?.relname} ${node.CreatePolicyStmt.policy_name}`;
  if ('RuleStmt' in node) return `rule ${node.RuleStmt.relation?.relname} ${node.RuleStmt.rulename}`;
  return undefined;
}
