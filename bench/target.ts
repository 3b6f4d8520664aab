/** A database behind the local Data API, as a contestant is told of it. Plain data: it is also handed to child processes. */
export interface Target {
  readonly endpoint: string;
  /** Endpoint of CloudFormation, which a deploy hook asks how its stack is. */
  readonly cloudFormation: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly database: string;
  readonly engine: 'postgresql' | 'mysql';
}
