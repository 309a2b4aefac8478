import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { Engine } from '../engine.ts'
import { wakeSoon } from '../wake.ts'
import type { ServiceDeploymentRecord } from '../records.ts'

/** Sets a CloudWatch alarm. Services whose deployments watch it react as fast as in ECS. */
export function setAlarm(engine: Engine, name: string, state: 'OK' | 'ALARM'): void {
  engine.state.alarms[name] = state
  for (const service of Object.values(engine.state.services)) {
    const { alarms } = service.deploymentConfiguration
    if (alarms?.alarmNames?.includes(name) === true) wakeSoon(engine, service.arn)
  }
}

/**
 * The alarms that a service deployment watches which starts now. If one of them is already in
 * ALARM it watches none: otherwise no deployment could fix the cause.
 */
export function watchedAlarms(
  engine: Engine,
  { alarms }: DeploymentConfiguration,
): ServiceDeploymentRecord['alarms'] {
  const alarmNames = alarms?.alarmNames ?? []
  const watches = alarms?.enable === true && inAlarm(engine, alarmNames).length === 0
  return { status: watches ? 'MONITORING' : 'DISABLED', alarmNames, triggeredAlarmNames: [] }
}

/** The names of those alarms that are in ALARM now. */
export function inAlarm(engine: Engine, names: readonly string[]): string[] {
  return names.filter((name) => engine.state.alarms[name] === 'ALARM')
}
