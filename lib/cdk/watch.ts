import { Duration, Names, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
  SingleValueWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRICS_DIMENSION, METRICS_NAMESPACE, type Metric as MetricName } from '../../lambda/contract.ts';

export interface WatchProps {
  readonly function: LambdaFunction;
  readonly logGroup: ILogGroup;
  readonly alarmTopic: ITopic | undefined;
  readonly dashboard: boolean;
}

/** What a person sees of the migrations in CloudWatch: an alarm, a saved query, and a dashboard where it is wanted. */
export class Watch extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, { function: hook, logGroup, alarmTopic, dashboard }: WatchProps) {
    super(scope, id);
    const { stackName, region } = Stack.of(this);
    // Dashboards are global in an account, and a stack of the same name may be in another region, or hold a second construct.
    const path = Names.nodeUniqueId(scope.node);
    const metric = (name: MetricName, statistic: string) =>
      new Metric({
        namespace: METRICS_NAMESPACE,
        metricName: name,
        dimensionsMap: { [METRICS_DIMENSION]: hook.functionName },
        statistic,
        period: Duration.minutes(5),
      });

    this.alarm = new Alarm(this, 'Failed', {
      alarmDescription: `A migration of ${stackName} failed, or could not be applied. What failed: npx aurora-migrations history --function ${hook.functionName} --region ${region}`,
      metric: metric('Failed', 'Sum'),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Nothing is deployed most of the time.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (alarmTopic) this.alarm.addAlarmAction(new SnsAction(alarmTopic));

    new QueryDefinition(this, 'History', {
      queryDefinitionName: `aurora-migrations/${region}/${stackName}/${path}/migration history`,
      queryString: new QueryString({
        fields: ['@timestamp', 'name', 'status', 'attempt', 'executionTimeMs', 'errorCode', 'message'],
        filterStatements: ['event in ["applied", "reverted", "failed", "problem", "verdict"]'],
        sort: '@timestamp desc',
        limit: 200,
      }),
      logGroups: [logGroup],
    });

    if (!dashboard) return;
    const sheet = new Dashboard(this, 'Dashboard', {
      dashboardName: `${stackName}-${path}-${region}`,
      defaultInterval: Duration.days(30),
    });
    const query = (title: string, width: number, ...queryLines: string[]) =>
      new LogQueryWidget({
        title,
        width,
        height: 8,
        logGroupNames: [logGroup.logGroupName],
        view: LogQueryVisualizationType.TABLE,
        queryLines,
      });
    sheet.addWidgets(
      new SingleValueWidget({
        title: 'Pending and failed, last',
        width: 6,
        height: 6,
        metrics: [metric('Pending', 'Maximum'), metric('Failed', 'Sum')],
      }),
      new GraphWidget({
        title: 'Applied and failed',
        width: 9,
        height: 6,
        left: [metric('Applied', 'Sum'), metric('Failed', 'Sum')],
      }),
      new GraphWidget({ title: 'Duration of deploys', width: 9, height: 6, left: [metric('Duration', 'Maximum')] }),
    );
    sheet.addWidgets(
      query(
        'Last runs',
        24,
        'fields @timestamp, message, Duration',
        'filter event = "verdict"',
        'sort @timestamp desc',
        'limit 20',
      ),
    );
    sheet.addWidgets(
      query(
        'Failures',
        24,
        'fields @timestamp, name, errorCode, message',
        'filter event in ["failed", "problem"] and level = "ERROR"',
        'sort @timestamp desc',
        'limit 20',
      ),
    );
  }
}
