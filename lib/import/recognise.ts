import type { SourceTool } from '../core/source.ts';
import { FORMATTED } from './liquibase/files.ts';
import { byCodeUnit, type Tree } from './tree.ts';

/** Marker lines of which a folder has one in most of its files. */
const MARKERS: readonly (readonly [SourceTool, RegExp])[] = [
  ['goose', /^--\s*\+goose\s+up\b/im],
  ['sql-migrate', /^-- \+migrate\s+Up\b/m],
  ['dbmate', /^--\s*migrate:up(?:\s|$)/m],
  ['rambler', /^-- rambler\s+up\b/m],
  ['tern', /^---- create above \/ drop below ----/m],
  ['mybatis', /^\s*--\s*\/\/\s*@UNDO\b/im],
  ['play', /^(?:#|--).*!Ups/m],
  ['node-pg-migrate', /^\s*--[\s-]*up\s+migration/im],
  ['liquibase', FORMATTED],
];

/** Names of files that only one tool has. */
const NAMES: readonly (readonly [SourceTool, RegExp])[] = [
  ['prisma', /(?:^|\/)migration_lock\.toml$/],
  ['drizzle', /^meta\/_journal\.json$/],
  ['drizzle', /^[^/]+\/snapshot\.json$/],
  ['diesel', /^[^./][^/]*\/up\.sql$/],
  ['atlas', /^atlas\.sum$/],
  ['flyway', /^(?:.*\/)?V\d[\d._]*__.*\.sql$/],
  ['graphile-migrate', /^committed\/\d+.*\.sql$/],
  ['db-migrate', /^sqls\/.*-up\.sql$/],
  ['pop', /^(?:.*\/)?\d+_.*\.up\.fizz$/],
  ['pop', /^(?:.*\/)?\d+_[^.]+\.(?:postgres|mysql|cockroach|sqlite3?)\.up\.sql$/],
  ['rails', /^structure\.sql$/],
];

/** The tools of which a source has a sure sign. Several: each of them reads it. */
export function recognise(tree: Tree): SourceTool[] {
  const found = new Set<SourceTool>();
  if (tree.only !== null) {
    const text = read(tree, tree.only);
    if (FORMATTED.test(text.trimStart()) || /databaseChangeLog/.test(text)) found.add('liquibase');
    if (/insert into\s+[`"]?schema_migrations[`"]?\s*\(version\)/i.test(text)) found.add('rails');
    return [...found];
  }
  for (const [tool, pattern] of NAMES) if (tree.paths.some(path => pattern.test(path))) found.add(tool);
  const top = tree.paths.filter(path => /^[^/]+\.sql$/.test(path)).sort(byCodeUnit);
  const texts = top.map(path => read(tree, path));
  for (const [tool, pattern] of MARKERS) {
    const marked = texts.filter(text => pattern.test(text)).length;
    if (marked > 0 && marked * 2 >= texts.length) found.add(tool);
  }
  if (texts.some(text => /^-- postgres-migrations disable-transaction/m.test(text))) found.add('postgres-migrations');
  return [...found];
}

/** The tool that a source without a sure sign is read for: the names of its files fit several, and their result is the same. */
export function guess(tree: Tree): SourceTool | undefined {
  const top = tree.paths.filter(path => /^[^/]+\.sql$/.test(path));
  if (tree.paths.some(path => /^[^/]+\/migration\.sql$/.test(path))) return 'prisma';
  if (top.some(path => /^\d+_.*\.up\.sql$/.test(path))) return isSqlx(tree, top) ? 'sqlx' : 'golang-migrate';
  if (/(?:^|\/)supabase\/migrations\/?$/.test(tree.root)) return 'supabase';
  return undefined;
}

function isSqlx(tree: Tree, paths: readonly string[]): boolean {
  return paths.some(path => /^-- (?:Add (?:up|down) migration script here|no-transaction)/.test(read(tree, path)));
}

function read(tree: Tree, path: string): string {
  return tree
    .bytes(path)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}
