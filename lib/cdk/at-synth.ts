import type { IConstruct } from 'constructs';
import { MigrationError } from '../core/errors.ts';

/**
 * Do what may find that a stack could never be deployed. What is thrown then has the construct's path where other errors have their stack:
 * who runs `cdk synth` looks for file, line and remedy, and Node.js prints all of an error that nobody catches.
 */
export function atSynth<T>(construct: IConstruct, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    error.stack = `${error.name}: ${error.message}\n    at ${construct.node.path} [AuroraMigrations]`;
    Object.defineProperty(error, 'problems', { enumerable: false });
    // Node.js prints the line that threw above the error, unless it holds these words (GetErrorSource in its node_errors.cc). A comment would
    // not outlive bundling.
    throw Object.defineProperty(error, 'node-do-not-add-exception-line', { value: true });
  }
}
