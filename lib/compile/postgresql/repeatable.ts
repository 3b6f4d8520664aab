import { bodyWords, riskyVerb } from './body.ts';
import { executes, harm, objectName } from './destructive.ts';
import type { Node } from './parser.ts';
import type { StatementFacts } from './statement-facts.ts';
import { bodies, option, type Tree } from './tree.ts';

/** Whether a second execution of a statement leaves the database as the first one did. What is not known here is not. */
export function isRepeatable(node: Node, facts: StatementFacts): boolean {
  if (harm(node, facts) !== undefined) return false;
  const [kind = '', tree] = Object.entries(node)[0] as [string, Tree];
  if (REPEATABLE_KINDS.has(kind) || isLenient(kind, tree) || isReplacing(tree)) return true;
  if (kind === 'AlterTableStmt') return commandsOf(tree).every(isRepeatableCommand);
  return kind === 'DoStmt' && bodies(tree.args).every(isGuarded);
}

const REPEATABLE_KINDS = new Set(
  (
    'Select Insert Merge Explain VariableSet VariableShow Notify Comment SecLabel Grant GrantRole AlterDefaultPrivileges AlterOwner ' +
    'AlterRoleSet AlterDatabaseSet AlterFunction AlterSeq Vacuum Reindex Cluster CheckPoint ConstraintsSet Lock RefreshMatView AlterSystem'
  )
    .split(' ')
    .map(kind => `${kind}Stmt`),
);

/** `IF NOT EXISTS`, in whichever way the kind of statement holds it. */
function isLenient(kind: string, tree: Tree): boolean {
  const base = (tree.base ?? {}) as Tree;
  return (
    tree.if_not_exists === true ||
    base.if_not_exists === true ||
    (kind === 'AlterEnumStmt' && tree.skipIfNewValExists === true)
  );
}

function isReplacing(tree: Tree): boolean {
  return tree.replace === true;
}

function commandsOf(tree: Tree): Tree[] {
  return ((tree.cmds as { AlterTableCmd?: Tree }[] | undefined) ?? []).flatMap(({ AlterTableCmd: command }) =>
    command === undefined ? [] : [command],
  );
}

const REPEATABLE_COMMANDS =
  /^AT_(ColumnDefault|SetNotNull|DropNotNull|Set(Statistics|Storage|Compression|Options|RelOptions|Logged|UnLogged|AccessMethod|TableSpace)|Reset(Rel)?Options|ChangeOwner|Enable\w+|Disable\w+|(No)?ForceRowSecurity|ValidateConstraint|ReplicaIdentity|ClusterOn|AlterColumnType)$/;

function isRepeatableCommand({ subtype, missing_ok }: Tree): boolean {
  return (subtype === 'AT_AddColumn' && missing_ok === true) || REPEATABLE_COMMANDS.test(String(subtype));
}

/** A block that asks first, or that goes on where the thing is there. */
function isGuarded(body: string): boolean {
  const words = bodyWords(body);
  return riskyVerb(body) === undefined && (words.includes('if') || swallowsDuplicates(body));
}

/** `EXCEPTION WHEN duplicate_object THEN …`, or whatever else an existing thing raises. */
function swallowsDuplicates(body: string): boolean {
  const words = bodyWords(body);
  const at = words.indexOf('exception');
  return (
    at >= 0 &&
    words
      .slice(at)
      .some(
        (word, index, all) =>
          all[index - 1] === 'when' && /^(duplicate_\w+|unique_violation|others|sqlstate)$/.test(word),
      )
  );
}

/**
 * What makes a statement do nothing where its object exists, as it ends "line 12 …": an edit of it would not be applied by a second run.
 * Undefined: nothing.
 */
export function ifNotExists(node: Node): string | undefined {
  const [kind = '', tree] = Object.entries(node)[0] as [string, Tree];
  if (isLenient(kind, tree)) return 'holds IF NOT EXISTS';
  if (kind === 'AlterTableStmt' && commandsOf(tree).some(one => one.subtype === 'AT_AddColumn' && one.missing_ok))
    return 'holds ADD COLUMN IF NOT EXISTS';
  if (kind !== 'DoStmt' || (option(tree.args, 'language') ?? 'plpgsql') !== 'plpgsql') return undefined;
  return bodies(tree.args).some(swallowsDuplicates)
    ? 'holds a DO block that goes on where its object exists'
    : undefined;
}

/** What a statement takes away: objects that it drops, renames or empties, and tables of which it drops a part. */
export function dropsOf(node: Node, facts: StatementFacts): string[] {
  if ('DropStmt' in node) return (node.DropStmt.objects ?? []).map(object => objectName(object));
  if ('RenameStmt' in node) return [node.RenameStmt.relation?.relname ?? objectName(node.RenameStmt.object)];
  if ('AlterObjectSchemaStmt' in node)
    return [node.AlterObjectSchemaStmt.relation?.relname ?? objectName(node.AlterObjectSchemaStmt.object)];
  if ('TruncateStmt' in node) return [...facts.relations];
  if ('AlterTableStmt' in node) {
    const drops = commandsOf(node.AlterTableStmt as Tree).some(
      ({ subtype }) => String(subtype).startsWith('AT_Drop') && subtype !== 'AT_DropNotNull',
    );
    return drops ? [node.AlterTableStmt.relation?.relname ?? ''] : [];
  }
  return executes(node) ? facts.writes.filter(({ kind }) => kind === 'DeleteStmt').map(({ table }) => table) : [];
}
