import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bodyFile, MANIFEST_FILE, type Manifest, type ManifestReader } from '../lib/core/manifest.ts';

/** The manifest that was shipped with the function, from its folder. A body is read when its migration is applied, one at a time. */
export function readManifest(folder: string): ManifestReader {
  const manifest = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')) as Manifest;
  return {
    manifest,
    body: async name => JSON.parse(await readFile(join(folder, bodyFile(name)), 'utf8')),
  };
}
