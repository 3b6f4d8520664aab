import { type Service, withinCall } from '../service.ts';
import { ServiceError } from '../service-error.ts';
import { validateExecuteStatement } from '../validations/execute-statement.ts';
import { operation } from './operation.ts';

const MEBIBYTE = 1024 * 1024;

/** `POST /Execute` */
export const executeStatement = operation({
  name: 'ExecuteStatement',
  validate: validateExecuteStatement,
  answer: async (service, request) => {
    const json = request.formatRecordsAs === 'JSON';
    const { rows, columns, updated, generated } = await onBackend(service, request, backend =>
      backend.run({
        ...request,
        metadata: request.includeResultMetadata && !json,
        format: request.formatRecordsAs,
        // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html and the model: 10 MB as JSON.
        limit: json ? 10 * MEBIBYTE : MEBIBYTE,
      }),
    );
    // Written by hand: JSON.stringify would round the bigints in the rows.
    const members = [`"numberOfRecordsUpdated":${updated}`];
    if (rows === undefined) return `{${members.join()},"generatedFields":${generatedFields(generated)}}`;
    if (json) return `{${members.join()},"formattedRecords":${JSON.stringify(`[${rows.join(',')}]`)}}`;
    if (columns) members.push(`"columnMetadata":${JSON.stringify(columns)}`);
    return `{${members.join()},"records":[${rows.join(',')}]}`;
  },
});

/** As JSON text, because the number may be longer than one of JavaScript. */
export function generatedFields(generated: string | undefined): string {
  return generated === undefined ? '[]' : `[{"longValue":${generated}}]`;
}

type Work<T> = (backend: Awaited<ReturnType<Service['engine']['connect']>>) => Promise<T>;

/** Do work on the transaction's backend, or on any one of the pool in autocommit. */
export async function onBackend<T>(
  service: Service,
  request: {
    sql: string;
    database: string | undefined;
    transactionId: string | undefined;
    continueAfterTimeout: boolean;
  },
  work: Work<T>,
): Promise<T> {
  const { transactions, clocks, switches } = service;
  const { transactionId: id } = request;
  if (id === undefined) {
    const backend = await service.engine.connect(request.database);
    return withinCall(
      clocks,
      backend,
      request,
      () => work(backend),
      cancelled =>
        // A cancel that comes late must not hit the statement of the next call.
        cancelled ? backend.discard() : backend.release(),
    );
  }
  const backend = transactions.enter(id);
  try {
    return await withinCall(
      clocks,
      backend,
      request,
      () => work(backend),
      () => transactions.leave(id),
    );
  } catch (error) {
    if (switches.tooLargeEndsTransaction && error instanceof ServiceError && /size limit/.test(error.message)) {
      await backend.rollback();
      transactions.end(id, 'terminated');
    }
    throw error;
  }
}
