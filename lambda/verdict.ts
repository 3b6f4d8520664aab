import { METRICS_DIMENSION, METRICS_NAMESPACE, type Metric } from './contract.ts';
import { log } from './log.ts';

/** What a request came to. */
export interface Verdict {
  /** In words. */
  readonly message: string;
  readonly request: string;
  readonly failed: boolean;
  /** Milliseconds since the request began. */
  readonly durationMs: number;
  /** How many of the folder are not applied now; null: nobody knows. */
  readonly pending: number | null;
  /** Where a defect comes from. */
  readonly stack?: string | undefined;
}

/** The last line of a request: the verdict in words, with its numbers as metrics. */
export function logVerdict({ message, request, failed, durationMs, pending, stack }: Verdict): void {
  log(failed ? 'ERROR' : 'INFO', {
    message,
    event: 'verdict',
    ...metrics({ Failed: failed ? 1 : 0, Duration: durationMs, ...(pending !== null && { Pending: pending }) }),
    ...(stack !== undefined && { stack }),
    request,
  });
}

const UNITS: Readonly<Record<Metric, 'Count' | 'Milliseconds'>> = {
  Applied: 'Count',
  Failed: 'Count',
  Duration: 'Milliseconds',
  Pending: 'Count',
};

/**
 * Metrics as members of a line, in CloudWatch's embedded format: they cost no call and no right. `@aws-lambda-powertools/metrics` writes the
 * same object; it is more bytes than all of our logging.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metrics(values: Readonly<Partial<Record<Metric, number>>>): Record<string, unknown> {
  const names = Object.keys(values) as Metric[];
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: METRICS_NAMESPACE,
          Dimensions: [[METRICS_DIMENSION]],
          Metrics: names.map(Name => ({ Name, Unit: UNITS[Name] })),
        },
      ],
    },
    [METRICS_DIMENSION]: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'unknown',
    ...values,
  };
}
