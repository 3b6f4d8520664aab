import { riskyVerb } from './body.ts';
import type { Node } from './parser.ts';
import type { StatementFacts, Write } from './statement-facts.ts';
import { bodies, isOn, nameParts, option } from './tree.ts';

/** What a second application of a statement would not leave harmless, as it ends "line 12 …"; undefined: nothing that is known. */
export function harm(node: Node, facts: StatementFacts): string | undefined {
  return drops(node) ?? alters(node) ?? unnamed(node) ?? (executes(node) ? writes(facts) : undefined) ?? hides(node);
}

/** Whether the queries in a statement are executed with it; in a definition (of a rule, a function, …) they are not. */
export function executes(node: Node): boolean {
  if ('ExplainStmt' in node) return isOn(node.ExplainStmt.options, 'analyze');
  return EXECUTED.some(kind => kind in node);
}

const EXECUTED = [
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CreateTableAsStmt',
  'DeclareCursorStmt',
  'CopyStmt',
];

function drops(node: Node): string | undefined {
  if ('DropStmt' in node) {
    const { removeType = '', objects = [] } = node.DropStmt;
    const kind = removeType
      .replace('OBJECT_', '')
      .replaceAll('_', ' ')
      .toLowerCase()
      .replace('matview', 'materialized view');
    return `drops ${kind} ${objectName(objects[0])}`.trimEnd();
  }
  if ('TruncateStmt' in node) {
    const [first] = node.TruncateStmt.relations ?? [];
    return `truncates ${first && 'RangeVar' in first ? first.RangeVar.relname : 'a table'}`;
  }
  const [kind = ''] = Object.keys(node);
  const [, what] = /^Drop(.+)Stmt$/.exec(kind) ?? [];
  if (what)
    return `drops ${
      what === 'Owned'
        ? 'what a role owns'
        : what
            .replace(/db$/, 'database')
            .replace(/(?<=.)[A-Z]/g, ' $&')
            .toLowerCase()
    }`;
  if ('AlterPublicationStmt' in node && node.AlterPublicationStmt.action === 'AP_DropObjects')
    return 'drops from a publication';
  if ('AlterExtensionContentsStmt' in node && node.AlterExtensionContentsStmt.action === -1)
    return 'drops from an extension';
  if ('AlterDomainStmt' in node && /[XON]/.test(node.AlterDomainStmt.subtype ?? '') && !node.AlterDomainStmt.def)
    return 'drops from a domain';
  return undefined;
}

/** The last part of the name of an object that is dropped; '' where it has none. */
export function objectName(object: Node | undefined): string {
  if (!object) return '';
  if ('String' in object) return object.String.sval ?? '';
  if ('List' in object) return nameParts(object.List.items).at(-1) ?? '';
  if ('ObjectWithArgs' in object) return nameParts(object.ObjectWithArgs.objname).at(-1) ?? '';
  if ('TypeName' in object) return nameParts(object.TypeName.names).at(-1) ?? '';
  return '';
}

function alters(node: Node): string | undefined {
  if ('RenameStmt' in node)
    return `renames ${node.RenameStmt.subname ?? node.RenameStmt.relation?.relname ?? 'an object'}`;
  if ('AlterEnumStmt' in node && node.AlterEnumStmt.oldVal) return 'renames a value';
  if ('AlterSeqStmt' in node && option(node.AlterSeqStmt.options, 'restart') !== undefined) {
    return `restarts sequence ${node.AlterSeqStmt.sequence?.relname}`;
  }
  if (!('AlterTableStmt' in node)) return undefined;
  const table = node.AlterTableStmt.relation?.relname;
  for (const item of node.AlterTableStmt.cmds ?? []) {
    if (!('AlterTableCmd' in item)) continue;
    const { subtype = '', name, def } = item.AlterTableCmd;
    const of = name ? `${name} of ${table}` : `from ${table}`;
    // DROP NOT NULL comes to the same the second time, as SET NOT NULL does.
    if (subtype.startsWith('AT_Drop') && subtype !== 'AT_DropNotNull') {
      return `drops ${subtype
        .slice(7)
        .replace(/(?<=.)[A-Z]/g, ' $&')
        .toLowerCase()} ${of}`;
    }
    if (subtype.startsWith('AT_DetachPartition')) return `detaches a partition of ${table}`;
    // `USING price * 100` would do so again.
    if (subtype === 'AT_AlterColumnType' && def && 'ColumnDef' in def && def.ColumnDef.raw_default)
      return `converts ${name} of ${table}`;
    if (subtype === 'AT_SetIdentity' && def && 'List' in def && option(def.List.items, 'restart') !== undefined)
      return `restarts the sequence ${of}`;
  }
  return undefined;
}

