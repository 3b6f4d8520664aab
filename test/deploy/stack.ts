import { randomUUID } from 'node:crypto';
import { RESOURCE_TYPE } from '../../lambda/contract.ts';
import type { Local } from '../../lib/local/index.ts';
import { RUNTIME_PACKAGES } from '../support/built.ts';
import type { Assembly, Resource } from './assembly.ts';
import type { Aws, ResourceResponse } from './aws.ts';
import { DeployedFunction, type FunctionSpec } from './function.ts';
import type { Machine } from './states.ts';
import { resolve, type Scope } from './template.ts';

const ACCOUNT = '000000000000';

/** What a stack needs to know of a local Data API. */
type Service = Pick<Local, 'region' | 'endpoint' | 'resourceArn' | 'secretArn' | 'database'>;

/** What came of a deploy. */
export interface Deploy {
  readonly status: string;
  /** The answer to each request that was sent, in order. */
  readonly responses: readonly ResourceResponse[];
}

export interface Options {
  /** Something else in the stack fails after the migrations. */
  readonly laterFails?: boolean;
  /** How often each request is delivered, all at once. @default 1 */
  readonly times?: number;
  /** What CloudFormation answers when it is asked during this deploy. @default the truth */
  readonly describes?: string;
}

/** A stack as CloudFormation deploys it: functions, state machine and custom resource come from the template and the assets. */
export class DeployedStack {
  readonly id: string;
  readonly name: string;
  readonly #aws: Aws;
  #local: Service;
  #assembly: Assembly | undefined;
  #physicalId: string | undefined;
  #properties: Readonly<Record<string, unknown>> = {};

  constructor(aws: Aws, local: Service, name = 'stack') {
    this.#aws = aws;
    this.#local = local;
    this.name = name;
    this.id = `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/${name}/${randomUUID()}`;
  }

  get logicalId(): string {
    return this.#find(this.#assembly!, ({ Type }) => Type === RESOURCE_TYPE)[0];
  }

  /** The function of the deploy hook. */
  get hook(): DeployedFunction {
    const [id] = this.#find(this.#assembly!, isHook);
    return this.#aws.functions.get(this.#scope(this.#assembly!).attribute(id, 'Arn'))!;
  }

  /** Replaces cluster and secret: what the same template refers to is another one from the next deploy on. */
  replaceCluster(local: Service): void {
    this.#local = local;
  }

  async create(assembly: Assembly, options: Options = {}): Promise<Deploy> {
    this.#describe('CREATE_IN_PROGRESS', options);
    this.install(assembly);
    const response = await this.request('Create', undefined, options.times);
    this.#physicalId = response.PhysicalResourceId;
    if (response.Status === 'SUCCESS' && !options.laterFails) return this.#end('CREATE_COMPLETE', [response]);
    this.#describe('ROLLBACK_IN_PROGRESS', options);
    const removal = await this.request('Delete');
    return this.#end('ROLLBACK_COMPLETE', [response, removal]);
  }

