import type { Plan, ServicePlan } from '../../contract/activity-types.ts'
import { shortCommit, shortDigest, shortRevision } from '../../text/short.ts'
import { plain } from '../../text/plain.ts'
import { paint } from './colour.ts'
import { table } from './table.ts'

/** What a release would change. */
export function planText(plan: Plan): string {
  const head = paint(
    'bold',
    `${shortCommit(plan.commit)} → ${plan.environment} (mode: ${plan.mode})`,
  )
  const images = plan.images.map(({ name, tag, digest }) => [
    `  ${name}`,
    tag,
    digest === undefined ? 'to be built' : `already pushed: ${shortDigest(digest)}`,
  ])
  const services = plan.services.map((service, index) => serviceText(service, index + 1))
  const warnings = plan.warnings.map((warning) => paint('yellow', `! ${plain(warning)}`))
  return [head, 'Images', table(images), 'Services, in this order', ...services, ...warnings].join(
    '\n',
  )
}

function serviceText({ service, ecsService, current, basedOn, changes }: ServicePlan, at: number) {
  const runs = shortRevision(current.taskDefinition)
  const head = `  ${at}. ${service} (${ecsService}) runs ${runs}; the new revision is based on ${shortRevision(basedOn)}`
  if (changes.length === 0) return `${head}\n     no changes`
  const lines = changes.flatMap(({ path, before, after }) => [
    `     ${plain(path)}`,
    ...(before === undefined ? [] : [paint('red', `       - ${plain(before)}`)]),
    ...(after === undefined ? [] : [paint('green', `       + ${plain(after)}`)]),
  ])
  return [head, ...lines].join('\n')
}
