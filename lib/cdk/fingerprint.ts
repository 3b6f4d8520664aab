import type { Folder } from '../compile/folder.ts';
import { sha256 } from '../core/checksum.ts';
import type { EngineName } from '../core/manifest.ts';
import type { Safety } from './safety.ts';

/** What the construct asks for. */
export interface CompileRequest {
  /** The folder of the `.sql` files. */
  readonly from: string;
  readonly engine: EngineName;
  readonly schema?: string;
  readonly table?: string;
  readonly database?: string;
  readonly baseline?: string;
  readonly safety: Safety;
}

/** Returns a checksum of all that a compiled folder depends on: what was asked for, and the paths and contents of the files. */
export function fingerprint(request: CompileRequest, folder: Folder): string {
  return sha256(JSON.stringify([request, folder]));
}
