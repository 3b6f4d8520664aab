import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MigrationError } from '../core/errors.ts';
import { bodyFile, MANIFEST_FILE, type ManifestReader, type MigrationBody } from '../core/manifest.ts';
import type { Compiled } from './compile.ts';

/** Write the index and one file a migration into a folder, which is made where it is missing. The same input gives the same bytes. */
export function writeCompiled(
  { manifest, bodies }: Pick<Compiled, 'manifest'> & { readonly bodies: Iterable<readonly [string, MigrationBody]> },
  folder: string,
): void {
  const write = (file: string, value: unknown) => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(value)}\n`);
  };
  for (const [name, body] of bodies) write(bodyFile(name), body);
  // Last: a folder with an index is complete.
  write(MANIFEST_FILE, manifest);
}

/** A compiled folder as a run reads it, without writing it anywhere. */
export function reader({ manifest, bodies }: Compiled): ManifestReader {
  return {
    manifest,
    async body(name) {
      const body = bodies.get(name);
      if (!body)
        throw new MigrationError({
          code: 'no-body',
          message: `The manifest has no migration ${name}`,
          remedy: 'Compile the folder again',
        });
      return body;
    },
  };
}
