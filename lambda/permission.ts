import { DatabaseError } from '../lib/core/database.ts';
import { MigrationError } from '../lib/core/errors.ts';

/** Milliseconds that the rights of a new function are waited for. */
const PATIENCE = 60_000;
/** Between two tries. */
const PAUSE = 5_000;

/**
 * Work that a new function may not be allowed to do yet: it takes IAM some seconds, seldom a minute, until the rights that CloudFormation
 * made are known everywhere. CDK's own handlers wait the same way (triggers: 12 times 5 s).
 * @param onWait called before each wait, with the seconds since the first try
 */
export async function onceAllowed<T>(work: () => Promise<T>, onWait: (seconds: number) => void): Promise<T> {
  const began = Date.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error) || Date.now() + PAUSE > began + PATIENCE) throw error;
      onWait(Math.round((Date.now() - began) / 1000));
      await new Promise(resolve => setTimeout(resolve, PAUSE));
    }
  }
}

const REFUSALS = new Set(['AccessDeniedException', 'ForbiddenException']);

function isRefusal(error: unknown): boolean {
  const cause = error instanceof MigrationError ? error.cause : error;
  const name = cause instanceof DatabaseError ? cause.service : cause instanceof Error ? cause.name : '';
  return REFUSALS.has(name);
}
