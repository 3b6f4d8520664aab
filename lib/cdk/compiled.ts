import { readFolder } from '../compile/folder.ts';
import { MigrationError } from '../core/errors.ts';
import type { CompileAnswer, CompiledFolder } from './compile-child.ts';
import type { CompileRequest } from './fingerprint.ts';
import { fingerprint } from './fingerprint.ts';
import { callInChild } from './package.ts';

/** Folders that this process has compiled, by the fingerprint of what the child has read. */
const known = new Map<string, CompiledFolder>();

/**
 * Compiles a folder, in a child process. An app with several stages asks for the same folder for each of them: only the first time, and after a
 * change, starts a process.
 */
export function compileFor(request: CompileRequest): CompileAnswer {
  const before = lookUp(request);
  if (before) return { compiled: before };
  const answer = callInChild<CompileAnswer>('lib/cdk/compile-child', 'compileRequest', request);
  if ('compiled' in answer) known.set(answer.compiled.fingerprint, answer.compiled);
  return answer;
}

function lookUp(request: CompileRequest): CompiledFolder | undefined {
  try {
    return known.get(fingerprint(request, readFolder(request.from, '')));
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return undefined; // There is no such folder: the child answers with the error.
  }
}
