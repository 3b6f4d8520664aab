import type { Folder } from '../compile/folder.ts';
import { sha256 } from '../core/checksum.ts';
import type { CompileRequest } from './compile-child.ts';

/** Returns a checksum of all that a compiled folder depends on: what was asked for, and the paths and contents of the files. */
export function fingerprint(request: CompileRequest, folder: Folder): string {
  return sha256(JSON.stringify([request, folder]));
}
