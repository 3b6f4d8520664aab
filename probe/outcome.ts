import type {
  BatchExecuteStatementCommandOutput,
  ExecuteStatementCommandOutput,
  Field,
} from '@aws-sdk/client-rds-data';

type Answer = Partial<ExecuteStatementCommandOutput & BatchExecuteStatementCommandOutput> & {
  readonly transactionStatus?: string | undefined;
};

/** What a call came to: an answer or an error. */
export interface Outcome {
  readonly answers: readonly Answer[];
  readonly error?: { readonly name: string; readonly message: string; readonly dbConnectionId?: number };
}

/** The error of what was thrown; what is no answer of a service is thrown on: a network that is down says nothing about it. */
export function errorOf(thrown: unknown): NonNullable<Outcome['error']> {
  const { name, message, $metadata, dbConnectionId } = thrown as Error & {
    $metadata?: { httpStatusCode?: number };
    dbConnectionId?: number;
  };
  if ($metadata?.httpStatusCode === undefined) throw thrown;
  return { name, message, ...(dbConnectionId !== undefined && { dbConnectionId }) };
}

/** An outcome in one line, without what differs from one call to the next. */
export function shown({ answers, error }: Outcome): string {
  if (error) {
    const connection = error.dbConnectionId === undefined ? '' : ' (with dbConnectionId)';
    return withoutNames(`${error.name}: ${error.message}${connection}`);
  }
  const all = answers.map(answer => withoutNames(answerShown(answer)));
  return all.length > 1 && new Set(all).size === 1 ? `${all.length} × ${all[0]}` : all.join(' | ');
}

function answerShown({ transactionStatus, records, generatedFields, updateResults, numberOfRecordsUpdated }: Answer) {
  if (transactionStatus !== undefined) return transactionStatus;
  if (updateResults) return `${updateResults.length} sets, generated ${JSON.stringify(updateResults)}`;
  const parts = [];
  if (records) parts.push(`rows ${abbreviated(JSON.stringify(records.map(row => row.map(plain))))}`);
  if (generatedFields?.length) parts.push(`generated ${JSON.stringify(generatedFields)}`);
  if (!records && numberOfRecordsUpdated) parts.push(`updated ${numberOfRecordsUpdated}`);
  return parts.length === 0 ? 'ok' : parts.join(', ');
}

/** The first value of an answer, as text. */
export function firstValue(outcome: Outcome | undefined, at = 0): string | undefined {
  const field = outcome?.answers[at]?.records?.[0]?.[0];
  return field === undefined ? undefined : String(Object.values(plain(field))[0]);
}

function plain(field: Field): Record<string, unknown> {
  return field.blobValue ? { blobValue: Buffer.from(field.blobValue).toString('hex') } : { ...field };
}

function abbreviated(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}… (${text.length} characters)`;
}

/** Transactions, ARNs and instances have names of their own in each call or cluster. */
function withoutNames(text: string): string {
  return text
    .replace(/arn:aws[\w-]*:\S+?(?=[\s'",;]|$)/g, '‹arn›')
    .replace(/(?<=Transaction )(?!Committed)[\w+/=-]{8,}/g, '‹id›')
    .replace(/\bdb-[A-Z0-9]{8,}/g, '‹instance›')
    .replace(/sqlx_s_\d+/g, 'sqlx_s_‹n›');
}
