import { MigrationError } from '../core/errors.ts';

/** A command line that says nothing that can be done: exit code 2. `command` is the one whose help would say more. */
export class UsageError extends MigrationError {
  override readonly name = 'UsageError';
  readonly command: string | undefined;

  constructor(message: string, remedy: string, command?: string) {
    super({ code: 'bad-usage', message, remedy });
    this.command = command;
  }
}
