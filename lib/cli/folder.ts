import { type Compiled, compile } from '../compile/index.ts';
import { MigrationError } from '../core/errors.ts';
import type { Invocation } from './command.ts';
import { engineName } from './engine.ts';
import { OPTIONS, type Values } from './options.ts';
import { databaseOf } from './project-folder.ts';
import { count } from './render/count.ts';
import { problems } from './render/problem.ts';

/** The folder that the options name, compiled: with its errors, which `check` counts. */
export function compileFolder(values: Values): Promise<Compiled> {
  return compile({
    dir: values.dir ?? OPTIONS.dir.default,
    engine: engineName(values),
    ...(values.schema !== undefined && { schema: values.schema }),
    ...(values.table !== undefined && { table: values.table }),
    database: values.database ?? (values.url === undefined ? undefined : databaseOf(values.url)),
  });
}

/** The same for a command that needs all of it to be right. Throws a `MigrationError` with every problem of the folder. */
export async function soundFolder(values: Values): Promise<Compiled> {
  const compiled = await compileFolder(values);
  if (compiled.errors.length > 0) throw new MigrationError(compiled.errors);
  return compiled;
}

/** The same, with its warnings on stderr, or their number. */
export async function soundFolderWithWarnings({ values, err }: Pick<Invocation, 'values' | 'err'>): Promise<Compiled> {
  const compiled = await soundFolder(values);
  const { warnings } = compiled;
  if (warnings.length === 0 || values.json) return compiled;
  const hint = err.color.dim(`${count(warnings.length, 'warning')}: "aurora-migrations check" shows them`);
  err.lines(values.verbose ? problems(warnings, err, 'warning') : [hint]);
  return compiled;
}
