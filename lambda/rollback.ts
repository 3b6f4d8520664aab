/** Whether the stack is rolling back, as CloudFormation itself says; `unknown` with the reason where it could not be asked. */
export type Rollback = { readonly is: 'yes' | 'no' } | { readonly is: 'unknown'; readonly reason: string };

/**
 * Ask. It is never concluded from clocks, checksums or what changed: an older commit deployed on purpose, a restored snapshot or a
 * reverted file look just like a rollback, and a wrong yes would be a green deploy that applied nothing.
 */
export async function askRollback(stackId: string): Promise<Rollback> {
  try {
    const { readStackStatus } = await import('./stack-status.ts');
    const status = await readStackStatus(stackId);
    if (status === '') return { is: 'unknown', reason: 'CloudFormation does not know the stack' };
    // Not `UPDATE_ROLLBACK_COMPLETE`: a stack rests in that, and is heard of so for a moment when the next Update has begun.
    return { is: status.endsWith('ROLLBACK_IN_PROGRESS') ? 'yes' : 'no' };
  } catch (error) {
    return { is: 'unknown', reason: error instanceof Error ? error.name : String(error) };
  }
}
