import { denied, unreachable, type Rule } from './rule.ts'

const environmentFile = /env ?files?\b|environment ?file/
const logs = /log group|log stream|logging driver|logger args|cloudwatch/
const efs = /efs utils|efs volumes|mount\.nfs/

/** What ECS sets up for a task before it starts containers: role, network, files, logs, volumes. */
export const setupRules = [
  { kind: 'role not assumable', all: [/unable to assume the role|iam trust relationship/] },
  { kind: 'service permissions missing', all: [/iam permissions policies have been/] },
  { kind: 'environment file denied', all: [environmentFile, denied] },
  { kind: 'environment file unreachable', all: [environmentFile, unreachable] },
  { kind: 'environment file unavailable', all: [environmentFile] },
  { kind: 'FireLens not set up', all: [/firelens/] },
  { kind: 'logs unreachable', all: [logs, unreachable] },
  { kind: 'logs denied', all: [logs, denied] },
  { kind: 'log group missing', all: [logs, /does not exist|cannot find the amazon cloudwatch/] },
  { kind: 'log region wrong', all: [logs, /missingendpoint|missingregion/] },
  { kind: 'logs not set up', all: [logs] },
  { kind: 'file system unresolved', all: [efs, /failed to resolve/] },
  { kind: 'file system denied', all: [efs, /access denied/] },
  { kind: 'file system folder missing', all: [efs, /no such file or directory/] },
  {
    kind: 'file system unreachable',
    all: [efs, /connection reset|timed out|timeout|connection refused|mount system call failed/],
  },
  { kind: 'file system not mounted', all: [efs] },
  { kind: 'network interface late', all: [/timeout waiting for network interface/] },
  { kind: 'subnet full', all: [/insufficientfreeaddresses|with public ip assignment enabled/] },
  {
    kind: 'network interface refused',
    all: [/unexpected ec2 error|unable to attach network interface|failed to configure eni/],
  },
] as const satisfies readonly Rule[]

export type SetupKind = (typeof setupRules)[number]['kind']
