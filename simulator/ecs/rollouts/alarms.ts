import type { Engine } from '../engine.ts'
import type { ServiceRecord } from '../records.ts'
import { failDeployment } from './fail-deployment.ts'
import { inAlarm } from './watched-alarms.ts'

/** Fails a deployment if one of its alarms went into ALARM since it started. */
export function judgeAlarms(engine: Engine, service: ServiceRecord): void {
  const primary = service.deployments[0]
  if (primary?.rolloutState !== 'IN_PROGRESS' || primary.kind === 'rollback') return
  const record = engine.state.serviceDeployments[primary.serviceDeployment]
  if (record?.alarms.status !== 'MONITORING') return
  const triggered = inAlarm(engine, record.alarms.alarmNames)
  if (triggered.length === 0) return
  record.alarms.status = 'TRIGGERED'
  record.alarms.triggeredAlarmNames = triggered
  failDeployment(engine, service, primary, {
    by: 'ECS deployment alarms',
    what: 'alarm detected.',
    because: 'because an alarm was detected.',
    rollback: service.deploymentConfiguration.alarms?.rollback === true,
  })
}
