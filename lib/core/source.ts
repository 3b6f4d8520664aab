/** The tools whose migrations `import` writes as ours, and whose tables `baseline --from` reads. The list is closed. */
export const SOURCE_TOOLS = [
  'golang-migrate',
  'dbmate',
  'flyway',
  'goose',
  'sql-migrate',
  'sqlx',
  'diesel',
  'prisma',
  'drizzle',
  'supabase',
  'node-pg-migrate',
  'pop',
  'rails',
  'atlas',
  'liquibase',
  'graphile-migrate',
  'tern',
  'mybatis',
  'rambler',
  'play',
  'postgres-migrations',
  'aws-blocks',
  'alchemy',
  'db-migrate',
] as const;

export type SourceTool = (typeof SOURCE_TOOLS)[number];

/** Names the migration of another tool that a file was imported from. */
export interface MigrationSource {
  readonly tool: SourceTool;
  /** The id as the other tool's table holds it. */
  readonly id: string;
  /** What else identifies the other tool's file: a checksum, a folder. @default none */
  readonly details?: readonly string[];
}

/** The first line of an imported file. Two blanks separate the id from each detail. */
const LINE = new RegExp(`^-- Source: (${SOURCE_TOOLS.join('|')}) (\\S.*)$`);
const SEPARATOR = '  ';

/**
 * Reads `-- Source: TOOL ID` from the first line of a file. Null where the line is anything else: `-- Source: dashboard` is a common
 * comment, so the words count only in this form, with a tool of the list, and in this place.
 */
export function readSource(text: string): MigrationSource | null {
  const [, tool, rest] = LINE.exec(text.split(/\r?\n/, 1)[0]!.trimEnd()) ?? [];
  if (tool === undefined || rest === undefined) return null;
  const [id, ...details] = rest.split(SEPARATOR);
  return { tool: tool as SourceTool, id: id!, ...(details.length > 0 && { details }) };
}

/** Writes the first line of an imported file, without a line end: what `readSource` reads. Null for a text that it could not give back. */
export function formatSource({ tool, id, details = [] }: MigrationSource): string | null {
  const line = `-- Source: ${[`${tool} ${id}`, ...details].join(SEPARATOR)}`;
  const read = readSource(line);
  const isSame = read?.id === id && JSON.stringify(read.details ?? []) === JSON.stringify(details);
  return isSame ? line : null;
}