/** What gets a name from PostgreSQL gets another one the second time. */
function unnamed(node: Node): string | undefined {
  if ('IndexStmt' in node && !node.IndexStmt.idxname)
    return `creates an index without a name on ${node.IndexStmt.relation?.relname}`;
  if ('AlterDomainStmt' in node) {
    const { def } = node.AlterDomainStmt;
    return def && 'Constraint' in def && !def.Constraint.conname ? 'adds a constraint without a name' : undefined;
  }
  if (!('AlterTableStmt' in node)) return undefined;
  for (const item of node.AlterTableStmt.cmds ?? []) {
    if (!('AlterTableCmd' in item) || item.AlterTableCmd.subtype !== 'AT_AddConstraint') continue;
    const { def } = item.AlterTableCmd;
    if (def && 'Constraint' in def && !def.Constraint.conname && def.Constraint.contype !== 'CONSTR_PRIMARY') {
      return `adds a constraint without a name to ${node.AlterTableStmt.relation?.relname}`;
    }
  }
  return undefined;
}

const VERB = {
  InsertStmt: 'inserts into',
  UpdateStmt: 'updates',
  DeleteStmt: 'deletes from',
  MergeStmt: 'merges into',
} as const;

function writes({ writes: all, calls }: StatementFacts): string | undefined {
  const write = all.find(({ kind, onConflict }: Write) => kind !== 'InsertStmt' || !onConflict);
  if (write) return `${VERB[write.kind]} ${write.table}${write.kind === 'InsertStmt' ? ' without ON CONFLICT' : ''}`;
  const call = calls.find(({ name }) => CHANGING_FUNCTIONS.test(name));
  return call && `calls ${call.name}`;
}

/** Functions of PostgreSQL and its usual extensions that change something each time. */
const CHANGING_FUNCTIONS = /^(setval|nextval|lo_\w+|lowrite|dblink\w*|pg_drop_replication_slot)$/;

/** What cannot be looked into, or only with the eyes half shut. */
function hides(node: Node): string | undefined {
  if ('CopyStmt' in node && node.CopyStmt.is_from) return `copies into ${node.CopyStmt.relation?.relname}`;
  if ('CallStmt' in node) return 'calls a procedure';
  if (preparedIn(node)) return 'executes a prepared statement';
  if (!('DoStmt' in node)) return undefined;
  const language = option(node.DoStmt.args, 'language') ?? 'plpgsql';
  if (language !== 'plpgsql') return `runs a DO block in ${language}`;
  for (const body of bodies(node.DoStmt.args)) {
    const verb = riskyVerb(body);
    if (verb) return `runs a DO block with ${verb.toUpperCase()}`;
  }
  return undefined;
}

function preparedIn(node: Node | undefined): boolean {
  if (!node) return false;
  if ('CreateTableAsStmt' in node) return preparedIn(node.CreateTableAsStmt.query);
  if ('ExplainStmt' in node) return executes(node) && preparedIn(node.ExplainStmt.query);
  return 'ExecuteStmt' in node;
}
