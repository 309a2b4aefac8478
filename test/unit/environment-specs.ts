import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'

/** The spec of an environment as `slipway.yaml` would give it: one service, `api`. */
export function specWith(changes: Partial<EnvironmentSpec> = {}): EnvironmentSpec {
  return {
    project: 'mailman',
    environment: 'production',
    aws: { region: 'eu-west-1' },
    cluster: 'mailman',
    mode: 'pin',
    repository: '/source',
    checks: { commands: [], timeoutMs: 60_000 },
    images: [imageNamed('api')],
    services: [serviceNamed('api')],
    stability: { timeoutMs: 60_000, windowMs: 1 },
    rollback: { timeoutMs: 60_000 },
    taskQueues: { release: 'slipway', builder: 'slipway-builder' },
    admission: { policy: 'supersede', supersedeRunning: false, freezes: [] },
    ...changes,
  }
}

export function serviceNamed(name: string, changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    ecsService: `mailman-${name}`,
    containers: { [name]: name },
    after: [],
    circuitBreaker: 'required',
    ...changes,
  }
}

export function imageNamed(name: string, changes: Partial<EnvironmentSpec['images'][number]> = {}) {
  return {
    name,
    repository: `mailman-${name}`,
    dockerfile: 'Dockerfile',
    context: '.',
    args: {},
    timeoutMs: 60_000,
    ...changes,
  }
}

export const commit = '3f2c1ab9d4e5f60718293a4b5c6d7e8f90a1b2c3'
export const digestA = `sha256:${'a'.repeat(64)}`
export const digestB = `sha256:${'b'.repeat(64)}`
export const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'

export const pushedApi = {
  name: 'api',
  repositoryUri: `${registry}/mailman-api`,
  tag: `api-${commit}`,
  digest: digestB,
}
