import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { Inspection } from '../../contract/activity-types.ts'
import type { ReleaseKind } from '../../contract/release-reference.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure, rejection } from '../temporal/failures.ts'
import { examineEnvironment } from './examine.ts'

/**
 * Reads what a release is about to change, and rejects what would fail later, with all findings in
 * one message. Changes nothing.
 *
 * Fails as `PreconditionFailed` if the environment does not match the configuration, and as
 * `Conflict` while a deployment of someone else is in progress.
 */
export async function inspectEnvironment(
  clients: AwsClients,
  { spec, kind }: { spec: EnvironmentSpec; kind: ReleaseKind },
): Promise<Inspection> {
  const { services, warnings, findings, conflicts } = await examineEnvironment(clients, spec, kind)
  if (findings.length > 0) throw rejection(findings)
  if (conflicts.length > 0) throw failure('Conflict', conflicts.join('\n'))
  return { services: services.map(({ inspected }) => inspected), warnings }
}
