/** A command line that says nothing that can be done: exit code 2. `command` is the one whose help would say more. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}