  async update(assembly: Assembly, options: Options = {}): Promise<Deploy> {
    const before = { assembly: this.#assembly!, properties: this.#properties };
    this.#describe('UPDATE_IN_PROGRESS', options);
    this.install(assembly);
    const touched = JSON.stringify(this.#properties) !== JSON.stringify(before.properties);
    const responses = touched ? [await this.request('Update', before.properties, options.times)] : [];
    const failed = responses.some(({ Status }) => Status === 'FAILED');
    if (!failed && !options.laterFails) return this.#end('UPDATE_COMPLETE', responses);
    // The old code comes back, and an Update with the properties swapped.
    this.#describe('UPDATE_ROLLBACK_IN_PROGRESS', options);
    const newer = this.#properties;
    this.install(before.assembly);
    if (touched) responses.push(await this.request('Update', newer));
    const back = responses.at(-1)?.Status !== 'FAILED';
    return this.#end(back ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_FAILED', responses);
  }

  async delete(): Promise<Deploy> {
    this.#describe('DELETE_IN_PROGRESS', {});
    return this.#end('DELETE_COMPLETE', [await this.request('Delete')]);
  }

  /** Send one request to CDK's framework and wait for the answer. `times`: deliver it so often at once. */
  async request(
    type: 'Create' | 'Update' | 'Delete',
    old?: Readonly<Record<string, unknown>>,
    times = 1,
  ): Promise<ResourceResponse> {
    const token = randomUUID();
    const { url, response } = this.#aws.expectResponse(token);
    const event = {
      RequestType: type,
      ResponseURL: url,
      StackId: this.id,
      RequestId: token,
      ResourceType: RESOURCE_TYPE,
      LogicalResourceId: this.logicalId,
      ResourceProperties: this.#properties,
      ServiceToken: this.#properties.ServiceToken,
      ...(type !== 'Create' && { PhysicalResourceId: this.#physicalId }),
      ...(old !== undefined && { OldResourceProperties: old }),
    };
    const deliveries = Array.from({ length: times }, () =>
      this.#aws.invoke(String(this.#properties.ServiceToken), event),
    );
    for (const { failed, payload } of await Promise.all(deliveries)) if (failed) throw new Error(payload);
    const answer = await response;
    await this.#aws.settle();
    return answer;
  }

  #end(status: string, responses: readonly ResourceResponse[]): Deploy {
    this.#aws.stacks.set(this.id, status);
    return { status, responses };
  }

  #describe(truth: string, { describes }: Options): void {
    this.#aws.stacks.set(this.id, describes ?? truth);
  }

  /** Put functions, state machine and properties of the resource in place. */
  install(assembly: Assembly): void {
    this.#assembly = assembly;
    const scope = this.#scope(assembly);
    for (const [id, resource] of Object.entries(assembly.template.Resources)) {
      const properties = () => resolve(resource.Properties, scope) as Record<string, unknown>;
      if (resource.Type === 'AWS::Lambda::Function') this.#installFunction(assembly, id, resource, scope);
      if (resource.Type === 'AWS::StepFunctions::StateMachine')
        this.#aws.machines.set(scope.ref(id), JSON.parse(String(properties().DefinitionString)) as Machine);
      if (resource.Type === RESOURCE_TYPE) this.#properties = properties();
    }
  }

  #installFunction(assembly: Assembly, id: string, resource: Resource, scope: Scope): void {
    const properties = resolve(resource.Properties, scope) as {
      Handler: string;
      Timeout: number;
      Code: { S3Key: string };
      Environment: { Variables: Record<string, string> };
    };
    const arn = scope.attribute(id, 'Arn');
    const name = scope.ref(id);
    const { region, endpoint } = this.#local;
    const ours = isHook(resource);
    const spec: FunctionSpec = {
      name,
      folder: assembly.asset(properties.Code.S3Key.replace(/\.zip$/, '')),
      handler: properties.Handler,
      timeoutSeconds: properties.Timeout,
      environment: {
        ...properties.Environment.Variables,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_SESSION_TOKEN: 'local',
        AWS_LAMBDA_FUNCTION_NAME: name,
        ...(ours
          ? {
              AWS_ENDPOINT_URL_RDS_DATA: endpoint,
              AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
              AWS_ENDPOINT_URL_CLOUDFORMATION: this.#aws.endpoint,
            }
          : {
              AWS_ENDPOINT_URL_LAMBDA: this.#aws.endpoint,
              AWS_ENDPOINT_URL_SFN: this.#aws.endpoint,
              // The runtime of Lambda brings the SDK for CDK's framework. The hook must do without.
              NODE_PATH: RUNTIME_PACKAGES,
            }),
      },
      ...(!ours && { sink: this.#aws.endpoint }),
      ...(ours && this.#aws.clock && { clock: this.#aws.clock }),
      ownProcess: this.#aws.clock !== undefined,
    };
    const before = this.#aws.functions.get(arn);
    if (JSON.stringify(before?.spec) === JSON.stringify(spec)) return;
    void before?.stop();
    this.#aws.functions.set(arn, new DeployedFunction(spec));
  }

  #scope({ template }: Assembly): Scope {
    const { name, id } = this;
    const { region, resourceArn, secretArn, database } = this.#local;
    const pseudo: Record<string, string> = {
      'AWS::StackId': id,
      'AWS::StackName': name,
      'AWS::Region': region,
      'AWS::AccountId': ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      DatabaseName: database,
    };
    const scope: Scope = {
      ref: logicalId => {
        const known = pseudo[logicalId];
        if (known !== undefined) return known;
        const resource = template.Resources[logicalId];
        switch (resource?.Type) {
          case 'AWS::RDS::DBCluster':
            return resourceArn.split(':').at(-1)!;
          case 'AWS::SecretsManager::SecretTargetAttachment':
          case 'AWS::SecretsManager::Secret':
            return secretArn;
          case 'AWS::StepFunctions::StateMachine':
            return `arn:aws:states:${region}:${ACCOUNT}:stateMachine:${name}-${logicalId}`;
          case 'AWS::Logs::LogGroup':
            return String(resolve(resource.Properties.LogGroupName, scope));
          default:
            return `${name}-${logicalId}`;
        }
      },
      attribute: (logicalId, attribute) =>
        template.Resources[logicalId]?.Type === 'AWS::Lambda::Function'
          ? `arn:aws:lambda:${region}:${ACCOUNT}:function:${scope.ref(logicalId)}`
          : `${scope.ref(logicalId)}.${attribute}`,
    };
    return scope;
  }

  #find({ template }: Assembly, wanted: (resource: Resource) => boolean): [string, Resource] {
    return Object.entries(template.Resources).find(([, resource]) => wanted(resource))!;
  }
}

function isHook({ Type, Properties }: Resource): boolean {
  return Type === 'AWS::Lambda::Function' && Properties.Handler === 'index.handler';
}
