import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bodyFile, MANIFEST_FILE, type Manifest, type ManifestReader } from '../lib/core/manifest.ts';

/** A compiled folder, read as the function reads it: the index at once, a migration when it is applied. */
export function manifestIn(folder: string): ManifestReader {
  return {
    manifest: JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')) as Manifest,
    body: async name => JSON.parse(await readFile(join(folder, bodyFile(name)), 'utf8')),
  };
}
